//! A plan as last applied: the ledger's hashes stand in the place of what an instance has, and nothing is read.
//!
//! A hash tells whether a value is the one that was last applied, and not what it was. So a plan has no values before, and a sensitive
//! field, of which the ledger has no hash, counts as unchanged.

use std::sync::Arc;

use crate::ledger::Entry;
use crate::manifest::Typed;
use crate::model::{Ensure, Fields, Key, ObjectKind, Record, Value};

use super::basis::PlanBasis;
use super::bind::{Bound, DesiredRecord};
use super::field_change::{FieldChange, Moved};
use super::note::Note;
use super::observed::Observed;
use super::plan_value::Plan;
use super::unknown::WhyUnknown;

/// What stands for a value that was not read.
pub const NOT_READ: &str = "(not read)";

/// The records that the ledger says are there, as far as entries and removals are about them.
#[must_use]
pub fn as_applied(bound: &Bound<'_>) -> Observed {
    let mut observed = Observed::default();
    for desired in bound.records.iter().filter(|desired| desired.selected) {
        let kind = desired.declared.kind;
        if let Some(entry) = bound.ownership.entry(kind, &desired.key) {
            let fields = fields(bound, desired, entry);
            keep(&mut observed, kind, entry, fields);
        }
        // Nobody has asked whether a parent is there that no entry declares.
        if let Some((parent, key)) = desired.parent()
            && desired.declared.ensure == Ensure::Present
            && !bound.is_declared(&(parent, key.folded()))
        {
            match bound.ownership.entry(parent, &key) {
                Some(entry) => keep(&mut observed, parent, entry, Fields::default()),
                None => observed.leave(parent, &key, WhyUnknown::NotAsked),
            }
        }
    }
    for removal in &bound.removals {
        keep(
            &mut observed,
            removal.kind,
            removal.entry,
            Fields::default(),
        );
    }
    observed
}

/// Keeps the record of an entry of the ledger. Of one that was only claimed it is not known whether it is there.
fn keep(observed: &mut Observed, kind: &'static ObjectKind, entry: &Entry, fields: Fields) {
    let key = || Key::clone(&entry.key);
    match &entry.id {
        Some(id) => observed.insert(
            kind,
            Record {
                id: id.clone(),
                key: key(),
                fields,
            },
        ),
        None => observed.leave(kind, &key(), WhyUnknown::Claimed),
    }
}

/// The declared fields of a record: one that was applied as it is declared has that value, and each other one a value that was not read.
fn fields(bound: &Bound<'_>, desired: &DesiredRecord<'_>, entry: &Entry) -> Fields {
    let ledger = bound.ownership.ledger.map(|owning| owning.ledger);
    let is_as_declared = |field: &Typed<'_, '_>| {
        let name = &field.assignment.name;
        let declared = ledger.and_then(|ledger| ledger.digest(field.field, &field.value));
        match (entry.fields.get(name), declared) {
            (Some(applied), Some(declared)) => applied == declared,
            (None, _) | (_, None) => entry.fields.manages(name),
        }
    };
    let value = |field: &Typed<'_, '_>| {
        if is_as_declared(field) {
            field.value.clone()
        } else {
            Value::Text(NOT_READ.into())
        }
    };
    let kind = desired.declared.kind;
    let marker = bound.ownership.marker(kind);
    let marker =
        marker.map(|marker| (Arc::clone(&marker.field), Value::Text(marker.value.clone())));
    let typed = desired.fields(bound.schemas);
    let typed = typed
        .iter()
        .map(|field| (Arc::clone(field.assignment.name), value(field)));
    typed.chain(marker).collect()
}

/// The plan without what only an instance can tell.
pub fn unread(mut plan: Plan) -> Plan {
    plan.basis = PlanBasis::Ledger;
    plan.drift.clear();
    let is_known = |note: &Note| !matches!(note, Note::Edited { .. });
    plan.notes.retain(is_known);
    plan.notes.push(Note::AsLastApplied);
    for change in &mut plan.changes {
        let fields = change.fields().iter().map(|field| FieldChange {
            moved: field.moved.map(|_| Moved::You),
            ..field
        });
        let fields: Vec<FieldChange> = fields.collect();
        *change.action.fields_mut() = fields.into();
    }
    plan
}
