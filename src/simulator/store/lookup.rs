//! Finds the records of a query, page by page.

use std::collections::HashMap;

use redb::ReadableTable;

use super::error::StoreError;
use super::record::StoredRecord;
use super::tables::{Bytes, IndexKey, RecordKey, StoreTables};
use crate::simulator::objects::field::ObjectField;
use crate::simulator::objects::object_type::ObjectType;

/// The records that a query selects; all values are folded.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
pub(in crate::simulator) enum Lookup {
    /// Records with one of these keys.
    Keys(Vec<String>),
    /// Records with one of these ids.
    Ids(Vec<String>),
    /// Records whose indexed field has one of these values.
    Indexed {
        field: &'static str,
        values: Vec<String>,
    },
    /// Records whose field, which has no index, has one of these values.
    Scan { field: String, values: Vec<String> },
}

/// The start of a page: the index of a value that the query looks for, and the key of a record.
#[derive(Clone, Debug, Default, Hash, PartialEq, Eq)]
pub(in crate::simulator) struct Cursor {
    pub step: u32,
    pub key: String,
}

/// Records, and the start of the next page if there is one.
#[derive(Default)]
pub(in crate::simulator) struct FoundPage {
    /// Each with the index of the value by which it was found.
    pub records: Vec<(u32, StoredRecord)>,
    pub next: Option<Cursor>,
}

impl Lookup {
    /// Records whose `field` has one of these values, by the fastest way to find them.
    pub(in crate::simulator) fn by(
        object: &'static ObjectType,
        field: &ObjectField,
        values: Vec<String>,
    ) -> Self {
        let name = field.name.as_ref();
        if object.key.len() == 1 && object.key[0] == name {
            return Self::Keys(values);
        }
        if object.id == name {
            return Self::Ids(values);
        }
        match object.indexed.iter().find(|&&indexed| indexed == name) {
            Some(field) => Self::Indexed { field, values },
            None => Self::Scan {
                field: name.to_owned(),
                values,
            },
        }
    }
}

/// A request for one page of the selected records.
pub(in crate::simulator) struct PageRequest<'q> {
    pub object: &'static ObjectType,
    pub lookup: &'q Lookup,
    /// Where the page starts.
    pub from: &'q Cursor,
    /// The most records of the page.
    pub size: usize,
}

impl PageRequest<'_> {
    /// The records that `shows` accepts, in the order of the values that the query looks for.
    pub(in crate::simulator) fn find<R, I, X>(
        &self,
        tables: &StoreTables<R, I, X>,
        shows: impl Fn(&StoredRecord) -> bool,
    ) -> Result<FoundPage, StoreError>
    where
        R: ReadableTable<RecordKey, Bytes>,
        I: ReadableTable<RecordKey, &'static str>,
        X: ReadableTable<IndexKey, ()>,
    {
        let Self {
            object,
            lookup,
            from,
            size,
        } = *self;
        let mut page = FoundPage::default();
        match lookup {
            Lookup::Keys(keys) => {
                for (step, key) in steps(keys, from) {
                    let found = tables.get(object, key)?;
                    if page.take(step, "", found.filter(&shows), size) {
                        break;
                    }
                }
            }
            Lookup::Ids(ids) => {
                for (step, id) in steps(ids, from) {
                    let found = match tables.key_of(object, id)? {
                        Some(key) => tables.get(object, &key)?,
                        None => None,
                    };
                    if page.take(step, "", found.filter(&shows), size) {
                        break;
                    }
                }
            }
            Lookup::Indexed { field, values } => {
                'values: for (step, value) in steps(values, from) {
                    let start = if step == from.step { &from.key } else { "" };
                    for found_key in tables.keys_where(object, field, value, start)? {
                        let key = found_key?;
                        let found = tables.get(object, &key)?;
                        if page.take(step, &key, found.filter(&shows), size) {
                            break 'values;
                        }
                    }
                }
            }
            Lookup::Scan { field, values } => {
                let wanted: HashMap<&str, u32> =
                    values.iter().map(String::as_str).zip(0..).collect();
                for entry in tables.scan(object, &from.key)? {
                    let (key, record) = entry?;
                    let value = tables.folded(object, &record, field);
                    let index = value.and_then(|value| wanted.get(value.as_str()).copied());
                    if let Some(index) = index
                        && shows(&record)
                        && page.take(index, &key, Some(record), size)
                    {
                        break;
                    }
                }
            }
        }
        Ok(page)
    }
}

fn steps<'v>(
    values: &'v [String],
    from: &Cursor,
) -> impl Iterator<Item = (u32, &'v str)> + use<'v> {
    let values = (0..).zip(values.iter().map(String::as_str));
    values.skip(from.step as usize)
}

impl FoundPage {
    /// Adds a record. True if the page was already full: the record then starts the next page.
    fn take(&mut self, step: u32, key: &str, found: Option<StoredRecord>, size: usize) -> bool {
        let Some(record) = found else {
            return false;
        };
        if self.records.len() < size {
            self.records.push((step, record));
            return false;
        }
        self.next = Some(Cursor {
            step,
            key: key.to_owned(),
        });
        true
    }
}
