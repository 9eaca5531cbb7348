//! From the text of a snapshot, which was decrypted, to the answers in it.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use crate::api::{AnsweredKind, AnsweredRecord, Answers, CallRefusal, Told};
use crate::model::{DataType, Field, Fields, Key, ObjectKind, Record, Schema, Value};

use super::error::SnapshotError;
use super::rows::{
    FORMAT, FieldRow, HeadRow, InstanceRow, KIND, KindRow, RecordRow, SnapshotRow, ToldRow,
};
use super::{Snapshot, SnapshotInstance};

/// Reads the decrypted text of the file at this path.
///
/// # Errors
/// It is another text, a damaged one, or that of a newer oppctl.
pub fn read(path: &Path, text: &[u8]) -> Result<Snapshot, SnapshotError> {
    let path = || path.to_owned();
    let damaged = || SnapshotError::NotASnapshot { path: path() };
    let head: HeadRow = serde_json::from_slice(text).map_err(|_| damaged())?;
    if head.oppctl != KIND {
        return Err(damaged());
    }
    if major(&head.format_version) != major(FORMAT) {
        return Err(SnapshotError::Newer {
            path: path(),
            found: head.format_version.chars().take(20).collect(),
        });
    }
    let row: SnapshotRow<'_> = serde_json::from_slice(text).map_err(|_| damaged())?;
    snapshot(row).ok_or_else(damaged)
}

fn major(version: &str) -> Option<&str> {
    version.split('.').next()
}

fn snapshot(row: SnapshotRow<'_>) -> Option<Snapshot> {
    let SnapshotRow {
        oppctl: _,
        format_version: _,
        oppctl_version: _,
        instance,
        time,
        kinds,
        leads,
        lead_values,
    } = row;
    let InstanceRow {
        name,
        place,
        fingerprint,
    } = instance;
    let mut answers = Answers::default();
    for row in kinds {
        // What a later oppctl manages beside these kinds is nothing to this one.
        if let Some(kind) = ObjectKind::named(&row.kind) {
            answers.kinds.insert(kind, of_kind(kind, row)?);
        }
    }
    for row in leads {
        let found = told(row.found, |leads| {
            let leads = leads.into_iter();
            Some(leads.map(|(id, value)| (id, value.into())).collect())
        })?;
        answers
            .leads
            .insert((row.field.into(), row.value.into()), found);
    }
    for row in lead_values {
        let value = row.value.map(Into::into);
        answers
            .lead_values
            .insert((row.field.into(), row.id), value);
    }
    Some(Snapshot {
        instance: SnapshotInstance {
            name: name.into_owned(),
            place: place.into_owned(),
            fingerprint: fingerprint.into_owned(),
        },
        time,
        answers,
    })
}

fn of_kind(kind: &'static ObjectKind, row: KindRow<'_>) -> Option<AnsweredKind> {
    let KindRow {
        kind: _,
        described,
        listed,
        lists,
        records,
        keys,
        children,
        values,
    } = row;
    // Records share their list, and all lists the names.
    let mut names: HashMap<String, Arc<str>> = HashMap::new();
    let mut name = |text: std::borrow::Cow<'_, str>| -> Arc<str> {
        let name = names.entry(text.into_owned());
        let name = name.or_insert_with_key(|text| text.as_str().into());
        Arc::clone(name)
    };
    let lists: Vec<Arc<[Arc<str>]>> = { lists.into_iter() }
        .map(|list| list.into_iter().map(&mut name).collect())
        .collect();
    if !lists.iter().all(|list| list.is_sorted_by(|a, b| a < b)) {
        return None;
    }
    let described = described.map(|it| told(it, |fields| Some(schema(kind, fields))));
    let listed = listed.map(|it| {
        told(it, |fields| {
            let fields = fields.into_iter();
            Some(
                fields
                    .map(|(it, sensitive)| (name(it), sensitive))
                    .collect(),
            )
        })
    });
    let mut ids = Vec::with_capacity(records.len());
    let mut of_kind = AnsweredKind::default();
    for row in records {
        let record = record(kind, row, &lists)?;
        ids.push(record.record.id.clone());
        let id = record.record.id.to_ascii_lowercase().into();
        of_kind.records.insert(id, record);
    }
    let places = |places: Vec<usize>| -> Option<Vec<Box<str>>> {
        let places = places.into_iter();
        places.map(|place| ids.get(place).cloned()).collect()
    };
    for (key, found) in keys {
        let key = Key::clone(&key);
        of_kind.keys.insert(key.folded(), (key, places(found)?));
    }
    for (key, found) in children {
        let key = Key::clone(&key);
        of_kind.children.insert(key.folded(), (key, places(found)?));
    }
    let mut by_value = BTreeMap::new();
    for (name, value, found) in values {
        by_value.insert((name.into(), value.into()), places(found)?);
    }
    Some(AnsweredKind {
        described: transposed(described)?,
        listed: transposed(listed)?,
        values: by_value,
        ..of_kind
    })
}

/// What is not there is right; what is there and wrong is not.
fn transposed<T>(told: Option<Option<T>>) -> Option<Option<T>> {
    match told {
        None => Some(None),
        Some(told) => told.map(Some),
    }
}

fn record(
    kind: &ObjectKind,
    row: RecordRow<'_>,
    lists: &[Arc<[Arc<str>]>],
) -> Option<AnsweredRecord> {
    let RecordRow {
        id,
        key,
        list,
        values,
    } = row;
    let asked = lists.get(list)?;
    if !key.is_of(kind) || values.len() != asked.len() {
        return None;
    }
    let values: Option<Vec<Value>> = { values.into_iter() }
        .map(|value| value.value().ok())
        .collect();
    Some(AnsweredRecord {
        record: Record {
            id: id.into(),
            key: key.into_owned(),
            fields: Fields::of(asked, values?),
        },
        asked: Arc::clone(asked),
    })
}

fn schema(kind: &'static ObjectKind, fields: Vec<FieldRow<'_>>) -> Schema {
    let fields = fields.into_iter().map(|field| Field {
        name: field.name.into(),
        data_type: DataType::named(&field.data_type),
        length: field.length,
        updateable: field.updateable,
        sensitive: false,
    });
    Schema::new(kind, fields.collect())
}

fn told<R, T>(row: ToldRow<R>, answer: impl FnOnce(R) -> Option<T>) -> Option<Told<T>> {
    Some(match row {
        ToldRow::Answer(row) => Told::Answer(answer(row)?),
        ToldRow::Refused { code, message } => Told::Refused(CallRefusal {
            code: code.into(),
            message: message.into(),
            request_id: None,
        }),
    })
}
