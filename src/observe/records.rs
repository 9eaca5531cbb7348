//! Reading the records that a plan asks for, and those of a batch with an unknown outcome.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::try_join_all;
use futures_util::stream::{self, StreamExt as _};

use crate::api::{ApiError, Call, Client, Filter, MAX_RECORDS, Notice, Operation, respelled};
use crate::model::{Key, ObjectKind, Record, Schema, SoughtKeys, Value};
use crate::plan::{Action, Change, Marker, Observed, Plan, Question, Schemas, WhyUnknown};

/// How many queries may be under way or waiting to be kept. More than the calls that an instance takes at the same time, so that none
/// waits for the one before it; few enough that their records need no room to speak of.
const AHEAD: usize = 32;

/// Reads exactly the requested records: 300 keys per call, plus further pages. Each page is kept as it comes, in the order of the
/// questions.
///
/// # Errors
/// A query failed. The replies of the others are dropped, because the missing records would look deleted.
pub async fn records(
    client: &Client,
    schemas: &Schemas,
    questions: &[Question],
) -> Result<Observed, ApiError> {
    let known = questions.iter().filter_map(|question| {
        let schema = schemas.get(question.kind)?;
        Some((question, schema))
    });
    let queries = || {
        known.clone().flat_map(|(question, schema)| {
            let keys = question.keys.chunks(MAX_RECORDS).map(Selection::Keys);
            let parents = question.children_of.chunks(MAX_RECORDS);
            let selections = keys.chain(parents.map(Selection::ChildrenOf));
            selections.map(move |selection| (schema, selection, &question.fields))
        })
    };
    let count = queries().count();
    client.notify(&Notice::Reading { queries: count });
    let mut observed = Observed::default();
    for question in questions {
        observed.reserve(question.kind, question.keys.len());
    }
    let mut replies = stream::iter(queries())
        .map(async |(schema, selection, fields)| {
            let (records, not_asked) = query(client, schema, selection, fields).await?;
            Ok::<_, ApiError>((schema.kind, selection, records, not_asked))
        })
        .buffered(AHEAD);
    while let Some(reply) = replies.next().await {
        let (kind, selection, records, not_asked) = reply?;
        keep(&mut observed, kind, selection, records);
        for key in not_asked {
            match (selection, kind.parent()) {
                (Selection::ChildrenOf(_), Some(parent)) => {
                    observed.leave_children(kind, parent.kind, &key);
                }
                (Selection::Keys(_), _) | (_, None) => {
                    observed.leave(kind, &key, WhyUnknown::NotAsked);
                }
            }
        }
    }
    Ok(observed)
}

/// Keeps the records of one query. One that came for a key and has another one is kept apart.
fn keep(
    observed: &mut Observed,
    kind: &'static ObjectKind,
    selection: Selection<'_>,
    records: Vec<Record>,
) {
    let keys: Vec<&Key> = match selection {
        Selection::Keys(keys) => keys.iter().collect(),
        Selection::ChildrenOf(_) => Vec::new(),
    };
    let sought = SoughtKeys::new(&keys);
    for mut record in records {
        let other = match sought.find(&record.key) {
            Some(key) => {
                // One key for the question and the answer.
                if *key == record.key {
                    record.key = Key::clone(key);
                }
                None
            }
            None => respelled(&keys, &record.key),
        };
        match other {
            Some(key) => observed.respell(kind, key, record),
            None => observed.insert(kind, record),
        }
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
        Value::Text(owner) => owner == marker.value,
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
#[derive(Clone, Copy)]
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
) -> Result<(Vec<Record>, Vec<Key>), ApiError> {
    let kind = schema.kind;
    let keys: Vec<&Key>;
    let filter = match (selection, kind.parent()) {
        (Selection::ChildrenOf(parents), Some(parent)) => Filter::Field {
            name: parent.field,
            values: parents.iter().map(ToString::to_string).collect(),
        },
        (Selection::Keys(of) | Selection::ChildrenOf(of), _) => {
            keys = of.iter().collect();
            Filter::Keys(&keys)
        }
    };
    let records = client.query(schema, &filter, fields).await?;
    client.notify(&Notice::Read {
        records: records.len(),
    });
    let not_asked = client.not_asked(schema, &filter, fields);
    Ok((records, not_asked))
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
        .flat_map(|change| change.fields().names())
        .cloned()
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
