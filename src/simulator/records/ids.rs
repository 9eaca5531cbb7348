//! The ids that Marketo assigns to new records.

use serde_json::value::RawValue;

use crate::simulator::guid::new_guid;
use crate::simulator::objects::object_type::{IdForm, ObjectType};
use crate::simulator::store::error::StoreError;
use crate::simulator::store::tables::StoreWriter;
use crate::simulator::wire::json::raw;

/// The id of a new record. An id is never given twice.
pub(in crate::simulator) fn new_id(
    object: &ObjectType,
    store: &mut StoreWriter<'_>,
) -> Result<Box<RawValue>, StoreError> {
    match object.id_form {
        IdForm::Guid => Ok(raw(new_guid())),
        IdForm::Number { counter } => {
            let next = store
                .last_number(counter)?
                .checked_add(1)
                .ok_or(StoreError::Meta(counter))?;
            store.set_last_number(counter, next)?;
            Ok(raw(next))
        }
    }
}

/// Notes an id that was given otherwise, so that no new record gets it. False if it is no such id.
pub(in crate::simulator) fn note_id(
    object: &ObjectType,
    id: &str,
    store: &mut StoreWriter<'_>,
) -> Result<bool, StoreError> {
    match object.id_form {
        IdForm::Guid => Ok(false),
        IdForm::Number { counter } => {
            let Some(number) = id.parse().ok().filter(|&number: &u64| number > 0) else {
                return Ok(false);
            };
            let last = store.last_number(counter)?;
            store.set_last_number(counter, last.max(number))?;
            Ok(true)
        }
    }
}
