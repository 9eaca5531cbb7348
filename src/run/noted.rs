//! What is known of the changes of a run while its calls are made.

use jiff::{SignedDuration, Timestamp};

use crate::apply::{ApplyEvent, Outcome, WhyNot};
use crate::journal::ChangeDetails;
use crate::ledger::Clock;

/// What the events of an apply have said of its changes, one of each for each change.
pub(super) struct Noted {
    /// What is left of the report if the apply panics.
    pub(super) outcomes: Vec<Outcome>,
    pub(super) details: Vec<ChangeDetails>,
    /// When the outcome was known.
    pub(super) answered: Vec<Option<Timestamp>>,
}

impl Noted {
    pub(super) fn nothing(changes: usize) -> Self {
        Self {
            outcomes: vec![Outcome::NotAttempted(WhyNot::Halted); changes],
            details: vec![ChangeDetails::default(); changes],
            answered: vec![None; changes],
        }
    }

    /// Keeps what an event says.
    pub(super) fn note(&mut self, event: ApplyEvent<'_>, clock: &Clock) {
        match event {
            ApplyEvent::Sending(batch) => {
                for index in &batch.changes {
                    self.outcomes[*index] = Outcome::Unknown {
                        why: "the run broke off before the answer came".to_owned(),
                    };
                }
            }
            ApplyEvent::Settled(settled) => {
                let now = clock.now();
                for one in settled {
                    self.details[one.change].tries = one.tries;
                    self.outcomes[one.change].clone_from(&one.outcome);
                    let since = SignedDuration::try_from(one.at.elapsed()).unwrap_or_default();
                    self.answered[one.change] = now.checked_sub(since).ok();
                }
            }
            ApplyEvent::Looking(_) | ApplyEvent::Tried(_) | ApplyEvent::Stopping => {}
        }
    }
}
