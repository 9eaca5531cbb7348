//! The tables of the store: records by key, keys by id, and the indexes, for all objects.
//!
//! The key of a record is its folded dedupe fields, joined with NUL; see `record_key`.

use redb::{ReadOnlyTable, ReadableTable, Table, TableDefinition};

use super::error::StoreError;
use super::record::{KeyFolding, StoredRecord, fold};
use crate::simulator::objects::object_type::{IdForm, ObjectType};
use crate::simulator::wire::json::text;

/// An object's name, then the key or the folded id of a record.
pub(in crate::simulator) type RecordKey = (&'static str, &'static str);
/// An object's name, a field, its folded value, and the key of a record with this value.
pub(in crate::simulator) type IndexKey = (&'static str, &'static str, &'static str, &'static str);
pub(in crate::simulator) type Bytes = &'static [u8];

/// (object, key) → record as JSON.
pub(in crate::simulator) const RECORDS: TableDefinition<RecordKey, Bytes> =
    TableDefinition::new("records");
/// (object, folded id) → key.
pub(in crate::simulator) const IDS: TableDefinition<RecordKey, &str> = TableDefinition::new("ids");
/// The set of (object, field, folded value, key).
pub(in crate::simulator) const INDEX: TableDefinition<IndexKey, ()> = TableDefinition::new("index");
/// Values of the whole instance.
pub(in crate::simulator) const META: TableDefinition<&str, &str> = TableDefinition::new("meta");

/// The tables of records in a read or write transaction.
pub(in crate::simulator) struct StoreTables<R, I, X> {
    pub records: R,
    pub ids: I,
    pub index: X,
    pub folding: KeyFolding,
}

pub(in crate::simulator) type StoreReader = StoreTables<
    ReadOnlyTable<RecordKey, Bytes>,
    ReadOnlyTable<RecordKey, &'static str>,
    ReadOnlyTable<IndexKey, ()>,
>;

pub(in crate::simulator) type WriteTables<'t> = StoreTables<
    Table<'t, RecordKey, Bytes>,
    Table<'t, RecordKey, &'static str>,
    Table<'t, IndexKey, ()>,
>;

/// The tables of a write transaction.
pub(in crate::simulator) struct StoreWriter<'t> {
    pub tables: WriteTables<'t>,
    pub meta: Table<'t, &'static str, &'static str>,
}

impl<R, I, X> StoreTables<R, I, X> {
    /// The folded text of a record's field.
    pub(in crate::simulator) fn folded(
        &self,
        object: &ObjectType,
        record: &StoredRecord,
        field: &str,
    ) -> Option<String> {
        let text = record.get(field).and_then(|value| text(value))?;
        Some(self.folding.value(object, field, &text))
    }
}

impl<R, I, X> StoreTables<R, I, X>
where
    R: ReadableTable<RecordKey, Bytes>,
    I: ReadableTable<RecordKey, &'static str>,
    X: ReadableTable<IndexKey, ()>,
{
    /// The record with this key.
    pub(in crate::simulator) fn get(
        &self,
        object: &ObjectType,
        key: &str,
    ) -> Result<Option<StoredRecord>, StoreError> {
        let found = self.records.get((object.name, key))?;
        found.map(|bytes| decode(bytes.value())).transpose()
    }

    /// Whether there is a record with this key.
    pub(in crate::simulator) fn contains(
        &self,
        object: &ObjectType,
        key: &str,
    ) -> Result<bool, StoreError> {
        Ok(self.records.get((object.name, key))?.is_some())
    }

    /// The key of the record with this folded id.
    pub(in crate::simulator) fn key_of(
        &self,
        object: &ObjectType,
        id: &str,
    ) -> Result<Option<String>, StoreError> {
        let found = self.ids.get((object.name, id))?;
        Ok(found.map(|key| key.value().to_owned()))
    }

    /// The keys, starting with `from`, of the records whose indexed field has this folded value.
    pub(in crate::simulator) fn keys_where<'s>(
        &'s self,
        object: &'s ObjectType,
        field: &'s str,
        value: &'s str,
        from: &'s str,
    ) -> Result<impl Iterator<Item = Result<String, StoreError>> + 's, StoreError> {
        self.keys_of(object.name, field, value, from)
    }

    /// The same by the name under which the index has the object.
    pub(in crate::simulator) fn keys_of<'s>(
        &'s self,
        name: &'s str,
        field: &'s str,
        value: &'s str,
        from: &'s str,
    ) -> Result<impl Iterator<Item = Result<String, StoreError>> + 's, StoreError> {
        let range = self
            .index
            .range((name, field, value, from)..=(name, field, value, LAST))?;
        Ok(range.map(|entry| Ok(entry?.0.value().3.to_owned())))
    }

    /// All records, starting with the key `from`.
    pub(in crate::simulator) fn scan<'s>(
        &'s self,
        object: &'s ObjectType,
        from: &'s str,
    ) -> Result<impl Iterator<Item = Result<(String, StoredRecord), StoreError>> + 's, StoreError>
    {
        let range = self
            .records
            .range((object.name, from)..=(object.name, LAST))?;
        Ok(range.map(|entry| {
            let (key, bytes) = entry?;
            Ok((key.value().1.to_owned(), decode(bytes.value())?))
        }))
    }
}

/// Sorts after every key: no text contains the last code point of Unicode, a noncharacter.
const LAST: &str = "\u{10ffff}\u{10ffff}";

impl StoreWriter<'_> {
    /// Stores a new record.
    pub(in crate::simulator) fn insert(
        &mut self,
        object: &ObjectType,
        key: &str,
        record: &StoredRecord,
    ) -> Result<(), StoreError> {
        self.put(object, key, record)?;
        if let Some(id) = id(object, record) {
            self.tables.ids.insert((object.name, id.as_str()), key)?;
        }
        for &field in object.indexed {
            if let Some(value) = self.tables.folded(object, record, field) {
                self.tables
                    .index
                    .insert((object.name, field, value.as_str(), key), ())?;
            }
        }
        Ok(())
    }

    /// Replaces `old` by `new`, which has the same key and id.
    pub(in crate::simulator) fn replace(
        &mut self,
        object: &ObjectType,
        key: &str,
        old: &StoredRecord,
        new: &StoredRecord,
    ) -> Result<(), StoreError> {
        for &field in object.indexed {
            let before = self.tables.folded(object, old, field);
            let after = self.tables.folded(object, new, field);
            if before == after {
                continue;
            }
            if let Some(value) = before {
                self.tables
                    .index
                    .remove((object.name, field, value.as_str(), key))?;
            }
            if let Some(value) = after {
                self.tables
                    .index
                    .insert((object.name, field, value.as_str(), key), ())?;
            }
        }
        self.put(object, key, new)
    }

    /// Removes a record.
    pub(in crate::simulator) fn remove(
        &mut self,
        object: &ObjectType,
        key: &str,
        record: &StoredRecord,
    ) -> Result<(), StoreError> {
        let id = id(object, record);
        if let Some(id) = &id {
            self.tables.ids.remove((object.name, id.as_str()))?;
        }
        for &field in object.indexed {
            if let Some(value) = self.tables.folded(object, record, field) {
                self.tables
                    .index
                    .remove((object.name, field, value.as_str(), key))?;
                let refers = object.references.iter().any(|other| other.field == field);
                if let (true, Some(name), Some(id)) = (refers, object.remembered, &id) {
                    self.tables
                        .index
                        .insert((name, field, value.as_str(), id.as_str()), ())?;
                }
            }
        }
        self.tables.records.remove((object.name, key))?;
        Ok(())
    }

    /// Stores a value of the whole instance.
    pub(in crate::simulator) fn set(
        &mut self,
        name: &'static str,
        value: &str,
    ) -> Result<(), StoreError> {
        self.meta.insert(name, value)?;
        Ok(())
    }

    /// Whether the instance has been told of records of this object: by a list in its file, or by calls.
    pub(in crate::simulator) fn knows_some(&self, object: &ObjectType) -> Result<bool, StoreError> {
        let Some(listed) = object.listed else {
            return Ok(true);
        };
        if self.meta.get(listed.mark)?.is_some() {
            return Ok(true);
        }
        match object.id_form {
            IdForm::Guid => Ok(true),
            IdForm::Number { counter } => Ok(self.last_number(counter)? > 0),
        }
    }

    /// The greatest number that a counter has given so far.
    pub(in crate::simulator) fn last_number(
        &self,
        counter: &'static str,
    ) -> Result<u64, StoreError> {
        match self.meta.get(counter)? {
            Some(text) => text.value().parse().map_err(|_| StoreError::Meta(counter)),
            None => Ok(0),
        }
    }

    /// Stores the greatest number of a counter.
    pub(in crate::simulator) fn set_last_number(
        &mut self,
        counter: &'static str,
        number: u64,
    ) -> Result<(), StoreError> {
        self.set(counter, &number.to_string())
    }

    fn put(
        &mut self,
        object: &ObjectType,
        key: &str,
        record: &StoredRecord,
    ) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec(record).expect("a record has string keys only");
        self.tables
            .records
            .insert((object.name, key), bytes.as_slice())?;
        Ok(())
    }
}

/// The folded id of a record.
fn id(object: &ObjectType, record: &StoredRecord) -> Option<String> {
    let id = record.get(object.id).and_then(|value| text(value))?;
    Some(fold(&id))
}

fn decode(bytes: &[u8]) -> Result<StoredRecord, StoreError> {
    serde_json::from_slice(bytes).map_err(StoreError::Record)
}
