//! The records of a plan's questions, and those of a batch whose outcome is in doubt.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::{FutureExt as _, try_join_all};

use crate::api::{ApiError, Call, Client, Filter, MAX_RECORDS, Operation};
use crate::model::{Key, ObjectKind, Record, Schema};
use crate::plan::{Action, Change, Marker, Observed, Plan, Question, Schemas};

/// Reads exactly the records asked for: 300 keys a call, plus further pages.
///
/// # Errors
/// A query failed; what others answered is dropped, because half an answer would look like deletions.
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
        let by_key = question
            .keys
            .chunks(MAX_RECORDS)
            .map(|keys| (keys, Ask::Keys));
        let by_parent = question
            .children_of
            .chunks(MAX_RECORDS)
            .map(|keys| (keys, Ask::ChildrenOf));
        let asked = by_key
            .chain(by_parent)
            .map(|(keys, ask)| query(client, schema, keys, ask, &question.fields));
        queries.extend(
            asked.map(|query| query.map(|answer| answer.map(|records| (question.kind, records)))),
        );
    }
    let answers = try_join_all(queries).await?;
    let mut counts: BTreeMap<&ObjectKind, usize> = BTreeMap::new();
    for (kind, records) in &answers {
        *counts.entry(*kind).or_default() += records.len();
    }
    let mut observed = Observed::default();
    for (kind, count) in counts {
        observed.reserve(kind, count);
    }
    for (kind, records) in answers {
        for record in records {
            observed.insert(kind, record);
        }
    }
    Ok(observed)
}

/// The keys of the records that bear a marker.
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
    let records = client.query(schema, &filter, &[]).await?;
    Ok(records.into_iter().map(|record| record.key).collect())
}

/// Which records a list of keys asks for.
enum Ask {
    Keys,
    ChildrenOf,
}

async fn query(
    client: &Client,
    schema: &Schema,
    keys: &[Key],
    ask: Ask,
    fields: &[Arc<str>],
) -> Result<Vec<Record>, ApiError> {
    match (ask, &schema.kind.parent) {
        (Ask::ChildrenOf, Some(parent)) => {
            let values = keys.iter().map(ToString::to_string).collect();
            client
                .query(
                    schema,
                    &Filter::Field {
                        name: parent.field,
                        values,
                    },
                    fields,
                )
                .await
        }
        (Ask::Keys | Ask::ChildrenOf, _) => {
            client
                .query(
                    schema,
                    &Filter::Keys(&keys.iter().collect::<Vec<_>>()),
                    fields,
                )
                .await
        }
    }
}

/// Reads the records that a plan deletes, with all their fields.
///
/// # Errors
/// A query failed, or one of them is not there any more: what goes with a record must not be taken for nothing.
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
        let queries = ids.chunks(MAX_RECORDS).map(|ids| {
            let fields = &fields;
            async move {
                let filter = Filter::Field {
                    name: kind.id_field,
                    values: ids.to_vec(),
                };
                client.query(schema, &filter, fields).await
            }
        });
        for record in try_join_all(queries).await?.into_iter().flatten() {
            observed.insert(kind, record);
        }
    }
    match plan
        .changes
        .iter()
        .find(|change| has_vanished(change, &observed))
    {
        None => Ok(observed),
        Some(change) => Err(ApiError::Vanished {
            call: Call {
                operation: Operation::Query,
                kind: Some(change.kind),
            },
            record: change.key.to_string().into(),
        }),
    }
}

/// Whether the record that a change deletes was not found again.
fn has_vanished(change: &Change, observed: &Observed) -> bool {
    let found = observed.get(change.kind, &change.key);
    match &change.action {
        Action::Delete { id, .. } => found.is_none_or(|record| record.id != *id),
        Action::Create { .. } | Action::Adopt { .. } | Action::Update { .. } => false,
    }
}

/// Reads the records of changes whose outcome is in doubt: those to be created by key, the others by the id that was sent.
///
/// # Errors
/// A query failed: the outcomes stay unknown.
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
        for record in client
            .query(
                schema,
                &Filter::Field {
                    name: kind.id_field,
                    values: ids.to_vec(),
                },
                &fields,
            )
            .await?
        {
            observed.insert(kind, record);
        }
    }
    Ok(observed)
}
