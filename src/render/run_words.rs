//! A run in one sentence, which is the same in every format, and what to do next.

use crate::journal::{EndReason, Tally};

use super::brief::count;
use super::counting::{participle, tallied};

/// How a run came out: what became of its changes, and how it ended.
#[derive(Clone, Copy)]
pub(super) struct RunResult<'r> {
    pub(super) tally: Tally,
    /// None for a run without an end: it goes on, or was killed.
    pub(super) how: Option<&'r EndReason>,
    pub(super) is_running: bool,
}

impl RunResult<'_> {
    /// The sentence: "Partly applied: 3,000 of 3,200 changes are in Marketo, 200 were rejected."
    pub(super) fn verdict(self) -> String {
        let Tally { applied, .. } = self.tally;
        let opening = match self.how {
            None if self.is_running => "Running",
            None => "Killed",
            Some(EndReason::NotBegun(_)) => return "Nothing was sent.".to_owned(),
            Some(EndReason::Finished) if self.tally.is_complete() => {
                let applied = tallied(applied, participle);
                let applied = if applied.is_empty() {
                    "nothing"
                } else {
                    &applied
                };
                return format!("Applied: {applied}.");
            }
            Some(EndReason::Finished) if applied.total() == 0 => "Not applied",
            Some(EndReason::Finished) => "Partly applied",
            Some(
                EndReason::Interrupted
                | EndReason::LockLost(_)
                | EndReason::Unrecorded(_)
                | EndReason::Instance(_)
                | EndReason::Canary(_)
                | EndReason::Panicked(_),
            ) => "Stopped early",
        };
        format!("{opening}: {}.", self.numbers())
    }

    /// The same in as few words as a table has room for: "3,000 of 3,200, 200 rejected".
    pub(super) fn words(self) -> String {
        let Tally {
            applied,
            rejected,
            unknown,
            not_attempted,
        } = self.tally;
        let opening = match self.how {
            None if self.is_running => "running: ",
            None => "killed: ",
            Some(EndReason::NotBegun(_)) => return "nothing was sent".to_owned(),
            Some(EndReason::Finished) => "",
            Some(EndReason::Interrupted) => "interrupted: ",
            Some(EndReason::LockLost(_)) => "lost its lock: ",
            Some(EndReason::Unrecorded(_)) => "lost its journal: ",
            Some(EndReason::Instance(_)) => "stopped: ",
            Some(EndReason::Canary(_)) => "canary failed: ",
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
        let mut words = format!("{opening}{} of {}", count(applied.total()), count(all));
        for (number, word) in [(rejected, "rejected"), (unknown, "unknown")] {
            if number > 0 {
                words.extend([", ", &count(number), " ", word]);
            }
        }
        words
    }

    /// "3,000 of 3,200 changes are in Marketo, 200 were rejected".
    fn numbers(self) -> String {
        let Tally {
            applied,
            rejected,
            unknown,
            not_attempted,
        } = self.tally;
        let applied = applied.total();
        let all = applied + rejected + unknown + not_attempted;
        let be = |number: usize, word: &str| {
            let verb = if number == 1 { "was" } else { "were" };
            format!("{} {verb} {word}", count(number))
        };
        let verb = if applied == 1 { "is" } else { "are" };
        let noun = if all == 1 { "change" } else { "changes" };
        let mut parts = vec![format!(
            "{} of {} {noun} {verb} in Marketo",
            count(applied),
            count(all)
        )];
        if rejected > 0 {
            parts.push(be(rejected, "rejected"));
        }
        if unknown > 0 {
            let verb = if unknown == 1 { "is" } else { "are" };
            parts.push(format!("{} {verb} unknown", count(unknown)));
        }
        if not_attempted > 0 {
            parts.push(be(not_attempted, "not attempted"));
        }
        parts.join(", ")
    }

    /// What to do next; nothing after a run that has done all. A canary that failed has a way out of its own.
    pub(super) fn next(self) -> Option<&'static str> {
        const REST: &str = "run the same command again: only what is left is sent";
        let next = match self.how {
            None if self.is_running => return None,
            None => "run the same command again: it reads what is unknown, and sends what is left",
            Some(EndReason::Canary(_)) => return None,
            Some(EndReason::Panicked(_)) => {
                "report it as a bug; then run the same command again: only what is left is sent"
            }
            Some(EndReason::Finished) if self.tally.is_complete() => return None,
            Some(EndReason::Finished) if self.tally.rejected > 0 => {
                "correct what was rejected, then run the same command again: only what is left is sent"
            }
            Some(_) if self.tally.unknown > 0 => {
                "run the same command again: it reads what is unknown, and sends what is left"
            }
            Some(EndReason::NotBegun(_)) => "run the same command again",
            Some(
                EndReason::Finished
                | EndReason::Interrupted
                | EndReason::LockLost(_)
                | EndReason::Unrecorded(_)
                | EndReason::Instance(_),
            ) => REST,
        };
        Some(next)
    }

    pub(super) fn is_complete(self) -> bool {
        matches!(self.how, Some(EndReason::Finished)) && self.tally.is_complete()
    }

    /// Whether there is something to take back.
    pub(super) fn is_undoable(self) -> bool {
        self.tally.applied.total() + self.tally.unknown > 0
    }
}
