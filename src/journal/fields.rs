//! Fields and their typed values as a journal writes them.
//!
//! JSON has text, booleans and whole numbers; a value of another type is an object that names the type. So the value that is read is
//! the value that was written, whatever the type of the field: an instance may answer text for a number.

use std::borrow::Cow;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::{DataType, Value};
use crate::plan::FieldChange;

use super::error::JournalDamage;

/// A field with its values before and after.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FieldRow<'a> {
    pub(super) name: Cow<'a, str>,
    #[serde(rename = "type")]
    data_type: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "ValueRow::is_null")]
    before: ValueRow<'a>,
    #[serde(default, skip_serializing_if = "ValueRow::is_null")]
    after: ValueRow<'a>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    sensitive: bool,
    /// Whether the values were not stored because they are sensitive.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) left_out: bool,
}

/// A value.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(untagged)]
enum ValueRow<'a> {
    #[default]
    Null,
    Boolean(bool),
    Integer(i64),
    Text(Cow<'a, str>),
    Typed(TypedRow<'a>),
}

/// A value of a type that JSON does not have.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum TypedRow<'a> {
    Decimal(Cow<'a, str>),
    Date(Date),
    Datetime(Cow<'a, str>),
}

impl ValueRow<'_> {
    fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl<'a> FieldRow<'a> {
    /// The row of a field. Sensitive values are left out, unless they are to be stored.
    pub(super) fn of(field: &'a FieldChange, sensitive_too: bool) -> Self {
        let FieldChange {
            name,
            data_type,
            before,
            after,
            sensitive,
            moved: _,
            at: _,
        } = field;
        let left_out = *sensitive && !sensitive_too;
        let (before, after) = if left_out {
            (ValueRow::Null, ValueRow::Null)
        } else {
            (value_row(before), value_row(after))
        };
        Self {
            name: Cow::Borrowed(name),
            data_type: Cow::Borrowed(data_type.name()),
            before,
            after,
            sensitive: *sensitive,
            left_out,
        }
    }

    /// The field.
    pub(super) fn field(self) -> Result<FieldChange, JournalDamage> {
        let Self {
            name,
            data_type,
            before,
            after,
            sensitive,
            left_out: _,
        } = self;
        Ok(FieldChange {
            name: name.into(),
            data_type: DataType::named(&data_type),
            before: value(before)?,
            after: value(after)?,
            sensitive,
            moved: None,
            at: None,
        })
    }
}

fn value_row(value: &Value) -> ValueRow<'_> {
    match value {
        Value::Null => ValueRow::Null,
        Value::Text(text) => ValueRow::Text(Cow::Borrowed(text)),
        Value::Boolean(value) => ValueRow::Boolean(*value),
        Value::Integer(value) => ValueRow::Integer(*value),
        Value::Decimal(value) => ValueRow::Typed(TypedRow::Decimal(value.to_string().into())),
        Value::Date(value) => ValueRow::Typed(TypedRow::Date(*value)),
        Value::Datetime(value) => ValueRow::Typed(TypedRow::Datetime(value.to_string().into())),
    }
}

fn value(row: ValueRow<'_>) -> Result<Value, JournalDamage> {
    Ok(match row {
        ValueRow::Null => Value::Null,
        ValueRow::Text(text) => Value::Text(text.into()),
        ValueRow::Boolean(value) => Value::Boolean(value),
        ValueRow::Integer(value) => Value::Integer(value),
        ValueRow::Typed(TypedRow::Decimal(text)) => {
            let number = Decimal::from_str_exact(&text);
            Value::Decimal(number.map_err(|_| JournalDamage::Number {
                text: text.into_owned(),
            })?)
        }
        ValueRow::Typed(TypedRow::Date(value)) => Value::Date(value),
        ValueRow::Typed(TypedRow::Datetime(text)) => {
            let instant = text.parse();
            Value::Datetime(instant.map_err(|_| JournalDamage::Number {
                text: text.into_owned(),
            })?)
        }
    })
}
