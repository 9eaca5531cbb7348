//! What the ledger stores about one record.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::model::{Key, is_same_id};

use super::hash::FieldHash;

/// A record that the project owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key as the instance writes it. Until the record exists, the key as the manifest writes it.
    pub key: Key,
    /// Marketo's id of the record. `None` if an apply ended before it knew whether the record was created.
    pub id: Option<Box<str>>,
    /// The managed fields with a hash of each value last applied; sensitive values have none.
    pub fields: Applied,
    /// When the last write of the record was answered, if that is known.
    pub written: Option<Timestamp>,
    /// What that write replaced.
    pub replaced: Replaced,
    /// If the record is protected, the apply since which it has been.
    pub protected: Option<Arc<Origin>>,
    /// Where the record was declared when the entry last changed.
    pub declared: Place,
    /// The apply that last changed the entry.
    pub origin: Arc<Origin>,
}

/// The managed fields of a record in the order of their names, with a hash of the value last applied to each. A sensitive field has
/// no hash: who reads a ledger with its salt could find out the value by trying.
///
/// Most records of a project have the same managed fields, so many entries share one list of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    names: SharedNames,
    hashes: Box<[Option<FieldHash>]>,
}

/// What the fields of a record were before they were last written. With it a value that Marketo did not store can be told from one
/// that Marketo stored otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Replaced {
    /// It is not known.
    #[default]
    Unknown,
    /// The record was new, so all fields were empty.
    Nothing,
    /// A hash of each managed field, in the order of their names; none where it is not known.
    Values(Box<[Option<FieldHash>]>),
}

/// Names of fields in alphabetical order.
pub type SharedNames = Arc<[Arc<str>]>;

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

impl Entry {
    /// Whether it can be the entry of the record with this id, and not of another one with the same key. A claim has no id yet.
    #[must_use]
    pub fn may_be(&self, id: &str) -> bool {
        self.id.as_ref().is_none_or(|own| is_same_id(own, id))
    }

    /// Drops the hashes of these fields; whether there were any.
    pub fn hide(&mut self, is_hidden: impl Fn(&str) -> bool) -> bool {
        let mut found = self.fields.hide(&is_hidden);
        if let Replaced::Values(hashes) = &mut self.replaced {
            for (name, hash) in self.fields.names.iter().zip(hashes) {
                if hash.is_some() && is_hidden(name) {
                    *hash = None;
                    found = true;
                }
            }
        }
        found
    }

    /// The hash of what the last write of a field replaced, if it is known. `nothing` is the hash of no value.
    #[must_use]
    pub fn replaced(&self, field: &str, nothing: FieldHash) -> Option<FieldHash> {
        match &self.replaced {
            Replaced::Unknown => None,
            Replaced::Nothing => Some(nothing),
            Replaced::Values(hashes) => hashes[self.fields.index(field)?],
        }
    }
}

impl Applied {
    /// The fields with these names, which must be in order, and the hash of each.
    #[must_use]
    pub(super) fn new(names: SharedNames, hashes: Box<[Option<FieldHash>]>) -> Self {
        debug_assert_eq!(names.len(), hashes.len(), "one hash for each name");
        Self { names, hashes }
    }

    /// The hash of the value last applied to a field, or `None` if the field is not managed or its values have no hash.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<FieldHash> {
        self.hashes[self.index(field)?]
    }

    /// Drops the hash of a field, which stays managed: what was last applied to it is not known.
    pub fn forget(&mut self, field: &str) {
        if let Some(index) = self.index(field) {
            self.hashes[index] = None;
        }
    }

    /// The place of a managed field in the order of their names.
    fn index(&self, field: &str) -> Option<usize> {
        let found = self.names.binary_search_by(|name| (**name).cmp(field));
        found.ok()
    }

    /// Whether a field is managed, with a hash or without.
    #[must_use]
    pub fn manages(&self, field: &str) -> bool {
        self.index(field).is_some()
    }

    /// The fields in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, Option<FieldHash>)> {
        self.names.iter().zip(self.hashes.iter().copied())
    }

    /// The names of the fields in order.
    #[must_use]
    pub fn names(&self) -> &SharedNames {
        &self.names
    }

    /// Replaces its list of names by the equal list in `known`, or adds its own list there.
    pub fn share(&mut self, known: &mut HashSet<SharedNames>) {
        match known.get(&self.names) {
            Some(names) => self.names = Arc::clone(names),
            None => drop(known.insert(Arc::clone(&self.names))),
        }
    }

    /// Replaces the hash of each managed field for which `hash` has another one, or none any more.
    pub fn update(&mut self, hash: impl Fn(&str) -> Option<Option<FieldHash>>) {
        for (name, old) in self.names.iter().zip(&mut self.hashes) {
            if let Some(new) = hash(name) {
                *old = new;
            }
        }
    }

    /// Drops the hashes of these fields; whether there were any.
    pub fn hide(&mut self, is_hidden: impl Fn(&str) -> bool) -> bool {
        let mut found = false;
        for (name, hash) in self.names.iter().zip(&mut self.hashes) {
            if hash.is_some() && is_hidden(name) {
                *hash = None;
                found = true;
            }
        }
        found
    }

    /// Whether these are the same fields with the same values, as far as both have hashes of them.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        let pairs = self.hashes.iter().zip(&other.hashes);
        self.names == other.names
            && pairs
                .filter_map(|(one, other)| Some((one.as_ref()?, other.as_ref()?)))
                .all(|(one, other)| one == other)
    }
}

impl FromIterator<(Arc<str>, Option<FieldHash>)> for Applied {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Option<FieldHash>)>>(fields: I) -> Self {
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
            .map(|name| (Arc::from(name), Some(FieldHash([1; 8]))))
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

    #[test]
    fn what_is_hidden_is_like_any_value() {
        let full = applied(["name", "salary"]);
        let mut hidden = full.clone();
        assert!(hidden.hide(|name| name == "salary"));
        assert!(
            !hidden.hide(|name| name == "salary"),
            "it is hidden already"
        );
        assert_eq!(
            (hidden.get("name"), hidden.get("salary")),
            (full.get("name"), None)
        );
        assert!(full.is_like(&hidden) && hidden.is_like(&full));
        let mut other = full.clone();
        other.update(|name| (name == "name").then_some(Some(FieldHash([2; 8]))));
        assert!(!other.is_like(&hidden));
        assert!(!full.is_like(&applied(["name", "stage"])));
    }
}
