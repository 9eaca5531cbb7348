//! Which records have to be read for a plan: exactly those, each by the cheapest filter.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use crate::model::{Ensure, FoldedKey, Key, ObjectKind};

use super::bind::Bound;
use super::observed::Observed;
use super::parent::parent_of;

/// What to ask an instance about one kind.
#[derive(Debug, PartialEq, Eq)]
pub struct Question {
    pub kind: &'static ObjectKind,
    /// The fields to ask for beside the key and the id, which come with every record.
    pub fields: Vec<Arc<str>>,
    /// Records to read by their key.
    pub keys: Vec<Key>,
    /// Parents all of whose children are to be read.
    pub children_of: Vec<Key>,
}

/// The questions that the entries of a run raise, one for each kind that has any.
///
/// A child whose parent's children are read anyway is not asked for again, and a parent that no entry declares
/// is read once, however many children name it: the number of calls is the least possible.
#[must_use]
pub fn questions(bound: &Bound<'_>) -> Vec<Question> {
    let mut asked: BTreeMap<&'static ObjectKind, Asked> = BTreeMap::new();
    let exact: HashSet<(&ObjectKind, FoldedKey)> = bound
        .exact()
        .map(|(child, target)| (child, target.key.folded()))
        .collect();
    for target in bound
        .targets
        .iter()
        .filter(|target| target.selected && target.declared.ensure != Ensure::Forgotten)
    {
        let kind = target.declared.kind;
        let by_parent = target
            .parent()
            .is_some_and(|(_, key)| exact.contains(&(kind, key.folded())));
        let of_kind = asked.entry(kind).or_default();
        for field in &target.fields {
            let name = &field.assignment.name;
            if !of_kind.fields.contains(name) {
                of_kind.fields.insert(Arc::clone(name));
            }
        }
        if !by_parent {
            of_kind.key(&target.key);
        }
        if let Some((parent, key)) = target
            .parent()
            .filter(|_| target.declared.ensure == Ensure::Present)
        {
            asked.entry(parent).or_default().key(&key);
        }
    }
    for removal in &bound.removals {
        let by_parent = parent_of(removal.kind, removal.key())
            .is_some_and(|(_, key)| exact.contains(&(removal.kind, key.folded())));
        let of_kind = asked.entry(removal.kind).or_default();
        if !by_parent {
            of_kind.key(removal.key());
        }
    }
    for (child, target) in bound.exact() {
        asked
            .entry(child)
            .or_default()
            .children_of
            .push(target.key.clone());
    }
    for (kind, of_kind) in &mut asked {
        let marker = bound.ownership.marker(kind);
        of_kind
            .fields
            .extend(marker.map(|marker| Arc::clone(&marker.field)));
    }
    asked
        .into_iter()
        .map(|(kind, of_kind)| of_kind.question(kind))
        .collect()
}

/// The children of records that are to be deleted, as far as they were not asked for before: Marketo refuses to delete a record
/// that has some, and none shall go that nobody knows of.
#[must_use]
pub fn further_questions(bound: &Bound<'_>, observed: &Observed) -> Vec<Question> {
    let exact: HashSet<(&ObjectKind, FoldedKey)> = bound
        .exact()
        .map(|(child, target)| (child, target.key.folded()))
        .collect();
    let tombstones = bound
        .targets
        .iter()
        .filter(|target| target.selected && target.declared.ensure == Ensure::Absent)
        .map(|target| (target.declared.kind, &target.key));
    let removals = bound.removals.iter();
    let removals = removals.map(|removal| (removal.kind, removal.key()));
    let mut asked: BTreeMap<&'static ObjectKind, Asked> = BTreeMap::new();
    for (kind, key) in tombstones.chain(removals) {
        if observed.get(kind, key).is_none() {
            continue;
        }
        for child in kind.children() {
            if !exact.contains(&(child, key.folded())) {
                let of_kind = asked.entry(child).or_default();
                of_kind.children_of.push(key.clone());
            }
        }
    }
    let asked = asked.into_iter();
    asked
        .map(|(kind, of_kind)| of_kind.question(kind))
        .collect()
}

#[derive(Default)]
struct Asked {
    fields: BTreeSet<Arc<str>>,
    seen: HashSet<FoldedKey>,
    keys: Vec<Key>,
    children_of: Vec<Key>,
}

impl Asked {
    fn key(&mut self, key: &Key) {
        if self.seen.insert(key.folded()) {
            self.keys.push(key.clone());
        }
    }

    fn question(self, kind: &'static ObjectKind) -> Question {
        let Self {
            mut fields,
            seen: _,
            keys,
            children_of,
        } = self;
        fields.extend(kind.label.map(Arc::from));
        Question {
            kind,
            fields: fields.into_iter().collect(),
            keys,
            children_of,
        }
    }
}
