//! Typed values as files of this program write them.
//!
//! JSON has text, booleans and whole numbers; a value of another type is an object that names the type. So the value that is read is
//! the value that was written, whatever the type of the field: an instance may answer text for a number.

use std::borrow::Cow;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::Value;

/// A value.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum ValueRow<'a> {
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
pub(crate) enum TypedRow<'a> {
    Decimal(Cow<'a, str>),
    Date(Date),
    Datetime(Cow<'a, str>),
}

/// A text that is no value of the type that its row names.
#[derive(Debug)]
pub(crate) struct Untyped(pub(crate) String);

impl<'a> ValueRow<'a> {
    pub(crate) fn of(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Text(text) => Self::Text(Cow::Borrowed(text)),
            Value::Boolean(value) => Self::Boolean(*value),
            Value::Integer(value) => Self::Integer(*value),
            Value::Decimal(value) => Self::Typed(TypedRow::Decimal(value.to_string().into())),
            Value::Date(value) => Self::Typed(TypedRow::Date(*value)),
            Value::Datetime(value) => Self::Typed(TypedRow::Datetime(value.to_string().into())),
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The value.
    pub(crate) fn value(self) -> Result<Value, Untyped> {
        let untyped = |text: Cow<'_, str>| Untyped(text.into_owned());
        Ok(match self {
            Self::Null => Value::Null,
            Self::Text(text) => Value::Text(text.into()),
            Self::Boolean(value) => Value::Boolean(value),
            Self::Integer(value) => Value::Integer(value),
            Self::Typed(TypedRow::Decimal(text)) => {
                let number = Decimal::from_str_exact(&text);
                Value::Decimal(number.map_err(|_| untyped(text))?)
            }
            Self::Typed(TypedRow::Date(value)) => Value::Date(value),
            Self::Typed(TypedRow::Datetime(text)) => {
                let instant = text.parse();
                Value::Datetime(instant.map_err(|_| untyped(text))?)
            }
        })
    }
}
