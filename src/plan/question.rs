//! Which records a plan has to read: exactly those, each with the cheapest filter.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::mem;
use std::sync::Arc;

use jiff::Timestamp;

use crate::ledger::Entry;
use crate::model::{Ensure, Key, KeyIndex, ObjectKind, Schema};

use super::bind::{Bound, DesiredRecord, ParentsAsked, Schemas};
use super::claim::CREATED_AT;
use super::observed::Observed;
use super::ownership::Marker;
use super::parent::parent_of;
use super::written::UPDATED_AT;

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

/// A question of one kind while it is put together.
#[derive(Default)]
pub(super) struct QuestionDraft {
    pub(super) fields: BTreeSet<Arc<str>>,
    keys: Vec<Key>,
    /// Where they stand.
    places: KeyIndex,
    /// Further spellings of some of them.
    spellings: BTreeSet<Key>,
    pub(super) children_of: Vec<Key>,
}

/// The drafts of questions, by kind.
pub(super) type QuestionDrafts = BTreeMap<&'static ObjectKind, QuestionDraft>;

impl QuestionDraft {
    /// Asks for the record with this key, once in each spelling: an instance that tells case apart has a record for each.
    pub(super) fn add_key(&mut self, key: &Key) {
        let keys = &self.keys;
        // Most children stand behind their parent, or behind another of its children.
        if keys.last() == Some(key) {
            return;
        }
        match (self.places).insert(key, keys.len(), |at| &keys[at]) {
            Ok(()) => self.keys.push(key.clone()),
            Err(first) if keys[first] == *key => {}
            Err(_) => {
                self.spellings.insert(key.clone());
            }
        }
    }

    /// All the keys to ask for.
    fn take_keys(&mut self) -> Vec<Key> {
        self.keys.extend(mem::take(&mut self.spellings));
        mem::take(&mut self.keys)
    }

    /// Asks for the field of the marker as well, if there is one.
    pub(super) fn add_marker(&mut self, marker: Option<&Marker>) {
        self.fields
            .extend(marker.map(|marker| Arc::clone(&marker.field)));
    }

    /// The question whether these records are there.
    pub(super) fn only_keys(mut self, kind: &'static ObjectKind) -> Question {
        Question {
            kind,
            fields: Vec::new(),
            keys: self.take_keys(),
            children_of: Vec::new(),
        }
    }

    /// The question, which also asks for the label of the kind.
    pub(super) fn finish(mut self, kind: &'static ObjectKind) -> Question {
        let keys = self.take_keys();
        self.fields.extend(kind.label.map(Arc::from));
        Question {
            kind,
            fields: self.fields.into_iter().collect(),
            keys,
            children_of: self.children_of,
        }
    }
}

fn finish(drafts: QuestionDrafts) -> Vec<Question> {
    drafts
        .into_iter()
        .map(|(kind, draft)| draft.finish(kind))
        .collect()
}

/// The questions of a run: one for each kind of which something has to be read.
///
/// The number of calls is the least possible: a child is not asked for if all children of its parent are read, and a parent that no
/// entry declares is read once, however many children name it in one spelling.
#[must_use]
pub fn questions(bound: &Bound<'_>) -> Vec<Question> {
    let mut drafts = QuestionDrafts::new();
    let exact = bound.exact_parents();
    for desired in bound
        .records
        .iter()
        .filter(|desired| desired.selected && desired.declared.ensure != Ensure::Forgotten)
    {
        let kind = desired.declared.kind;
        let parent = desired.parent();
        let draft = drafts.entry(kind).or_default();
        if desired.is_managed() {
            let schema = bound.schemas.get(kind);
            for name in desired.declared.fields.names() {
                // An instance refuses a query for a field that it does not have.
                let is_known = || schema.is_some_and(|it| it.field(name).is_some());
                if !draft.fields.contains(name) && is_known() {
                    draft.fields.insert(Arc::clone(name));
                }
            }
        }
        if !is_read_with_parent(&exact, kind, parent.as_ref()) {
            draft.add_key(&desired.key);
        }
        if desired.declared.ensure == Ensure::Present
            && let Some((parent, key)) = parent
        {
            drafts.entry(parent).or_default().add_key(&key);
        }
    }
    for removal in &bound.removals {
        let kind = removal.kind;
        let draft = drafts.entry(kind).or_default();
        let parent = parent_of(kind, removal.key());
        if !is_read_with_parent(&exact, kind, parent.as_ref()) {
            draft.add_key(removal.key());
        }
        // What others have changed since is told; and a claim is a removal only if the record is shown to be the one that was to be
        // created.
        let schema = bound.schemas.get(kind);
        let names = removal.entry.fields.names().iter();
        let names = names.filter(|name| schema.is_some_and(|schema| schema.field(name).is_some()));
        draft.fields.extend(names.cloned());
        if removal.entry.id.is_none() {
            draft.fields.insert(CREATED_AT.into());
        }
    }
    for (child, desired) in bound.exact() {
        let draft = drafts.entry(child).or_default();
        draft.children_of.push(desired.key.clone());
    }
    for (kind, draft) in &mut drafts {
        draft.add_marker(bound.ownership.marker(kind));
        let schema = bound.schemas.get(kind);
        if bound.ownership.ledger.is_some()
            && schema.is_some_and(|schema| schema.field(UPDATED_AT).is_some())
        {
            draft.fields.insert(UPDATED_AT.into());
        }
    }
    finish(drafts)
}

/// The ids of the owned records that were not found by their keys, and that an apply would therefore stop managing. One read that lacks a
/// row must not end what is owned, so they are looked for by their ids. So are those whose entries spell their keys in another case by
/// now: an instance that tells case apart has them under the old one, and a second record would take their places.
#[must_use]
pub fn owned_and_missing(
    bound: &Bound<'_>,
    observed: &Observed,
) -> BTreeMap<&'static ObjectKind, Vec<Box<str>>> {
    if bound.ownership.ledger.is_none() {
        return BTreeMap::new();
    }
    let unseen = bound.records.iter().filter(|desired| {
        desired.selected && observed.get(desired.declared.kind, &desired.key).is_none()
    });
    let declared = unseen.filter_map(|desired| {
        let kind = desired.declared.kind;
        let entry = bound.ownership.entry(kind, &desired.key)?;
        let is_asked = match desired.declared.ensure {
            Ensure::Absent => true,
            Ensure::Present => entry.key != desired.key,
            Ensure::Forgotten => false,
        };
        is_asked.then_some((kind, entry))
    });
    let removals = bound.removals.iter();
    let removals = removals.map(|removal| (removal.kind, removal.entry));
    missing(declared.chain(removals), observed, |_| true)
}

/// The ids of the owned records that were not found, although an apply has written them after `since`: a read may be older than that.
#[must_use]
pub fn written_and_missing(
    bound: &Bound<'_>,
    observed: &Observed,
    since: Timestamp,
) -> BTreeMap<&'static ObjectKind, Vec<Box<str>>> {
    let is_recent = |entry: &Entry| entry.written.is_some_and(|written| written > since);
    let owning = bound.ownership.ledger.iter();
    let mut entries = owning.flat_map(|owning| owning.ledger.iter());
    // Most often no apply has just ended, and then no key has to be looked up.
    if !entries.any(|(_, _, entry)| is_recent(entry)) {
        return BTreeMap::new();
    }
    // Forgotten records are not read, so that they were not found says nothing.
    let declared = bound
        .records
        .iter()
        .filter(|desired| desired.selected && desired.declared.ensure != Ensure::Forgotten);
    let declared = declared.filter_map(|desired| {
        let kind = desired.declared.kind;
        Some((kind, bound.ownership.entry(kind, &desired.key)?))
    });
    let removals = bound.removals.iter();
    let removals = removals.map(|removal| (removal.kind, removal.entry));
    missing(declared.chain(removals), observed, is_recent)
}

/// The ids of the entries whose records were not found.
fn missing<'e>(
    entries: impl Iterator<Item = (&'static ObjectKind, &'e Entry)>,
    observed: &Observed,
    is_asked: impl Fn(&Entry) -> bool,
) -> BTreeMap<&'static ObjectKind, Vec<Box<str>>> {
    let mut missing: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (kind, entry) in entries {
        if let Some(id) = &entry.id
            && is_asked(entry)
            && observed.get(kind, &entry.key).is_none()
        {
            missing.entry(kind).or_default().push(id.clone());
        }
    }
    missing
}

/// The questions for a snapshot: all fields of the records, and all children of each parent, so that a later change of the manifests finds
/// what it concerns.
pub fn widen(questions: &mut Vec<Question>, schemas: &Schemas) {
    let keys: Vec<(&'static ObjectKind, Vec<Key>)> = { questions.iter() }
        .map(|question| (question.kind, question.keys.clone()))
        .collect();
    for (parent, keys) in keys {
        for child in parent
            .children()
            .filter(|child| schemas.contains_key(child))
        {
            let of_child = questions.iter().position(|question| question.kind == child);
            let of_child = of_child.unwrap_or_else(|| {
                questions.push(QuestionDraft::default().finish(child));
                questions.len() - 1
            });
            let question = &mut questions[of_child];
            let mut asked: HashSet<Key> = question.children_of.iter().cloned().collect();
            let further = keys.iter().filter(|key| asked.insert(Key::clone(key)));
            let further: Vec<Key> = further.cloned().collect();
            question.children_of.extend(further);
            let is_read = |key: &Key| {
                let parent = parent_of(child, key);
                parent.is_some_and(|(_, parent)| asked.contains(&parent))
            };
            question.keys.retain(|key| !is_read(key));
        }
    }
    for question in questions {
        let fields = schemas
            .get(question.kind)
            .into_iter()
            .flat_map(Schema::fields);
        let fields = fields.map(|field| Arc::clone(&field.name));
        let fields: BTreeSet<Arc<str>> = fields.chain(question.fields.drain(..)).collect();
        question.fields = fields.into_iter().collect();
    }
}

/// The records of entries and removals that an apply has touched since then.
#[must_use]
pub fn applied_since(bound: &Bound<'_>, since: Timestamp) -> Vec<(&'static ObjectKind, Key)> {
    let Some(owning) = bound.ownership.ledger else {
        return Vec::new();
    };
    let is_later = |kind: &'static ObjectKind, key: &Key| {
        let folded = key.folded();
        let entry = owning.ledger.get(kind, &folded);
        let times = entry.map(|entry| (Some(entry.origin.time), entry.written));
        let (touched, written) = times.unwrap_or((owning.ledger.touched(kind, &folded), None));
        touched.max(written).is_some_and(|time| time >= since)
    };
    let records = bound.records.iter();
    let records = records.map(|desired| (desired.declared.kind, desired.key.clone()));
    let parents = { bound.records.iter() }.filter_map(DesiredRecord::parent);
    let removals = bound.removals.iter();
    let removals = removals.map(|removal| (removal.kind, removal.key().clone()));
    let all = records.chain(parents).chain(removals);
    all.filter(|(kind, key)| is_later(kind, key)).collect()
}

/// Whether a record is read anyway, with all children of its parent.
fn is_read_with_parent(
    asked: &ParentsAsked,
    kind: &'static ObjectKind,
    parent: Option<&(&'static ObjectKind, Key)>,
) -> bool {
    parent.is_some_and(|(_, key)| asked.contains(&(kind, key.clone())))
}

/// Questions for the children of the records that are to be deleted, unless they were asked for before. Marketo refuses to delete a
/// record that has children, and a child that was not read must not be deleted. Those of a renamed record may have been moved by a run
/// that did not end.
#[must_use]
pub fn further_questions(bound: &Bound<'_>, observed: &Observed) -> Vec<Question> {
    // Most plans delete and rename nothing, and need none.
    let exact = LazyCell::new(|| bound.exact_parents());
    let tombstones = bound
        .records
        .iter()
        .filter(|desired| desired.selected && desired.declared.ensure == Ensure::Absent)
        .map(|desired| (desired.declared.kind, &desired.key));
    let removals = bound
        .removals
        .iter()
        .map(|removal| (removal.kind, removal.key()));
    let renamed = bound.renamed();
    let renamed = renamed.map(|(desired, _)| (desired.declared.kind, &desired.key));
    let mut drafts = QuestionDrafts::new();
    for (kind, key) in tombstones.chain(removals).chain(renamed) {
        let Some(record) = observed.get(kind, key) else {
            continue;
        };
        for child in kind.children() {
            if !exact.contains(&(child, record.key.clone())) {
                let draft = drafts.entry(child).or_default();
                draft.children_of.push(record.key.clone());
            }
        }
    }
    finish(drafts)
}
