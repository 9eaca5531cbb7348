//! What became of the changes of a run, counted.

use crate::apply::Outcome;
use crate::model::Verb;
use crate::plan::{Change, Counts};

/// The outcomes of a run, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The number of applied changes of each action.
    pub applied: Counts,
    pub rejected: usize,
    pub unknown: usize,
    pub not_attempted: usize,
}

impl Tally {
    /// Counts the outcomes of changes. A planned change without an outcome was not attempted.
    #[must_use]
    pub fn of(changes: &[Change], outcomes: &[Outcome], planned: Counts) -> Self {
        let mut tally = Self::default();
        for (change, outcome) in changes.iter().zip(outcomes) {
            match outcome {
                Outcome::Applied { .. } => tally.applied.add(change.action.name()),
                Outcome::NotAttempted(_) => {}
                Outcome::Rejected { .. } => tally.rejected += 1,
                Outcome::Unknown { .. } => tally.unknown += 1,
            }
        }
        let known = tally.applied.total() + tally.rejected + tally.unknown;
        tally.not_attempted = planned.total().saturating_sub(known);
        tally
    }

    /// The changes whose records an undo deletes at most: those that were created, and those that may have been.
    pub fn undone_creations<'c>(
        changes: &'c [Change],
        outcomes: &'c [Outcome],
    ) -> impl Iterator<Item = &'c Change> {
        let of_changes = changes.iter().zip(outcomes);
        let created = of_changes.filter(|(change, outcome)| {
            let may_be_there = matches!(outcome, Outcome::Applied { .. } | Outcome::Unknown { .. });
            change.verb() == Verb::Create && may_be_there
        });
        created.map(|(change, _)| change)
    }

    /// Whether every change was applied.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.rejected + self.unknown + self.not_attempted == 0
    }
}
