//! What an instance has answered, kept to be given again without it: by what was asked, so that what was not asked about is not taken for
//! absent.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::answered::{AnsweredRecord, LeadValue, Told};
use super::asked::respelled;
use super::call::{Call, Operation};
use super::error::ApiError;
use super::filter::Filter;
use crate::model::{Fields, FoldedKey, Key, KeyValue, ObjectKind, Record, Schema};

/// The name of a field, and one of its values.
pub type FieldValue = (Box<str>, Box<str>);

/// Names of fields, each with whether it is sensitive.
pub type ListedFields = Vec<(Arc<str>, bool)>;

/// What an instance has answered.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    pub kinds: BTreeMap<&'static ObjectKind, AnsweredKind>,
    /// The leads with a value of a field, by the field and the value as Marketo compares values.
    pub leads: BTreeMap<FieldValue, Told<Vec<LeadValue>>>,
    /// The values of a field of leads, by the field and the id; none for a lead that is not there or has none.
    pub lead_values: BTreeMap<(Box<str>, i64), Option<Box<str>>>,
}

/// What an instance has answered about one kind.
#[derive(Clone, Debug, Default)]
pub struct AnsweredKind {
    pub described: Option<Told<Schema>>,
    /// The names of the fields that the schema endpoint lists, and whether each is sensitive.
    pub listed: Option<Told<ListedFields>>,
    /// The records by their ids, in any letter case.
    pub records: HashMap<Box<str>, AnsweredRecord>,
    /// The ids of the records that were found by a key.
    pub keys: HashMap<FoldedKey, (Key, Vec<Box<str>>)>,
    /// The ids of the children of a parent.
    pub children: HashMap<FoldedKey, (Key, Vec<Box<str>>)>,
    /// The ids of the records with a value in another field.
    pub values: BTreeMap<FieldValue, Vec<Box<str>>>,
}

/// A value as Marketo compares it.
fn folded(value: &str) -> Box<str> {
    value.trim().to_lowercase().into()
}

/// The key of a parent by its text.
fn parent_key(value: &str) -> Key {
    Key::new(vec![KeyValue::Text(value.into())])
}

/// What a filter asks for, in the terms of what is kept.
enum Wanted<'f> {
    Keys(&'f [&'f Key]),
    ChildrenOf(&'f [String]),
    Ids(&'f [String]),
    Values(&'f str, &'f [String]),
}

impl<'f> Wanted<'f> {
    fn of(kind: &ObjectKind, filter: &'f Filter<'f>) -> Self {
        match filter {
            Filter::Keys(keys) => Self::Keys(keys),
            Filter::Field { name, values } if *name == kind.id_field => Self::Ids(values),
            Filter::Field { name, values } => match kind.parent() {
                Some(parent) if parent.field == *name => Self::ChildrenOf(values),
                Some(_) | None => Self::Values(name, values),
            },
        }
    }
}

impl Answers {
    /// Keeps the description of a kind.
    pub(super) fn keep_described(
        &mut self,
        kind: &'static ObjectKind,
        described: Result<Schema, &ApiError>,
    ) {
        self.kinds.entry(kind).or_default().described = Told::of(described);
    }

    /// Keeps what the schema endpoint lists of a kind.
    pub(super) fn keep_listed(
        &mut self,
        kind: &'static ObjectKind,
        listed: Result<Vec<(Arc<str>, bool)>, &ApiError>,
    ) {
        self.kinds.entry(kind).or_default().listed = Told::of(listed);
    }

    /// Keeps the records of a query.
    pub(super) fn keep_records(
        &mut self,
        kind: &'static ObjectKind,
        filter: &Filter<'_>,
        fields: &[Arc<str>],
        records: &[Record],
    ) {
        let of_kind = self.kinds.entry(kind).or_default();
        let asked: BTreeSet<Arc<str>> = fields.iter().cloned().collect();
        let asked: Arc<[Arc<str>]> = asked.into_iter().collect();
        match Wanted::of(kind, filter) {
            Wanted::Keys(keys) => {
                for key in keys {
                    let found = of_kind.keys.entry(key.folded());
                    found.or_insert_with(|| (Key::clone(key), Vec::new()));
                }
                for record in records {
                    let exact = of_kind.keys.contains_key(&record.key.folded());
                    let key = if exact {
                        Some(&record.key)
                    } else {
                        respelled(keys, &record.key)
                    };
                    if let Some((_, ids)) = key.and_then(|it| of_kind.keys.get_mut(&it.folded())) {
                        add(ids, &record.id);
                    }
                }
            }
            Wanted::ChildrenOf(parents) => {
                for parent in parents {
                    let key = parent_key(parent);
                    let found = of_kind.children.entry(key.folded());
                    found.or_insert_with(|| (key, Vec::new()));
                }
                let part = kind.parent_part().unwrap_or_default();
                for record in records {
                    let parent = record.key.parts().get(part).map(ToString::to_string);
                    let parent = parent.map(|text| parent_key(&text).folded());
                    if let Some((_, ids)) = parent.and_then(|it| of_kind.children.get_mut(&it)) {
                        add(ids, &record.id);
                    }
                }
            }
            Wanted::Ids(_) => {}
            Wanted::Values(name, values) => {
                for value in values {
                    let of_value = of_kind.values.entry((name.into(), folded(value)));
                    of_value.or_default();
                }
                for record in records {
                    let value = folded(&record.fields.get(name).to_string());
                    if let Some(ids) = of_kind.values.get_mut(&(name.into(), value)) {
                        add(ids, &record.id);
                    }
                }
            }
        }
        for record in records {
            of_kind.keep(record, &asked);
        }
    }

    /// Keeps the leads of a search.
    pub(super) fn keep_leads(
        &mut self,
        field: &str,
        values: &[&str],
        found: Result<&[LeadValue], &ApiError>,
    ) {
        for value in values {
            let value = folded(value);
            let of_value = found.map(|leads| {
                let leads = leads.iter().filter(|(_, own)| folded(own) == value);
                leads.cloned().collect()
            });
            if let Some(told) = Told::of(of_value) {
                self.leads.insert((field.into(), value), told);
            }
        }
    }

    /// Keeps the values of a field of leads.
    pub(super) fn keep_lead_values(&mut self, field: &str, ids: &[i64], leads: &[LeadValue]) {
        for id in ids {
            let lead = leads.iter().find(|(own, _)| own == id);
            let value = lead.map(|(_, value)| value.clone());
            self.lead_values.insert((field.into(), *id), value);
        }
    }
}

impl AnsweredKind {
    /// Keeps a record. One that was asked before, for other fields, has both.
    fn keep(&mut self, record: &Record, asked: &Arc<[Arc<str>]>) {
        let id = record.id.to_ascii_lowercase().into_boxed_str();
        let Some(known) = self.records.get_mut(&id) else {
            let record = record.clone();
            let asked = Arc::clone(asked);
            self.records.insert(id, AnsweredRecord { record, asked });
            return;
        };
        let names: BTreeSet<Arc<str>> = known.asked.iter().chain(&**asked).cloned().collect();
        let names: Arc<[Arc<str>]> = names.into_iter().collect();
        let values = names.iter().map(|name| {
            let of = if asked.binary_search(name).is_ok() {
                record
            } else {
                &known.record
            };
            of.fields.get(name)
        });
        let fields = Fields::of(&names, values.collect::<Vec<_>>());
        known.record.fields = fields;
        known.asked = names;
    }

    /// The records with these ids.
    fn with(&self, ids: &[Box<str>]) -> impl Iterator<Item = &AnsweredRecord> {
        let ids = ids.iter();
        ids.filter_map(|id| self.records.get(&*id.to_ascii_lowercase()))
    }

    /// The records that have a key, if it was asked for.
    fn of_key(&self, kind: &ObjectKind, key: &Key) -> Option<Vec<&AnsweredRecord>> {
        let folded = key.folded();
        if let Some((_, ids)) = self.keys.get(&folded) {
            return Some(self.with(ids).collect());
        }
        // Or with all children of its parent.
        let parent = key.parts().get(kind.parent_part()?)?;
        let (_, ids) = self
            .children
            .get(&parent_key(&parent.to_string()).folded())?;
        let own = |it: &&AnsweredRecord| it.record.key.folded() == folded;
        Some(self.with(ids).filter(own).collect())
    }

    /// The children of a parent, if they were asked for.
    fn of_parent(&self, parent: &str) -> Option<Vec<&AnsweredRecord>> {
        let (_, ids) = self.children.get(&parent_key(parent).folded())?;
        Some(self.with(ids).collect())
    }
}

/// Adds an id, once.
fn add(ids: &mut Vec<Box<str>>, id: &str) {
    if !ids.iter().any(|known| known.eq_ignore_ascii_case(id)) {
        ids.push(id.into());
    }
}

impl Answers {
    fn of_kind(&self, call: Call) -> Result<&AnsweredKind, ApiError> {
        let of_kind = call.kind.and_then(|kind| self.kinds.get(kind));
        of_kind.ok_or(ApiError::NotAsked { call })
    }

    /// The description of a kind.
    pub(super) fn described(&self, kind: &'static ObjectKind) -> Result<&Schema, ApiError> {
        let call = Call::new(Operation::Describe, kind);
        let told = self.of_kind(call)?.described.as_ref();
        told.ok_or(ApiError::NotAsked { call })?.again(call)
    }

    /// What the schema endpoint lists of a kind.
    pub(super) fn listed(
        &self,
        kind: &'static ObjectKind,
    ) -> Result<&[(Arc<str>, bool)], ApiError> {
        let call = Call::new(Operation::Fields, kind);
        let told = self.of_kind(call)?.listed.as_ref();
        Ok(told.ok_or(ApiError::NotAsked { call })?.again(call)?)
    }

    /// The records of a query, as far as they were asked for. [`not_asked`](Self::not_asked) says which were not.
    pub(super) fn records(
        &self,
        kind: &'static ObjectKind,
        filter: &Filter<'_>,
        fields: &[Arc<str>],
    ) -> Result<Vec<Record>, ApiError> {
        let call = Call::new(Operation::Query, kind);
        let nothing = AnsweredKind::default();
        let of_kind = self.kinds.get(kind).unwrap_or(&nothing);
        let mut found: Vec<&AnsweredRecord> = Vec::new();
        match Wanted::of(kind, filter) {
            Wanted::Keys(keys) => {
                let known = keys.iter().filter_map(|key| of_kind.of_key(kind, key));
                found.extend(known.flatten().filter(|record| record.has(fields)));
            }
            Wanted::ChildrenOf(parents) => {
                let known = parents.iter().filter_map(|it| of_kind.of_parent(it));
                found.extend(known.flatten().filter(|record| record.has(fields)));
            }
            // Found by their keys before: what they have is what is known.
            Wanted::Ids(ids) => {
                let ids: Vec<Box<str>> = ids.iter().map(|id| id.as_str().into()).collect();
                found.extend(of_kind.with(&ids));
            }
            Wanted::Values(name, values) => {
                for value in values {
                    let of_value = of_kind.values.get(&(name.into(), folded(value)));
                    found.extend(of_kind.with(of_value.ok_or(ApiError::NotAsked { call })?));
                }
            }
        }
        Ok(found.into_iter().map(|it| it.record.clone()).collect())
    }

    /// The keys, or the parents, of a query that was not made when the answers were kept, or not for all of these fields.
    pub(super) fn not_asked(
        &self,
        kind: &'static ObjectKind,
        filter: &Filter<'_>,
        fields: &[Arc<str>],
    ) -> Vec<Key> {
        let of_kind = self.kinds.get(kind);
        let is_left = |found: Option<Vec<&AnsweredRecord>>| {
            found.is_none_or(|found| !found.iter().all(|record| record.has(fields)))
        };
        match Wanted::of(kind, filter) {
            Wanted::Keys(keys) => {
                let keys = keys.iter().copied();
                let left = keys.filter(|key| is_left(of_kind.and_then(|it| it.of_key(kind, key))));
                left.cloned().collect()
            }
            Wanted::ChildrenOf(parents) => {
                let parents = parents.iter();
                let left = parents.filter(|it| is_left(of_kind.and_then(|of| of.of_parent(it))));
                left.map(|parent| parent_key(parent)).collect()
            }
            Wanted::Ids(_) | Wanted::Values(..) => Vec::new(),
        }
    }

    /// The leads of a search.
    pub(super) fn found_leads(
        &self,
        field: &str,
        values: &[&str],
    ) -> Result<Vec<LeadValue>, ApiError> {
        let call = Call::LEADS;
        let mut found = Vec::new();
        for value in values {
            let told = self.leads.get(&(field.into(), folded(value)));
            let told = told.ok_or(ApiError::NotAsked { call })?;
            found.extend(told.again(call)?.iter().cloned());
        }
        Ok(found)
    }

    /// Whether the leads with this value were not looked up.
    pub(super) fn leaves_lead(&self, field: &str, value: &str) -> bool {
        !self.leads.contains_key(&(field.into(), folded(value)))
    }

    /// The values of a field of leads.
    pub(super) fn found_lead_values(
        &self,
        ids: &[i64],
        field: &str,
    ) -> Result<Vec<LeadValue>, ApiError> {
        let call = Call::LEADS;
        let mut found = Vec::new();
        for id in ids {
            let value = self.lead_values.get(&(field.into(), *id));
            let value = value.ok_or(ApiError::NotAsked { call })?.clone();
            found.extend(value.map(|value| (*id, value)));
        }
        Ok(found)
    }
}
