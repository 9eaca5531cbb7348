//! A run in one sentence, which is the same in every format.

use crate::journal::{End, EndReason, Need, Summary, Tally};
use crate::model::grouped;

use super::counting::{counted, participle, tallied};

/// How a run came out: what became of its changes, and how it ended.
#[derive(Clone, Copy)]
pub(super) struct RunResult<'r> {
    pub(super) tally: Tally,
    /// None for a run without an end: it goes on, or was killed.
    pub(super) end: Option<&'r End>,
    pub(super) is_running: bool,
}

/// Where a sentence tells what is unknown or stored otherwise.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    InOpening,
    Here,
}

impl<'r> RunResult<'r> {
    /// That of a run that is known in outline.
    pub(super) fn of(summary: &'r Summary) -> Self {
        Self {
            tally: summary.tally,
            end: summary.end.as_ref(),
            is_running: summary.is_running,
        }
    }

    /// What is said of a run that ended before its end, and why it did.
    pub(super) fn ended_why(self) -> Option<(&'static str, Option<&'r str>)> {
        let end = self.end?;
        match &end.how {
            EndReason::Finished => None,
            EndReason::Interrupted => Some(("Interrupted", None)),
            EndReason::NotBegun(why) => Some(("Nothing was sent", Some(why))),
            EndReason::LockLost(why) => {
                Some(("The run ended early, because its lock was lost", Some(why)))
            }
            EndReason::Unrecorded(why) => Some((
                "The run ended early, because the journal could not be written",
                Some(why),
            )),
            EndReason::Instance { why, .. } if self.is_open_ended() => {
                Some(("What is unknown could not be read", Some(why)))
            }
            EndReason::Instance { why, .. } => Some(("The run ended early", Some(why))),
            EndReason::Canary { why, .. } => Some(("The canary failed", Some(why))),
            EndReason::Panicked(why) => Some(("The run ended early", Some(why))),
        }
    }

    /// The sentence: "Partly applied: 3,000 of 3,200 changes are in Marketo, 200 were rejected."
    pub(super) fn verdict(self) -> String {
        let Tally {
            applied, unknown, ..
        } = self.tally;
        let opening = match self.how() {
            None if self.is_running => "Running",
            None => "Killed",
            Some(EndReason::NotBegun(_)) => return "Nothing was sent.".to_owned(),
            Some(_) if self.tally.is_complete() && self.unlike() > 0 => {
                let unlike = grouped(self.unlike());
                let numbers = self.numbers(Told::InOpening);
                return format!("Ended with {unlike} stored otherwise: {numbers}.");
            }
            Some(how) if self.tally.is_complete() => {
                let applied = tallied(applied, participle);
                let applied = if applied.is_empty() {
                    "nothing"
                } else {
                    &applied
                };
                // A halt that came after all was sent, or that settling has overtaken, has left nothing out.
                let opening = match how {
                    EndReason::Finished => "Applied",
                    EndReason::NotBegun(_)
                    | EndReason::Interrupted
                    | EndReason::LockLost(_)
                    | EndReason::Unrecorded(_)
                    | EndReason::Instance { .. }
                    | EndReason::Canary { .. }
                    | EndReason::Panicked(_) => "Ended early, with all changes in Marketo",
                };
                return format!("{opening}: {applied}.");
            }
            Some(_) if applied.total() + unknown == 0 => {
                return format!("Nothing was changed: {}.", self.others());
            }
            Some(_) if self.is_open_ended() => {
                let unknown = grouped(unknown);
                let numbers = self.numbers(Told::InOpening);
                return format!("Ended with {unknown} unknown: {numbers}.");
            }
            Some(EndReason::Finished) => "Partly applied",
            Some(
                EndReason::Interrupted
                | EndReason::LockLost(_)
                | EndReason::Unrecorded(_)
                | EndReason::Instance { .. }
                | EndReason::Canary { .. }
                | EndReason::Panicked(_),
            ) => "Stopped early",
        };
        format!("{opening}: {}.", self.numbers(Told::Here))
    }

    /// The same in as few words as a table has room for: "3,000 of 3,200, 200 rejected".
    pub(super) fn words(self, is_settled: bool, settled: usize) -> String {
        let Tally {
            applied,
            rejected,
            unknown,
            not_attempted,
        } = self.tally;
        let opening = match self.how() {
            None if self.is_running => "running: ",
            None => "killed: ",
            Some(EndReason::NotBegun(_)) => return "nothing was sent".to_owned(),
            Some(EndReason::Finished) => "",
            Some(_) if self.is_open_ended() => "",
            Some(EndReason::Interrupted) => "interrupted: ",
            Some(EndReason::LockLost(_)) => "lost its lock: ",
            Some(EndReason::Unrecorded(_)) => "lost its journal: ",
            Some(EndReason::Instance { need, .. }) => match need {
                Some(Need::Quota) => "daily quota: ",
                Some(Need::Permissions(_)) => "no permission: ",
                Some(Need::Credentials) => "credentials refused: ",
                Some(Need::NoCrmSync) => "native CRM sync: ",
                None => "stopped: ",
            },
            Some(EndReason::Canary { .. }) => "canary failed: ",
            Some(EndReason::Panicked(_)) => "panicked: ",
        };
        if self.tally.is_complete() {
            let applied = tallied(applied, participle);
            let applied = if applied.is_empty() {
                "nothing to send"
            } else {
                &applied
            };
            return format!("{opening}{applied}");
        }
        let all = applied.total() + rejected + unknown + not_attempted;
        let mut words = format!("{opening}{} of {}", grouped(applied.total()), grouped(all));
        if is_settled {
            words.push_str(", settled since");
            return words;
        }
        for (number, word) in [
            (self.unlike(), "stored otherwise"),
            (rejected, "rejected"),
            (unknown, "unknown"),
        ] {
            if number > 0 {
                words.extend([", ", &grouped(number), " ", word]);
            }
        }
        if settled > 0 {
            words.extend([", ", &grouped(settled), " of them settled since"]);
        }
        words
    }

    fn how(&self) -> Option<&'r EndReason> {
        self.end.map(|end| &end.how)
    }

    /// How many records the instance has otherwise than the canary sent them.
    fn unlike(&self) -> usize {
        self.how().map_or(0, |how| how.unlike().len())
    }

    /// Whether everything was sent, and of some of it the outcome is not known.
    fn is_open_ended(&self) -> bool {
        let Tally {
            applied: _,
            rejected,
            unknown,
            not_attempted,
        } = self.tally;
        unknown > 0 && not_attempted + rejected == 0
    }

    /// "3,000 of 3,200 changes are in Marketo, 200 were rejected".
    fn numbers(self, uncertain: Told) -> String {
        let Tally {
            applied,
            rejected,
            unknown,
            not_attempted,
        } = self.tally;
        let applied = applied.total();
        let all = applied + rejected + unknown + not_attempted;
        let verb = if applied == 1 { "is" } else { "are" };
        let noun = if all == 1 { "change" } else { "changes" };
        let mut parts = vec![format!(
            "{} of {} {noun} {verb} in Marketo",
            grouped(applied),
            grouped(all)
        )];
        let unlike = self.unlike();
        if unlike > 0 && uncertain == Told::Here {
            parts.push(if applied == 1 {
                "stored otherwise".to_owned()
            } else {
                format!("{} of them stored otherwise", grouped(unlike))
            });
        }
        if rejected > 0 {
            parts.push(were(rejected, "rejected"));
        }
        if unknown > 0 && uncertain == Told::Here {
            let verb = if unknown == 1 { "is" } else { "are" };
            parts.push(format!("{} {verb} unknown", grouped(unknown)));
        }
        if not_attempted > 0 {
            parts.push(were(not_attempted, "not attempted"));
        }
        parts.join(", ")
    }

    /// "60 changes were not attempted", of a run that changed nothing.
    fn others(self) -> String {
        let Tally {
            applied: _,
            rejected,
            unknown: _,
            not_attempted,
        } = self.tally;
        let of_changes = |number: usize, word: &str| {
            let verb = if number == 1 { "was" } else { "were" };
            format!("{} {verb} {word}", counted(number, "change"))
        };
        match (rejected, not_attempted) {
            (0, 0) => "there was nothing to send".to_owned(),
            (0, left) => of_changes(left, "not attempted"),
            (rejected, 0) => of_changes(rejected, "rejected"),
            (rejected, left) => format!(
                "{}, {}",
                of_changes(rejected, "rejected"),
                were(left, "not attempted")
            ),
        }
    }

    pub(super) fn is_complete(self) -> bool {
        matches!(self.how(), Some(EndReason::Finished)) && self.tally.is_complete()
    }

    /// Whether there is something to take back.
    pub(super) fn is_undoable(self) -> bool {
        self.tally.applied.total() + self.tally.unknown > 0
    }
}

fn were(number: usize, word: &str) -> String {
    let verb = if number == 1 { "was" } else { "were" };
    format!("{} {verb} {word}", grouped(number))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn what_was_sent_as_a_whole_has_not_stopped_early() {
        let end = |how| End {
            time: Timestamp::UNIX_EPOCH,
            calls: 8,
            how,
            unsaved: None,
        };
        let instance = || EndReason::Instance {
            why: String::new(),
            need: None,
        };
        let verdict = |unknown, not_attempted, how| {
            let mut tally = Tally {
                unknown,
                not_attempted,
                ..Tally::default()
            };
            tally.applied.create = 850;
            let end = end(how);
            let result = RunResult {
                tally,
                end: Some(&end),
                is_running: false,
            };
            result.verdict()
        };
        assert_eq!(
            verdict(300, 0, instance()),
            "Ended with 300 unknown: 850 of 1,150 changes are in Marketo."
        );
        assert_eq!(
            verdict(300, 7, instance()),
            "Stopped early: 850 of 1,157 changes are in Marketo, 300 are unknown, 7 were not attempted."
        );
        assert_eq!(
            verdict(1, 0, EndReason::Finished),
            "Ended with 1 unknown: 850 of 851 changes are in Marketo."
        );
        assert_eq!(
            verdict(0, 0, EndReason::LockLost("it expired".to_owned())),
            "Ended early, with all changes in Marketo: 850 created."
        );
    }
}
