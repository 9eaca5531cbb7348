//! The ledger in memory: entries by kind and key, and the hashing of values.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::model::{FoldedKey, ObjectKind, Value};

use super::entry::Entry;

/// The records that a project owns in one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    salt: [u8; 16],
    kinds: BTreeMap<&'static ObjectKind, BTreeMap<FoldedKey, Entry>>,
}

/// The hash of a value, good for telling whether it is the same as before.
///
/// Salted per ledger and cut to 64 bits: a ledger that is read by others confirms few guesses. Two values that share one would
/// only have a plan say less well who changed a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FieldHash(pub [u8; 8]);

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

    /// The ledger; nothing if two entries have one key.
    pub(super) fn build(self) -> Option<Ledger> {
        let mut kinds = BTreeMap::new();
        for (kind, entries) in self.kinds {
            let count = entries.len();
            // From a list at once: its nodes are full, and half as many as those of single insertions.
            let entries: BTreeMap<_, _> = entries.into_iter().collect();
            if entries.len() != count {
                return None;
            }
            kinds.insert(kind, entries);
        }
        Some(Ledger {
            salt: self.salt,
            kinds,
        })
    }
}

impl Ledger {
    /// A ledger that owns nothing.
    #[must_use]
    pub fn new(salt: [u8; 16]) -> Self {
        Self {
            salt,
            kinds: BTreeMap::new(),
        }
    }

    /// What the hashes of this ledger are salted with.
    #[must_use]
    pub fn salt(&self) -> [u8; 16] {
        self.salt
    }

    /// The entry of a record.
    #[must_use]
    pub fn get(&self, kind: &ObjectKind, key: &FoldedKey) -> Option<&Entry> {
        self.kinds.get(kind)?.get(key)
    }

    /// Keeps an entry in the place of that with the same key.
    pub fn insert(&mut self, kind: &'static ObjectKind, entry: Entry) {
        let entries = self.kinds.entry(kind).or_default();
        entries.insert(entry.key.folded(), entry);
    }

    /// Lets go of a record.
    pub fn remove(&mut self, kind: &ObjectKind, key: &FoldedKey) -> Option<Entry> {
        self.kinds.get_mut(kind)?.remove(key)
    }

    /// All entries, by kind and then by key.
    pub fn iter(&self) -> impl Iterator<Item = (&'static ObjectKind, &FoldedKey, &Entry)> {
        self.kinds
            .iter()
            .flat_map(|(kind, entries)| entries.iter().map(move |(key, entry)| (*kind, key, entry)))
    }

    /// How many records are owned.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kinds.values().map(BTreeMap::len).sum()
    }

    /// Whether nothing is owned.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The hash of a field's value.
    #[must_use]
    pub fn digest(&self, field: &str, value: &Value) -> FieldHash {
        let (data_type, text) = value.canonical();
        let mut hash = Sha256::new_with_prefix(self.salt);
        for part in [field, data_type, &text] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let hash = hash.finalize();
        let mut digest = [0; 8];
        digest.copy_from_slice(&hash[..8]);
        FieldHash(digest)
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use rust_decimal::Decimal;

    use super::*;

    #[test]
    fn equal_values_have_equal_hashes_and_others_have_not() {
        let ledger = Ledger::new([7; 16]);
        let number = |digits, scale| Value::Decimal(Decimal::new(digits, scale));
        let text = |text: &str| Value::Text(text.into());
        let hash = |value: &Value| ledger.digest("amount", value);
        assert_eq!(hash(&number(1_604_470, 3)), hash(&number(160_447, 2)));
        let others = [
            number(1, 0),
            Value::Integer(1),
            text("1"),
            text(""),
            Value::Null,
            Value::Boolean(true),
        ];
        let hashes: std::collections::HashSet<_> = others.iter().map(hash).collect();
        assert_eq!(hashes.len(), others.len());
        let (one, field, salt) = (&others[0], "name", Ledger::new([8; 16]));
        assert_ne!(hash(one), ledger.digest(field, one));
        assert_ne!(hash(one), salt.digest("amount", one));
    }
}
