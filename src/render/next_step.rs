//! What to do after a run, in a sentence.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::api::quota_reset;
use crate::journal::{EndReason, Need};
use crate::model::{Invocation, shell_word};
use crate::run::LockLeft;

use super::run_words::RunResult;

/// What stands after what has to be mended first.
const REST: &str = "run the same command again: only what is left is sent";
const LOOK: &str = "run the same command again, to see that nothing is left";
const READS: &str = "run the same command again: it reads what is unknown, and sends what is left";

impl RunResult<'_> {
    /// What to do next; nothing after a run that has done all.
    pub(super) fn next(
        self,
        lock: &LockLeft,
        instance: &str,
        invocation: &Invocation,
    ) -> Option<String> {
        let Some(end) = self.end else {
            return (!self.is_running).then(|| after_kill(lock, instance, invocation));
        };
        let next = match &end.how {
            EndReason::Finished if self.tally.is_complete() => return None,
            EndReason::Canary { unlike, .. } => after_canary(unlike.is_empty()),
            EndReason::Panicked(_) => {
                return Some(format!("report it as a bug; then {}", self.again()));
            }
            EndReason::Instance {
                need: Some(need), ..
            } => {
                let first = mended(need, end.time);
                return Some(format!("{first}, then {}", self.again()));
            }
            EndReason::Finished if self.tally.rejected > 0 => {
                return Some(format!("correct what was rejected, then {REST}"));
            }
            EndReason::NotBegun(_) => "run the same command again",
            EndReason::Finished
            | EndReason::Interrupted
            | EndReason::LockLost(_)
            | EndReason::Unrecorded(_)
            | EndReason::Instance { need: None, .. } => self.again(),
        };
        Some(next.to_owned())
    }

    fn again(&self) -> &'static str {
        if self.tally.is_complete() {
            LOOK
        } else if self.tally.unknown > 0 {
            READS
        } else {
            REST
        }
    }
}

/// What to do after a canary failed: to send the same once more would come to the same.
fn after_canary(is_unsent: bool) -> &'static str {
    if is_unsent {
        "correct what was not applied, or what stands against the canary, then plan again"
    } else {
        "compare what was sent with what Marketo stored; correct the manifests, then plan again"
    }
}

/// What has to be mended first.
fn mended(need: &Need, ended: Timestamp) -> String {
    match need {
        Need::Quota => format!("wait until {}", in_both_times(quota_reset(ended))),
        Need::Permissions(names) if names.is_empty() => {
            "give the API user's role the permission that Marketo asks for".to_owned()
        }
        Need::Permissions(names) => format!(
            "add \"{}\" to the API user's role (Admin > Users & Roles > Roles)",
            names.join("\" and \"")
        ),
        Need::Credentials => {
            "correct the client id and secret of the LaunchPoint service".to_owned()
        }
        Need::NoCrmSync => {
            "point oppctl to an instance without the native CRM sync, or have it switched off"
                .to_owned()
        }
    }
}

/// "06:00 UTC on 2026-11-30 (07:00 here)".
fn in_both_times(time: Timestamp) -> String {
    let utc = time.strftime("%F %H:%M UTC");
    let here = time.to_zoned(TimeZone::system());
    if here.offset().seconds() == 0 {
        return utc.to_string();
    }
    format!("{utc} ({} here)", here.strftime("%F %H:%M"))
}

/// What to do after a run was killed, which may have left its lock.
fn after_kill(lock: &LockLeft, instance: &str, invocation: &Invocation) -> String {
    match lock {
        LockLeft::Held { lease, now } if lease.expires > *now => {
            let until = in_both_times_to_the_second(lease.expires);
            let unlock = invocation.command(&format!(
                "oppctl ledger unlock --owner {} --instance {}",
                lease.owner.id,
                shell_word(instance)
            ));
            format!(
                "wait until {until}, when its lock expires, or release it with `{unlock}`; then {READS}"
            )
        }
        LockLeft::Held { lease, .. } => format!(
            "{READS}. Its lock has expired; the next run watches it for {} s before it takes it over",
            lease.length().as_secs()
        ),
        LockLeft::Gone => READS.to_owned(),
        LockLeft::Unknown => format!(
            "{READS}. Its lock may remain until it expires; `{}` tells who has it",
            invocation.command("oppctl ledger unlock")
        ),
    }
}

fn in_both_times_to_the_second(time: Timestamp) -> String {
    let utc = time.strftime("%T UTC");
    let here = time.to_zoned(TimeZone::system());
    if here.offset().seconds() == 0 {
        return utc.to_string();
    }
    format!("{utc} ({} here)", here.strftime("%T"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use pretty_assertions::assert_eq;

    use super::*;
    use crate::journal::{End, Tally};
    use crate::ledger::{Lease, Owner};

    #[test]
    fn what_is_next_agrees_with_the_cause() {
        let time: Timestamp = "2026-11-29T21:22:13Z".parse().expect("an instant");
        let tally = Tally {
            not_attempted: 60,
            ..Tally::default()
        };
        let of = |need: Need| {
            let end = End {
                time,
                calls: 4,
                how: EndReason::Instance {
                    why: String::new(),
                    need: Some(need),
                },
                unsaved: None,
            };
            let result = RunResult {
                tally,
                end: Some(&end),
                is_running: false,
            };
            let next = result.next(&LockLeft::Gone, "production", Invocation::plain());
            (
                result.verdict(),
                result.words(false, 0),
                next.unwrap_or_default(),
            )
        };
        let (verdict, words, next) = of(Need::Permissions(vec!["Read-Write Opportunity".into()]));
        assert_eq!(
            verdict,
            "Nothing was changed: 60 changes were not attempted."
        );
        assert_eq!(words, "no permission: 0 of 60");
        assert_eq!(
            next,
            "add \"Read-Write Opportunity\" to the API user's role (Admin > Users & Roles > Roles), then run the same command again: only what is left is sent"
        );
        let (_, words, next) = of(Need::Quota);
        assert_eq!(words, "daily quota: 0 of 60");
        assert!(
            next.starts_with("wait until 2026-11-30 06:00 UTC"),
            "{next}"
        );
    }

    #[test]
    fn a_lock_that_a_killed_run_left_is_told() {
        let [now, expires]: [Timestamp; 2] = ["2026-11-29T21:23:00Z", "2026-11-29T21:23:45Z"]
            .map(|text| text.parse().expect("an instant"));
        let held = |now| LockLeft::Held {
            lease: Box::new(Lease {
                owner: Owner {
                    id: "031aca9a".to_owned(),
                    host: "vm".to_owned(),
                    user: "root".to_owned(),
                    pid: 7,
                    run: None,
                },
                started: now,
                renewed: expires - Duration::from_secs(60),
                expires,
                released: None,
            }),
            now,
        };
        let killed = RunResult {
            tally: Tally::default(),
            end: None,
            is_running: false,
        };
        let next = |lock: &LockLeft| {
            killed
                .next(lock, "production", Invocation::plain())
                .unwrap_or_default()
        };
        let told = next(&held(now));
        assert!(told.starts_with("wait until 21:23:45 UTC"), "{told}");
        assert!(
            told.contains("`oppctl ledger unlock --owner 031aca9a --instance production`"),
            "{told}"
        );
        let told = next(&held(expires));
        assert!(told.contains("the next run watches it for 60 s"), "{told}");
        assert_eq!(next(&LockLeft::Gone), READS);
        let told = next(&LockLeft::Unknown);
        assert!(told.contains("Its lock may remain"), "{told}");
    }
}
