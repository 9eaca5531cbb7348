//! Planning of renames: what hangs on an old record goes on with it, and its values are carried over.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::model::kind::KINDS;
use crate::model::{
    Diagnostic, Ensure, Key, KeyValue, ObjectKind, Problem, Record, RecordKey, Value, WhyNotRenamed,
};

use super::bind::{Bound, DesiredRecord};
use super::change::{Action, At, Change, FieldChange, WhyDelete};
use super::deletion::{DeletionPlanner, deletes};
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
        let record = successor(kind, from, &desired.key, Some(desired));
        plan.renames.push(Rename { record, children });
    }
}

fn successor(
    kind: &'static ObjectKind,
    from: &Key,
    to: &Key,
    entry: Option<&DesiredRecord<'_>>,
) -> Successor {
    let names = |entry: &DesiredRecord<'_>| {
        let fields = entry.fields.iter();
        fields.map(|it| Arc::clone(&it.assignment.name)).collect()
    };
    Successor {
        kind,
        from: from.clone(),
        to: to.clone(),
        declared: entry.map(names),
    }
}

/// The children by their parents.
fn children(observed: &Observed) -> HashMap<RecordKey, Vec<(&'static ObjectKind, &Record)>> {
    let mut children: HashMap<_, Vec<_>> = HashMap::new();
    for kind in KINDS.into_iter().filter(|kind| kind.parent.is_some()) {
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
            let entry = self.declared.get(&(kind, key.folded())).copied();
            let decided = entry.filter(|it| it.selected && it.declared.ensure != Ensure::Forgotten);
            let old = (kind, record.key.folded());
            if !self.deleted.contains_key(&old) {
                let is_let_be = self.declared.contains_key(&old)
                    || self.observed.doubled(kind, &record.key).is_some()
                    || self.is_left_to_a_list((kind, &key), desired);
                if is_let_be {
                    continue;
                }
                let deletions = DeletionPlanner::of(self.bound, self.observed);
                let deletion = deletions.deletion(kind, record, WhyDelete::WithParent, at.clone());
                deletions.add(deletion, record, true, plan);
                if decided.is_none() && self.observed.get(kind, &key).is_none() {
                    plan.changes.push(creation(kind, &key, desired));
                }
            }
            successors.push(successor(kind, &record.key, &key, decided));
        }
        successors
    }

    /// Whether a list that is complete says which children the new record has, and no entry names this one.
    fn is_left_to_a_list(
        &self,
        (kind, key): (&'static ObjectKind, &Key),
        parent: &DesiredRecord<'_>,
    ) -> bool {
        let own = (kind, key.folded());
        parent.declared.exact_children.is_some()
            && !self.declared.contains_key(&own)
            && !self.bound.left_out.contains_key(&own)
    }
}

/// The creation of a child that no manifest declares below the new key of its parent.
fn creation(kind: &'static ObjectKind, key: &Key, parent: &DesiredRecord<'_>) -> Change {
    let declared = parent.declared;
    Change {
        kind,
        key: key.clone(),
        shown: key.to_string().into(),
        label: None,
        action: Action::Create { fields: Vec::new() },
        at: At::Here(
            declared
                .renamed_from
                .as_ref()
                .map_or(declared.at, |old| old.at),
        ),
    }
}

/// The key of a child below another parent.
fn below(kind: &ObjectKind, child: &Key, parent: &Key) -> Option<Key> {
    let part = kind.parent_part()?;
    let mut parts: Vec<KeyValue> = child.parts().to_vec();
    *parts.get_mut(part)? = parent.parts().first()?.clone();
    Some(Key::new(parts))
}

/// Gives the new records the values of the old ones, which are known by now, and tells of the renames.
pub(super) fn carry_over(plan: &mut Plan) {
    let renames = std::mem::take(&mut plan.renames);
    let index: HashMap<RecordKey, usize> = { plan.changes.iter().enumerate() }
        .map(|(index, change)| ((change.kind, change.key.folded()), index))
        .collect();
    for Rename { record, children } in &renames {
        let (mut values, mut moved) = (0, 0);
        for successor in std::iter::once(record).chain(children) {
            let find = |key: &Key| index.get(&(successor.kind, key.folded())).copied();
            let (Some(old), Some(new)) = (find(&successor.from), find(&successor.to)) else {
                continue;
            };
            let deleted = plan.changes[old].fields().to_vec();
            if let Action::Create { fields } = &mut plan.changes[new].action {
                let added = values_of(deleted, successor.declared.as_ref(), fields);
                match successor.declared {
                    Some(_) => values += added.len(),
                    None => moved += 1,
                }
                fields.extend(added);
            }
        }
        plan.notes.push(Note::Renamed(Renamed {
            kind: record.kind,
            from: record.from.clone(),
            to: record.to.clone(),
            fields: values,
            children: moved,
        }));
    }
    plan.renames = renames;
}

/// The values of a deleted record that its successor is to get.
fn values_of(
    deleted: Vec<FieldChange>,
    declared: Option<&HashSet<Arc<str>>>,
    own: &[FieldChange],
) -> Vec<FieldChange> {
    let values = deleted.into_iter().filter(|field| {
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
