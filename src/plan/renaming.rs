//! Planning of renames: what hangs on an old record goes on with it, and its values are carried over.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::kind::KINDS;
use crate::model::{
    Diagnostic, Ensure, Key, KeyValue, ObjectKind, Problem, Record, RecordKey, Span, Value,
    WhyNotRenamed,
};

use super::bind::{Bound, DesiredRecord};
use super::change::{Action, At, Change, WhyDelete};
use super::deletion::{DeletionPlanner, deletes};
use super::field_change::FieldChange;
use super::field_changes::FieldChanges;
use super::note::Note;
use super::observed::Observed;
use super::parent::parent_of;
use super::plan_value::Plan;
use super::rename::{Rename, Renamed, Successor};

/// Plans the renames: what hangs on an old record goes on with it.
pub(super) fn plan(bound: &Bound<'_>, observed: &Observed, plan: &mut Plan) {
    if bound.renamed().next().is_none() {
        return;
    }
    let surroundings = Surroundings {
        bound,
        observed,
        declared: { bound.records.iter() }
            .map(|it| ((it.declared.kind, it.key.folded()), it))
            .collect(),
        children: children(observed),
        deleted: deletes(plan),
    };
    for (desired, from) in bound.renamed() {
        let kind = desired.declared.kind;
        let Some(deletion) = surroundings.deleted.get(&(kind, from.folded())) else {
            continue;
        };
        let at = plan.changes[*deletion].at.clone();
        if let Some(problem) = taken(bound, observed, desired) {
            plan.problems.push(problem);
            continue;
        }
        let children = surroundings.children((desired, from, &at), plan);
        let record = surroundings.successor(kind, [from, &desired.key], desired, Some(desired));
        plan.renames.push(Rename { record, children });
    }
}

/// The children by their parents.
fn children(observed: &Observed) -> HashMap<RecordKey, Vec<(&'static ObjectKind, &Record)>> {
    let mut children: HashMap<_, Vec<_>> = HashMap::new();
    for kind in KINDS.into_iter().filter(|kind| kind.parent().is_some()) {
        for record in observed.all(kind) {
            if let Some((parent, key)) = parent_of(kind, &record.key) {
                let parent = (parent, key.folded());
                children.entry(parent).or_default().push((kind, record));
            }
        }
    }
    children
}

/// Whether the new key is that of a record which the project does not own.
fn taken(
    bound: &Bound<'_>,
    observed: &Observed,
    desired: &DesiredRecord<'_>,
) -> Option<Diagnostic> {
    let declared = desired.declared;
    let record = observed.get(declared.kind, &desired.key)?;
    let entry = bound.ownership.entry(declared.kind, &desired.key);
    if entry.is_some_and(|entry| entry.may_be(&record.id)) {
        return None;
    }
    let renamed = declared.renamed_from.as_ref()?;
    let problem = Problem::BadRename {
        kind: declared.kind,
        key: renamed.key.to_string(),
        why: WhyNotRenamed::Taken,
    };
    Some(Diagnostic::new(problem, renamed.at))
}

/// What a rename needs to know of other records.
struct Surroundings<'p> {
    bound: &'p Bound<'p>,
    observed: &'p Observed,
    declared: HashMap<RecordKey, &'p DesiredRecord<'p>>,
    children: HashMap<RecordKey, Vec<(&'static ObjectKind, &'p Record)>>,
    /// What is deleted anyway, with the indexes of the changes.
    deleted: HashMap<RecordKey, usize>,
}

impl Surroundings<'_> {
    /// What the children of an old record become. Those that no manifest declares go on under its new key.
    fn children(
        &self,
        (desired, from, at): (&DesiredRecord<'_>, &Key, &At),
        plan: &mut Plan,
    ) -> Vec<Successor> {
        let mut successors = Vec::new();
        let parent = (desired.declared.kind, from.folded());
        for (kind, record) in self.children.get(&parent).into_iter().flatten().copied() {
            let Some(key) = below(kind, &record.key, &desired.key) else {
                continue;
            };
            let (old, new) = ((kind, record.key.folded()), (kind, key.folded()));
            let entry = self.declared.get(&new).copied();
            let decided = entry.filter(|it| it.selected && it.declared.ensure != Ensure::Forgotten);
            let is_named = entry.is_some() || self.bound.left_out.contains_key(&new);
            let is_deleted = self.deleted.contains_key(&old);
            if !is_deleted {
                let is_let_be = self.declared.contains_key(&old)
                    || self.observed.doubled(kind, &record.key).is_some()
                    // A list that is complete says which children the new record has.
                    || desired.declared.exact_children.is_some() && !is_named;
                if is_let_be {
                    continue;
                }
                let deletions = DeletionPlanner::of(self.bound, self.observed);
                let deletion = deletions.deletion(kind, record, WhyDelete::WithParent, at.clone());
                deletions.add(deletion, record, true, plan);
            }
            // An owned child without an entry was removed. One that is to be left as it is, or that this run leaves out, goes on.
            let goes_on = decided.is_none() && (is_named || !is_deleted);
            if goes_on && self.observed.get(kind, &key).is_none() {
                plan.changes.push(creation(kind, &key, desired));
            }
            successors.push(self.successor(kind, [&record.key, &key], desired, decided));
        }
        successors
    }

    fn successor(
        &self,
        kind: &'static ObjectKind,
        [from, to]: [&Key; 2],
        renamed: &DesiredRecord<'_>,
        entry: Option<&DesiredRecord<'_>>,
    ) -> Successor {
        let ignored = entry.map(|it| it.declared.lifecycle.ignore_changes.clone());
        let ignored = ignored.unwrap_or_default();
        let names = |entry: &DesiredRecord<'_>| {
            let fields = entry.fields(self.bound.schemas).into_iter();
            let names = fields.map(|it| Arc::clone(it.assignment.name));
            names.filter(|name| !ignored.contains(name)).collect()
        };
        let record = self.observed.get(kind, to);
        Successor {
            kind,
            from: from.clone(),
            to: to.clone(),
            declared: entry.map(names),
            ignored,
            new_id: record.map(|record| record.id.clone()),
            at: place(renamed),
        }
    }
}

/// The creation of a child that no manifest declares below the new key of its parent.
fn creation(kind: &'static ObjectKind, key: &Key, parent: &DesiredRecord<'_>) -> Change {
    Change {
        kind,
        key: key.clone(),
        shown: key.to_string().into(),
        label: None,
        action: Action::Create {
            fields: FieldChanges::default(),
        },
        at: At::Here(place(parent)),
    }
}

/// The place of the old key.
fn place(renamed: &DesiredRecord<'_>) -> Span {
    let declared = renamed.declared;
    let old = declared.renamed_from.as_ref();
    old.map_or(declared.at, |old| old.at)
}

/// The key of a child below another parent.
fn below(kind: &ObjectKind, child: &Key, parent: &Key) -> Option<Key> {
    let part = kind.parent_part()?;
    let mut parts: Vec<KeyValue> = child.parts().to_vec();
    *parts.get_mut(part)? = parent.parts().first()?.clone();
    Some(Key::new(parts))
}

/// Gives the new records the values of the old ones, which are known by now, and tells of the renames. `read` has the new records that
/// are there already: one that lacks what the old one has is a problem.
pub(super) fn carry_over(plan: &mut Plan, read: &Observed) {
    if plan.renames.is_empty() {
        return;
    }
    let renames = std::mem::take(&mut plan.renames);
    let index = by_key(plan);
    for rename in &renames {
        let (mut values, mut moved) = (0, 0);
        for successor in rename.successors() {
            let kind = successor.kind;
            let find = |key: &Key| index.get(&(kind, key.folded())).copied();
            let Some(old) = find(&successor.from) else {
                continue;
            };
            let deleted: Vec<FieldChange> = plan.changes[old].fields().iter().collect();
            if let Some(record) = read
                .get(kind, &successor.to)
                .filter(|_| successor.new_id.is_some())
            {
                let kept = values_of(deleted, successor, &[]);
                let is_there = |field: &FieldChange| record.fields.get(&field.name) == field.after;
                if !kept.iter().all(is_there) {
                    let problem = Problem::BadRename {
                        kind,
                        key: successor.from.to_string(),
                        why: WhyNotRenamed::Differs,
                    };
                    plan.problems.push(Diagnostic::new(problem, successor.at));
                }
                continue;
            }
            let new = find(&successor.to).map(|new| &mut plan.changes[new].action);
            if let Some(Action::Create { fields }) = new {
                let is_kept = |field: &FieldChange| {
                    let is_had = deleted.iter().any(|old| old.name == field.name);
                    let needs = kind.required.contains(&&*field.name) && !is_had;
                    needs || !successor.ignored.contains(&field.name)
                };
                let mut kept: Vec<FieldChange> = fields.iter().filter(is_kept).collect();
                let added = values_of(deleted, successor, &kept);
                match successor.declared {
                    Some(_) => values += added.len(),
                    None => moved += 1,
                }
                kept.extend(added);
                *fields = kept.into();
            }
        }
        let record = &rename.record;
        plan.notes.push(Note::Renamed(Renamed {
            kind: record.kind,
            from: record.from.clone(),
            to: record.to.clone(),
            fields: values,
            children: moved,
            is_there: record.new_id.is_some(),
        }));
    }
    plan.renames = renames;
}

/// The indexes of the changes by their records: of one, a plan has at most one change.
fn by_key(plan: &Plan) -> HashMap<RecordKey, usize> {
    let changes = plan.changes.iter().enumerate();
    let keys = changes.map(|(index, change)| ((change.kind, change.key.folded()), index));
    keys.collect()
}

/// What the entries of renamed records change in the values that these have, with the indexes of the creations.
pub(super) fn renamed_fields(plan: &Plan) -> Vec<(usize, FieldChange)> {
    if plan.renames.is_empty() {
        return Vec::new();
    }
    let index = by_key(plan);
    let mut changed = Vec::new();
    for successor in plan.successors() {
        let find = |key: &Key| index.get(&(successor.kind, key.folded())).copied();
        let (Some(old), Some(new)) = (find(&successor.from), find(&successor.to)) else {
            continue;
        };
        let Action::Create { fields } = &plan.changes[new].action else {
            continue;
        };
        let had = plan.changes[old].fields();
        let declared = fields.iter().filter(|field| field.at.is_some());
        let fields = declared.map(|field| {
            let had = had.get(&field.name);
            FieldChange {
                before: had.map_or(Value::Null, |old| old.before),
                ..field
            }
        });
        changed.extend(
            fields
                .filter(|field| field.before != field.after)
                .map(|field| (new, field)),
        );
    }
    changed
}

/// The values of a deleted record that its successor is to get.
fn values_of(
    deleted: Vec<FieldChange>,
    successor: &Successor,
    own: &[FieldChange],
) -> Vec<FieldChange> {
    let values = deleted.into_iter().filter(|field| {
        let declared = successor.declared.as_ref();
        let is_declared = declared.is_some_and(|names| names.contains(&field.name));
        !is_declared && !own.iter().any(|it| it.name == field.name)
    });
    let values = values.map(|field| FieldChange {
        after: field.before.clone(),
        before: Value::Null,
        moved: None,
        at: None,
        ..field
    });
    values.collect()
}
