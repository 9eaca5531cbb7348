//! The ledger's part of a comparison: what an apply changes in the ledger, who changed a field, and what has drifted.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::ledger::{Applied, Entry, Place, Replaced, SharedNames};
use crate::manifest::Typed;
use crate::model::{Declared, FileId, Record, Value};

use super::bind::{Bound, DesiredRecord};
use super::change::At;
use super::drift::{Drift, Drifted};
use super::field_change::{FieldChange, Moved};
use super::field_changes::FieldChanges;
use super::ledger_changes::{EntryUpdate, ForgottenEntry, ProtectionChange, WhyForgotten};
use super::note::Note;
use super::observed::Observed;
use super::ownership::{Owning, Standing};
use super::plan_value::Plan;
use super::written;

/// Plans what an apply changes in the ledger. Without a ledger it plans nothing.
pub(super) struct LedgerPlanner<'b> {
    bound: &'b Bound<'b>,
    /// The paths of files as the ledger writes them: one text, however many entries name it.
    files: HashMap<FileId, Arc<str>>,
    /// The lists of field names so far: entries share equal ones.
    names: HashSet<SharedNames>,
}

/// A record of the instance, and whether the ledger knows it.
#[derive(Clone, Copy)]
pub(super) struct FoundRecord<'r> {
    pub(super) record: &'r Record,
    pub(super) standing: Standing<'r>,
}

impl<'b> LedgerPlanner<'b> {
    pub(super) fn new(bound: &'b Bound<'b>) -> Self {
        Self {
            bound,
            files: HashMap::new(),
            names: HashSet::new(),
        }
    }

    fn owning(&self) -> Option<Owning<'b>> {
        self.bound.ownership.ledger
    }

    fn entry(&self, desired: &DesiredRecord<'_>) -> Option<&'b Entry> {
        self.bound
            .ownership
            .entry(desired.declared.kind, &desired.key)
    }

    /// Who changed a field that is not as declared; nothing if that is not known.
    pub(super) fn moved(
        &self,
        found: FoundRecord<'_>,
        field: &Typed<'_, '_>,
        before: &Value,
    ) -> Option<Moved> {
        let Standing::Own(entry) = found.standing else {
            return None;
        };
        let name = &field.assignment.name;
        if !entry.fields.manages(name) {
            return None;
        }
        let ledger = self.owning()?.ledger;
        let digest = |value: &Value| ledger.digest(field.field, value);
        let applied = entry.fields.get(name);
        // A boolean that was cleared is stored as `false`.
        let was_cleared = Value::Null.is_met_by(before) && digest(&Value::Null) == applied;
        if self.did_not_take(found, field, before) {
            return None;
        }
        Some(match (applied, digest(before), digest(&field.value)) {
            (Some(applied), Some(before), _) if before == applied || was_cleared => Moved::You,
            (Some(applied), _, Some(after)) if after == applied => Moved::Marketo,
            (Some(_), Some(_), Some(_)) => Moved::Both,
            (None, ..) | (_, None, _) | (.., None) => Moved::Hidden,
        })
    }

    /// Whether a record still has what our own write replaced, although nobody has written since: Marketo did not take the value.
    fn did_not_take(&self, found: FoundRecord<'_>, field: &Typed<'_, '_>, now: &Value) -> bool {
        let (Standing::Own(entry), Some(owning)) = (found.standing, self.owning()) else {
            return false;
        };
        let hash = |value: &Value| owning.ledger.digest(field.field, value);
        let name = &field.assignment.name;
        let nothing = hash(&Value::Null);
        let replaced = nothing.and_then(|nothing| entry.replaced(name, nothing));
        replaced.is_some()
            && replaced != entry.fields.get(name)
            && replaced == hash(now)
            && written::is_last_writer(entry, found.record)
    }

    /// Whether Marketo stores a declared value otherwise than it was sent.
    pub(super) fn is_stored_otherwise(
        &self,
        found: FoundRecord<'_>,
        field: &Typed<'_, '_>,
        now: &Value,
    ) -> bool {
        let (Standing::Own(entry), Some(owning)) = (found.standing, self.owning()) else {
            return false;
        };
        let ledger = owning.ledger;
        let hash = |value: &Value| ledger.digest(field.field, value);
        let name = &field.assignment.name;
        let is_sent = || hash(&field.value) == entry.fields.get(name);
        hash(now).is_some_and(|now| {
            is_sent() && written::is_stored_otherwise(entry, found.record, name, now, ledger)
        })
    }

    /// Plans the entry of a record that is declared as present, unless the ledger has it already, and adds what others changed.
    /// `change` is the index of the record's change in the plan, and the fields that it changes.
    pub(super) fn update(
        &mut self,
        (desired, typed): (&DesiredRecord<'_>, &[Typed<'_, '_>]),
        found: Option<FoundRecord<'_>>,
        change: Option<(usize, &FieldChanges)>,
        plan: &mut Plan,
    ) {
        let Some(owning) = self.owning() else {
            return;
        };
        let mut fields = self.drift((desired, typed), found, plan);
        fields.share(&mut self.names);
        let file = self.file(owning, desired);
        let declared = desired.declared;
        let is_protected = declared.lifecycle.protect;
        // Another line in the same file is not worth a new version of the ledger.
        if change.is_none()
            && let Some(FoundRecord {
                record,
                standing: Standing::Own(old),
            }) = found
            && old.key == record.key
            && old.fields == fields
            && old.protected.is_some() == is_protected
            && old.declared.file == file
        {
            return;
        }
        let old = self.entry(desired);
        let record = found.map(|found| found.record);
        let was_protected = old.is_some_and(|old| old.protected.is_some());
        let protection = match (was_protected, is_protected) {
            (false, true) => Some(ProtectionChange::Begins),
            (true, false) => Some(ProtectionChange::Ends),
            (true, true) | (false, false) => None,
        };
        let owned = match found.map(|found| found.standing) {
            Some(Standing::Own(old)) => Some(old),
            Some(Standing::Stateless | Standing::Stranger | Standing::Remade) | None => None,
        };
        // An entry that only moved, or lost a hash, has not been touched: reviewed changes of its record stay good.
        let is_touched = change.is_some() || protection.is_some();
        let untouched = owned.filter(|old| !is_touched && old.fields.is_like(&fields));
        let line = owning.sources.position(declared.at).line;
        let replaced = match (found, change) {
            (None, _) => Replaced::Nothing,
            (Some(_), change) => {
                let changed = change.map(|(_, changed)| changed);
                written::replaced(
                    owned.map(|old| (old, record)),
                    &fields,
                    changed.unwrap_or(&FieldChanges::default()),
                    owning.ledger,
                )
            }
        };
        let entry = Entry {
            key: record.map_or(&desired.key, |record| &record.key).clone(),
            id: record.map(|record| record.id.clone()),
            fields,
            written: owned.and_then(|old| old.written),
            replaced,
            protected: is_protected.then(|| {
                let since = old.and_then(|old| old.protected.as_ref());
                Arc::clone(since.unwrap_or(owning.origin))
            }),
            declared: Place {
                file,
                line: u32::try_from(line).unwrap_or(u32::MAX),
            },
            origin: Arc::clone(untouched.map_or(owning.origin, |old| &old.origin)),
        };
        plan.ledger_changes.updates.push(EntryUpdate {
            kind: declared.kind,
            entry,
            change: change.map(|(index, _)| index),
            adopts: found.is_some_and(|found| {
                matches!(found.standing, Standing::Stranger | Standing::Remade)
            }),
            is_claimed: old.is_some_and(|old| old.id.is_none()),
            protection,
        });
    }

    /// Adds to the plan what others changed in a record since the last apply. Returns the hashes of the fields that the manifests
    /// manage, as an apply leaves them.
    pub(super) fn drift(
        &self,
        (desired, typed): (&DesiredRecord<'_>, &[Typed<'_, '_>]),
        found: Option<FoundRecord<'_>>,
        plan: &mut Plan,
    ) -> Applied {
        let Some(owning) = self.owning() else {
            return Applied::default();
        };
        let fields = managed(desired.declared, typed, owning);
        let drifted = match found.map(|found| (found.record, found.standing)) {
            None => {
                let is_known = self.entry(desired).is_some_and(|entry| entry.id.is_some());
                is_known.then_some(Drifted::Gone)
            }
            Some((_, Standing::Stateless | Standing::Stranger)) => None,
            Some((_, Standing::Remade)) => Some(Drifted::Remade),
            Some((record, Standing::Own(entry))) => {
                let drifted = self.drifted_fields(typed, record, entry, &fields);
                (!drifted.is_empty()).then_some(Drifted::Fields(drifted))
            }
        };
        plan.drift.extend(drifted.map(|what| Drift {
            kind: desired.declared.kind,
            shown: desired.declared.shown_key().into(),
            at: At::Here(desired.declared.at),
            what,
        }));
        fields
    }

    /// The managed fields that are not as they were last applied.
    fn drifted_fields(
        &self,
        typed: &[Typed<'_, '_>],
        record: &Record,
        entry: &Entry,
        fields: &Applied,
    ) -> Vec<FieldChange> {
        typed
            .iter()
            .filter_map(|field| {
                let name = &field.assignment.name;
                let now = &record.fields.get(name);
                // Most fields are as declared, and the hash of the declared value is known.
                let digest = if field.value.is_met_by(now) {
                    fields.get(name)
                } else {
                    self.owning()?.ledger.digest(field.field, now)
                };
                let has_drifted = match (entry.fields.get(name), digest) {
                    (Some(applied), Some(digest)) => applied != digest,
                    // Of a sensitive value it is known only whether it is as declared.
                    (None, _) | (_, None) => {
                        entry.fields.manages(name) && !field.value.is_met_by(now)
                    }
                };
                let found = FoundRecord {
                    record,
                    standing: Standing::Own(entry),
                };
                let is_ours = || {
                    self.is_stored_otherwise(found, field, now)
                        || self.did_not_take(found, field, now)
                };
                (has_drifted && !is_ours()).then(|| FieldChange {
                    moved: self.moved(found, field, now),
                    at: Some(field.assignment.at),
                    ..FieldChange::of(field.field, &field.value, now)
                })
            })
            .collect()
    }

    /// The path of the file that declares a record.
    fn file(&mut self, owning: Owning<'_>, desired: &DesiredRecord<'_>) -> Arc<str> {
        let at = desired.declared.at;
        let file = self.files.entry(at.file).or_insert_with(|| {
            let path = owning.sources.path(at).display();
            path.to_string().into()
        });
        Arc::clone(file)
    }

    /// Plans to remove the entry of a record, if the ledger has one, without a change in the instance.
    pub(super) fn forget(&self, desired: &DesiredRecord<'_>, why: WhyForgotten, plan: &mut Plan) {
        if let Some(entry) = self.entry(desired) {
            let forgotten = ForgottenEntry::of(desired.declared.kind, entry, why);
            plan.ledger_changes.forgotten.push(forgotten);
        }
    }

    /// Notes for the records with the project's marker that are neither declared nor owned.
    pub(super) fn orphans(&self, observed: &Observed) -> Vec<Note> {
        let ownership = &self.bound.ownership;
        observed
            .marked()
            .filter(|(kind, key)| {
                let is_declared = self.bound.is_declared(&(*kind, key.folded()));
                !is_declared && ownership.entry(kind, key).is_none()
            })
            .map(|(kind, key)| Note::Orphan {
                kind,
                key: key.clone(),
            })
            .collect()
    }
}

/// The fields that the manifests manage, with the hashes of the declared values.
fn managed(declared: &Declared, typed: &[Typed<'_, '_>], owning: Owning<'_>) -> Applied {
    let ignored = &declared.lifecycle.ignore_changes;
    typed
        .iter()
        .filter(|field| !ignored.contains(field.assignment.name))
        .map(|field| {
            let hash = owning.ledger.digest(field.field, &field.value);
            (Arc::clone(field.assignment.name), hash)
        })
        .collect()
}
