//! The lists in which reports show changes, by outcome.

use crate::apply::Outcome;
use crate::plan::Change;

/// A list of changes with the same sort of outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OutcomeList {
    Rejected,
    Unknown,
    NotAttempted,
    Applied,
}

impl OutcomeList {
    /// The lists of what was not applied, the most urgent first.
    pub(super) const NOT_APPLIED: [Self; 3] = [Self::Rejected, Self::Unknown, Self::NotAttempted];

    pub(super) fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Rejected { .. } => Self::Rejected,
            Outcome::Unknown { .. } => Self::Unknown,
            Outcome::NotAttempted(_) => Self::NotAttempted,
            Outcome::Applied { .. } => Self::Applied,
        }
    }

    /// The changes of this list, with their outcomes.
    pub(super) fn members<'r>(
        self,
        changes: &'r [Change],
        outcomes: &'r [Outcome],
    ) -> Vec<(&'r Change, &'r Outcome)> {
        let pairs = changes.iter().zip(outcomes);
        pairs
            .filter(|(_, outcome)| Self::of(outcome) == self)
            .collect()
    }
}
