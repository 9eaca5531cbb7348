//! Reading the records that a plan asks for, and those of a batch with an unknown outcome.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use futures_util::future::try_join_all;

use crate::api::{ApiError, Call, Client, Filter, MAX_RECORDS, Notice, Operation, respelled};
use crate::model::{FoldedKey, Key, ObjectKind, Record, Schema, Value};
use crate::plan::{Action, Change, Marker, Observed, Plan, Question, Schemas, parent_of};

/// Reads exactly the requested records: 300 keys per call, plus further pages.
///
/// # Errors
/// A query failed. The replies of the others are dropped, because the missing records would look deleted.
pub async fn records(
    client: &Client,
    schemas: &Schemas,
    questions: &[Question],
) -> Result<Observed, ApiError> {
    let mut queries = Vec::new();
    for question in questions {
        let Some(schema) = schemas.get(question.kind) else {
            continue;
        };
        for keys in question.keys.chunks(MAX_RECORDS) {
            queries.push(query(
                client,
                schema,
                Selection::Keys(keys),
                &question.fields,
            ));
        }
        for parents in question.children_of.chunks(MAX_RECORDS) {
            let children = Selection::ChildrenOf(parents);
            queries.push(query(client, schema, children, &question.fields));
        }
    }
    let count = queries.len();
    client.notify(&Notice::Reading { queries: count });
    let replies = try_join_all(queries).await?;
    let mut counts: BTreeMap<&ObjectKind, usize> = BTreeMap::new();
    for (kind, records) in &replies {
        *counts.entry(*kind).or_default() += records.len();
    }
    let mut observed = Observed::default();
    for (kind, count) in counts {
        observed.reserve(kind, count);
    }
    let asked = AskedKeys::of(questions);
    for (kind, records) in replies {
        for record in records {
            match asked.other_spelling(kind, &record.key) {
                Some(key) => observed.respell(kind, key, record),
                None => observed.insert(kind, record),
            }
        }
    }
    Ok(observed)
}

/// The keys that questions name, and the parents of which they ask for all children.
struct AskedKeys<'q> {
    kinds: BTreeMap<&'static ObjectKind, AskedOfKind<'q>>,
}

#[derive(Default)]
struct AskedOfKind<'q> {
    keys: Vec<&'q Key>,
    folded: HashSet<FoldedKey>,
    parents: HashSet<FoldedKey>,
}

impl<'q> AskedKeys<'q> {
    fn of(questions: &'q [Question]) -> Self {
        let mut kinds: BTreeMap<_, AskedOfKind<'_>> = BTreeMap::new();
        for question in questions {
            let asked = kinds.entry(question.kind).or_default();
            asked.keys.extend(&question.keys);
            asked.folded.extend(question.keys.iter().map(Key::folded));
            let parents = question.children_of.iter().map(Key::folded);
            asked.parents.extend(parents);
        }
        Self { kinds }
    }

    /// The key that was asked for, if a record has come for it that has another key.
    fn other_spelling(&self, kind: &'static ObjectKind, answered: &Key) -> Option<&'q Key> {
        let asked = self.kinds.get(kind)?;
        let parent = parent_of(kind, answered).map(|(_, parent)| parent.folded());
        let is_child = parent.is_some_and(|parent| asked.parents.contains(&parent));
        if is_child || asked.folded.contains(&answered.folded()) {
            return None;
        }
        respelled(&asked.keys, answered)
    }
}

/// The keys of the records with exactly this marker.
///
/// # Errors
/// A query failed.
pub async fn marked(
    client: &Client,
    schema: &Schema,
    marker: &Marker,
) -> Result<Vec<Key>, ApiError> {
    let filter = Filter::Field {
        name: &marker.field,
        values: vec![marker.value.to_string()],
    };
    let fields = [Arc::clone(&marker.field)];
    let records = client.query(schema, &filter, &fields).await?;
    // Instances search without letter case, and a marker in another one is that of another owner.
    let is_ours = |record: &Record| match record.fields.get(&marker.field) {
        Value::Text(owner) => *owner == marker.value,
        Value::Null
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Decimal(_)
        | Value::Date(_)
        | Value::Datetime(_) => false,
    };
    let ours = records.into_iter().filter(is_ours);
    Ok(ours.map(|record| record.key).collect())
}

/// The records with one of these values in a field that the instance can search, in as few queries as possible.
///
/// # Errors
/// A query failed; the instance may not be able to search by the field.
pub async fn matching(
    client: &Client,
    schema: &Schema,
    name: &str,
    values: &[String],
    fields: &[Arc<str>],
) -> Result<Vec<Record>, ApiError> {
    let mut records = Vec::new();
    for values in values.chunks(MAX_RECORDS) {
        let values = values.to_vec();
        let filter = Filter::Field { name, values };
        records.extend(client.query(schema, &filter, fields).await?);
    }
    Ok(records)
}

/// The records of one query.
enum Selection<'q> {
    /// Those with these keys.
    Keys(&'q [Key]),
    /// The children of the records with these keys.
    ChildrenOf(&'q [Key]),
}

async fn query(
    client: &Client,
    schema: &Schema,
    selection: Selection<'_>,
    fields: &[Arc<str>],
) -> Result<(&'static ObjectKind, Vec<Record>), ApiError> {
    let kind = schema.kind;
    let records = match (selection, kind.parent()) {
        (Selection::ChildrenOf(parents), Some(parent)) => {
            let filter = Filter::Field {
                name: parent.field,
                values: parents.iter().map(ToString::to_string).collect(),
            };
            client.query(schema, &filter, fields).await?
        }
        (Selection::Keys(keys) | Selection::ChildrenOf(keys), _) => {
            let keys: Vec<&Key> = keys.iter().collect();
            client.query(schema, &Filter::Keys(&keys), fields).await?
        }
    };
    client.notify(&Notice::Read {
        records: records.len(),
    });
    Ok((kind, records))
}

fn by_id(kind: &ObjectKind, ids: &[String]) -> Filter<'static> {
    Filter::Field {
        name: kind.id_field,
        values: ids.to_vec(),
    }
}

/// Looks for records by their ids. They have the fields that the questions ask for.
///
/// # Errors
/// A query failed.
pub async fn records_by_id(
    client: &Client,
    schemas: &Schemas,
    ids: BTreeMap<&'static ObjectKind, Vec<Box<str>>>,
    questions: &[Question],
) -> Result<Observed, ApiError> {
    let mut observed = Observed::default();
    for (kind, ids) in ids {
        let asked = questions.iter().find(|question| question.kind == kind);
        let (Some(schema), Some(question)) = (schemas.get(kind), asked) else {
            continue;
        };
        for ids in ids.chunks(MAX_RECORDS) {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            let filter = by_id(kind, &ids);
            for record in client.query(schema, &filter, &question.fields).await? {
                observed.insert(kind, record);
            }
        }
    }
    Ok(observed)
}

/// Reads the records that a plan deletes, with all their fields, and those that it renames and that are there already.
///
/// # Errors
/// A query failed, or a record no longer exists. A record that was not found must not pass for one without values.
pub async fn records_to_delete(
    client: &Client,
    schemas: &Schemas,
    plan: &Plan,
) -> Result<Observed, ApiError> {
    let mut ids: BTreeMap<&'static ObjectKind, Vec<String>> = BTreeMap::new();
    for change in &plan.changes {
        match &change.action {
            Action::Delete { id, .. } => ids.entry(change.kind).or_default().push(id.to_string()),
            Action::Create { .. } | Action::Adopt { .. } | Action::Update { .. } => {}
        }
    }
    for successor in plan.successors() {
        let id = successor.new_id.iter().map(ToString::to_string);
        ids.entry(successor.kind).or_default().extend(id);
    }
    ids.retain(|_, ids| !ids.is_empty());
    let mut observed = Observed::default();
    for (kind, ids) in ids {
        let Some(schema) = schemas.get(kind) else {
            continue;
        };
        let fields: Vec<Arc<str>> = schema
            .fields()
            .iter()
            .map(|field| Arc::clone(&field.name))
            .collect();
        let fields = &fields;
        let queries = ids
            .chunks(MAX_RECORDS)
            .map(async |ids| client.query(schema, &by_id(kind, ids), fields).await);
        for record in try_join_all(queries).await?.into_iter().flatten() {
            observed.insert(kind, record);
        }
    }
    for change in &plan.changes {
        if has_vanished(change, &observed) {
            return Err(ApiError::Vanished {
                call: Call {
                    operation: Operation::Query,
                    kind: Some(change.kind),
                },
                record: change.key.to_string().into(),
            });
        }
    }
    Ok(observed)
}

/// Whether a change deletes a record that was not found.
fn has_vanished(change: &Change, observed: &Observed) -> bool {
    let found = observed.get(change.kind, &change.key);
    match &change.action {
        Action::Delete { id, .. } => found.is_none_or(|record| record.id != *id),
        Action::Create { .. } | Action::Adopt { .. } | Action::Update { .. } => false,
    }
}

/// Reads the records of changes with an unknown outcome: new records by the key, all others by the id that was sent.
///
/// # Errors
/// A query failed. The outcomes stay unknown.
pub async fn read_back(
    client: &Client,
    schema: &Schema,
    changes: &[&Change],
) -> Result<Observed, ApiError> {
    let kind = schema.kind;
    let mut fields: Vec<Arc<str>> = changes
        .iter()
        .flat_map(|change| change.fields())
        .map(|field| Arc::clone(&field.name))
        .collect();
    fields.sort_unstable();
    fields.dedup();
    let (mut keys, mut ids) = (Vec::new(), Vec::new());
    for change in changes {
        match &change.action {
            Action::Create { .. } => keys.push(&change.key),
            Action::Adopt { id, .. } | Action::Update { id, .. } | Action::Delete { id, .. } => {
                ids.push(id.to_string());
            }
        }
    }
    let mut observed = Observed::default();
    for keys in keys.chunks(MAX_RECORDS) {
        for record in client.query(schema, &Filter::Keys(keys), &fields).await? {
            observed.insert(kind, record);
        }
    }
    for ids in ids.chunks(MAX_RECORDS) {
        for record in client.query(schema, &by_id(kind, ids), &fields).await? {
            observed.insert(kind, record);
        }
    }
    Ok(observed)
}
