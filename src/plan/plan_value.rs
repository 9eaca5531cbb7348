//! The plan as a value: what one run would do, and what keeps it from running.

use std::collections::BTreeMap;

use crate::model::{Diagnostic, ObjectKind};

use super::change::Change;
use super::counts::Counts;
use super::keeping::{Drift, Keeping};
use super::not_undone::Left;
use super::note::Note;
use super::refusal::Refusal;

/// Everything that one run would do, and what keeps it from running.
#[must_use]
#[derive(Debug, Default)]
pub struct Plan {
    /// In the order of the manifests; what no manifest declares any more comes last.
    pub changes: Vec<Change>,
    /// How many declared records are already as they should be.
    pub unchanged: BTreeMap<&'static ObjectKind, usize>,
    /// How many entries the manifests declare, those to be forgotten left out.
    pub declared: usize,
    /// How many records the ledger has, if there is one.
    pub owned: Option<usize>,
    /// What an apply changes in the ledger.
    pub keeping: Keeping,
    /// What the instance has changed since the last apply, as far as the ledger knows.
    pub drift: Vec<Drift>,
    /// What a person has to allow first; a plan is never applied as long as there is some.
    pub refusals: Vec<Refusal>,
    /// What a person has to mend first; a plan with problems is never applied.
    pub problems: Vec<Diagnostic>,
    /// What a person should know.
    pub notes: Vec<Note>,
}

impl Plan {
    /// Whether the instance already is as the manifests want it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether nothing is to be done, neither in the instance nor by a person first.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.changes.is_empty() && self.refusals.is_empty() && self.problems.is_empty()
    }

    /// Whether something is not brought to where the plan was to bring it.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.lefts().next().is_some()
    }

    /// What an undo leaves as it is.
    pub fn lefts(&self) -> impl Iterator<Item = &Left> {
        self.notes.iter().filter_map(|note| match note {
            Note::Left(left) => Some(left),
            Note::OtherCase { .. }
            | Note::Orphan { .. }
            | Note::Undecided { .. }
            | Note::Recreated { .. }
            | Note::Unsure { .. }
            | Note::Unmasked { .. } => None,
        })
    }

    /// The number of changes of each action.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts::of(&self.changes)
    }
}
