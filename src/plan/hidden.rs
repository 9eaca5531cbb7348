//! A change of an older plan, without what has become sensitive since.

use crate::model::Value;

use super::bind::Schemas;
use super::change::Change;
use super::label::label_field;

/// A change without the values and the label that the instance or the configuration calls sensitive by now.
#[must_use]
pub fn hidden_change(change: &Change, schemas: &Schemas) -> Change {
    let mut hidden = change.clone();
    hidden.label = label_field(change.kind, schemas).and(hidden.label);
    let schema = schemas.get(change.kind);
    for field in hidden.action.fields_mut() {
        if !field.sensitive && schema.is_some_and(|schema| schema.is_sensitive(&field.name)) {
            field.sensitive = true;
            (field.before, field.after) = (Value::Null, Value::Null);
        }
    }
    hidden
}
