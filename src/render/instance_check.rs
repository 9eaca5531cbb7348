//! What `oppctl doctor` has found at an instance, in words.

use crate::api::ApiError;
use crate::config::InstanceTarget;
use crate::model::grouped;
use crate::run::{InstanceCheck, QuotaUse};

use super::counting::counted;
use super::doctor::{Check, CheckState};
use super::progress::spoken;
use super::wording::enumerated;

/// The lines of a check. Where it failed, only its name, and the error that tells the rest.
///
/// # Errors
/// The instance cannot be used as a run needs it.
pub fn instance_check<'c>(
    check: &'c InstanceCheck,
    place: &str,
    target: &InstanceTarget,
) -> Result<Vec<Check>, (&'static str, &'c ApiError)> {
    Ok(match check {
        InstanceCheck::Answers(took) => match target {
            InstanceTarget::Simulator(_) => vec![Check::good("address", "built-in simulator")],
            InstanceTarget::Remote(_) => {
                let took = took.as_millis();
                vec![
                    Check::good("address", format!("{place}, answered in {took} ms")),
                    Check::good("credentials", "a token was granted"),
                ]
            }
        },
        InstanceCheck::Unreachable(error) => {
            let is_refused = matches!(error, ApiError::Credentials { .. } | ApiError::Token { .. });
            let name = if is_refused { "credentials" } else { "address" };
            return Err((name, error));
        }
        InstanceCheck::Refuses(error) => {
            let is_synchronized = matches!(error, ApiError::NativeCrmSync { .. });
            let name = match is_synchronized {
                true => "native CRM sync",
                false => "permissions",
            };
            return Err((name, error));
        }
        InstanceCheck::Readable(kinds) => {
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.nouns).collect();
            let writing = Check {
                name: "writing",
                state: CheckState::NotTried,
                text: "not tried: doctor changes nothing; an apply without the permission ends with 603"
                    .to_owned(),
                ways_out: Vec::new(),
            };
            let text = format!("{} can be read", enumerated(&kinds, "and"));
            vec![Check::good("permissions", text), writing]
        }
        InstanceCheck::Sensitive(None) => {
            vec![Check::good("sensitive fields", "known, and not shown")]
        }
        InstanceCheck::Sensitive(Some(why)) => vec![Check::look(
            "sensitive fields",
            format!("not known of all fields, so their values are shown: {why}"),
            "give the API user's role Read-Write Schema Standard Field and Read-Write Schema Custom Field (oppctl only reads), or name fields under `sensitive` in oppctl.yaml",
        )],
        InstanceCheck::Quota(quota) => vec![of_quota(quota)],
        InstanceCheck::QuotaUnknown(why) => {
            let text = format!("not known: {why}");
            vec![Check::look("quota", text, "a run works without it")]
        }
    })
}

fn of_quota(quota: &QuotaUse) -> Check {
    let QuotaUse {
        used,
        daily,
        users,
        rest,
    } = *quota;
    let text = format!(
        "{} of {} calls used today, by {}; it is renewed in {}",
        grouped(used),
        grouped(daily),
        counted(users, "API user"),
        spoken(rest)
    );
    if used >= daily {
        let way_out = "wait, or correct `limits.dailyCalls` in oppctl.yaml";
        Check::look("quota", text, way_out)
    } else {
        Check::good("quota", text)
    }
}
