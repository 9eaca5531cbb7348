//! The planner: compares what is declared with what was observed, record by record. It is pure, total and deterministic; values are
//! compared with `==` and nothing else.

use std::collections::HashMap;

use crate::manifest::Typed;
use crate::model::{Declared, Diagnostic, Ensure, ObjectKind, Problem, Record, Span, Value};

use super::bind::{Bound, DesiredRecord};
use super::change::{Action, At, Change};
use super::deletion::{self, DeletionPlanner};
use super::field_change::FieldChange;
use super::field_changes::{FieldChanges, Heads};
use super::label::label_field;
use super::ledger_changes::WhyForgotten;
use super::ledger_planner::{FoundRecord, LedgerPlanner};
use super::note::Note;
use super::observed::Observed;
use super::ownership::Standing;
use super::plan_value::Plan;
use super::refusal::{Refusal, refused_owner};
use super::renaming;
use super::unclear::{Unclear, unclear};
use super::unread::unread;
use super::waiting::Waiting;

/// What must change so that the instance holds what the manifests declare.
pub fn plan(bound: &Bound<'_>, observed: &Observed) -> Plan {
    let mut planner = Planner {
        bound,
        observed,
        ledger: LedgerPlanner::new(bound),
        waiting: Waiting::of(bound, observed),
        heads: HashMap::new(),
        plan: Plan {
            problems: bound.problems.clone(),
            notes: bound.notes.clone(),
            is_emptied: bound.is_emptied,
            declared: bound.declared_besides,
            owned: bound.ownership.ledger.map(|owning| owning.ledger.len()),
            ..Plan::default()
        },
    };
    for desired in bound.records.iter().filter(|desired| desired.selected) {
        planner.plan_record(desired);
    }
    let Planner {
        ledger, mut plan, ..
    } = planner;
    deletion::not_listed(bound, observed, &mut plan);
    // Sorting needs half as much memory again, and only deletions of unlisted children are out of order.
    if !plan.changes.is_sorted_by_key(place) {
        sort(&mut plan);
    }
    deletion::removals(bound, observed, &mut plan);
    renaming::plan(bound, observed, &mut plan);
    deletion::children(bound, observed, &mut plan);
    unread(bound, &mut plan);
    plan.notes.extend(ledger.orphans(observed));
    plan.problems.sort_by_key(|diagnostic| diagnostic.at);
    // A mistake in a default or a merged mapping is one mistake, however many records share it.
    plan.problems.dedup();
    plan
}

struct Planner<'b> {
    bound: &'b Bound<'b>,
    observed: &'b Observed,
    ledger: LedgerPlanner<'b>,
    waiting: Waiting<'b>,
    /// Those of the last change of each kind: most records change in the same fields as the one before.
    heads: HashMap<&'static ObjectKind, Heads>,
    plan: Plan,
}

impl Planner<'_> {
    /// Plans what becomes of one declared record.
    fn plan_record(&mut self, desired: &DesiredRecord<'_>) {
        let kind = desired.declared.kind;
        if desired.declared.ensure != Ensure::Forgotten && self.is_unclear(desired) {
            self.plan.declared += 1;
            return;
        }
        let record = self.observed.get(kind, &desired.key);
        match desired.declared.ensure {
            Ensure::Forgotten => {
                let why = WhyForgotten::Forgotten;
                return self.ledger.forget(desired, why, &mut self.plan);
            }
            Ensure::Present => {
                let problem = self.missing_parent(desired);
                self.plan.problems.extend(problem);
                self.compare(desired, record);
            }
            Ensure::Absent => match record {
                Some(record) => {
                    let deletions = DeletionPlanner::of(self.bound, self.observed);
                    deletion::tombstone(desired, record, deletions, &mut self.plan);
                }
                None => {
                    *self.plan.unchanged.entry(kind).or_default() += 1;
                    self.ledger
                        .forget(desired, WhyForgotten::Gone, &mut self.plan);
                }
            },
        }
        self.plan.declared += 1;
        let note = record.and_then(|record| other_case(desired, record));
        self.plan.notes.extend(note);
    }

    /// Whether it is not known, or not clear, which record an entry means. Then none is touched.
    fn is_unclear(&mut self, desired: &DesiredRecord<'_>) -> bool {
        match unclear(desired, self.observed) {
            None => return false,
            Some(Unclear::Note(note)) => self.plan.notes.push(note),
            Some(Unclear::Problem(problem)) => self.plan.problems.push(problem),
        }
        true
    }

    /// The problem of a child whose parent is neither declared nor in the instance.
    fn missing_parent(&self, desired: &DesiredRecord<'_>) -> Option<Diagnostic> {
        let (parent, key) = desired.parent()?;
        let declared = self.bound.find(parent, &key);
        let is_declared = declared.is_some_and(|it| it.declared.ensure == Ensure::Present);
        if is_declared || self.observed.may_have(parent, &key) {
            return None;
        }
        let folded = (parent, key.folded());
        let problem = Problem::UnknownReference {
            to: parent,
            key: key.to_string(),
            field: desired.declared.kind.parent()?.field,
        };
        let diagnostic = Diagnostic::new(problem, desired.declared.at);
        Some(self.bound.pointed(diagnostic, &folded))
    }

    /// Compares a record that is declared as present with the record of the instance, if there is one.
    fn compare(&mut self, desired: &DesiredRecord<'_>, record: Option<&Record>) {
        let declared = desired.declared;
        let ownership = &self.bound.ownership;
        let found = record.map(|record| FoundRecord {
            record,
            standing: ownership.standing(declared.kind, record),
        });
        let typed = desired.fields(self.bound.schemas);
        let of_ledger = (desired, &typed[..]);
        if let Some(refusal) = record.and_then(|record| foreign(desired, record, self.bound)) {
            self.plan.refusals.push(refusal);
            self.ledger.drift(of_ledger, found, &mut self.plan);
            return;
        }
        let mut fields = self.field_changes(declared, &typed, found);
        let (entry, problems) = self.waiting.look(desired, record, &fields);
        self.plan.problems.extend(problems);
        if let Some(entry) = entry {
            self.plan.notes.push(Note::Blocked(entry));
            self.ledger.drift(of_ledger, found, &mut self.plan);
            return;
        }
        if record.is_none() {
            // What a renamed record has is carried over.
            let is_renamed = declared.renamed_from.is_some() && self.is_renamed(desired);
            let missing = missing_fields(declared, &fields);
            let missing = missing.into_iter().filter(|_| !is_renamed);
            self.plan.problems.extend(missing);
        }
        fields.extend(marking(desired, record, self.bound));
        let action = action(found, &fields, self.heads.entry(declared.kind).or_default());
        let index = self.plan.changes.len();
        let change = action.as_ref().map(|action| (index, action.fields()));
        self.ledger.update(of_ledger, found, change, &mut self.plan);
        match action {
            None => *self.plan.unchanged.entry(declared.kind).or_default() += 1,
            Some(action) => self.plan.changes.push(Change {
                kind: declared.kind,
                key: record.map_or(&desired.key, |record| &record.key).clone(),
                shown: declared.shown_key().into(),
                label: label(declared.kind, &typed, record, self.bound),
                action,
                at: At::Here(declared.at),
            }),
        }
    }

    /// Whether the record is there under its old key.
    fn is_renamed(&self, desired: &DesiredRecord<'_>) -> bool {
        let mut renamed = self.bound.renamed();
        renamed.any(|(renamed, from)| {
            let kind = desired.declared.kind;
            std::ptr::eq(renamed, desired) && self.observed.get(kind, from).is_some()
        })
    }

    /// The declared fields that differ, in the order of the manifest.
    fn field_changes(
        &mut self,
        declared: &Declared,
        typed: &[Typed<'_, '_>],
        found: Option<FoundRecord<'_>>,
    ) -> Vec<FieldChange> {
        // Room for all of them only where all are new: most records change in few fields or in none.
        let mut fields = Vec::with_capacity(if found.is_none() { typed.len() } else { 0 });
        fields.extend(
            typed
                .iter()
                .filter_map(|field| self.field_change(declared, field, found)),
        );
        fields.sort_by_key(|field| field.at);
        fields
    }

    /// The change of one declared field, if it differs.
    fn field_change(
        &mut self,
        declared: &Declared,
        field: &Typed<'_, '_>,
        found: Option<FoundRecord<'_>>,
    ) -> Option<FieldChange> {
        let name = &field.assignment.name;
        let before = &found.map_or(Value::Null, |found| found.record.fields.get(name));
        let is_ignored = found.is_some() && declared.lifecycle.ignore_changes.contains(name);
        if field.value.is_met_by(before) || is_ignored {
            return None;
        }
        if let Some(found) = found
            && self.ledger.is_stored_otherwise(found, field, before)
        {
            self.plan.notes.push(Note::StoredOtherwise {
                kind: declared.kind,
                shown: declared.shown_key().into(),
                field: FieldChange::of(field.field, before, &field.value),
                at: field.assignment.at,
            });
            return None;
        }
        if found.is_some() && !field.field.updateable {
            let name = name.to_string();
            let problem = Problem::NotUpdateable { name };
            let diagnostic = Diagnostic::new(problem, field.assignment.at);
            self.plan.problems.push(diagnostic);
        }
        Some(FieldChange {
            moved: found.and_then(|found| self.ledger.moved(found, field, before)),
            at: Some(field.assignment.at),
            ..FieldChange::of(field.field, before, &field.value)
        })
    }
}

/// What is to be done so that a record has these fields; nothing if it exists and has them.
fn action(
    found: Option<FoundRecord<'_>>,
    fields: &[FieldChange],
    heads: &mut Heads,
) -> Option<Action> {
    if found.is_some() && fields.is_empty() {
        return None;
    }
    let fields = FieldChanges::sharing(heads, fields);
    let Some(FoundRecord { record, standing }) = found else {
        return Some(Action::Create { fields });
    };
    let id = record.id.clone();
    Some(match standing {
        Standing::Stranger | Standing::Remade => Action::Adopt { id, fields },
        Standing::Stateless | Standing::Own(_) => Action::Update { id, fields },
    })
}

/// Refuses a record with the marker of another owner, unless a person has allowed that owner.
fn foreign(desired: &DesiredRecord<'_>, record: &Record, bound: &Bound<'_>) -> Option<Refusal> {
    let kind = desired.declared.kind;
    Some(Refusal::Foreign {
        kind,
        shown: desired.declared.shown_key().into(),
        owner: refused_owner(&bound.ownership, bound.schemas, kind, record)?,
        at: At::Here(desired.declared.at),
        deletes: false,
    })
}

/// The change of the marker, where the record does not have it yet.
fn marking(
    desired: &DesiredRecord<'_>,
    record: Option<&Record>,
    bound: &Bound<'_>,
) -> Option<FieldChange> {
    let kind = desired.declared.kind;
    let marker = bound.ownership.marker(kind)?;
    let field = bound.schemas.get(kind)?.field(&marker.field)?;
    let before = record.map_or(Value::Null, |record| record.fields.get(&marker.field));
    let after = Value::Text(marker.value.clone());
    (before != after).then(|| FieldChange {
        at: Some(desired.declared.at),
        ..FieldChange::of(field, &before, &after)
    })
}

/// A problem for each field that a new record needs and that the manifest does not name.
fn missing_fields(declared: &Declared, fields: &[FieldChange]) -> Vec<Diagnostic> {
    let kind = declared.kind;
    kind.required
        .iter()
        .filter(|name| !fields.iter().any(|field| *field.name == ***name))
        // A field that is written as null is a problem of its own, found without the instance.
        .filter(|name| declared.fields.get(name).is_none())
        .map(|name| Diagnostic::new(Problem::MissingRequired { kind, name }, declared.at))
        .collect()
}

/// What people recognise the record by: as declared, else as observed.
fn label(
    kind: &ObjectKind,
    typed: &[Typed<'_, '_>],
    record: Option<&Record>,
    bound: &Bound<'_>,
) -> Option<Box<str>> {
    let name = label_field(kind, bound.schemas)?;
    let declared = typed
        .iter()
        .find(|field| **field.assignment.name == *name)
        .map(|field| field.value.clone());
    let value = declared.or_else(|| record.map(|record| record.fields.get(name)))?;
    if value.is_null() {
        None
    } else {
        Some(value.to_string().into())
    }
}

fn other_case(desired: &DesiredRecord<'_>, record: &Record) -> Option<Note> {
    (record.key != desired.key).then(|| Note::OtherCase {
        kind: desired.declared.kind,
        declared: desired.declared.shown_key().into(),
        observed: record.key.clone(),
        at: desired.declared.at,
    })
}

/// The place of a change in the manifests, by which changes are ordered.
fn place(change: &Change) -> Option<Span> {
    change.at.here()
}

/// Sorts the changes by their places, and renews the indexes that refer to them.
fn sort(plan: &mut Plan) {
    let mut order: Vec<usize> = (0..plan.changes.len()).collect();
    order.sort_by_key(|index| place(&plan.changes[*index]));
    let mut moved = vec![0; order.len()];
    for (to, from) in order.iter().enumerate() {
        moved[*from] = to;
    }
    plan.changes.sort_by_key(place);
    for update in &mut plan.ledger_changes.updates {
        update.change = update.change.map(|index| moved[index]);
    }
}
