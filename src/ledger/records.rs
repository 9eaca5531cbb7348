//! The ledger in memory: entries by kind and key.

use std::collections::BTreeMap;

use crate::model::{FoldedKey, ObjectKind, Value};

use super::entry::Entry;
use super::hash::FieldHash;

/// The records that a project owns in one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    salt: [u8; 16],
    kinds: BTreeMap<&'static ObjectKind, BTreeMap<FoldedKey, Entry>>,
}

/// A ledger that is being read.
#[derive(Debug)]
pub(super) struct LedgerBuilder {
    salt: [u8; 16],
    kinds: BTreeMap<&'static ObjectKind, Vec<(FoldedKey, Entry)>>,
}

impl LedgerBuilder {
    /// A ledger with this salt.
    pub(super) fn new(salt: [u8; 16]) -> Self {
        Self {
            salt,
            kinds: BTreeMap::new(),
        }
    }

    /// Adds an entry.
    pub(super) fn push(&mut self, kind: &'static ObjectKind, entry: Entry) {
        let entries = self.kinds.entry(kind).or_default();
        entries.push((entry.key.folded(), entry));
    }

    /// The finished ledger, or `None` if two entries have the same key.
    pub(super) fn build(self) -> Option<Ledger> {
        let mut kinds = BTreeMap::new();
        for (kind, entries) in self.kinds {
            let count = entries.len();
            // Built from a whole list, a map has full nodes, and so half as many as after single insertions.
            let by_key: BTreeMap<_, _> = entries.into_iter().collect();
            if by_key.len() != count {
                return None;
            }
            kinds.insert(kind, by_key);
        }
        Some(Ledger {
            salt: self.salt,
            kinds,
        })
    }
}

impl Ledger {
    /// A ledger without entries.
    #[must_use]
    pub fn new(salt: [u8; 16]) -> Self {
        Self {
            salt,
            kinds: BTreeMap::new(),
        }
    }

    /// The salt of the hashes of this ledger.
    #[must_use]
    pub fn salt(&self) -> [u8; 16] {
        self.salt
    }

    /// The entry of a record.
    #[must_use]
    pub fn get(&self, kind: &ObjectKind, key: &FoldedKey) -> Option<&Entry> {
        self.kinds.get(kind)?.get(key)
    }

    /// Adds an entry, or replaces the one with the same key.
    pub fn insert(&mut self, kind: &'static ObjectKind, entry: Entry) {
        let entries = self.kinds.entry(kind).or_default();
        entries.insert(entry.key.folded(), entry);
    }

    /// Removes the entry of a record, and returns it.
    pub fn remove(&mut self, kind: &ObjectKind, key: &FoldedKey) -> Option<Entry> {
        self.kinds.get_mut(kind)?.remove(key)
    }

    /// All entries, by kind and then by key.
    pub fn iter(&self) -> impl Iterator<Item = (&'static ObjectKind, &FoldedKey, &Entry)> {
        self.kinds
            .iter()
            .flat_map(|(kind, entries)| entries.iter().map(move |(key, entry)| (*kind, key, entry)))
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kinds.values().map(BTreeMap::len).sum()
    }

    /// Whether the ledger has no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The hash of a field's value.
    #[must_use]
    pub fn digest(&self, field: &str, value: &Value) -> FieldHash {
        FieldHash::of(&self.salt, field, value)
    }
}
