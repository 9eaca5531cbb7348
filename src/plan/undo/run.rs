//! A run to undo, and what other runs did.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use crate::ledger::{Entry, Place};
use crate::model::{Key, ObjectKind, Record, RecordKey};
use crate::plan::change::{Action, Change, WhyDelete};
use crate::plan::ledger_changes::ProtectionChange;
use crate::plan::not_undone::{NotUndone, WhyNotUndone};
use crate::plan::note::Note;

/// A run that is to be undone.
#[derive(Debug)]
pub struct RunToUndo<'r> {
    pub changes: Vec<RunChange<'r>>,
    /// The records that became owned without a change in the instance.
    pub adopted: Vec<OwnedInRun<'r>>,
    /// The records that it stopped managing, where the ledger was saved with that.
    pub forgotten: Vec<OwnedInRun<'r>>,
    /// The protections that the run began or ended, where the ledger was saved with that.
    pub protections: BTreeMap<RecordKey, ProtectionInRun<'r>>,
    /// The time by which ledgers know the run.
    pub origin: Option<Timestamp>,
    /// Whether the ledger was certainly saved after the run.
    pub is_ledger_saved: bool,
    /// Whether the run was itself an undo. An undo creates records again that no ledger ever had.
    pub is_undo: bool,
    /// The names of fields that are restored even if others have changed them since.
    pub forced: &'r [String],
    /// What other runs did, where the outcome of this run is unknown.
    pub others: &'r OtherRuns,
}

/// A record by its kind and its id: kinds whose ids are numbers count each for itself.
type RecordId = (&'static ObjectKind, Box<str>);

/// What other runs are known to have done: their names, by the records.
#[derive(Clone, Debug, Default)]
pub struct OtherRuns {
    pub created: HashMap<RecordId, Box<str>>,
    pub deleted: HashMap<RecordId, Box<str>>,
}

/// A change that the run made, or may have made.
#[derive(Clone, Copy, Debug)]
pub struct RunChange<'r> {
    pub change: &'r Change,
    /// Whether it is unknown if the change was made.
    pub is_unknown: bool,
    /// The id that the instance answered, where it is known. For a creation it is the id of the new record.
    pub answered_id: Option<&'r str>,
    /// Whether the record was owned before the run.
    pub owned: bool,
    /// The fields whose values are not known.
    pub left_out: &'r [Arc<str>],
}

/// A record that the run began or ceased to own without a change in the instance.
#[derive(Clone, Copy, Debug)]
pub struct OwnedInRun<'r> {
    pub kind: &'static ObjectKind,
    pub key: &'r Key,
    /// Its id, where that is known.
    pub id: Option<&'r str>,
    pub place: &'r Place,
}

/// A protection that the run began or ended.
#[derive(Clone, Copy, Debug)]
pub struct ProtectionInRun<'r> {
    pub record: OwnedInRun<'r>,
    pub change: ProtectionChange,
}

impl RunChange<'_> {
    /// Whether it may have created a record whose id is not known.
    pub(crate) fn is_nameless(&self) -> bool {
        self.answered_id.is_none() && matches!(self.change.action, Action::Create { .. })
    }

    /// The fields without which Marketo creates no record, and whose values are not known.
    pub(super) fn required_not_stored(&self) -> Vec<Arc<str>> {
        let required = self.change.kind.required;
        let names = self.left_out.iter();
        let names = names.filter(|name| required.contains(&&***name));
        names.cloned().collect()
    }

    /// The note that the record, or some of its fields, stay as they are.
    pub(super) fn not_undone(&self, why: WhyNotUndone) -> Note {
        let change = self.change;
        Note::NotUndone(NotUndone {
            kind: change.kind,
            shown: change.shown.clone(),
            at: change.at.clone(),
            why,
        })
    }
}

impl RunToUndo<'_> {
    /// Whether this run's adoption put the entry into the ledger. If the ledger was not saved after the run, only an entry that
    /// this run wrote last counts: any other may be that of a run which created the record.
    pub(super) fn has_adopted(&self, entry: &Entry) -> bool {
        self.is_ledger_saved || self.wrote(entry)
    }

    /// What becomes of the protection of an owned record when the run is undone, if anything.
    pub(super) fn undone_protection(
        &self,
        kind: &'static ObjectKind,
        entry: &Entry,
    ) -> Option<ProtectionChange> {
        let protection = self.protections.get(&(kind, entry.key.folded()))?;
        match (protection.change, &entry.protected) {
            // Another run may have protected it since: then that stays.
            (ProtectionChange::Begins, Some(origin)) if self.origin == Some(origin.time) => {
                Some(ProtectionChange::Ends)
            }
            (ProtectionChange::Ends, None) => Some(ProtectionChange::Begins),
            (ProtectionChange::Begins, _) | (ProtectionChange::Ends, Some(_)) => None,
        }
    }

    /// Whether this run was the last one to write a ledger's entry.
    pub(super) fn wrote(&self, entry: &Entry) -> bool {
        self.origin == Some(entry.origin.time)
    }

    /// Whether a record is a child that no manifest declared and that the run moved below the new key of its parent: a ledger never had it.
    pub(super) fn has_moved(&self, change: &RunChange<'_>, record: &Record) -> bool {
        let kind = change.change.kind;
        let Some(part) = kind.parent_part() else {
            return false;
        };
        let is_old_one = |old: &Change| {
            let with_parent = matches!(
                old.action,
                Action::Delete {
                    why: WhyDelete::WithParent,
                    ..
                }
            );
            let parts = [&old.key, &change.change.key].map(|key| key.parts().iter().enumerate());
            let [old_parts, new_parts] =
                parts.map(|parts| parts.filter(|(index, _)| *index != part));
            with_parent && old.kind == kind && old_parts.eq(new_parts)
        };
        change.answered_id.is_some_and(|id| *id == *record.id)
            && self.changes.iter().any(|other| is_old_one(other.change))
    }

    /// The other run that created the record which this run may have created.
    pub(super) fn created_by(&self, change: &RunChange<'_>, record: &Record) -> Option<&str> {
        if change.answered_id.is_some() {
            return None;
        }
        let record = (change.change.kind, record.id.clone());
        self.others.created.get(&record).map(|run| &**run)
    }

    /// The other run that deleted the record which this run may have deleted.
    pub(super) fn deleted_by(&self, change: &RunChange<'_>) -> Option<&str> {
        if !change.is_unknown {
            return None;
        }
        let id = change.change.id()?;
        let record = (change.change.kind, id.into());
        self.others.deleted.get(&record).map(|run| &**run)
    }

    /// Whether a field is restored even if others have changed it since.
    pub(super) fn is_forced(&self, name: &str) -> bool {
        self.forced.iter().any(|forced| *forced == *name)
    }
}
