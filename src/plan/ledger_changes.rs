//! What an apply changes in the ledger: the entries that it adds or replaces, and those that it removes.

use crate::ledger::{Entry, Place};
use crate::model::{Key, ObjectKind};

/// Everything that an apply changes in the ledger; empty without a ledger.
#[derive(Debug, Default)]
pub struct LedgerChanges {
    pub updates: Vec<EntryUpdate>,
    pub forgotten: Vec<ForgottenEntry>,
}

/// An entry that is added to the ledger or replaces the entry with the same key.
#[derive(Debug)]
pub struct EntryUpdate {
    pub kind: &'static ObjectKind,
    /// Without an id where the record has to be created first.
    pub entry: Entry,
    /// The index of the change in the instance on which the update depends.
    pub change: Option<usize>,
    /// Whether the record exists and was not owned before, or only claimed.
    pub adopts: bool,
    /// Whether an earlier run claimed the record without telling whether it created it.
    pub is_claimed: bool,
}

/// An entry that is removed from the ledger without a change in the instance.
#[derive(Debug)]
pub struct ForgottenEntry {
    pub kind: &'static ObjectKind,
    pub key: Key,
    pub place: Place,
    pub why: WhyForgotten,
}

/// Why an apply stops managing a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyForgotten {
    /// `ensure: forgotten`.
    Forgotten,
    /// No manifest declares it as present, and it is not in the instance.
    Gone,
    /// No manifest declares it, and another record of the instance has its key.
    Remade,
    /// No manifest declares it, and a run that got no answer had only claimed it: the record with its key may be another one's.
    Unproven,
    /// The run that is undone adopted it.
    Undone,
}

impl LedgerChanges {
    /// Whether the ledger stays as it is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { updates, forgotten } = self;
        updates.is_empty() && forgotten.is_empty()
    }

    /// The records that become owned as they are, without a change in the instance.
    pub fn adopted(&self) -> impl Iterator<Item = &EntryUpdate> {
        self.updates
            .iter()
            .filter(|update| update.adopts && update.change.is_none())
    }
}

impl ForgottenEntry {
    /// The removal of this entry.
    pub(super) fn of(kind: &'static ObjectKind, entry: &Entry, why: WhyForgotten) -> Self {
        Self {
            kind,
            key: entry.key.clone(),
            place: entry.declared.clone(),
            why,
        }
    }
}
