//! From answers to the text of a snapshot, which is encrypted next.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::api::{AnsweredKind, AnsweredRecord, Answers, Told};
use crate::model::{Key, ObjectKind, Schema, Value};
use crate::value_row::ValueRow;

use super::rows::{
    FORMAT, FieldRow, InstanceRow, KIND, KindRow, LeadValueRow, LeadsRow, RecordRow, SnapshotRow,
    ToldRow,
};
use super::{Snapshot, SnapshotInstance};

/// The text of a snapshot. Equal answers have equal texts.
#[must_use]
pub fn write(snapshot: &Snapshot) -> Vec<u8> {
    let Snapshot {
        instance,
        time,
        answers,
    } = snapshot;
    let SnapshotInstance {
        name,
        place,
        fingerprint,
    } = instance;
    let Answers {
        kinds,
        leads,
        lead_values,
    } = answers;
    // The values of a record, which are unpacked to be written.
    let values: Vec<Vec<Values<'_>>> = kinds.values().map(sorted).collect();
    let of_kinds = kinds.iter().zip(&values);
    let row = SnapshotRow {
        oppctl: KIND.into(),
        format_version: FORMAT.into(),
        oppctl_version: env!("CARGO_PKG_VERSION").into(),
        instance: InstanceRow {
            name: name.into(),
            place: place.into(),
            fingerprint: fingerprint.into(),
        },
        time: *time,
        kinds: of_kinds
            .map(|((kind, of), values)| kind_row(kind, of, values))
            .collect(),
        leads: { leads.iter() }
            .map(|((field, value), told)| LeadsRow {
                field: (&**field).into(),
                value: (&**value).into(),
                found: told_row(told, |leads| {
                    let leads = leads.iter();
                    leads
                        .map(|(id, value)| (*id, Cow::from(&**value)))
                        .collect()
                }),
            })
            .collect(),
        lead_values: { lead_values.iter() }
            .map(|((field, id), value)| LeadValueRow {
                field: (&**field).into(),
                id: *id,
                value: value.as_deref().map(Cow::from),
            })
            .collect(),
    };
    serde_json::to_vec(&row).expect("it has no keys but texts")
}

/// A record with its values.
struct Values<'a> {
    id: &'a str,
    of: &'a AnsweredRecord,
    values: Vec<Value>,
}

/// The records of a kind in the order of their ids.
fn sorted(of_kind: &AnsweredKind) -> Vec<Values<'_>> {
    let mut records: Vec<Values<'_>> = { of_kind.records.iter() }
        .map(|(id, of)| {
            let names = of.asked.iter();
            let values = names.map(|name| of.record.fields.get(name)).collect();
            Values { id, of, values }
        })
        .collect();
    records.sort_unstable_by_key(|record| record.id);
    records
}

fn kind_row<'a>(
    kind: &ObjectKind,
    of_kind: &'a AnsweredKind,
    records: &'a [Values<'a>],
) -> KindRow<'a> {
    let AnsweredKind {
        described,
        listed,
        records: _,
        keys,
        children,
        values,
    } = of_kind;
    let places: HashMap<&str, usize> = { records.iter().enumerate() }
        .map(|(place, record)| (record.id, place))
        .collect();
    let places = |ids: &[Box<str>]| -> Vec<usize> {
        let ids = ids.iter();
        ids.filter_map(|id| places.get(&*id.to_ascii_lowercase()).copied())
            .collect()
    };
    let by_key = |found: &'a HashMap<_, (Key, Vec<Box<str>>)>| {
        let mut rows: Vec<_> = { found.values() }
            .map(|(key, ids)| (Cow::Borrowed(key), places(ids)))
            .collect();
        rows.sort_unstable();
        rows
    };
    let mut lists: Vec<Vec<Cow<'a, str>>> = Vec::new();
    let mut known: HashMap<&[std::sync::Arc<str>], usize> = HashMap::new();
    let rows = records.iter().map(|record| {
        let list = *known.entry(&record.of.asked).or_insert_with(|| {
            lists.push(
                record
                    .of
                    .asked
                    .iter()
                    .map(|name| Cow::from(&**name))
                    .collect(),
            );
            lists.len() - 1
        });
        RecordRow {
            id: (&*record.of.record.id).into(),
            key: Cow::Borrowed(&record.of.record.key),
            list,
            values: record.values.iter().map(ValueRow::of).collect(),
        }
    });
    let records = rows.collect();
    KindRow {
        kind: kind.name.to_owned().into(),
        described: described.as_ref().map(|told| told_row(told, fields)),
        listed: listed.as_ref().map(|told| {
            told_row(told, |fields| {
                let fields = fields.iter();
                fields
                    .map(|(name, sensitive)| (Cow::from(&**name), *sensitive))
                    .collect()
            })
        }),
        lists,
        records,
        keys: by_key(keys),
        children: by_key(children),
        values: { values.iter() }
            .map(|((name, value), ids)| ((&**name).into(), (&**value).into(), places(ids)))
            .collect(),
    }
}

fn fields(schema: &Schema) -> Vec<FieldRow<'_>> {
    let fields = schema.fields().iter();
    fields
        .map(|field| FieldRow {
            name: (&*field.name).into(),
            data_type: field.data_type.name().into(),
            length: field.length,
            updateable: field.updateable,
        })
        .collect()
}

fn told_row<'a, T, R>(told: &'a Told<T>, row: impl FnOnce(&'a T) -> R) -> ToldRow<R> {
    match told {
        Told::Answer(answer) => ToldRow::Answer(row(answer)),
        Told::Refused(refusal) => ToldRow::Refused {
            code: refusal.code.to_string(),
            message: refusal.message.to_string(),
        },
    }
}
