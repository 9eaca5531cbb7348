//! What goes with the records that a plan deletes, for those who review it and for those who want them back.

use std::sync::Arc;

use crate::model::Value;

use super::bind::Schemas;
use super::change::{Action, FieldChange};
use super::observed::Observed;
use super::plan_value::Plan;

/// Fills in the fields of the records to be deleted, as they were read once it was known which ones these are.
pub fn picture(plan: &mut Plan, schemas: &Schemas, pictures: &Observed) {
    for change in &mut plan.changes {
        let Action::Delete { id, fields, .. } = &mut change.action else {
            continue;
        };
        let record = pictures.get(change.kind, &change.key);
        let Some((record, schema)) = record
            .filter(|record| record.id == *id)
            .zip(schemas.get(change.kind))
        else {
            continue;
        };
        let kept = schema
            .fields()
            .iter()
            .filter(|field| field.updateable && !change.kind.is_key(&field.name));
        let kept = kept.map(|field| FieldChange {
            name: Arc::clone(&field.name),
            data_type: field.data_type.clone(),
            before: record.fields.get(&field.name).clone(),
            after: Value::Null,
            sensitive: field.sensitive,
            moved: None,
            at: None,
        });
        fields.extend(kept.filter(|field| !field.before.is_null()));
    }
}
