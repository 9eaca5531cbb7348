//! What is to be deleted, why, and what stands against it: protection, another owner, children that no manifest declares.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::manifest::is_declarable;
use crate::model::kind::KINDS;
use crate::model::{
    Diagnostic, Ensure, FoldedKey, Key, ObjectKind, Problem, Record, RecordKey, RecordKeys, Verb,
};

use super::bind::{Bound, DesiredRecord, Schemas};
use super::change::{Action, At, Change, WhyDelete};
use super::drift::{Drift, Drifted};
use super::edited::edited;
use super::field_changes::FieldChanges;
use super::label::label_field;
use super::ledger_changes::{ForgottenEntry, WhyForgotten};
use super::note::Note;
use super::observed::Observed;
use super::ownership::Ownership;
use super::parent::parent_of;
use super::plan_value::Plan;
use super::referring::Named;
use super::refusal::{Protection, Refusal, shown_owner};
use super::unknown_removals::known_removals;

/// Plans deletions, of an apply and of an undo.
#[derive(Clone, Copy)]
pub(super) struct DeletionPlanner<'d> {
    pub(super) ownership: &'d Ownership<'d>,
    pub(super) schemas: &'d Schemas,
    pub(super) observed: &'d Observed,
}

impl<'d> DeletionPlanner<'d> {
    pub(super) fn of(bound: &'d Bound<'d>, observed: &'d Observed) -> Self {
        Self {
            ownership: &bound.ownership,
            schemas: bound.schemas,
            observed,
        }
    }

    /// The deletion of a record. Its fields are read only once it is known which records are deleted: see [`super::complete`].
    pub(super) fn deletion(
        self,
        kind: &'static ObjectKind,
        record: &Record,
        why: WhyDelete,
        at: At,
    ) -> Change {
        Change {
            kind,
            key: record.key.clone(),
            shown: record.key.to_string().into(),
            label: label_field(kind, self.schemas)
                .map(|name| record.fields.get(name))
                .filter(|value| !value.is_null())
                .map(|value| value.to_string().into()),
            action: Action::Delete {
                id: record.id.clone(),
                why,
                fields: FieldChanges::default(),
            },
            at,
        }
    }

    /// Adds a deletion to the plan, and what stands against it. `is_released`: an entry says that its records are not protected, even
    /// where the instance protects all.
    pub(super) fn add(self, change: Change, record: &Record, is_released: bool, plan: &mut Plan) {
        let entry = self.ownership.entry(change.kind, &record.key);
        // A record that took the place of a protected one is not the one that was protected.
        let since = entry
            .filter(|entry| entry.may_be(&record.id))
            .and_then(|entry| entry.protected.as_ref());
        let by_instance =
            || (self.ownership.protects && !is_released).then_some(Protection::Instance);
        let since = since.map(|origin| Protection::Since(Arc::clone(origin)));
        if let Some(by) = since.or_else(by_instance) {
            plan.refusals.push(Refusal::Protected {
                kind: change.kind,
                shown: change.shown.clone(),
                by,
                at: change.at.clone(),
            });
        }
        if let Some(owner) = self.ownership.foreign(change.kind, record) {
            plan.refusals.push(Refusal::Foreign {
                kind: change.kind,
                shown: change.shown.clone(),
                owner: shown_owner(self.ownership, self.schemas, change.kind, &owner),
                at: change.at.clone(),
                deletes: true,
            });
        }
        plan.changes.push(change);
    }

    /// Plans what happens to undeclared children of the records to delete: with a person's permission they are deleted too,
    /// otherwise the plan is refused. One that is declared as present is none of them.
    pub(super) fn undeclared_children(
        self,
        is_present: impl Fn(&ObjectKind, &Key) -> bool,
        plan: &mut Plan,
    ) {
        for ((parent, kind), children) in self.children_to_delete(is_present, plan) {
            let parent = plan.changes[parent].clone();
            let Action::Delete { why, .. } = parent.action else {
                continue;
            };
            let is_doubled = |record: &&Record| self.observed.doubled(kind, &record.key).is_some();
            let (doubled, children): (Vec<&Record>, Vec<&Record>) =
                children.into_iter().partition(is_doubled);
            if !doubled.is_empty() {
                // They would go with their parent, and which of them is meant cannot be told.
                plan.refusals.push(Refusal::DoubledChildren {
                    parent: parent.kind,
                    shown: parent.shown.clone(),
                    kind,
                    children: doubled.iter().map(|record| record.key.clone()).collect(),
                    at: parent.at.clone(),
                });
            }
            if children.is_empty() {
                continue;
            }
            if self.ownership.permits.with_undeclared {
                for record in children {
                    let (why, at) = (WhyDelete::WithParent, parent.at.clone());
                    let change = self.deletion(kind, record, why, at);
                    // Where the parent may not be deleted, that is refused.
                    self.add(change, record, true, plan);
                }
            } else {
                let refusal = Refusal::UndeclaredChildren {
                    parent: parent.kind,
                    shown: parent.shown.clone(),
                    kind,
                    children: children.iter().map(|record| record.key.clone()).collect(),
                    why,
                    at: parent.at.clone(),
                };
                plan.refusals.push(refusal);
            }
        }
    }

    /// The children of deleted records that are neither deleted nor declared as present, by their parent's change and their kind.
    fn children_to_delete(
        self,
        is_present: impl Fn(&ObjectKind, &Key) -> bool,
        plan: &Plan,
    ) -> BTreeMap<(usize, &'static ObjectKind), Vec<&'d Record>> {
        let deletes = deletes(plan);
        let mut children: BTreeMap<_, Vec<&Record>> = BTreeMap::new();
        if deletes.is_empty() {
            return children;
        }
        for kind in KINDS.into_iter().filter(|kind| kind.parent().is_some()) {
            for record in self.observed.all(kind) {
                let own = (kind, record.key.folded());
                let parent = parent_of(kind, &record.key)
                    .and_then(|(kind, key)| deletes.get(&(kind, key.folded())));
                if let Some(parent) = parent
                    && !deletes.contains_key(&own)
                    && !is_present(kind, &record.key)
                {
                    children.entry((*parent, kind)).or_default().push(record);
                }
            }
        }
        children
    }
}

/// Plans to delete a record because its entry says `absent`.
pub(super) fn tombstone(
    desired: &DesiredRecord<'_>,
    record: &Record,
    deletions: DeletionPlanner<'_>,
    plan: &mut Plan,
) {
    let declared = desired.declared;
    let at = At::Here(declared.at);
    let change = Change {
        shown: declared.shown_key().into(),
        ..deletions.deletion(declared.kind, record, WhyDelete::Tombstone, at)
    };
    deletions.add(change, record, !declared.lifecycle.protect, plan);
}

/// Plans to delete the children that are missing in a complete list of their parent's children.
pub(super) fn not_listed(bound: &Bound<'_>, observed: &Observed, plan: &mut Plan) {
    let deletions = DeletionPlanner::of(bound, observed);
    for kind in KINDS {
        let exact: HashMap<FoldedKey, &DesiredRecord<'_>> = bound
            .exact()
            .filter(|(child, _)| *child == kind)
            .map(|(_, desired)| (desired.key.folded(), desired))
            .collect();
        if exact.is_empty() {
            continue;
        }
        let listed = listed(kind, bound, observed);
        let removals = bound.removals.iter();
        let removed: HashSet<FoldedKey> = removals
            .filter(|removal| removal.kind == kind)
            .map(|removal| removal.key().folded())
            .collect();
        for record in observed.all(kind) {
            if listed.contains(&record.key.folded()) {
                continue;
            }
            if let Some(ids) = observed.doubled(kind, &record.key) {
                plan.notes.push(doubled(kind, &record.key, ids));
                continue;
            }
            let parent = parent_of(kind, &record.key)
                .and_then(|(_, key)| exact.get(&key.folded()).copied())
                .and_then(|parent| Some((parent, parent.declared.exact_children?)));
            if let Some((parent, at)) = parent {
                // What another file has declared is that file's to remove, if only some of the files are acted on.
                let entry = deletions.ownership.entry(kind, &record.key);
                let is_owned = entry.is_some_and(|entry| entry.may_be(&record.id));
                if is_owned && !removed.contains(&record.key.folded()) {
                    let key = record.key.clone();
                    plan.notes.push(Note::Undecided { kind, key });
                    continue;
                }
                if !is_declarable(kind, &record.key) {
                    let key = record.key.clone();
                    plan.notes.push(Note::NotDeclarable { kind, key, at });
                    continue;
                }
                let at = At::Here(at);
                let change = deletions.deletion(kind, record, WhyDelete::NotListed, at);
                let is_released = !parent.declared.lifecycle.protect;
                deletions.add(change, record, is_released, plan);
            }
        }
    }
}

/// The keys of the records of a kind that are declared, or that are deleted as removals anyway.
fn listed(kind: &ObjectKind, bound: &Bound<'_>, observed: &Observed) -> HashSet<FoldedKey> {
    let declared = bound
        .records
        .iter()
        .filter(|desired| desired.declared.kind == kind)
        .map(|desired| desired.key.folded());
    let removed = bound
        .removals
        .iter()
        .filter(|removal| {
            // Where another record has the key, a removal only ends the entry of the ledger.
            let record = observed.get(kind, removal.key());
            removal.kind == kind && record.is_none_or(|record| bound.owns(removal, record))
        })
        .map(|removal| removal.key().folded());
    declared.chain(removed).collect()
}

/// Plans to delete the owned records that no manifest declares any more.
pub(super) fn removals(bound: &Bound<'_>, observed: &Observed, plan: &mut Plan) {
    let deletions = DeletionPlanner::of(bound, observed);
    let released: RecordKeys = { bound.renamed() }
        .filter(|(desired, _)| !desired.declared.lifecycle.protect)
        .map(|(desired, from)| (desired.declared.kind, from.folded()))
        .collect();
    let mut unsure = 0;
    for removal in known_removals(bound, observed, plan) {
        let (kind, entry) = (removal.kind, removal.entry);
        if let Some(ids) = observed.doubled(kind, removal.key()) {
            plan.notes.push(doubled(kind, removal.key(), ids));
            continue;
        }
        let record = match observed.get(kind, removal.key()) {
            Some(record) if bound.owns(&removal, record) => record,
            other => {
                let elsewhere = entry.id.as_deref().filter(|_| other.is_none());
                let now = elsewhere.and_then(|id| observed.key_of(kind, id));
                if let Some(now) = now {
                    plan.notes.push(Note::OtherKey {
                        kind,
                        key: entry.key.clone(),
                        now: now.clone(),
                    });
                    continue;
                }
                let why = match other {
                    None => WhyForgotten::Gone,
                    Some(_) if entry.id.is_none() => WhyForgotten::Unproven,
                    Some(_) => WhyForgotten::Remade,
                };
                let forgotten = ForgottenEntry::of(kind, entry, why);
                plan.ledger_changes.forgotten.push(forgotten);
                continue;
            }
        };
        // The ledger has only claimed it: it may be a record of others.
        if entry.id.is_none() {
            unsure += 1;
        }
        let at = At::Before {
            place: entry.declared.clone(),
            origin: Arc::clone(&entry.origin),
        };
        let edited = edited(bound, kind, entry, record);
        if !edited.is_empty() {
            plan.notes.push(Note::Edited {
                kind,
                key: entry.key.clone(),
                fields: edited.iter().map(|field| Arc::clone(&field.name)).collect(),
            });
            plan.drift.push(Drift {
                kind,
                shown: entry.key.to_string().into(),
                at: at.clone(),
                what: Drifted::Undeclared(edited),
            });
        }
        let change = deletions.deletion(kind, record, WhyDelete::Removed, at);
        let parent = parent_of(kind, removal.key()).map(|(of, key)| (of, key.folded()));
        let mut own = std::iter::once((kind, removal.key().folded())).chain(parent);
        let is_released = own.any(|key| released.contains(&key));
        deletions.add(change, record, is_released, plan);
    }
    if unsure > 0 {
        plan.notes.push(Note::Unsure { records: unsure });
    }
}

/// A note for a key that several records have.
fn doubled(kind: &'static ObjectKind, key: &Key, ids: &BTreeSet<Box<str>>) -> Note {
    Note::Doubled {
        kind,
        shown: key.to_string().into(),
        ids: ids.iter().cloned().collect(),
    }
}

/// Plans what becomes of the records that name those to be deleted. One that is declared is a problem. A child that no manifest declares
/// is refused, or deleted if a person has allowed it.
pub(super) fn children(bound: &Bound<'_>, observed: &Observed, plan: &mut Plan) {
    let deletes = deletes(plan);
    if deletes.is_empty() {
        return;
    }
    let is_present = |desired: &&DesiredRecord<'_>| desired.declared.ensure == Ensure::Present;
    let present = bound.records.iter().filter(is_present);
    let renamed: HashMap<RecordKey, String> = { bound.renamed() }
        .map(|(desired, from)| {
            let kind = desired.declared.kind;
            ((kind, from.folded()), desired.key.to_string())
        })
        .collect();
    let named = present.flat_map(DesiredRecord::named);
    let named = named.map(|(_, at, Named { kind, key })| ((kind, key.folded()), at));
    let elsewhere = bound.named_elsewhere.iter().cloned();
    for (record, at) in named.chain(elsewhere) {
        let Some(index) = deletes.get(&record) else {
            continue;
        };
        let change = &plan.changes[*index];
        // The checks that need no instance report what names an entry that says `absent`.
        if matches!(change.at, At::Before { .. }) {
            let problem = Problem::ReferenceRemoved {
                to: change.kind,
                key: change.key.to_string(),
                now: renamed.get(&record).cloned(),
            };
            plan.problems.push(Diagnostic::new(problem, at));
        }
    }
    let is_present = |kind: &ObjectKind, key: &Key| {
        let desired = bound.find(kind, key);
        desired.as_ref().is_some_and(is_present)
    };
    DeletionPlanner::of(bound, observed).undeclared_children(is_present, plan);
}

/// The kinds and keys of the records that a plan deletes, with the indexes of their changes.
pub(super) fn deletes(plan: &Plan) -> HashMap<RecordKey, usize> {
    plan.changes
        .iter()
        .enumerate()
        .filter(|(_, change)| change.verb() == Verb::Delete)
        .map(|(index, change)| ((change.kind, change.key.folded()), index))
        .collect()
}
