//! The fields of one change, compared with what the record holds now.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::{Field, Record, Schema, Value};
use crate::plan::claim::CREATED_AT;
use crate::plan::field_change::FieldChange;
use crate::plan::not_undone::WhyNotUndone;
use crate::plan::written::UPDATED_AT;

use super::run::{RunChange, RunToUndo};

/// The fields of a change, by what an undo does with them.
#[derive(Default)]
pub(super) struct UndoneFields {
    /// Restored: from what they hold now to what they held before the run.
    pub(super) restored: Vec<FieldChange>,
    /// Left as they are, because others have changed them since: from what the run wrote to what they hold now.
    pub(super) changed: Vec<FieldChange>,
    required: Vec<Arc<str>>,
    not_stored: Vec<Arc<str>>,
    /// Not stored either, of a record that is created again.
    missing: Vec<Arc<str>>,
    unwritable: Vec<Arc<str>>,
}

impl UndoneFields {
    /// Compares the fields of a change with the record, or with nothing where the record is to be created again.
    pub(super) fn of(
        change: &RunChange<'_>,
        record: Option<&Record>,
        schema: &Schema,
        run: &RunToUndo<'_>,
    ) -> Self {
        let mut fields = Self::default();
        for field in change.change.fields().iter() {
            let name = &field.name;
            if change.left_out.contains(name) {
                let left_out = match record {
                    Some(_) => &mut fields.not_stored,
                    None => &mut fields.missing,
                };
                left_out.push(Arc::clone(name));
                continue;
            }
            let can_be_set = |field: &&Field| match record {
                Some(_) => field.updateable,
                None => schema.is_creatable(field),
            };
            let Some(described) = schema.field(name).filter(can_be_set) else {
                fields.unwritable.push(Arc::clone(name));
                continue;
            };
            let now = &record.map_or(Value::Null, |record| record.fields.get(name));
            // Nothing brings back a boolean without a value: one that is cleared is stored as `false`.
            if field.before.is_met_by(now) || is_same(&field.before, now) {
                continue;
            }
            let is_required = schema.kind.required.contains(&&**name);
            if is_required && field.before.is_null() {
                fields.required.push(Arc::clone(name));
            } else if field.after.is_met_by(now)
                || is_same(&field.after, now)
                || run.is_forced(name)
            {
                let restored = FieldChange::of(described, now, &field.before);
                fields.restored.push(restored);
            } else {
                let changed = FieldChange::of(described, &field.after, now);
                fields.changed.push(changed);
            }
        }
        fields
    }

    /// The reasons why fields cannot be restored, whoever changed them.
    pub(super) fn impossible(&self) -> Vec<WhyNotUndone> {
        let reasons: [(_, fn(_) -> _); 4] = [
            (&self.required, WhyNotUndone::Required),
            (&self.missing, WhyNotUndone::RecreatedWithout),
            (&self.not_stored, WhyNotUndone::NotStored),
            (&self.unwritable, WhyNotUndone::Unwritable),
        ];
        reasons
            .into_iter()
            .filter(|(names, _)| !names.is_empty())
            .map(|(names, why)| why(names.clone()))
            .collect()
    }
}

/// For a record that the run created: the fields that were changed after the run and are not forced. A field that the run did not
/// write was empty after it, and an empty boolean can read as `false`.
pub(super) fn edited(
    change: &RunChange<'_>,
    record: &Record,
    schema: &Schema,
    run: &RunToUndo<'_>,
) -> Vec<FieldChange> {
    let written = change.change.fields().iter();
    let written: HashMap<Arc<str>, Value> =
        written.map(|field| (field.name, field.after)).collect();
    schema
        .writable()
        .filter(|field| !change.left_out.contains(&field.name) && !run.is_forced(&field.name))
        .filter_map(|field| {
            let after = written.get(&field.name).unwrap_or(&Value::Null);
            let now = &record.fields.get(&field.name);
            let is_kept = after.is_met_by(now) || is_same(after, now);
            (!is_kept).then(|| FieldChange::of(field, after, now))
        })
        .collect()
}

/// For a record that the run created: the fields whose values are not known, where somebody has written the record since. Both times
/// are the instance's, so they are the same as long as nobody has.
pub(super) fn perhaps_edited(
    change: &RunChange<'_>,
    record: &Record,
    run: &RunToUndo<'_>,
) -> Vec<Arc<str>> {
    let (created, updated) = (record.fields.get(CREATED_AT), record.fields.get(UPDATED_AT));
    if !created.is_null() && created == updated {
        return Vec::new();
    }
    let names = change.left_out.iter();
    let names = names.filter(|name| !run.is_forced(name));
    names.cloned().collect()
}

/// Whether a value of the journal is the one that the record has now. The field may have another type by now, so two values that
/// print alike are the same.
fn is_same(journaled: &Value, now: &Value) -> bool {
    journaled == now
        || (!journaled.is_null() && !now.is_null() && journaled.to_string() == now.to_string())
}
