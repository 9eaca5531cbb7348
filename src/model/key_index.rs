//! An index of things by their keys, as Marketo compares keys. It has no copies of the keys, only eight bytes for each thing.
//!
//! The things stay in the order in which they came, in a list of their own. So whoever goes through two lists that have the same order
//! finds each thing beside the one before.

use std::hash::{BuildHasher as _, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};

use hashbrown::{DefaultHashBuilder, HashTable};

use super::key_parts::KeyParts;

/// Where things with keys stand in a list. The list is somewhere else: each method is given a function from a place in it to the key there.
#[derive(Clone, Debug, Default)]
pub struct KeyIndex {
    places: HashTable<Place>,
    hasher: DefaultHashBuilder,
}

/// Where a thing was found last. Whoever goes through two lists that have the same order finds the next one close behind it.
#[derive(Debug, Default)]
pub struct LastFound(AtomicUsize);

/// So many places are looked at: a parent and its child stand in them.
const CLOSE: usize = 3;

/// The place of a thing, with the hash of its key: a table that grows needs no key.
#[derive(Clone, Copy, Debug)]
struct Place {
    hash: u32,
    index: u32,
}

impl KeyIndex {
    /// Reserves space for this number of further things.
    pub fn reserve(&mut self, further: usize) {
        self.places.reserve(further, Place::wide_hash);
    }

    /// Whether it has nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Where the thing with this key stands.
    #[must_use]
    pub fn get<'t, T: KeyParts + ?Sized + 't>(
        &self,
        key: &(impl KeyParts + ?Sized),
        at: impl Fn(usize) -> &'t T,
    ) -> Option<usize> {
        // Nothing is to be looked up: that is so in each plan where all records are new.
        if self.places.is_empty() {
            return None;
        }
        let hash = self.hash(key);
        let place = self.places.find(wide(hash), is_of(hash, key, at))?;
        Some(place.index())
    }

    /// Remembers where the thing with this key stands, or returns where another one with this key does.
    ///
    /// # Errors
    /// Another thing has this key.
    ///
    /// # Panics
    /// There are more than four billion things.
    pub fn insert<'t, T: KeyParts + ?Sized + 't>(
        &mut self,
        key: &(impl KeyParts + ?Sized),
        index: usize,
        at: impl Fn(usize) -> &'t T,
    ) -> Result<(), usize> {
        let hash = self.hash(key);
        if let Some(other) = self.places.find(wide(hash), is_of(hash, key, at)) {
            return Err(other.index());
        }
        let place = Place {
            hash,
            index: narrow(index),
        };
        (self.places).insert_unique(wide(hash), place, Place::wide_hash);
        Ok(())
    }

    /// Forgets the thing with this key, and returns where it stood.
    pub fn remove<'t, T: KeyParts + ?Sized + 't>(
        &mut self,
        key: &(impl KeyParts + ?Sized),
        at: impl Fn(usize) -> &'t T,
    ) -> Option<usize> {
        let hash = self.hash(key);
        let found = (self.places).find_entry(wide(hash), is_of(hash, key, at));
        let found = found.ok()?;
        Some(found.remove().0.index())
    }

    /// Remembers that the thing with this key stands somewhere else now.
    ///
    /// # Panics
    /// There are more than four billion things.
    pub fn change(&mut self, key: &(impl KeyParts + ?Sized), from: usize, to: usize) {
        let hash = self.hash(key);
        let place = (self.places).find_mut(wide(hash), |place| place.index() == from);
        if let Some(place) = place {
            place.index = narrow(to);
        }
    }

    fn hash(&self, key: &(impl KeyParts + ?Sized)) -> u32 {
        let mut pieces = Pieces {
            hasher: self.hasher.build_hasher(),
            piece: [0; PIECE],
            used: 0,
        };
        for part in key.key_parts() {
            part.each_byte(|byte| pieces.push(byte));
            pieces.push(END);
        }
        pieces.end()
    }
}

impl LastFound {
    /// The place of a thing: one close by where it is, else the one that the index tells.
    pub fn find(
        &self,
        is_it: impl Fn(usize) -> bool,
        by_index: impl FnOnce() -> Option<usize>,
    ) -> Option<usize> {
        let last = self.0.load(Ordering::Relaxed);
        let close = (last..last + CLOSE).find(|place| is_it(*place));
        let place = close.or_else(by_index)?;
        self.0.store(place, Ordering::Relaxed);
        Some(place)
    }
}

impl Place {
    fn index(&self) -> usize {
        // It was made of one.
        self.index as usize
    }

    fn wide_hash(&self) -> u64 {
        wide(self.hash)
    }
}

/// Whether a place is that of the thing with this key.
fn is_of<'t, T: KeyParts + ?Sized + 't>(
    hash: u32,
    key: &(impl KeyParts + ?Sized),
    at: impl Fn(usize) -> &'t T,
) -> impl Fn(&Place) -> bool {
    move |place| place.hash == hash && is_same(key, at(place.index()))
}

fn narrow(index: usize) -> u32 {
    u32::try_from(index).expect("there are fewer than four billion things")
}

/// The hash as the table takes it, which looks at both ends.
fn wide(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

/// Whether two keys are one, as Marketo compares keys.
pub fn is_same(one: &(impl KeyParts + ?Sized), other: &(impl KeyParts + ?Sized)) -> bool {
    let (mut one, mut other) = (one.key_parts(), other.key_parts());
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one.is_same(other) => {}
            (Some(_) | None, Some(_) | None) => return false,
        }
    }
}

/// The bytes that a hasher takes at once.
const PIECE: usize = 32;

/// Ends a part. No part has it.
const END: u8 = 0x1f;

/// Hands the bytes of a key to a hasher, in pieces of one size whatever the parts are.
struct Pieces<H> {
    hasher: H,
    piece: [u8; PIECE],
    used: usize,
}

impl<H: Hasher> Pieces<H> {
    fn push(&mut self, byte: u8) {
        if self.used == PIECE {
            self.hasher.write(&self.piece);
            self.used = 0;
        }
        self.piece[self.used] = byte;
        self.used += 1;
    }

    #[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
    fn end(mut self) -> u32 {
        self.hasher.write(&self.piece[..self.used]);
        self.hasher.finish() as u32
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    use super::*;
    use crate::model::{FoldedKey, Key, KeyValue};

    /// Keys of which many are one to Marketo: texts in two cases, with blanks, beyond ASCII, longer than a piece; leads, and their digits.
    fn keys() -> impl Strategy<Value = Key> {
        let texts = prop_oneof![
            "[aA]{0,2}",
            " ?[kK\u{212a}ßẞİiI]{1,2} ?",
            "[xX]{31,34}",
            "-?[0-2]{1,2}",
        ];
        let part = prop_oneof![
            texts.prop_map(|text| KeyValue::Text(text.into())),
            (-2..22_i64).prop_map(KeyValue::Lead),
            Just(KeyValue::Lead(i64::MIN)),
        ];
        prop::collection::vec(part, 1..3).prop_map(Key::new)
    }

    proptest! {
        #[test]
        fn it_finds_what_a_map_of_folded_keys_finds(
            all in prop::collection::vec((keys(), prop::bool::weighted(0.2)), 1..60),
        ) {
            let (mut index, mut list) = (KeyIndex::default(), Vec::<Key>::new());
            let mut map: HashMap<FoldedKey, usize> = HashMap::new();
            for (key, is_removed) in &all {
                let folded = key.folded();
                let known = map.get(&folded).copied();
                prop_assert_eq!(index.get(key, |at| &list[at]), known);
                prop_assert_eq!(index.get(&folded, |at| &list[at]), known);
                if *is_removed {
                    prop_assert_eq!(index.remove(key, |at| &list[at]), known);
                    let Some(at) = map.remove(&folded) else { continue };
                    let last = list.len() - 1;
                    if at != last {
                        index.change(&list[last], last, at);
                        map.insert(list[last].folded(), at);
                    }
                    list.swap_remove(at);
                } else {
                    let inserted = index.insert(key, list.len(), |at| &list[at]);
                    prop_assert_eq!(inserted.err(), known);
                    if known.is_none() {
                        map.insert(folded, list.len());
                        list.push(key.clone());
                    }
                }
                prop_assert_eq!(index.is_empty(), map.is_empty());
            }
        }
    }

    #[test]
    fn a_thing_may_have_a_key_of_another_form() {
        let key = |text: &str| Key::new(vec![KeyValue::Text(text.into())]);
        let list = [key("A"), key("B")];
        let mut index = KeyIndex::default();
        for (at, key) in list.iter().enumerate() {
            assert_eq!(index.insert(key, at, |at| &list[at]), Ok(()));
        }
        let folded: FoldedKey = key(" b ").folded();
        assert_eq!(index.get(&folded, |at| &list[at]), Some(1));
        assert_eq!(index.insert(&folded, 2, |at| &list[at]), Err(1));
    }
}
