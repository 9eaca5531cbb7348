//! What an undo changes in the ledger: records that the run adopted are forgotten. Records that it deleted are owned again if they
//! were owned before, and so are those that it stopped managing.

use std::sync::Arc;

use crate::ledger::{Applied, Entry, Replaced};
use crate::model::{ObjectKind, Record, RecordKeys, is_same_id};
use crate::plan::change::{Action, At};
use crate::plan::field_changes::FieldChanges;
use crate::plan::ledger_changes::{
    EntryUpdate, ForgottenEntry, LedgerChanges, ProtectionChange, WhyForgotten,
};
use crate::plan::observed::Observed;
use crate::plan::ownership::{Ownership, Owning, Standing};
use crate::plan::plan_value::Plan;
use crate::plan::written;

use super::run::{OwnedInRun, RunChange, RunToUndo};

/// Plans what an undo changes in the ledger. Without a ledger it plans nothing.
#[derive(Clone, Copy)]
pub(super) struct UndoneLedger<'u> {
    pub(super) run: &'u RunToUndo<'u>,
    pub(super) ownership: &'u Ownership<'u>,
}

impl UndoneLedger<'_> {
    /// Whether the record of a change is the project's, as far as the ledger can tell. A record that the project has stopped managing
    /// may belong to another one by now.
    pub(super) fn is_owned(self, change: &RunChange<'_>, record: &Record) -> bool {
        if self.ownership.ledger.is_none() {
            return true;
        }
        let entry = self.ownership.entry(change.change.kind, &record.key);
        let is_owned = entry.is_some_and(|entry| entry.may_be(&record.id));
        // A run without a ledger owned nothing. One that could not save it, or whose outcome is not known, may have left no entry. What
        // the run adopted was not owned before it, and is let go of by an undo, also by one that restores only a part.
        let is_adopted = matches!(change.change.action, Action::Adopt { .. }) && entry.is_none();
        let may_have_none =
            self.run.origin.is_none() || !self.run.is_ledger_saved || change.is_unknown;
        is_owned || is_adopted || may_have_none
    }

    /// Whether an undo created this very record, and no ledger has had it since: one that was deleted without being owned comes back
    /// without an entry. A ledger that does not remember the run may have lost the entry, and then this is not known.
    pub(super) fn was_never_owned(self, change: &RunChange<'_>, record: &Record) -> bool {
        let kind = change.change.kind;
        let (Some(owning), Some(origin)) = (self.ownership.ledger, self.run.origin) else {
            return false;
        };
        let is_that_one = change.answered_id.is_some_and(|id| *id == *record.id);
        let is_untouched = || {
            let touched = owning.ledger.touched(kind, &record.key.folded());
            touched.is_none_or(|touched| touched <= origin)
        };
        self.run.is_undo
            && is_that_one
            && self.ownership.entry(kind, &record.key).is_none()
            && owning.ledger.past.has_run(origin)
            && is_untouched()
    }

    /// The entry of an owned record whose fields are restored. `index` is that of the record's change in the plan.
    pub(super) fn restored(
        self,
        change: &RunChange<'_>,
        record: &Record,
        fields: &FieldChanges,
        index: usize,
    ) -> Option<EntryUpdate> {
        let kind = change.change.kind;
        let owning = self.ownership.ledger?;
        let Standing::Own(entry) = self.ownership.standing(kind, record) else {
            return None;
        };
        let mut entry = entry.clone();
        entry.replaced =
            written::replaced(Some((&entry, None)), &entry.fields, fields, owning.ledger);
        entry.fields.update(|name| {
            let field = fields.get(name)?;
            let ledger = owning.ledger;
            Some(ledger.digest_unless(field.sensitive, name, &field.after))
        });
        entry.origin = Arc::clone(owning.origin);
        let protection = self.protect(kind, &mut entry, owning);
        Some(EntryUpdate {
            protection,
            ..update(change, entry, index)
        })
    }

    /// Changes the protection of an entry back, if the run changed it.
    fn protect(
        self,
        kind: &'static ObjectKind,
        entry: &mut Entry,
        owning: Owning<'_>,
    ) -> Option<ProtectionChange> {
        let change = self.run.undone_protection(kind, entry)?;
        entry.protected = match change {
            ProtectionChange::Begins => Some(Arc::clone(owning.origin)),
            ProtectionChange::Ends => None,
        };
        Some(change)
    }

    /// The entries whose protection is changed back and of which nothing else changes in the plan. A record that is to be deleted stays
    /// protected, and so the deletion is refused.
    pub(super) fn protections(self, plan: &Plan) -> Vec<EntryUpdate> {
        let Some(owning) = self.ownership.ledger else {
            return Vec::new();
        };
        let LedgerChanges { updates, forgotten } = &plan.ledger_changes;
        let updated = updates
            .iter()
            .map(|update| (update.kind, update.entry.key.folded()));
        let forgotten = forgotten
            .iter()
            .map(|forgotten| (forgotten.kind, forgotten.key.folded()));
        let changed = plan
            .changes
            .iter()
            .map(|change| (change.kind, change.key.folded()));
        let mut seen: RecordKeys = updated.chain(forgotten).chain(changed).collect();
        let mut found = Vec::new();
        for protection in self.run.protections.values() {
            let OwnedInRun { kind, key, id, .. } = protection.record;
            let Some(entry) = self.ownership.entry(kind, key) else {
                continue;
            };
            let is_it = id.is_none_or(|id| entry.may_be(id));
            if !is_it || !seen.insert((kind, key.folded())) {
                continue;
            }
            let mut entry = entry.clone();
            if let Some(change) = self.protect(kind, &mut entry, owning) {
                entry.origin = Arc::clone(owning.origin);
                found.push(EntryUpdate {
                    kind,
                    entry,
                    change: None,
                    adopts: false,
                    is_claimed: false,
                    protection: Some(change),
                });
            }
        }
        found
    }

    /// The entry of a record that is created again, if the record was owned. `index` is that of the record's change in the plan.
    pub(super) fn recreated(
        self,
        change: &RunChange<'_>,
        fields: &FieldChanges,
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
                    (field.name, digest)
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
                is_protected: self
                    .ownership
                    .entry(adopted.kind, adopted.key)
                    .is_some_and(|entry| entry.protected.is_some()),
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
                is_it.then(|| {
                    let mut entry = Entry {
                        key: record.key.clone(),
                        id: Some(record.id.clone()),
                        fields: Applied::default(),
                        written: None,
                        replaced: Replaced::Unknown,
                        protected: None,
                        declared: forgotten.place.clone(),
                        origin: Arc::clone(owning.origin),
                    };
                    let protection = self.protect(forgotten.kind, &mut entry, owning);
                    EntryUpdate {
                        kind: forgotten.kind,
                        entry,
                        change: None,
                        adopts: true,
                        is_claimed: false,
                        protection,
                    }
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
