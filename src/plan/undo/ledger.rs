//! What an undo changes in the ledger: records that the run adopted are forgotten. Records that it deleted are owned again if they
//! were owned before, and so are those that it stopped managing.

use std::sync::Arc;

use crate::ledger::{Applied, Entry, Replaced};
use crate::model::{Record, is_same_id};
use crate::plan::change::{At, FieldChange};
use crate::plan::ledger_changes::{EntryUpdate, ForgottenEntry, WhyForgotten};
use crate::plan::observed::Observed;
use crate::plan::ownership::{Ownership, Standing};
use crate::plan::written;

use super::run::{RunChange, RunToUndo};

/// Plans what an undo changes in the ledger. Without a ledger it plans nothing.
#[derive(Clone, Copy)]
pub(super) struct UndoneLedger<'u> {
    pub(super) run: &'u RunToUndo<'u>,
    pub(super) ownership: &'u Ownership<'u>,
}

impl UndoneLedger<'_> {
    /// The entry of an owned record whose fields are restored. `index` is that of the record's change in the plan.
    pub(super) fn restored(
        self,
        change: &RunChange<'_>,
        record: &Record,
        fields: &[FieldChange],
        index: usize,
    ) -> Option<EntryUpdate> {
        let kind = change.change.kind;
        let owning = self.ownership.ledger?;
        let Standing::Own(entry) = self.ownership.standing(kind, record) else {
            return None;
        };
        let mut entry = entry.clone();
        entry.replaced = written::replaced(Some(&entry), &entry.fields, fields, owning.ledger);
        entry.fields.update(|name| {
            let field = fields.iter().find(|field| *field.name == *name)?;
            let ledger = owning.ledger;
            Some(ledger.digest_unless(field.sensitive, name, &field.after))
        });
        entry.origin = Arc::clone(owning.origin);
        Some(update(change, entry, index))
    }

    /// The entry of a record that is created again, if the record was owned. `index` is that of the record's change in the plan.
    pub(super) fn recreated(
        self,
        change: &RunChange<'_>,
        fields: &[FieldChange],
        index: usize,
    ) -> Option<EntryUpdate> {
        let owning = self.ownership.ledger?;
        let At::Before { place, .. } = &change.change.at else {
            return None;
        };
        if !change.owned {
            return None;
        }
        let entry = Entry {
            key: change.change.key.clone(),
            id: None,
            fields: fields
                .iter()
                .map(|field| {
                    let ledger = owning.ledger;
                    let digest = ledger.digest_unless(field.sensitive, &field.name, &field.after);
                    (Arc::clone(&field.name), digest)
                })
                .collect(),
            written: None,
            replaced: Replaced::Nothing,
            protected: None,
            declared: place.clone(),
            origin: Arc::clone(owning.origin),
        };
        Some(update(change, entry, index))
    }

    /// The removal of the entry of a record that the run adopted or that does not exist any more. `id` is that of the record.
    pub(super) fn forgotten(
        self,
        change: &RunChange<'_>,
        id: Option<&str>,
        why: WhyForgotten,
    ) -> Option<ForgottenEntry> {
        let kind = change.change.kind;
        let entry = self.ownership.entry(kind, &change.change.key)?;
        self.is_of(entry, id)
            .then(|| ForgottenEntry::of(kind, entry, why))
    }

    /// The removals of the entries that the run adopted without a change in the instance.
    pub(super) fn forgotten_adoptions(self) -> Vec<ForgottenEntry> {
        self.run
            .adopted
            .iter()
            .filter(|adopted| {
                let entry = self.ownership.entry(adopted.kind, adopted.key);
                entry.is_some_and(|entry| {
                    self.is_of(entry, adopted.id) && self.run.has_adopted(entry)
                })
            })
            .map(|adopted| ForgottenEntry {
                kind: adopted.kind,
                key: adopted.key.clone(),
                id: adopted.id.map(Into::into),
                place: adopted.place.clone(),
                why: WhyForgotten::Undone,
            })
            .collect()
    }

    /// The entries of the records that the run stopped managing, where they are still there and nobody owns them. What was last applied to
    /// their fields is not known any more.
    pub(super) fn owned_again(self, observed: &Observed) -> Vec<EntryUpdate> {
        let Some(owning) = self.ownership.ledger else {
            return Vec::new();
        };
        let forgotten = self.run.forgotten.iter();
        forgotten
            .filter(|forgotten| {
                let entry = self.ownership.entry(forgotten.kind, forgotten.key);
                entry.is_none()
            })
            .filter_map(|forgotten| {
                let record = observed.get(forgotten.kind, forgotten.key)?;
                let is_it = forgotten.id.is_some_and(|id| is_same_id(id, &record.id));
                is_it.then(|| EntryUpdate {
                    kind: forgotten.kind,
                    entry: Entry {
                        key: record.key.clone(),
                        id: Some(record.id.clone()),
                        fields: Applied::default(),
                        written: None,
                        replaced: Replaced::Unknown,
                        protected: None,
                        declared: forgotten.place.clone(),
                        origin: Arc::clone(owning.origin),
                    },
                    change: None,
                    adopts: true,
                    is_claimed: false,
                    protection: None,
                })
            })
            .collect()
    }

    /// Whether an adoption by the run is the reason why the ledger has an entry of the record, if it has one.
    pub(super) fn is_from_adoption(self, change: &RunChange<'_>) -> bool {
        let Some(entry) = self.ownership.entry(change.change.kind, &change.change.key) else {
            return true;
        };
        if change.is_unknown {
            // An adoption with unknown outcome writes no entry, so the entry is another run's unless this run wrote it last.
            self.run.wrote(entry)
        } else {
            self.run.has_adopted(entry)
        }
    }

    /// Whether an entry can be that of the record with this id, and not of a record that was created later with the same key. A
    /// claim has no id yet; it is that of the run that wrote it.
    fn is_of(self, entry: &Entry, id: Option<&str>) -> bool {
        match (&entry.id, id) {
            (Some(own), Some(id)) => **own == *id,
            (Some(_), None) => true,
            (None, _) => self.run.wrote(entry),
        }
    }
}

fn update(change: &RunChange<'_>, entry: Entry, index: usize) -> EntryUpdate {
    EntryUpdate {
        kind: change.change.kind,
        entry,
        change: Some(index),
        adopts: false,
        is_claimed: false,
        protection: None,
    }
}
