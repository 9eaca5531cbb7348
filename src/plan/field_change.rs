//! A field that a change gives another value.

use std::sync::Arc;

use crate::model::{DataType, Field, Span, Value};

/// A field that gets another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    pub name: Arc<str>,
    pub data_type: DataType,
    pub before: Value,
    pub after: Value,
    /// Neither value may be shown.
    pub sensitive: bool,
    /// Who changed the field, as far as the ledger knows.
    pub moved: Option<Moved>,
    /// The place of the new value, if it is from a manifest.
    pub at: Option<Span>,
}

/// Who changed a field since the last apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moved {
    /// The manifests.
    You,
    /// Somebody in the instance.
    Marketo,
    Both,
    /// It is not known: the ledger has no hash of a sensitive value.
    Hidden,
}

impl FieldChange {
    /// The change of a field from one value to another, where nothing more is known.
    pub(super) fn of(field: &Field, before: &Value, after: &Value) -> Self {
        Self {
            name: Arc::clone(&field.name),
            data_type: field.data_type.clone(),
            before: before.clone(),
            after: after.clone(),
            sensitive: field.sensitive,
            moved: None,
            at: None,
        }
    }
}
