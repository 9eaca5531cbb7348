//! The fields of one change, compared with what the record holds now.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::{Field, Record, Schema, Value};
use crate::plan::change::FieldChange;
use crate::plan::not_undone::WhyLeft;
use crate::plan::plan_value::Plan;

use super::undoing::{Made, Undoing};

/// The fields of a change, by what becomes of them.
#[derive(Default)]
pub(super) struct Back {
    /// From what they hold now to what they held before.
    pub(super) restored: Vec<FieldChange>,
    /// Neither as before nor as the run has left them: from the latter to what they hold now.
    pub(super) changed: Vec<FieldChange>,
    required: Vec<Arc<str>>,
    not_stored: Vec<Arc<str>>,
    unwritable: Vec<Arc<str>>,
}

impl Back {
    /// Compares the fields of a change with a record, or with nothing where it is to be created again.
    pub(super) fn of(
        made: &Made<'_>,
        record: Option<&Record>,
        schema: &Schema,
        undoing: &Undoing<'_>,
    ) -> Self {
        let mut back = Self::default();
        for field in made.change.fields() {
            let name = &field.name;
            if made.left_out.contains(name) {
                back.not_stored.push(Arc::clone(name));
                continue;
            }
            let described = schema.field(name).filter(|field| field.updateable);
            let Some(described) = described else {
                back.unwritable.push(Arc::clone(name));
                continue;
            };
            let now = record.map_or(&Value::Null, |record| record.fields.get(name));
            if *now == field.before {
                continue;
            }
            let is_required = schema.kind.required.contains(&&**name);
            if is_required && field.before.is_null() {
                back.required.push(Arc::clone(name));
            } else if *now == field.after || undoing.is_forced(name) {
                back.restored.push(changed(described, now, &field.before));
            } else {
                back.changed.push(changed(described, &field.after, now));
            }
        }
        back
    }

    /// Notes which fields cannot go back, whoever has changed them.
    pub(super) fn note(&mut self, made: &Made<'_>, plan: &mut Plan) {
        let reasons: [(_, fn(_) -> _); 3] = [
            (&mut self.required, WhyLeft::Required),
            (&mut self.not_stored, WhyLeft::NotStored),
            (&mut self.unwritable, WhyLeft::Unwritable),
        ];
        for (names, why) in reasons {
            let names = std::mem::take(names);
            if !names.is_empty() {
                plan.notes.push(made.left(why(names)));
            }
        }
    }
}

/// The fields of a record that the run created and that are not as it left them, unless they are forced: those that it wrote, and
/// those that it did not, which were empty then.
pub(super) fn edited(
    made: &Made<'_>,
    record: &Record,
    schema: &Schema,
    undoing: &Undoing<'_>,
) -> Vec<FieldChange> {
    let written = made.change.fields().iter();
    let written: HashMap<&str, &Value> =
        written.map(|field| (&*field.name, &field.after)).collect();
    let fields = schema.writable();
    let known = fields
        .filter(|field| !made.left_out.contains(&field.name) && !undoing.is_forced(&field.name));
    let edited = known.filter_map(|field| {
        let left = written.get(&*field.name).copied().unwrap_or(&Value::Null);
        let now = record.fields.get(&field.name);
        (now != left).then(|| changed(field, left, now))
    });
    edited.collect()
}

fn changed(field: &Field, before: &Value, after: &Value) -> FieldChange {
    FieldChange {
        name: Arc::clone(&field.name),
        data_type: field.data_type.clone(),
        before: before.clone(),
        after: after.clone(),
        sensitive: field.sensitive,
        moved: None,
        at: None,
    }
}
