//! Fields with their values before and after, as a journal writes them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::model::{DataType, Value};
use crate::plan::FieldChange;
use crate::value_row::{Untyped, ValueRow};

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
            (ValueRow::of(before), ValueRow::of(after))
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

fn value(row: ValueRow<'_>) -> Result<Value, JournalDamage> {
    let value = row.value();
    value.map_err(|Untyped(text)| JournalDamage::Number { text })
}
