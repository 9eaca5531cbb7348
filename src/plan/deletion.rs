//! What is to be deleted, why, and what stands against it: protection, another owner, children that nobody declares.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::model::kind::KINDS;
use crate::model::{Diagnostic, Ensure, FoldedKey, ObjectKind, Problem, Record, Verb};

use super::bind::{Bound, Schemas, Target};
use super::change::{Action, At, Change, WhyDelete};
use super::keeping::WhyDropped;
use super::label::shown_label;
use super::note::Note;
use super::observed::Observed;
use super::ownership::Ownership;
use super::parent::parent_of;
use super::plan_value::Plan;
use super::refusal::Refusal;
use super::removal::Removal;
use super::track::dropped;

/// Plans that a record goes because its entry says so.
pub(super) fn tombstone(target: &Target<'_>, record: &Record, bound: &Bound<'_>, plan: &mut Plan) {
    let at = At::Here(target.declared.at);
    let mut change = delete(
        target.declared.kind,
        record,
        WhyDelete::Tombstone,
        at,
        bound.schemas,
    );
    change.shown = target.declared.shown_key().into();
    push(change, record, &bound.ownership, plan);
}

/// Plans that children go which a complete list of their parent's children lacks.
pub(super) fn not_listed(bound: &Bound<'_>, observed: &Observed, plan: &mut Plan) {
    for kind in KINDS {
        let exact: HashMap<FoldedKey, &Target<'_>> = bound
            .exact()
            .filter(|(child, _)| *child == kind)
            .map(|(_, target)| (target.key.folded(), target))
            .collect();
        if exact.is_empty() {
            continue;
        }
        let of_kind = bound.targets.iter();
        let of_kind = of_kind.filter(|target| target.declared.kind == kind);
        let removed = bound.removals.iter();
        // Where somebody has made another record with its key, a removal only ends the ledger's entry.
        let removed = removed.filter(|removal| {
            let record = observed.get(kind, removal.key());
            removal.kind == kind && record.is_none_or(|record| removal.is_of(record))
        });
        let listed: HashSet<FoldedKey> = of_kind
            .map(|target| target.key.folded())
            .chain(removed.map(|removal| removal.key().folded()))
            .collect();
        for record in observed
            .all(kind)
            .into_iter()
            .filter(|record| !listed.contains(&record.key.folded()))
        {
            let parent =
                parent_of(kind, &record.key).and_then(|(_, key)| exact.get(&key.folded()).copied());
            if let Some(at) = parent.and_then(|parent| parent.declared.exact_children) {
                let at = At::Here(at);
                let change = delete(kind, record, WhyDelete::NotListed, at, bound.schemas);
                push(change, record, &bound.ownership, plan);
            }
        }
    }
}

/// Plans that records go which are the project's own and which no manifest declares any more.
pub(super) fn removals(bound: &Bound<'_>, observed: &Observed, plan: &mut Plan) {
    let mut removals = bound.removals.clone();
    removals.sort_by(|a, b| {
        let place = |place: &Removal<'_>| {
            let declared = &place.entry.declared;
            (Arc::clone(&declared.file), declared.line)
        };
        place(a).cmp(&place(b))
    });
    let mut unsure = 0;
    for removal in removals {
        let (kind, entry) = (removal.kind, removal.entry);
        let Some(record) = observed.get(kind, removal.key()) else {
            let gone = dropped(kind, entry, WhyDropped::Gone);
            plan.keeping.dropped.push(gone);
            continue;
        };
        if !removal.is_of(record) {
            let remade = dropped(kind, entry, WhyDropped::Remade);
            plan.keeping.dropped.push(remade);
            continue;
        }
        // Of a claim nobody knows whether its record is the project's own.
        unsure += usize::from(entry.id.is_none());
        let at = At::Before {
            place: entry.declared.clone(),
            origin: Arc::clone(&entry.origin),
        };
        push(
            delete(kind, record, WhyDelete::Removed, at, bound.schemas),
            record,
            &bound.ownership,
            plan,
        );
    }
    if unsure > 0 {
        plan.notes.push(Note::Unsure { records: unsure });
    }
}

/// Deals with the children of records that are to be deleted: one that is declared is a problem, one that nobody declares is
/// refused, or deleted if a person has allowed it.
pub(super) fn undeclared_children(bound: &Bound<'_>, observed: &Observed, plan: &mut Plan) {
    let deletes = deletes(plan);
    if deletes.is_empty() {
        return;
    }
    declared_children(bound, &deletes, plan);
    let present: HashSet<_> = present(bound).collect();
    children(&bound.ownership, bound.schemas, observed, &present, plan);
}

/// The kinds and keys of the records that a plan deletes, with their changes.
fn deletes(plan: &Plan) -> HashMap<(&'static ObjectKind, FoldedKey), usize> {
    let changes = plan.changes.iter().enumerate();
    let deletes = changes.filter(|(_, change)| change.verb() == Verb::Delete);
    deletes
        .map(|(index, change)| ((change.kind, change.key.folded()), index))
        .collect()
}

/// Deals with the children of records that a plan deletes, those that are present for another reason left out.
pub(super) fn children(
    ownership: &Ownership<'_>,
    schemas: &Schemas,
    observed: &Observed,
    present: &HashSet<(&'static ObjectKind, FoldedKey)>,
    plan: &mut Plan,
) {
    let deletes = deletes(plan);
    if deletes.is_empty() {
        return;
    }
    let mut undeclared: BTreeMap<(usize, &'static ObjectKind), Vec<&Record>> = BTreeMap::new();
    for kind in KINDS.into_iter().filter(|kind| kind.parent.is_some()) {
        for record in observed.all(kind) {
            let own = (kind, record.key.folded());
            let parent = parent_of(kind, &record.key).map(|(kind, key)| (kind, key.folded()));
            let parent = parent.and_then(|parent| deletes.get(&parent));
            if let Some(parent) = parent
                && !deletes.contains_key(&own)
                && !present.contains(&own)
            {
                undeclared.entry((*parent, kind)).or_default().push(record);
            }
        }
    }
    for ((parent, kind), children) in undeclared {
        let parent = &plan.changes[parent];
        let at = parent.at.clone();
        let Action::Delete { why, .. } = parent.action else {
            continue;
        };
        if ownership.permits.with_undeclared {
            for record in children {
                let change = delete(kind, record, WhyDelete::WithParent, at.clone(), schemas);
                push(change, record, ownership, plan);
            }
        } else {
            let refusal = Refusal::UndeclaredChildren {
                parent: parent.kind,
                shown: parent.shown.clone(),
                kind,
                children: children.iter().map(|record| record.key.clone()).collect(),
                why,
                at,
            };
            plan.refusals.push(refusal);
        }
    }
}

/// The kinds and keys of the entries that are to be present.
fn present<'b>(
    bound: &'b Bound<'_>,
) -> impl Iterator<Item = (&'static ObjectKind, FoldedKey)> + 'b {
    let targets = bound.targets.iter();
    let present = targets.filter(|target| target.declared.ensure == Ensure::Present);
    present.map(|target| (target.declared.kind, target.key.folded()))
}

/// A child that is declared, on a parent that is not any more: whatever is meant, it is not to delete the parent.
fn declared_children(
    bound: &Bound<'_>,
    deletes: &HashMap<(&'static ObjectKind, FoldedKey), usize>,
    plan: &mut Plan,
) {
    for target in &bound.targets {
        if target.declared.ensure != Ensure::Present {
            continue;
        }
        let Some((parent, key)) = target.parent() else {
            continue;
        };
        let Some(index) = deletes.get(&(parent, key.folded())) else {
            continue;
        };
        // An entry that says `absent` was found by the checks that need no instance.
        if matches!(plan.changes[*index].at, At::Before { .. }) {
            let key = key.to_string();
            let problem = Problem::ParentRemoved { parent, key };
            let diagnostic = Diagnostic::new(problem, target.declared.at);
            plan.problems.push(diagnostic);
        }
    }
}

/// Adds a deletion, and what stands against it.
pub(super) fn push(change: Change, record: &Record, ownership: &Ownership<'_>, plan: &mut Plan) {
    let entry = ownership.entry(change.kind, &record.key);
    // A record that took the place of a protected one is not the one that was protected.
    let protected = entry
        .filter(|entry| entry.id.as_ref().is_none_or(|id| *id == record.id))
        .and_then(|entry| entry.protected.as_ref());
    if let Some(origin) = protected {
        plan.refusals.push(Refusal::Protected {
            kind: change.kind,
            shown: change.shown.clone(),
            since: Arc::clone(origin),
            at: change.at.clone(),
        });
    }
    if let Some(owner) = ownership.foreign(change.kind, record) {
        plan.refusals.push(Refusal::Foreign {
            kind: change.kind,
            shown: change.shown.clone(),
            owner: owner.to_string().into(),
            at: change.at.clone(),
            deletes: true,
        });
    }
    plan.changes.push(change);
}

/// The deletion of a record.
pub(super) fn delete(
    kind: &'static ObjectKind,
    record: &Record,
    why: WhyDelete,
    at: At,
    schemas: &Schemas,
) -> Change {
    Change {
        kind,
        key: record.key.clone(),
        shown: record.key.to_string().into(),
        label: shown_label(kind, schemas)
            .map(|name| record.fields.get(name))
            .filter(|value| !value.is_null())
            .map(|value| value.to_string().into()),
        action: Action::Delete {
            id: record.id.clone(),
            why,
            // Read only once it is known which records are deleted: see `complete`.
            fields: Vec::new(),
        },
        at,
    }
}
