//! A change of an older plan, without what has become sensitive since.

use crate::model::Value;

use super::bind::Schemas;
use super::change::{Action, Change};
use super::label::label_field;

/// A change without the values and the label that the instance or the configuration calls sensitive by now.
#[must_use]
pub fn hidden_change(change: &Change, schemas: &Schemas) -> Change {
    let mut hidden = change.clone();
    hidden.label = label_field(change.kind, schemas).and(hidden.label);
    let schema = schemas.get(change.kind);
    let (Action::Create { fields }
    | Action::Adopt { fields, .. }
    | Action::Update { fields, .. }
    | Action::Delete { fields, .. }) = &mut hidden.action;
    for field in fields {
        if !field.sensitive && schema.is_some_and(|schema| schema.is_sensitive(&field.name)) {
            field.sensitive = true;
            (field.before, field.after) = (Value::Null, Value::Null);
        }
    }
    hidden
}
