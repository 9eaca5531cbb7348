//! The planner: declared against observed, record by record. Total and deterministic; `==` on values is all the comparing there is.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::model::kind::KINDS;
use crate::model::{
    Declared, Diagnostic, Ensure, FoldedKey, Key, ObjectKind, Problem, Record, Span, Value,
};

use super::bind::{Bound, Target};
use super::change::{Action, Change, FieldChange, Note, Plan, WhyDelete};
use super::observed::Observed;
use super::question::parent_of;

/// What must change so that the instance holds what the manifests declare.
pub fn plan(bound: &Bound<'_>, observed: &Observed) -> Plan {
    let mut plan = Plan {
        problems: bound.problems.clone(),
        ..Plan::default()
    };
    let present = present(bound);
    for target in bound.targets.iter().filter(|target| target.selected) {
        let record = observed.get(target.declared.kind, &target.key);
        match target.declared.ensure {
            Ensure::Forgotten => continue,
            Ensure::Present => {
                plan.problems
                    .extend(orphan(target, &present, bound, observed));
                compare(target, record, bound, &mut plan);
            }
            Ensure::Absent => match record {
                Some(record) => plan.changes.push(delete(
                    target.declared.kind,
                    record,
                    Some(target),
                    WhyDelete::Tombstone,
                    target.declared.at,
                    bound,
                )),
                None => *plan.unchanged.entry(target.declared.kind).or_default() += 1,
            },
        }
        plan.declared += 1;
        plan.notes
            .extend(record.and_then(|record| other_case(target, record)));
    }
    plan.changes.extend(not_listed(bound, observed));
    // The sort takes half as much memory again, and only deletions of what is not listed are out of order.
    if !plan.changes.is_sorted_by_key(|change| change.at) {
        plan.changes.sort_by_key(|change| change.at);
    }
    plan.problems.sort_by_key(|diagnostic| diagnostic.at);
    // A mistake in a default or a merged mapping is one mistake, however many records share it.
    plan.problems.dedup();
    plan
}

/// The keys of all entries that are to be present, by which children find their parents.
fn present<'b>(bound: &'b Bound<'_>) -> HashSet<(&'b ObjectKind, FoldedKey)> {
    let parents: HashSet<_> = bound
        .targets
        .iter()
        .filter_map(|target| target.declared.kind.parent.as_ref())
        .map(|parent| parent.kind)
        .collect();
    let targets = bound.targets.iter().filter(|target| {
        parents.contains(target.declared.kind) && target.declared.ensure == Ensure::Present
    });
    targets
        .map(|target| (target.declared.kind, target.key.folded()))
        .collect()
}

fn orphan(
    target: &Target<'_>,
    present: &HashSet<(&ObjectKind, FoldedKey)>,
    bound: &Bound<'_>,
    observed: &Observed,
) -> Option<Diagnostic> {
    let (parent, key) = target.parent()?;
    if present.contains(&(parent, key.folded())) || observed.get(parent, &key).is_some() {
        return None;
    }
    let problem = Problem::UnknownParent {
        parent,
        key: key.to_string(),
    };
    let diagnostic = Diagnostic::new(problem, target.declared.at);
    Some(match bound.left_out.get(&(parent, key.folded())) {
        Some(at) => diagnostic.with(*at, "declared here, in a file that this run leaves out"),
        None => diagnostic,
    })
}

fn compare(target: &Target<'_>, record: Option<&Record>, bound: &Bound<'_>, plan: &mut Plan) {
    let declared = target.declared;
    let ignored = |name: &Arc<str>| declared.lifecycle.ignore_changes.contains(name);
    let mut fields = Vec::new();
    for field in &target.fields {
        let name = &field.assignment.name;
        let before = record.map_or(&Value::Null, |record| record.fields.get(name));
        if field.value == *before || (record.is_some() && ignored(name)) {
            continue;
        }
        if record.is_some() && !field.field.updateable {
            plan.problems.push(Diagnostic::new(
                Problem::NotUpdateable {
                    name: name.to_string(),
                },
                field.assignment.at,
            ));
        }
        fields.push(FieldChange {
            name: Arc::clone(name),
            data_type: field.field.data_type.clone(),
            before: before.clone(),
            after: field.value.clone(),
            sensitive: field.field.sensitive,
            at: field.assignment.at,
        });
    }
    let change = |key: &Key, action| Change {
        kind: declared.kind,
        key: key.clone(),
        shown: declared.shown_key().into(),
        label: label(target, record, bound),
        action,
        at: declared.at,
    };
    match record {
        None => {
            plan.problems.extend(missing(declared, &fields));
            plan.changes
                .push(change(&target.key, Action::Create { fields }));
        }
        Some(_) if fields.is_empty() => *plan.unchanged.entry(declared.kind).or_default() += 1,
        Some(record) => plan.changes.push(change(
            &record.key,
            Action::Update {
                id: record.id.clone(),
                fields,
            },
        )),
    }
}

/// The fields without which the record cannot be created.
fn missing<'a>(
    declared: &'a Declared,
    fields: &'a [FieldChange],
) -> impl Iterator<Item = Diagnostic> + 'a {
    let lacking = declared
        .kind
        .required
        .iter()
        .filter(|name| !fields.iter().any(|field| *field.name == ***name));
    // A field that is written as null is a problem of its own, found without the instance.
    let unwritten =
        lacking.filter(|name| !declared.fields.iter().any(|field| *field.name == ***name));
    unwritten.map(|name| {
        Diagnostic::new(
            Problem::MissingRequired {
                kind: declared.kind,
                name,
            },
            declared.at,
        )
    })
}

fn not_listed(bound: &Bound<'_>, observed: &Observed) -> Vec<Change> {
    let mut changes = Vec::new();
    for kind in KINDS {
        let exact: HashMap<FoldedKey, &Target<'_>> = bound
            .exact()
            .filter(|(child, _)| *child == kind)
            .map(|(_, target)| (target.key.folded(), target))
            .collect();
        if exact.is_empty() {
            continue;
        }
        let listed: HashSet<FoldedKey> = bound
            .targets
            .iter()
            .filter(|target| target.declared.kind == kind)
            .map(|target| target.key.folded())
            .collect();
        for record in observed
            .all(kind)
            .into_iter()
            .filter(|record| !listed.contains(&record.key.folded()))
        {
            let parent =
                parent_of(kind, &record.key).and_then(|(_, key)| exact.get(&key.folded()).copied());
            if let Some(at) = parent.and_then(|parent| parent.declared.exact_children) {
                changes.push(delete(kind, record, None, WhyDelete::NotListed, at, bound));
            }
        }
    }
    changes
}

fn delete(
    kind: &'static ObjectKind,
    record: &Record,
    target: Option<&Target<'_>>,
    why: WhyDelete,
    at: Span,
    bound: &Bound<'_>,
) -> Change {
    Change {
        kind,
        key: record.key.clone(),
        shown: target.map_or_else(
            || record.key.to_string().into(),
            |target| target.declared.shown_key().into(),
        ),
        label: shown_label(kind, bound)
            .map(|name| record.fields.get(name))
            .filter(|value| !value.is_null())
            .map(|value| value.to_string().into()),
        action: Action::Delete {
            id: record.id.clone(),
            why,
        },
        at,
    }
}

/// The field that records of a kind are recognised by, unless its values are to be shown to nobody.
fn shown_label(kind: &ObjectKind, bound: &Bound<'_>) -> Option<&'static str> {
    let is_sensitive = |name| {
        let schema = bound.schemas.get(kind);
        schema.is_some_and(|schema| schema.is_sensitive(name))
    };
    kind.label.filter(|name| !is_sensitive(name))
}

/// What the record is called: as declared, else as observed.
fn label(target: &Target<'_>, record: Option<&Record>, bound: &Bound<'_>) -> Option<Box<str>> {
    let name = shown_label(target.declared.kind, bound)?;
    let declared = target
        .fields
        .iter()
        .find(|field| *field.assignment.name == *name)
        .map(|field| &field.value);
    let value = declared.or_else(|| record.map(|record| record.fields.get(name)))?;
    if value.is_null() {
        None
    } else {
        Some(value.to_string().into())
    }
}

fn other_case(target: &Target<'_>, record: &Record) -> Option<Note> {
    (record.key != target.key).then(|| Note::OtherCase {
        kind: target.declared.kind,
        declared: target.declared.shown_key().into(),
        observed: record.key.clone(),
        at: target.declared.at,
    })
}
