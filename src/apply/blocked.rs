//! Which changes are not sent, because of what became of changes before them.

use std::collections::HashMap;

use crate::model::{FoldedKey, ObjectKind, RecordKey, Verb};
use crate::plan::{Action, Change, Named, Plan, parent_of};

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
    /// By the records that they would name.
    named: HashMap<RecordKey, WhyNot>,
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
                named: not_created(failed, kind),
                ..Self::default()
            },
            Verb::Delete => Self {
                all: unwritten(failed.clone()),
                own: still_named(failed.clone(), kind),
                family: not_updated(failed, kind),
                named: HashMap::new(),
            },
        }
    }

    /// Why a change is not sent; nothing if it may be.
    pub(super) fn why(&self, change: &Change) -> Option<WhyNot> {
        let own = || self.own.get(&change.key.folded()).copied();
        let family = || self.family.get(&family(change).1).copied();
        self.all
            .or_else(own)
            .or_else(family)
            .or_else(|| self.why_not_named(change))
    }

    fn why_not_named(&self, change: &Change) -> Option<WhyNot> {
        if self.named.is_empty() {
            return None;
        }
        let mut needs = change.needs();
        needs.find_map(|Named { kind, key }| self.named.get(&(kind, key.folded())).copied())
    }
}

/// The record that a change belongs to: its parent, or itself.
fn family(change: &Change) -> (&'static ObjectKind, FoldedKey) {
    match parent_of(change.kind, &change.key) {
        Some((kind, key)) => (kind, key.folded()),
        None => (change.kind, change.key.folded()),
    }
}

/// The records that were to be created and are missing, as far as records of this kind can name them.
fn not_created<'p>(
    failed: impl Iterator<Item = (usize, &'p Change)>,
    kind: &ObjectKind,
) -> HashMap<RecordKey, WhyNot> {
    failed
        .filter(|(_, change)| change.verb() == Verb::Create && kind.names(change.kind))
        .map(|(index, change)| {
            let record = (change.kind, change.key.folded());
            (record, WhyNot::Referred(index))
        })
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

/// The records of this kind that are still named by others, which were to be deleted or to name something else.
fn still_named<'p>(
    failed: impl Iterator<Item = (usize, &'p Change)>,
    kind: &'static ObjectKind,
) -> HashMap<FoldedKey, WhyNot> {
    failed
        .filter(|(_, change)| change.kind.names(kind))
        .flat_map(|(index, change)| {
            let released = change.releases().filter(|named| named.kind == kind);
            let keys = released.map(|named| named.key.folded());
            keys.map(move |key| (key, WhyNot::Referring(index)))
                .collect::<Vec<_>>()
        })
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
