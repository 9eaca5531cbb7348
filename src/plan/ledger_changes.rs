//! What an apply changes in the ledger: the entries that it adds or replaces, and those that it removes.

use crate::ledger::{Entry, Place};
use crate::model::{Key, ObjectKind};

/// Everything that an apply changes in the ledger; empty without a ledger.
#[derive(Debug, Default)]
pub struct LedgerChanges {
    pub updates: Vec<EntryUpdate>,
    pub forgotten: Vec<ForgottenEntry>,
}

impl LedgerChanges {
    /// Drops those that only renew entries: what the ledger knows of the values of owned records.
    pub fn drop_renewals(&mut self) {
        self.updates.retain(|update| {
            let EntryUpdate {
                change,
                adopts,
                is_claimed,
                protection,
                ..
            } = update;
            change.is_some() || *adopts || *is_claimed || protection.is_some()
        });
    }
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
    /// What becomes of the record's protection, if it changes.
    pub protection: Option<ProtectionChange>,
}

/// A protection that begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProtectionChange {
    Begins,
    Ends,
}

/// A change of the ledger that a person has to see: it decides what later runs may do to a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerChange {
    pub action: LedgerAction,
    pub kind: &'static ObjectKind,
    pub key: Key,
    /// The id of the record, where it is known.
    pub id: Option<Box<str>>,
    /// The entry that declares the record, or did.
    pub place: Place,
    /// The index of the change in the instance without which it does not happen.
    pub change: Option<usize>,
}

/// The same, as a plan has it.
#[derive(Clone, Copy, Debug)]
pub struct LedgerChangeRef<'c> {
    pub action: LedgerAction,
    pub kind: &'static ObjectKind,
    pub key: &'c Key,
    pub id: Option<&'c str>,
    pub place: &'c Place,
    pub change: Option<usize>,
}

/// What is done to an entry of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LedgerAction {
    /// A record becomes owned as it is.
    Adopt,
    /// A record is no longer owned.
    Forget,
    /// A record becomes protected from deletion.
    Protect,
    /// A record's protection ends.
    Unprotect,
}

/// An entry that is removed from the ledger without a change in the instance.
#[derive(Debug)]
pub struct ForgottenEntry {
    pub kind: &'static ObjectKind,
    pub key: Key,
    /// The id of the record, if the entry has one.
    pub id: Option<Box<str>>,
    pub place: Place,
    /// Whether the record was protected from deletion. It is not any more.
    pub is_protected: bool,
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

    /// What a person has to see of it: all but entries that are only renewed, for example because they moved to another file.
    pub fn seen(&self) -> impl Iterator<Item = LedgerChangeRef<'_>> {
        let updates = self.updates.iter().flat_map(|update| {
            let adopts = update.adopts && update.change.is_none();
            let protection = update.protection.map(|change| match change {
                ProtectionChange::Begins => LedgerAction::Protect,
                ProtectionChange::Ends => LedgerAction::Unprotect,
            });
            let actions = adopts.then_some(LedgerAction::Adopt);
            let actions = actions.into_iter().chain(protection);
            actions.map(|action| LedgerChangeRef {
                action,
                kind: update.kind,
                key: &update.entry.key,
                id: update.entry.id.as_deref(),
                place: &update.entry.declared,
                change: update.change,
            })
        });
        let forgotten = self.forgotten.iter().flat_map(|forgotten| {
            let unprotects = forgotten.is_protected.then_some(LedgerAction::Unprotect);
            let actions = unprotects.into_iter().chain([LedgerAction::Forget]);
            actions.map(|action| LedgerChangeRef {
                action,
                kind: forgotten.kind,
                key: &forgotten.key,
                id: forgotten.id.as_deref(),
                place: &forgotten.place,
                change: None,
            })
        });
        updates.chain(forgotten)
    }

    /// Those of one sort.
    pub fn seen_of(&self, action: LedgerAction) -> impl Iterator<Item = LedgerChangeRef<'_>> {
        self.seen().filter(move |change| change.action == action)
    }

    /// The records that become owned as they are, without a change in the instance.
    pub fn adopted(&self) -> impl Iterator<Item = &EntryUpdate> {
        self.updates
            .iter()
            .filter(|update| update.adopts && update.change.is_none())
    }
}

impl From<LedgerChangeRef<'_>> for LedgerChange {
    fn from(change: LedgerChangeRef<'_>) -> Self {
        let LedgerChangeRef {
            action,
            kind,
            key,
            id,
            place,
            change,
        } = change;
        Self {
            action,
            kind,
            key: key.clone(),
            id: id.map(Into::into),
            place: place.clone(),
            change,
        }
    }
}

impl LedgerAction {
    /// Every one, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Adopt, Self::Protect, Self::Unprotect, Self::Forget];

    /// The word for it, in digests and in machine formats.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Adopt => "adopt",
            Self::Forget => "forget",
            Self::Protect => "protect",
            Self::Unprotect => "unprotect",
        }
    }
}

impl ForgottenEntry {
    /// The removal of this entry.
    pub(super) fn of(kind: &'static ObjectKind, entry: &Entry, why: WhyForgotten) -> Self {
        Self {
            kind,
            key: entry.key.clone(),
            id: entry.id.clone(),
            place: entry.declared.clone(),
            is_protected: entry.protected.is_some(),
            why,
        }
    }
}
