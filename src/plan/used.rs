//! Records to be deleted that others name in a field: leads, and records that stay. One such deletion can touch thousands of leads, so a
//! person has to allow it by name.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::model::kind::KINDS;
use crate::model::{FoldedKey, Key, ObjectKind, Record, RecordKey, Verb};

use super::change::{Action, Change, WhyDelete};
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
            if let Some(key) = named_key(&record.fields.get(field)) {
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
        keys_of(users, words).push(by);
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

/// The keys of the users of one sort, which may be none yet.
fn keys_of<'u>(users: &'u mut Vec<Users>, words: [&'static str; 2]) -> &'u mut Vec<Box<str>> {
    let known = users.iter().position(|users| users.words == words);
    let place = known.unwrap_or(users.len());
    if known.is_none() {
        let keys = Vec::new();
        users.push(Users { words, keys });
    }
    &mut users[place].keys
}

/// Whether a record that is deleted goes on counting as one that names records of this kind.
fn outlives(change: &Change, named: &ObjectKind) -> bool {
    let mut references = change.kind.field_references();
    change.verb() == Verb::Delete
        && references.any(|(reference, kind)| kind == named && reference.outlives)
}

/// The refusals to delete what others name, or may name. What the plan itself would let name it, and what goes on counting after it is
/// deleted too, no permit lifts.
#[must_use]
pub fn used(plan: &Plan, uses: &Uses, permits: &Permits) -> Vec<Refusal> {
    if deletions(plan).next().is_none() {
        return Vec::new();
    }
    let (released, naming) = (released(plan), naming(plan));
    let refusals = deletions(plan).filter_map(|change| {
        let record = (change.kind, change.key.folded());
        let (mut users, mut unknown) = (Vec::new(), Vec::new());
        if !is_allowed(change, permits) {
            users = uses.of(change, &released);
            unknown = uses.unknown.get(change.kind).cloned().unwrap_or_default();
        }
        // Those that an allowed deletion was not asked for, or that are not there yet.
        for (kind, key) in naming.get(&record).into_iter().flatten() {
            let keys = keys_of(&mut users, [kind.noun, kind.nouns]);
            if !keys.contains(key) {
                keys.push(key.clone());
            }
        }
        let is_used = !users.is_empty() || !unknown.is_empty();
        is_used.then(|| Refusal::Used {
            kind: change.kind,
            key: change.key.clone(),
            users,
            unknown,
            is_final: naming.contains_key(&record),
            at: change.at.clone(),
        })
    });
    refusals.collect()
}

/// The changes of records that can name others in fields.
fn naming_changes(plan: &Plan) -> impl Iterator<Item = &Change> {
    let changes = plan.changes.iter();
    changes.filter(|change| change.kind.field_references().next().is_some())
}

/// Which records name others no longer, once the plan is applied.
fn released(plan: &Plan) -> HashSet<(RecordKey, &'static str, Box<str>)> {
    let released = naming_changes(plan).flat_map(|change| {
        let user: Box<str> = change.key.to_string().into();
        let released = change
            .releases()
            .filter(|named| !outlives(change, named.kind));
        released.map(move |named| {
            let record = (named.kind, named.key.folded());
            (record, change.kind.nouns, user.clone())
        })
    });
    released.collect()
}

/// Which records the plan lets name others, and which go on naming them although it deletes them; by what they name.
fn naming(plan: &Plan) -> HashMap<RecordKey, Vec<(&'static ObjectKind, Box<str>)>> {
    let mut naming: HashMap<RecordKey, Vec<_>> = HashMap::new();
    for change in naming_changes(plan) {
        let user: Box<str> = change.key.to_string().into();
        let written = change.written_references().map(|(_, named)| named);
        // An undo can do no better.
        let is_undone = matches!(
            change.action,
            Action::Delete {
                why: WhyDelete::Undone,
                ..
            }
        );
        let deleted = change
            .releases()
            .filter(|named| !is_undone && outlives(change, named.kind));
        for named in written.chain(deleted) {
            let users = naming.entry((named.kind, named.key.folded())).or_default();
            users.push((change.kind, user.clone()));
        }
    }
    naming
}
