//! What the ledger knows of one record.

use std::sync::Arc;

use jiff::Timestamp;

use crate::model::Key;

use super::records::Digest;

/// A record that the project owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// As the instance writes it; before it was created, as the manifest does.
    pub key: Key,
    /// The system's id; none where an apply ended before it knew whether it had created the record.
    pub id: Option<Box<str>>,
    /// The managed fields, in the order of their names, with what was last applied.
    pub fields: Vec<(Arc<str>, Digest)>,
    /// The apply that found it protected, if it is.
    pub protected: Option<Arc<Origin>>,
    /// Where it was declared when the entry last changed.
    pub declared: Place,
    /// The apply that last changed the entry.
    pub origin: Arc<Origin>,
}

/// A place in a manifest, relative to the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub file: Arc<str>,
    /// From 1.
    pub line: u32,
}

/// An apply, as far as a ledger remembers it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// When it began to write.
    pub time: Timestamp,
    /// The commit of the manifests, where one is known.
    pub commit: Option<Box<str>>,
}

impl Entry {
    /// What was last applied to a field, if the field is managed.
    #[must_use]
    pub fn applied(&self, field: &str) -> Option<Digest> {
        let found = self
            .fields
            .binary_search_by(|(name, _)| (**name).cmp(field))
            .ok()?;
        Some(self.fields[found].1)
    }
}
