//! A change of an older plan or run, without what has become sensitive since.

use crate::model::Value;

use super::bind::Schemas;
use super::change::Change;
use super::field_change::FieldChange;
use super::label::label_field;

/// A change without the values and the label that the instance or the configuration calls sensitive by now.
#[must_use]
pub fn hidden_change(change: &Change, schemas: &Schemas) -> Change {
    let mut hidden = change.clone();
    hidden.label = label_field(change.kind, schemas).and(hidden.label);
    let schema = schemas.get(change.kind);
    hide_where(&mut hidden, |name| {
        schema.is_some_and(|schema| schema.is_sensitive(name))
    });
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
    found | hide_where(change, |name| is_named(name, names))
}

/// Takes the values out of such fields of a change, unless they are sensitive already; whether there were any.
fn hide_where(change: &mut Change, is_sensitive: impl Fn(&str) -> bool) -> bool {
    if !change.fields().names().any(|name| is_sensitive(name)) {
        return false;
    }
    let mut fields: Vec<FieldChange> = change.fields().iter().collect();
    let found = hide_those(&mut fields, is_sensitive);
    *change.action.fields_mut() = fields.into();
    found
}

/// Takes the values out of those of the fields that the configuration calls sensitive by now; whether there were any.
pub fn hide_fields<'f>(
    fields: impl IntoIterator<Item = &'f mut FieldChange>,
    names: &[Box<str>],
) -> bool {
    hide_those(fields, |name| is_named(name, names))
}

fn hide_those<'f>(
    fields: impl IntoIterator<Item = &'f mut FieldChange>,
    is_sensitive: impl Fn(&str) -> bool,
) -> bool {
    let mut found = false;
    for field in fields {
        if !field.sensitive && is_sensitive(&field.name) {
            field.sensitive = true;
            (field.before, field.after) = (Value::Null, Value::Null);
            found = true;
        }
    }
    found
}

fn is_named(field: &str, names: &[Box<str>]) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case(field))
}
