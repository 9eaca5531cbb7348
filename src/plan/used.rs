//! Records to be deleted that others name in a field: leads, and records that stay. One such deletion can touch thousands of leads, so a
//! person has to allow it by name.

use std::collections::{BTreeMap, HashSet};

use crate::model::kind::KINDS;
use crate::model::{FoldedKey, Key, ObjectKind, Record, RecordKey, Verb};

use super::change::Change;
use super::permits::Permits;
use super::plan_value::Plan;
use super::referring::named_key;
use super::refusal::{Refusal, Users};

/// The records of one kind that a plan deletes, and by what others may name them.
#[derive(Debug)]
pub struct UseQuestion {
    pub kind: &'static ObjectKind,
    pub keys: Vec<Key>,
    /// The kinds whose records may name them, each with the field.
    pub by: Vec<(&'static ObjectKind, &'static str)>,
    /// The field of leads that may name them.
    pub lead_field: Option<&'static str>,
}

/// Who names records to be deleted, as far as the instance tells.
#[derive(Debug, Default)]
pub struct Uses {
    known: BTreeMap<(&'static ObjectKind, FoldedKey), Vec<Users>>,
    /// What could not be searched, by the kind of the records that are deleted.
    unknown: BTreeMap<&'static ObjectKind, Vec<(&'static str, Box<str>)>>,
}

/// What to ask before a plan deletes: nothing for a kind that no other names in a field, and for what is allowed anyway.
#[must_use]
pub fn use_questions(plan: &Plan, permits: &Permits) -> Vec<UseQuestion> {
    let mut questions: BTreeMap<&'static ObjectKind, Vec<Key>> = BTreeMap::new();
    for change in deletions(plan) {
        if !is_allowed(change, permits) {
            let keys = questions.entry(change.kind).or_default();
            keys.push(change.key.clone());
        }
    }
    let questions = questions.into_iter().filter_map(|(kind, keys)| {
        let by = KINDS.into_iter().flat_map(|other| {
            let references = other.field_references();
            let naming = references.filter(move |(_, named)| *named == kind);
            naming.map(move |(reference, _)| (other, reference.field))
        });
        let (by, lead_field) = (by.collect::<Vec<_>>(), kind.lead_field);
        let can_be_named = !by.is_empty() || lead_field.is_some();
        can_be_named.then_some(UseQuestion {
            kind,
            keys,
            by,
            lead_field,
        })
    });
    questions.collect()
}

fn deletions(plan: &Plan) -> impl Iterator<Item = &Change> {
    let changes = plan.changes.iter();
    changes.filter(|change| change.verb() == Verb::Delete)
}

/// Whether a person has allowed the deletion by the name of the record.
fn is_allowed(change: &Change, permits: &Permits) -> bool {
    let allowed = permits.allow_used.iter();
    let mut allowed = allowed.filter_map(|it| it.split_once('='));
    allowed.any(|(kind, key)| kind == change.kind.name && key == change.key.to_string())
}

impl Uses {
    /// Keeps the records that name others in this field.
    pub fn add(
        &mut self,
        kind: &'static ObjectKind,
        (by, field): (&'static ObjectKind, &str),
        records: &[Record],
    ) {
        for record in records {
            if let Some(key) = named_key(record.fields.get(field)) {
                let words = [by.noun, by.nouns];
                self.name(kind, &key, words, record.key.to_string().into());
            }
        }
    }

    /// Keeps a lead that names a record.
    pub fn add_lead(&mut self, kind: &'static ObjectKind, key: &Key, id: i64) {
        self.name(kind, key, ["lead", "leads"], id.to_string().into());
    }

    /// Keeps that the instance does not tell who names records of this kind.
    pub fn is_unknown(&mut self, kind: &'static ObjectKind, nouns: &'static str, why: &str) {
        let unknown = self.unknown.entry(kind).or_default();
        unknown.push((nouns, why.into()));
    }

    fn name(
        &mut self,
        kind: &'static ObjectKind,
        key: &Key,
        words: [&'static str; 2],
        by: Box<str>,
    ) {
        let users = self.known.entry((kind, key.folded())).or_default();
        match users.iter_mut().find(|users| users.words == words) {
            Some(users) => users.keys.push(by),
            None => users.push(Users {
                words,
                keys: vec![by],
            }),
        }
    }

    /// Who names a record once the plan is applied.
    fn of(&self, deleted: &Change, released: &HashSet<(RecordKey, &str, Box<str>)>) -> Vec<Users> {
        let record = (deleted.kind, deleted.key.folded());
        let users = self.known.get(&record).into_iter().flatten();
        let users = users.filter_map(|users| {
            let keys = users.keys.iter().filter(|key| {
                let user = (record.clone(), users.words[1], (*key).clone());
                !released.contains(&user)
            });
            let keys: Vec<Box<str>> = keys.cloned().collect();
            (!keys.is_empty()).then_some(Users {
                words: users.words,
                keys,
            })
        });
        users.collect()
    }
}

/// Whether a record that is deleted goes on counting as one that names records of this kind.
fn outlives(change: &Change, named: &ObjectKind) -> bool {
    let mut references = change.kind.field_references();
    change.verb() == Verb::Delete
        && references.any(|(reference, kind)| kind == named && reference.outlives)
}

/// The refusals to delete what others name, or may name.
#[must_use]
pub fn used(plan: &Plan, uses: &Uses, permits: &Permits) -> Vec<Refusal> {
    let released: HashSet<(RecordKey, &str, Box<str>)> = { plan.changes.iter() }
        .flat_map(|change| {
            let user: Box<str> = change.key.to_string().into();
            let released = change
                .releases()
                .filter(|named| !outlives(change, named.kind));
            released.map(move |named| {
                let record = (named.kind, named.key.folded());
                (record, change.kind.nouns, user.clone())
            })
        })
        .collect();
    let deletions = deletions(plan).filter(|change| !is_allowed(change, permits));
    let refusals = deletions.filter_map(|change| {
        let users = uses.of(change, &released);
        let unknown = uses.unknown.get(change.kind).cloned().unwrap_or_default();
        let is_used = !users.is_empty() || !unknown.is_empty();
        is_used.then(|| Refusal::Used {
            kind: change.kind,
            key: change.key.clone(),
            users,
            unknown,
            at: change.at.clone(),
        })
    });
    refusals.collect()
}
