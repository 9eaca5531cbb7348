//! The ledger in memory: entries by kind and key.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::{Field, FoldedKey, ObjectKind, Value};

use super::entry::Entry;
use super::hash::FieldHash;
use super::past::Past;

/// The records that a project owns in one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    salt: [u8; 16],
    /// What it remembers beside its entries.
    pub past: Past,
    kinds: BTreeMap<&'static ObjectKind, BTreeMap<FoldedKey, Entry>>,
}

/// A ledger that is being read.
#[derive(Debug)]
pub(super) struct LedgerBuilder {
    salt: [u8; 16],
    past: Past,
    kinds: BTreeMap<&'static ObjectKind, Vec<(FoldedKey, Entry)>>,
}

impl LedgerBuilder {
    /// A ledger with this salt that remembers this.
    pub(super) fn new(salt: [u8; 16], past: Past) -> Self {
        Self {
            salt,
            past,
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
            past: self.past,
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
            past: Past::default(),
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

    /// When the apply began that last touched a record. A claim touches nothing: it is not known whether its apply came to that.
    #[must_use]
    pub fn touched(&self, kind: &'static ObjectKind, key: &FoldedKey) -> Option<Timestamp> {
        let entry = self.get(kind, key).filter(|entry| entry.id.is_some());
        match entry {
            Some(entry) => Some(entry.origin.time),
            None => self.past.touched(kind, key),
        }
    }

    /// The latest time at which an apply in this ledger began.
    #[must_use]
    pub fn latest(&self) -> Option<Timestamp> {
        let entries = self.iter().map(|(_, _, entry)| entry.origin.time);
        entries.max().max(self.past.latest())
    }

    /// Drops the hashes of sensitive values; whether there were any.
    pub fn hide(&mut self, is_sensitive: impl Fn(&ObjectKind, &str) -> bool) -> bool {
        let mut found = false;
        for (kind, entries) in &mut self.kinds {
            for entry in entries.values_mut() {
                found |= entry.hide(|name| is_sensitive(kind, name));
            }
        }
        found
    }

    /// The hash of the value of this field; none if the field is sensitive.
    #[must_use]
    pub fn digest(&self, field: &Field, value: &Value) -> Option<FieldHash> {
        self.digest_unless(field.sensitive, &field.name, value)
    }

    /// The hash of the value of a field with this name, unless it is sensitive.
    #[must_use]
    pub fn digest_unless(&self, sensitive: bool, name: &str, value: &Value) -> Option<FieldHash> {
        (!sensitive).then(|| FieldHash::of(&self.salt, name, value))
    }

    /// Whether a field that is not sensitive, and that was applied with this hash, can read as this value. A boolean that was
    /// cleared is stored as `false`.
    #[must_use]
    pub fn is_as_applied(&self, name: &str, applied: FieldHash, value: &Value) -> bool {
        let is = |value: &Value| FieldHash::of(&self.salt, name, value) == applied;
        is(value) || (Value::Null.is_met_by(value) && is(&Value::Null))
    }
}
