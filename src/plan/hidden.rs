//! A change of an older plan or run, without what has become sensitive since.

use crate::model::Value;

use super::bind::Schemas;
use super::change::{Change, FieldChange};
use super::label::label_field;

/// A change without the values and the label that the instance or the configuration calls sensitive by now.
#[must_use]
pub fn hidden_change(change: &Change, schemas: &Schemas) -> Change {
    let mut hidden = change.clone();
    hidden.label = label_field(change.kind, schemas).and(hidden.label);
    let schema = schemas.get(change.kind);
    for field in hidden.action.fields_mut() {
        if !field.sensitive && schema.is_some_and(|schema| schema.is_sensitive(&field.name)) {
            hide(field);
        }
    }
    hidden
}

/// Takes the values and the label out that the configuration calls sensitive by now; whether there were any.
pub fn hide_named(change: &mut Change, names: &[Box<str>]) -> bool {
    let mut found = false;
    if change
        .kind
        .label
        .is_some_and(|label| is_named(label, names))
    {
        found |= change.label.take().is_some();
    }
    found | hide_fields(change.action.fields_mut(), names)
}

/// Takes the values out of those of the fields that the configuration calls sensitive by now; whether there were any.
pub fn hide_fields<'f>(
    fields: impl IntoIterator<Item = &'f mut FieldChange>,
    names: &[Box<str>],
) -> bool {
    let mut found = false;
    for field in fields {
        if !field.sensitive && is_named(&field.name, names) {
            hide(field);
            found = true;
        }
    }
    found
}

fn is_named(field: &str, names: &[Box<str>]) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case(field))
}

fn hide(field: &mut FieldChange) {
    field.sensitive = true;
    (field.before, field.after) = (Value::Null, Value::Null);
}
