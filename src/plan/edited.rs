//! What others have changed in a record that no manifest declares any more: whoever deletes it has to know.

use crate::ledger::Entry;
use crate::model::{ObjectKind, Record, Value};

use super::bind::Bound;
use super::field_change::FieldChange;
use super::written;

/// The fields of an owned record that are not as they were last applied, with what they hold now.
pub(super) fn edited(
    bound: &Bound<'_>,
    kind: &ObjectKind,
    entry: &Entry,
    record: &Record,
) -> Vec<FieldChange> {
    let (Some(owning), Some(schema)) = (bound.ownership.ledger, bound.schemas.get(kind)) else {
        return Vec::new();
    };
    let ledger = owning.ledger;
    // What nobody has written since was stored so, or was not taken.
    if written::is_last_writer(entry, record) {
        return Vec::new();
    }
    let edited = entry.fields.iter().filter_map(|(name, applied)| {
        let field = schema.field(name)?;
        let now = record.fields.get(name);
        let hash = |value: &Value| ledger.digest(field, value);
        // A boolean that was cleared is stored as `false`.
        let was_cleared = Value::Null.is_met_by(&now) && hash(&Value::Null) == applied;
        let is_edited = applied? != hash(&now)? && !was_cleared;
        is_edited.then(|| FieldChange::of(field, &Value::Null, &now))
    });
    edited.collect()
}
