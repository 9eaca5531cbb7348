//! The columns of a query: which fields it asks for, and how a row becomes a record.

use std::collections::HashMap;
use std::sync::Arc;

use hashbrown::DefaultHashBuilder;
use serde_json::value::RawValue;

use super::reply::{Name, RowMembers, scalar};
use crate::model::{
    DataType, Fields, Form, Key, KeyPart, KeyType, KeyValue, ObjectKind, Record, Schema, Value,
};

/// The columns that a query asks for: the id, the key, then the other fields, each once.
pub(super) struct Columns<'a> {
    kind: &'static ObjectKind,
    names: Vec<&'a str>,
    /// The columns by their names, and by their names in lower case: instances use either.
    by_name: HashMap<Box<str>, usize, DefaultHashBuilder>,
    /// The columns and types of the record's fields, in the order of their names.
    fields: Vec<(usize, &'a DataType)>,
    field_names: Arc<[Arc<str>]>,
}

/// Why a row is not a record.
pub(super) type RowFault = &'static str;

impl<'a> Columns<'a> {
    pub(super) fn new(schema: &'a Schema, wanted: &'a [Arc<str>]) -> Self {
        let kind = schema.kind;
        let mut columns = Self {
            kind,
            names: Vec::new(),
            by_name: HashMap::default(),
            fields: Vec::new(),
            field_names: Arc::default(),
        };
        columns.add(kind.id_field);
        for part in kind.key {
            columns.add(part.field);
        }
        let mut fields: Vec<(&Arc<str>, usize, &DataType)> = Vec::new();
        for name in wanted {
            let column = columns.add(name);
            // Queries return some fields that describe does not list, such as the times of a role.
            let described = schema.folded(name).map(|field| &field.data_type);
            let documented = || kind.documented_type(name);
            let data_type = described.or_else(documented).unwrap_or(&DataType::String);
            if fields.iter().all(|(_, other, _)| *other != column) {
                fields.push((name, column, data_type));
            }
        }
        fields.sort_unstable_by_key(|(name, _, _)| *name);
        columns.field_names = fields.iter().map(|(name, _, _)| Arc::clone(name)).collect();
        columns.fields = fields
            .into_iter()
            .map(|(_, column, data_type)| (column, data_type))
            .collect();
        columns
    }

    /// The names of the columns, for the parameter `fields` of a query.
    pub(super) fn names(&self) -> &[&'a str] {
        &self.names
    }

    /// The record of a row.
    pub(super) fn record(&self, row: &RawValue) -> Result<Record, RowFault> {
        let Ok(RowMembers(members)) = serde_json::from_str(row.get()) else {
            return Err("a row is not an object");
        };
        let mut cells: Vec<Option<&RawValue>> = vec![None; self.names.len()];
        // Most replies have the members in the order in which the query names them.
        let mut expected = 0;
        for (Name(name), value) in &members {
            let column = match self.names.get(expected) {
                Some(next) if next == name => Some(expected),
                Some(_) | None => self.column(name),
            };
            if let Some(column) = column {
                cells[column].get_or_insert(value);
                expected = column + 1;
            }
        }
        let id = cells[0].and_then(id).ok_or("a row has no id")?;
        let mut parts = Vec::with_capacity(self.kind.key.len());
        for part in self.kind.key {
            let cell = self.column(part.field).and_then(|column| cells[column]);
            parts.push(key_value(part, cell)?);
        }
        Ok(Record {
            id,
            key: Key::new(parts),
            fields: Fields::of(
                &self.field_names,
                self.fields
                    .iter()
                    .map(|(column, data_type)| value(cells[*column], data_type)),
            ),
        })
    }

    /// The column with this name. Adds the column if it is new.
    fn add(&mut self, name: &'a str) -> usize {
        if let Some(column) = self.column(name) {
            return column;
        }
        let column = self.names.len();
        self.names.push(name);
        self.by_name.insert(name.into(), column);
        self.by_name.insert(name.to_lowercase().into(), column);
        column
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.by_name
            .get(name)
            .or_else(|| self.by_name.get(name.to_lowercase().as_str()))
            .copied()
    }
}

/// Marketo's id in a cell. A sample in the documentation has a blank at its end.
pub(super) fn id(cell: &RawValue) -> Option<Box<str>> {
    let (form, text) = scalar(cell);
    let id = text.trim();
    if form == Form::Null || id.is_empty() {
        return None;
    }
    Some(id.into())
}

/// The value of a cell. A missing cell is null.
fn value(cell: Option<&RawValue>, data_type: &DataType) -> Value {
    cell.map_or(Value::Null, |raw| {
        let (form, text) = scalar(raw);
        Value::observed(form, &text, data_type).without_zeros()
    })
}

fn key_value(part: &KeyPart, cell: Option<&RawValue>) -> Result<KeyValue, RowFault> {
    let (form, text) = cell
        .map(scalar)
        .ok_or("a row has no value for a part of the key")?;
    if form == Form::Null || text.is_empty() {
        return Err("a row has no value for a part of the key");
    }
    match part.holds {
        KeyType::Text { .. } => Ok(KeyValue::Text(text.into())),
        // Link fields may be text: page "Field types".
        KeyType::Lead { .. } => match Value::observed(form, text.trim(), &DataType::Integer) {
            Value::Integer(id) => Ok(KeyValue::Lead(id)),
            Value::Null
            | Value::Text(_)
            | Value::Boolean(_)
            | Value::Decimal(_)
            | Value::Date(_)
            | Value::Datetime(_) => Err("a lead id is not a number"),
        },
    }
}
