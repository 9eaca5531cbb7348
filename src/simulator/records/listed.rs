//! Records that a file lists instead of creating them by calls.
//!
//! Stores of older versions have the folded keys of such records alone; they get records when they are opened.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::ids::new_id;
use super::refusal::RecordRefusal;
use super::rules::Rules;
use super::sync::SyncCall;
use super::write::{WriteCall as _, WritePass};
use crate::simulator::objects::object_type::{IdForm, Listed, ObjectType};
use crate::simulator::objects::table::OBJECTS;
use crate::simulator::store::error::StoreError;
use crate::simulator::store::record::{StoredRecord, record_key};
use crate::simulator::store::record_store::RecordStore;
use crate::simulator::store::tables::StoreWriter;
use crate::simulator::wire::json::{instant, raw};
use crate::simulator::wire::request::JsonMembers;

/// Notes that a file lists records of this object, even if it lists none.
pub(in crate::simulator) fn mark(
    listed: Listed,
    store: &mut StoreWriter<'_>,
) -> Result<(), StoreError> {
    store.set(listed.mark, "[]")
}

/// Creates a record as a call would.
pub(in crate::simulator) fn create(
    rules: Rules<'_>,
    store: &mut StoreWriter<'_>,
    record: &JsonMembers,
) -> Result<(), RecordRefusal> {
    let mut pass = WritePass::new(rules, store, None);
    SyncCall::creating(Vec::new())
        .write(&mut pass, record)
        .map(drop)
}

/// Creates the records of which an older version has stored the keys.
pub(in crate::simulator) fn adopt(store: &RecordStore, now: Timestamp) -> Result<(), StoreError> {
    for object in OBJECTS {
        let (Some(listed), IdForm::Number { counter }) = (object.listed, object.id_form) else {
            continue;
        };
        // With a counter there have been records, so the keys were adopted.
        let (Some(keys), None) = (store.meta(listed.mark)?, store.meta(counter)?) else {
            continue;
        };
        let keys: BTreeSet<String> =
            serde_json::from_str(&keys).map_err(|_| StoreError::Meta(listed.mark))?;
        if !keys.is_empty() {
            store.write(&store.history()?, |writer| {
                keys.iter()
                    .try_for_each(|key| bare(object, key, now, writer))
            })?;
        }
    }
    Ok(())
}

/// Stores a record that has nothing but its key.
fn bare(
    object: &ObjectType,
    key: &str,
    now: Timestamp,
    store: &mut StoreWriter<'_>,
) -> Result<(), StoreError> {
    let [field] = object.key else {
        return Ok(());
    };
    let mut record = StoredRecord::new();
    record.insert((*field).to_owned(), raw(key));
    record.insert(object.id.to_owned(), new_id(object, store)?);
    record.insert("createdAt".to_owned(), instant(now));
    record.insert("updatedAt".to_owned(), instant(now));
    store.insert(object, &record_key(&[key.to_owned()]), &record)
}
