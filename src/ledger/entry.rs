//! What the ledger knows of one record.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::model::Key;

use super::records::FieldHash;

/// A record that the project owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// As the instance writes it; before it was created, as the manifest does.
    pub key: Key,
    /// The system's id; none where an apply ended before it knew whether it had created the record.
    pub id: Option<Box<str>>,
    /// The managed fields with what was last applied.
    pub fields: Applied,
    /// The apply that found it protected, if it is.
    pub protected: Option<Arc<Origin>>,
    /// Where it was declared when the entry last changed.
    pub declared: Place,
    /// The apply that last changed the entry.
    pub origin: Arc<Origin>,
}

/// The managed fields of a record, in the order of their names, with what was last applied to each.
///
/// Most records of a project manage the same fields, so their names are one list that many entries share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    names: FieldNames,
    digests: Box<[FieldHash]>,
}

/// The names of fields, in their order.
pub type FieldNames = Arc<[Arc<str>]>;

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

impl Applied {
    /// What was applied to the fields with these names, which are in order.
    #[must_use]
    pub(super) fn new(names: FieldNames, digests: Box<[FieldHash]>) -> Self {
        debug_assert_eq!(names.len(), digests.len(), "one digest for each name");
        Self { names, digests }
    }

    /// What was last applied to a field, if the field is managed.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<FieldHash> {
        let found = self.names.binary_search_by(|name| (**name).cmp(field));
        Some(self.digests[found.ok()?])
    }

    /// The fields, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, FieldHash)> {
        self.names.iter().zip(self.digests.iter().copied())
    }

    /// The names of the fields.
    #[must_use]
    pub fn names(&self) -> &FieldNames {
        &self.names
    }

    /// Shares its names with all who have the same and go by this set.
    pub fn share(&mut self, known: &mut HashSet<FieldNames>) {
        match known.get(&self.names) {
            Some(names) => self.names = Arc::clone(names),
            None => drop(known.insert(Arc::clone(&self.names))),
        }
    }

    /// Replaces what was applied to fields that are managed.
    pub fn update(&mut self, digest: impl Fn(&str) -> Option<FieldHash>) {
        for (name, old) in self.names.iter().zip(&mut self.digests) {
            if let Some(new) = digest(name) {
                *old = new;
            }
        }
    }
}

impl FromIterator<(Arc<str>, FieldHash)> for Applied {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, FieldHash)>>(fields: I) -> Self {
        let mut fields: Vec<_> = fields.into_iter().collect();
        fields.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let (names, digests): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
        Self::new(names.into(), digests.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_lists_of_names_become_one() {
        let of = |names: [&str; 2]| -> Applied {
            let field = |name| (Arc::from(name), FieldHash([0; 8]));
            names.map(field).into_iter().collect()
        };
        let [mut one, mut same, mut other] = [["a", "b"], ["b", "a"], ["a", "c"]].map(of);
        let mut known = HashSet::new();
        for applied in [&mut one, &mut same, &mut other] {
            applied.share(&mut known);
        }
        assert!(Arc::ptr_eq(one.names(), same.names()));
        assert!(!Arc::ptr_eq(one.names(), other.names()));
    }
}
