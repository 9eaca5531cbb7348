//! Which changes are not sent, because of what became of changes before them.

use std::collections::HashMap;

use crate::model::{FoldedKey, ObjectKind, Verb};
use crate::plan::{Action, Change, Plan, parent_of};

use super::report::{Outcome, WhyNot};

/// Why changes of one kind and verb are not sent.
#[derive(Default)]
pub(super) struct Blocked {
    /// None of them is.
    all: Option<WhyNot>,
    /// By the keys of the records themselves.
    own: HashMap<FoldedKey, WhyNot>,
    /// By the keys of their parents; records without a parent are their own.
    family: HashMap<FoldedKey, WhyNot>,
}

impl Blocked {
    /// `outcomes` are those so far: a change that was not sent yet is not attempted.
    pub(super) fn of(
        plan: &Plan,
        outcomes: &[Outcome],
        kind: &'static ObjectKind,
        verb: Verb,
    ) -> Self {
        let failed = plan
            .changes
            .iter()
            .enumerate()
            .filter(|(index, _)| !outcomes[*index].is_applied());
        match verb {
            Verb::Create | Verb::Update => Self {
                family: without_parent(failed, kind),
                ..Self::default()
            },
            Verb::Delete => Self {
                all: unwritten(failed.clone()),
                own: with_children(failed.clone(), kind),
                family: not_updated(failed, kind),
            },
        }
    }

    /// Why a change is not sent; nothing if it may be.
    pub(super) fn why(&self, change: &Change) -> Option<WhyNot> {
        let own = || self.own.get(&change.key.folded());
        let family = || self.family.get(&family(change).1);
        self.all.as_ref().or_else(own).or_else(family).copied()
    }
}

/// The record that a change belongs to: its parent, or itself.
fn family(change: &Change) -> (&'static ObjectKind, FoldedKey) {
    match parent_of(change.kind, &change.key) {
        Some((kind, key)) => (kind, key.folded()),
        None => (change.kind, change.key.folded()),
    }
}

/// The parents that were to be created and are missing.
fn without_parent<'p>(
    failed: impl Iterator<Item = (usize, &'p Change)>,
    kind: &ObjectKind,
) -> HashMap<FoldedKey, WhyNot> {
    let Some(parent) = kind.parent() else {
        return HashMap::new();
    };
    failed
        .filter(|(_, change)| change.kind == parent.kind && change.verb() == Verb::Create)
        .map(|(index, change)| (change.key.folded(), WhyNot::Parent(index)))
        .collect()
}

/// Something that was to be created or adopted, and was not. It may be what replaces a record that is to be deleted: under another
/// key, or with another parent.
fn unwritten<'p>(failed: impl Iterator<Item = (usize, &'p Change)>) -> Option<WhyNot> {
    let mut unwritten = failed.filter(|(_, change)| match change.action {
        Action::Create { .. } | Action::Adopt { .. } => true,
        Action::Update { .. } | Action::Delete { .. } => false,
    });
    unwritten.next().map(|(index, _)| WhyNot::Unwritten(index))
}

/// The records of this kind that have children which were to be deleted, and are still there.
fn with_children<'p>(
    failed: impl Iterator<Item = (usize, &'p Change)>,
    kind: &'static ObjectKind,
) -> HashMap<FoldedKey, WhyNot> {
    failed
        .filter(|(_, change)| change.verb() == Verb::Delete)
        .filter_map(|(index, change)| Some((index, parent_of(change.kind, &change.key)?)))
        .filter(|(_, (parent, _))| *parent == kind)
        .map(|(index, (_, key))| (key.folded(), WhyNot::Child(index)))
        .collect()
}

/// The records to which records of this kind belong, of which one was not updated.
fn not_updated<'p>(
    failed: impl Iterator<Item = (usize, &'p Change)>,
    kind: &'static ObjectKind,
) -> HashMap<FoldedKey, WhyNot> {
    let above = kind.parent().map_or(kind, |parent| parent.kind);
    let updates = failed.filter(|(_, change)| change.verb() == Verb::Update);
    let mut not_updated = HashMap::new();
    for (index, change) in updates {
        let (of_kind, key) = family(change);
        if of_kind == above {
            // The first one is named: the record itself comes before its children.
            not_updated.entry(key).or_insert(WhyNot::Unwritten(index));
        }
    }
    not_updated
}
