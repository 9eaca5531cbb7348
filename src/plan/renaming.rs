//! Planning of renames: what hangs on an old record goes on with it, and its values are carried over.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::model::kind::KINDS;
use crate::model::{
    Diagnostic, Key, KeyValue, ObjectKind, Problem, Record, RecordKey, RecordKeys, Value,
    WhyNotRenamed,
};

use super::bind::{Bound, DesiredRecord};
use super::change::{Action, At, Change, FieldChange, WhyDelete};
use super::deletion::{DeletionPlanner, deletes};
use super::note::Note;
use super::observed::Observed;
use super::parent::parent_of;
use super::plan_value::Plan;
use super::rename::{MovedChild, Rename, Renamed};

/// Plans the renames: what hangs on an old record goes on with it.
pub(super) fn plan(bound: &Bound<'_>, observed: &Observed, plan: &mut Plan) {
    if bound.renamed().next().is_none() {
        return;
    }
    let deleted = deletes(plan);
    let surroundings = Surroundings {
        bound,
        observed,
        declared: bound.declared(),
        children: children(observed, &deleted),
    };
    for (desired, from) in bound.renamed() {
        let kind = desired.declared.kind;
        let Some(deletion) = deleted.get(&(kind, from.folded())) else {
            continue;
        };
        let at = plan.changes[*deletion].at.clone();
        if let Some(problem) = taken(bound, observed, desired) {
            plan.problems.push(problem);
            continue;
        }
        let children = surroundings.move_children((desired, from, &at), plan);
        let fields = desired.fields.iter();
        plan.renames.push(Rename {
            kind,
            from: from.clone(),
            to: desired.key.clone(),
            managed: fields.map(|it| Arc::clone(&it.assignment.name)).collect(),
            children,
        });
    }
}

/// The children that are not to be deleted, by their parents.
fn children<'o>(
    observed: &'o Observed,
    deleted: &HashMap<RecordKey, usize>,
) -> HashMap<RecordKey, Vec<(&'static ObjectKind, &'o Record)>> {
    let mut children: HashMap<_, Vec<_>> = HashMap::new();
    for kind in KINDS.into_iter().filter(|kind| kind.parent.is_some()) {
        for record in observed.all(kind) {
            if let Some((parent, key)) = parent_of(kind, &record.key)
                && !deleted.contains_key(&(kind, record.key.folded()))
            {
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
    declared: RecordKeys,
    children: HashMap<RecordKey, Vec<(&'static ObjectKind, &'p Record)>>,
}

impl Surroundings<'_> {
    /// Plans that the children of an old record which no manifest declares go on under its new key.
    fn move_children(
        &self,
        (desired, from, at): (&DesiredRecord<'_>, &Key, &At),
        plan: &mut Plan,
    ) -> Vec<MovedChild> {
        let mut moved = Vec::new();
        let declared = desired.declared;
        let Some(renamed) = &declared.renamed_from else {
            return moved;
        };
        // A list that is complete says which children the new record has.
        if declared.exact_children.is_some() {
            return moved;
        }
        let deletions = DeletionPlanner::of(self.bound, self.observed);
        let children = self.children.get(&(declared.kind, from.folded()));
        for (kind, record) in children.into_iter().flatten().copied() {
            let is_declared = |key: &Key| self.declared.contains(&(kind, key.folded()));
            if is_declared(&record.key) || self.observed.doubled(kind, &record.key).is_some() {
                continue;
            }
            let Some(key) = below(kind, &record.key, &desired.key) else {
                continue;
            };
            let deletion = deletions.deletion(kind, record, WhyDelete::WithParent, at.clone());
            deletions.add(deletion, record, true, plan);
            if !is_declared(&key) && self.observed.get(kind, &key).is_none() {
                plan.changes.push(Change {
                    kind,
                    key: key.clone(),
                    shown: key.to_string().into(),
                    label: None,
                    action: Action::Create { fields: Vec::new() },
                    at: At::Here(renamed.at),
                });
                moved.push((kind, record.key.clone(), key));
            }
        }
        moved
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
    let nothing = HashSet::new();
    for rename in &renames {
        let own = (rename.kind, &rename.from, &rename.to, &rename.managed);
        let children = rename.children.iter();
        let children = children.map(|(kind, from, to)| (*kind, from, to, &nothing));
        let mut carried = 0;
        for (kind, from, to, managed) in std::iter::once(own).chain(children) {
            let find = |key: &Key| index.get(&(kind, key.folded())).copied();
            let (Some(old), Some(new)) = (find(from), find(to)) else {
                continue;
            };
            let values = plan.changes[old].fields().to_vec();
            if let Action::Create { fields } = &mut plan.changes[new].action {
                let added = values_of(values, managed, fields);
                if kind == rename.kind {
                    carried = added.len();
                }
                fields.extend(added);
            }
        }
        plan.notes.push(Note::Renamed(Renamed {
            kind: rename.kind,
            from: rename.from.clone(),
            to: rename.to.clone(),
            fields: carried,
            children: rename.children.len(),
        }));
    }
    plan.renames = renames;
}

/// The values of a deleted record that its successor is to get.
fn values_of(
    deleted: Vec<FieldChange>,
    managed: &HashSet<Arc<str>>,
    own: &[FieldChange],
) -> Vec<FieldChange> {
    let values = deleted.into_iter().filter(|field| {
        !managed.contains(&field.name) && !own.iter().any(|it| it.name == field.name)
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
