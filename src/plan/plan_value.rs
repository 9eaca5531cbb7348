//! The plan as a value: what one run would do, and what prevents it.

use std::collections::{BTreeMap, HashMap};

use crate::model::{Diagnostic, Key, ObjectKind};

use super::basis::PlanBasis;
use super::change::Change;
use super::changed_part::ChangedPart;
use super::counts::Counts;
use super::drift::Drift;
use super::ledger_changes::LedgerChanges;
use super::not_undone::NotUndone;
use super::note::Note;
use super::refusal::Refusal;
use super::rename::{Rename, Successor};
use super::unknown::UnknownRecord;

/// Everything that one run would do, and what prevents it.
#[must_use]
#[derive(Debug, Default)]
pub struct Plan {
    /// What it compares the manifests with.
    pub basis: PlanBasis,
    /// In the order of the manifests; records that no manifest declares any more come last.
    pub changes: Vec<Change>,
    /// The number of declared records that are already as declared.
    pub unchanged: BTreeMap<&'static ObjectKind, usize>,
    /// The number of entries in the manifests, without those to be forgotten.
    pub declared: usize,
    /// Whether the manifests that the run acts on say expressly that there is no record any more.
    pub is_emptied: bool,
    /// The number of records in the ledger, if there is a ledger.
    pub owned: Option<usize>,
    /// What an apply changes in the ledger.
    pub ledger_changes: LedgerChanges,
    /// What others changed in the instance since the last apply, as far as the ledger knows.
    pub drift: Vec<Drift>,
    /// What a person has to allow first. A plan with refusals is never applied.
    pub refusals: Vec<Refusal>,
    /// What a person has to correct first. A plan with problems is never applied.
    pub problems: Vec<Diagnostic>,
    /// The records that go on under other keys.
    pub renames: Vec<Rename>,
    /// What a person should know.
    pub notes: Vec<Note>,
}

impl Plan {
    /// Whether the plan changes nothing in the instance.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether an apply would change nothing that a person has to see: neither the instance nor what the project owns and protects.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.changes.is_empty() && self.ledger_changes.seen().next().is_none()
    }

    /// Whether an apply would change something, or would leave something that it was to change.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        !self.is_idle() || self.is_partial()
    }

    /// Whether the plan has no change, no refusal and no problem.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.changes.is_empty() && self.refusals.is_empty() && self.problems.is_empty()
    }

    /// Whether the plan leaves something as it is that it was to change: an undo, an entry that is blocked, a record whose key
    /// several have, or one that is not known.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        let is_left = |note: &Note| {
            matches!(
                note,
                Note::Doubled { .. } | Note::Blocked(_) | Note::Unknown(_)
            )
        };
        self.not_undone().next().is_some() || self.notes.iter().any(is_left)
    }

    /// What an undo leaves as it is.
    pub fn not_undone(&self) -> impl Iterator<Item = &NotUndone> {
        self.notes.iter().filter_map(|note| {
            let Note::NotUndone(left) = note else {
                return None;
            };
            Some(left)
        })
    }

    /// The records of which nothing is planned, because they are not known.
    pub fn unknown(&self) -> impl Iterator<Item = &UnknownRecord> {
        self.notes.iter().filter_map(|note| {
            let Note::Unknown(unknown) = note else {
                return None;
            };
            Some(unknown)
        })
    }

    /// What it looked at, if it is of the changed records alone.
    #[must_use]
    pub fn changed_part(&self) -> Option<&ChangedPart> {
        self.notes.iter().find_map(|note| {
            let Note::ChangedSince(part) = note else {
                return None;
            };
            Some(part)
        })
    }

    /// The new records of all renames, also those of the children.
    pub fn successors(&self) -> impl Iterator<Item = &Successor> {
        self.renames.iter().flat_map(Rename::successors)
    }

    /// The old keys of the records that entries rename, by the new keys. The children that go on with them are left out.
    #[must_use]
    pub fn old_keys(&self) -> HashMap<(&'static ObjectKind, &Key), &Key> {
        let records = self.renames.iter().map(|rename| &rename.record);
        records.map(|it| ((it.kind, &it.to), &it.from)).collect()
    }

    /// The number of changes of each action.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts::of(&self.changes)
    }
}
