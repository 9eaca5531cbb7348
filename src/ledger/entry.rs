//! What the ledger stores about one record.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::model::Key;

use super::hash::FieldHash;

/// A record that the project owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key as the instance writes it. Until the record exists, the key as the manifest writes it.
    pub key: Key,
    /// Marketo's id of the record. `None` if an apply ended before it knew whether the record was created.
    pub id: Option<Box<str>>,
    /// The managed fields with a hash of each value last applied.
    pub fields: Applied,
    /// If the record is protected, the apply since which it has been.
    pub protected: Option<Arc<Origin>>,
    /// Where the record was declared when the entry last changed.
    pub declared: Place,
    /// The apply that last changed the entry.
    pub origin: Arc<Origin>,
}

/// The managed fields of a record in the order of their names, with a hash of the value last applied to each.
///
/// Most records of a project have the same managed fields, so many entries share one list of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    names: FieldNames,
    hashes: Box<[FieldHash]>,
}

/// Names of fields in alphabetical order.
pub type FieldNames = Arc<[Arc<str>]>;

/// A place in a manifest, relative to the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub file: Arc<str>,
    /// From 1.
    pub line: u32,
}

/// When and from which commit an apply ran.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// When the apply opened the ledger, before it planned.
    pub time: Timestamp,
    /// The commit of the manifests, if it is known.
    pub commit: Option<Box<str>>,
}

impl Applied {
    /// The fields with these names, which must be in order, and the hash of each.
    #[must_use]
    pub(super) fn new(names: FieldNames, hashes: Box<[FieldHash]>) -> Self {
        debug_assert_eq!(names.len(), hashes.len(), "one hash for each name");
        Self { names, hashes }
    }

    /// The hash of the value last applied to a field, or `None` if the field is not managed.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<FieldHash> {
        let found = self.names.binary_search_by(|name| (**name).cmp(field));
        Some(self.hashes[found.ok()?])
    }

    /// The fields in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, FieldHash)> {
        self.names.iter().zip(self.hashes.iter().copied())
    }

    /// The names of the fields in order.
    #[must_use]
    pub fn names(&self) -> &FieldNames {
        &self.names
    }

    /// Replaces its list of names by the equal list in `known`, or adds its own list there.
    pub fn share(&mut self, known: &mut HashSet<FieldNames>) {
        match known.get(&self.names) {
            Some(names) => self.names = Arc::clone(names),
            None => drop(known.insert(Arc::clone(&self.names))),
        }
    }

    /// Replaces the hash of each managed field for which `hash` has a new one.
    pub fn update(&mut self, hash: impl Fn(&str) -> Option<FieldHash>) {
        for (name, old) in self.names.iter().zip(&mut self.hashes) {
            if let Some(new) = hash(name) {
                *old = new;
            }
        }
    }
}

impl FromIterator<(Arc<str>, FieldHash)> for Applied {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, FieldHash)>>(fields: I) -> Self {
        let mut sorted: Vec<_> = fields.into_iter().collect();
        sorted.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let (names, hashes): (Vec<_>, Vec<_>) = sorted.into_iter().unzip();
        Self::new(names.into(), hashes.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(names: [&str; 2]) -> Applied {
        names
            .into_iter()
            .map(|name| (Arc::from(name), FieldHash([0; 8])))
            .collect()
    }

    #[test]
    fn equal_lists_of_names_become_one() {
        let [mut one, mut same, mut other] = [["a", "b"], ["b", "a"], ["a", "c"]].map(applied);
        let mut known = HashSet::new();
        for applied in [&mut one, &mut same, &mut other] {
            applied.share(&mut known);
        }
        assert!(Arc::ptr_eq(one.names(), same.names()));
        assert!(!Arc::ptr_eq(one.names(), other.names()));
    }
}
