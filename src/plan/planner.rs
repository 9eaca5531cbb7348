//! The planner: declared against observed, record by record. Total and deterministic; `==` on values is all the comparing there is.

use std::collections::HashSet;
use std::sync::Arc;

use crate::model::{Declared, Diagnostic, Ensure, FoldedKey, ObjectKind, Problem, Record, Value};

use super::bind::{Bound, Target};
use super::change::{Action, At, Change, FieldChange};
use super::deletion;
use super::label::shown_label;
use super::note::Note;
use super::observed::Observed;
use super::ownership::Standing;
use super::plan_value::Plan;
use super::refusal::Refusal;
use super::track::Tracker;

/// What must change so that the instance holds what the manifests declare.
pub fn plan(bound: &Bound<'_>, observed: &Observed) -> Plan {
    let mut plan = Plan {
        problems: bound.problems.clone(),
        notes: bound.notes.clone(),
        owned: bound.ownership.ledger.map(|owning| owning.ledger.len()),
        ..Plan::default()
    };
    let present = present(bound);
    let mut tracker = Tracker::new(bound);
    for target in bound.targets.iter().filter(|target| target.selected) {
        let record = observed.get(target.declared.kind, &target.key);
        match target.declared.ensure {
            Ensure::Forgotten => {
                tracker.forget(target, &mut plan);
                continue;
            }
            Ensure::Present => {
                plan.problems
                    .extend(orphan(target, &present, bound, observed));
                compare(target, record, bound, &mut tracker, &mut plan);
            }
            Ensure::Absent => match record {
                Some(record) => deletion::tombstone(target, record, bound, &mut plan),
                None => {
                    *plan.unchanged.entry(target.declared.kind).or_default() += 1;
                    tracker.gone(target, &mut plan);
                }
            },
        }
        plan.declared += 1;
        plan.notes
            .extend(record.and_then(|record| other_case(target, record)));
    }
    deletion::not_listed(bound, observed, &mut plan);
    // The sort takes half as much memory again, and only deletions of what is not listed are out of order.
    let place = |change: &Change| change.at.here();
    if !plan.changes.is_sorted_by_key(place) {
        sort(&mut plan, place);
    }
    deletion::removals(bound, observed, &mut plan);
    deletion::undeclared_children(bound, observed, &mut plan);
    plan.notes.extend(tracker.orphans(observed));
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

fn compare(
    target: &Target<'_>,
    record: Option<&Record>,
    bound: &Bound<'_>,
    tracker: &mut Tracker<'_>,
    plan: &mut Plan,
) {
    let declared = target.declared;
    let ownership = &bound.ownership;
    if let Some(refusal) = record.and_then(|record| foreign(target, record, bound)) {
        plan.refusals.push(refusal);
        if let Some(record) = record {
            let standing = ownership.standing(declared.kind, record);
            tracker.drift(target, Some((record, standing)), plan);
        }
        return;
    }
    let standing = record.map(|record| ownership.standing(declared.kind, record));
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
            moved: standing.and_then(|standing| tracker.moved(standing, field, before)),
            at: Some(field.assignment.at),
        });
    }
    // In the order of the manifest, which is how its authors think of them.
    fields.sort_by_key(|field| field.at);
    if record.is_none() {
        plan.problems.extend(missing(declared, &fields));
    }
    fields.extend(marking(target, record, bound));
    let action = match (record, standing) {
        (None, _) => Some(Action::Create { fields }),
        (Some(_), _) if fields.is_empty() => None,
        (Some(record), Some(Standing::Stranger | Standing::Remade)) => Some(Action::Adopt {
            id: record.id.clone(),
            fields,
        }),
        (Some(record), _) => Some(Action::Update {
            id: record.id.clone(),
            fields,
        }),
    };
    let change = action.as_ref().map(|_| plan.changes.len());
    tracker.keep(target, record.zip(standing), change, plan);
    match action {
        None => *plan.unchanged.entry(declared.kind).or_default() += 1,
        Some(action) => plan.changes.push(Change {
            kind: declared.kind,
            key: record.map_or(&target.key, |record| &record.key).clone(),
            shown: declared.shown_key().into(),
            label: label(target, record, bound),
            action,
            at: At::Here(declared.at),
        }),
    }
}

/// Refuses a record that names another owner, unless a person has named that one.
fn foreign(target: &Target<'_>, record: &Record, bound: &Bound<'_>) -> Option<Refusal> {
    let kind = target.declared.kind;
    let owner = bound.ownership.foreign(kind, record)?.to_string();
    (bound.ownership.permits.adopt_foreign != Some(&*owner)).then(|| Refusal::Foreign {
        kind,
        shown: target.declared.shown_key().into(),
        owner: owner.into(),
        at: At::Here(target.declared.at),
        deletes: false,
    })
}

/// The marker, where the record does not bear it.
fn marking(target: &Target<'_>, record: Option<&Record>, bound: &Bound<'_>) -> Option<FieldChange> {
    let kind = target.declared.kind;
    let marker = bound.ownership.marker(kind)?;
    let field = bound.schemas.get(kind)?.field(&marker.field)?;
    let before = record.map_or(&Value::Null, |record| record.fields.get(&marker.field));
    let after = Value::Text(marker.value.clone());
    (*before != after).then(|| FieldChange {
        name: Arc::clone(&field.name),
        data_type: field.data_type.clone(),
        before: before.clone(),
        after,
        sensitive: field.sensitive,
        moved: None,
        at: Some(target.declared.at),
    })
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

/// What the record is called: as declared, else as observed.
fn label(target: &Target<'_>, record: Option<&Record>, bound: &Bound<'_>) -> Option<Box<str>> {
    let name = shown_label(target.declared.kind, bound.schemas)?;
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

/// Brings the changes into the order of their places; what depends on them finds them again.
fn sort<K: Ord>(plan: &mut Plan, place: impl Fn(&Change) -> K) {
    let mut order: Vec<usize> = (0..plan.changes.len()).collect();
    order.sort_by_key(|index| place(&plan.changes[*index]));
    let mut moved = vec![0; order.len()];
    for (to, from) in order.iter().enumerate() {
        moved[*from] = to;
    }
    plan.changes.sort_by_key(place);
    for kept in &mut plan.keeping.kept {
        kept.change = kept.change.map(|index| moved[index]);
    }
}
