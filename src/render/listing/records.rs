//! Records of an instance with all their fields, sensitive values masked.

use std::sync::Arc;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::api::encode;
use crate::model::{Fields, ObjectKind, Record, Schema, Value};
use crate::plan::MASK;
use crate::render::escape::escaped;
use crate::render::keys::key_with_exact;

use super::FORMAT;

/// What `get --format json` prints. Values keep their own digits.
#[derive(Serialize)]
pub struct RecordsDocument<'a> {
    version: u32,
    format_version: &'static str,
    kind: &'a str,
    /// The fields whose values are masked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sensitive: Vec<&'a str>,
    records: Vec<Box<RawValue>>,
}

impl<'a> RecordsDocument<'a> {
    /// The document of these records, whose values are masked already.
    ///
    /// # Errors
    /// A record cannot be written as JSON.
    pub fn of(schema: &'a Schema, records: &[Record]) -> Result<Self, serde_json::Error> {
        let records: Result<Vec<_>, _> = records
            .iter()
            .map(|record| RawValue::from_string(members(schema.kind, record)))
            .collect();
        let sensitive = schema.fields().iter().filter(|field| field.sensitive);
        Ok(Self {
            version: 1,
            format_version: FORMAT,
            kind: schema.kind.name,
            sensitive: sensitive.map(|field| &*field.name).collect(),
            records: records?,
        })
    }
}

fn members(kind: &ObjectKind, record: &Record) -> String {
    let fields = record.fields.iter().filter(|(name, _)| !kind.is_key(name));
    let fields: Vec<_> = fields.collect();
    let fields = fields.iter().map(|(name, value)| (&***name, value));
    encode::create(kind, &record.key, fields).json().to_owned()
}

/// The record without the values of its sensitive fields. Its key stays: people ask for the record by it.
#[must_use]
pub fn masked_record(record: Record, schema: &Schema) -> Record {
    let Record { id, key, fields } = record;
    let shown = fields.iter().map(|(name, value)| {
        let is_masked = schema.is_sensitive(name) && !schema.kind.is_key(name);
        let value = if is_masked {
            Value::Text(MASK.into())
        } else {
            value
        };
        (Arc::clone(name), value)
    });
    Record {
        id,
        key,
        fields: shown.collect::<Fields>(),
    }
}

/// A record: its kind and key, then a line for each field.
#[must_use]
pub fn record_text(kind: &ObjectKind, record: &Record) -> String {
    let names = record.fields.iter().map(|(name, _)| name.len());
    let width = names.max().unwrap_or(0);
    let rows = record.fields.iter().map(|(name, value)| {
        format!(
            "  {:width$}  {}\n",
            escaped(name),
            escaped(&value.to_string())
        )
    });
    format!(
        "{} {}\n{}",
        kind.name,
        escaped(&key_with_exact(kind, &record.key)),
        rows.collect::<String>()
    )
}
