//! The keys of a question, for telling which of them an answer is about.

use std::cell::{Cell, OnceCell};

use super::key::Key;
use super::key_index::KeyIndex;

/// The keys of one question. Most answers come in the order of the question; only where one does not, the keys are indexed.
pub struct SoughtKeys<'k> {
    keys: &'k [&'k Key],
    next: Cell<usize>,
    places: OnceCell<KeyIndex>,
}

impl<'k> SoughtKeys<'k> {
    /// Those of this question.
    #[must_use]
    pub fn new(keys: &'k [&'k Key]) -> Self {
        Self {
            keys,
            next: Cell::new(0),
            places: OnceCell::new(),
        }
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &'k [&'k Key] {
        self.keys
    }

    /// The one that this key is, as Marketo compares keys.
    #[must_use]
    pub fn find(&self, key: &Key) -> Option<&'k Key> {
        let next = self.next.get();
        let index = match self.keys.get(next) {
            Some(expected) if **expected == *key => next,
            Some(_) | None => {
                let places = self.places.get_or_init(|| self.places());
                places.get(key, |at| self.keys[at])?
            }
        };
        self.next.set(index + 1);
        Some(self.keys[index])
    }

    fn places(&self) -> KeyIndex {
        let mut places = KeyIndex::default();
        places.reserve(self.keys.len());
        for (index, key) in self.keys.iter().enumerate() {
            // Of two that are one, either will do.
            let _ = places.insert(*key, index, |at| self.keys[at]);
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::model::KeyValue;

    #[test]
    fn answers_are_found_in_any_order() {
        let key = |text: &str| Key::new(vec![KeyValue::Text(text.into())]);
        let asked = ["A", "b", "C", "D"].map(key);
        let asked: Vec<&Key> = asked.iter().collect();
        let sought = SoughtKeys::new(&asked);
        let found = |text| sought.find(&key(text)).map(ToString::to_string);
        for (answer, expected) in [
            ("A", Some("A")),
            // In another case.
            ("B", Some("b")),
            ("D", Some("D")),
            ("a", Some("A")),
            ("E", None),
            ("C", Some("C")),
            ("C", Some("C")),
        ] {
            assert_eq!(found(answer).as_deref(), expected, "{answer}");
        }
    }
}
