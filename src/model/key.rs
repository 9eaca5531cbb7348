//! Keys: the dedupe fields of a record, as written and as Marketo compares them.
//!
//! In every file format a key is the list of its parts: texts as strings, lead ids as numbers.

use std::collections::HashSet;
use std::fmt::{self, Write as _};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize};

use super::key_parts::{KeyParts, UnfoldedPart};
use super::kind::{KeyType, ObjectKind};

/// The key of a record: one value for each part of its kind's key, in that order.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[schemars(inline)]
pub struct Key(
    // Its copies share them.
    Arc<[KeyValue]>,
);

/// The value of one part of a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum KeyValue {
    /// Text, as written.
    Text(Box<str>),
    /// The id of a lead in one instance.
    Lead(i64),
}

/// A key as Marketo compares it: without case, without blanks around its parts. For look-ups only.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FoldedKey(Box<str>);

/// A record: its kind and its key, as Marketo compares keys.
pub type RecordKey = (&'static ObjectKind, FoldedKey);

/// Some records.
pub type RecordKeys = HashSet<RecordKey>;

/// What stands between the parts of a folded key. No key contains a control character, so parts cannot run into each other.
const JOINT: char = '\u{1f}';

/// Builds a [`FoldedKey`] part by part.
#[derive(Debug, Default)]
pub struct Folding {
    folded: String,
    has_parts: bool,
}

impl Key {
    /// A key of these parts, which stand in the order of the kind's key.
    #[must_use]
    pub fn new(parts: Vec<KeyValue>) -> Self {
        Self(parts.into())
    }

    /// The parts in the order of the kind's key.
    #[must_use]
    pub fn parts(&self) -> &[KeyValue] {
        &self.0
    }

    /// Whether a record of this kind can have this key: the number and the types of the parts fit.
    #[must_use]
    pub fn is_of(&self, kind: &ObjectKind) -> bool {
        let mut parts = kind.key.iter().zip(self.0.iter());
        self.0.len() == kind.key.len() && parts.all(|(part, value)| value.is_of(part.holds))
    }

    /// The key as Marketo compares it.
    #[must_use]
    pub fn folded(&self) -> FoldedKey {
        FoldedKey::of(self)
    }
}

impl KeyParts for Key {
    fn key_parts(&self) -> impl Iterator<Item = UnfoldedPart<'_>> {
        self.0.iter().map(|part| match part {
            KeyValue::Text(text) => UnfoldedPart::Text(text),
            KeyValue::Lead(id) => UnfoldedPart::Lead(*id),
        })
    }
}

impl KeyValue {
    fn is_of(&self, holds: KeyType) -> bool {
        match (holds, self) {
            (KeyType::Text { .. }, Self::Text(_)) | (KeyType::Lead { .. }, Self::Lead(_)) => true,
            (KeyType::Text { .. }, Self::Lead(_)) | (KeyType::Lead { .. }, Self::Text(_)) => false,
        }
    }
}

impl Folding {
    /// Adds a text.
    pub fn text(&mut self, text: &str) {
        self.separate();
        let text = text.trim();
        if text.is_ascii() {
            let start = self.folded.len();
            self.folded.push_str(text);
            self.folded[start..].make_ascii_lowercase();
        } else {
            self.folded
                .extend(text.chars().flat_map(char::to_lowercase));
        }
    }

    /// Adds the id of a lead.
    pub fn lead(&mut self, id: i64) {
        self.separate();
        write!(self.folded, "{id}").expect("writing to a string cannot fail");
    }

    /// The key of the added parts.
    #[must_use]
    pub fn end(self) -> FoldedKey {
        FoldedKey(self.folded.into_boxed_str())
    }

    fn separate(&mut self) {
        if self.has_parts {
            self.folded.push(JOINT);
        }
        self.has_parts = true;
    }
}

impl KeyParts for FoldedKey {
    fn key_parts(&self) -> impl Iterator<Item = UnfoldedPart<'_>> {
        self.parts().map(UnfoldedPart::Text)
    }
}

impl FoldedKey {
    /// The key of these parts.
    #[must_use]
    pub fn of(key: &(impl KeyParts + ?Sized)) -> Self {
        let mut folding = Folding::default();
        for part in key.key_parts() {
            match part {
                UnfoldedPart::Lead(id) => folding.lead(id),
                UnfoldedPart::Text(_) | UnfoldedPart::LeadBy { .. } => folding.text(&part.text()),
            }
        }
        folding.end()
    }

    /// The parts as texts.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split(JOINT)
    }

    /// The key as one of this kind, in small letters.
    #[must_use]
    pub fn as_key(&self, kind: &ObjectKind) -> Key {
        let parts = self.parts().zip(kind.key).map(|(text, part)| {
            let lead = match part.holds {
                KeyType::Lead { .. } => text.parse().ok(),
                KeyType::Text { .. } => None,
            };
            lead.map_or_else(|| KeyValue::Text(text.into()), KeyValue::Lead)
        });
        Key::new(parts.collect())
    }

    /// The key as bytes, for hashing.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" / ")?;
            }
            part.fmt(f)?;
        }
        Ok(())
    }
}

// Not derived: serde's own code for untagged enums copies everything that it reads first.
impl<'de> Deserialize<'de> for KeyValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeyValueVisitor)
    }
}

struct KeyValueVisitor;

impl Visitor<'_> for KeyValueVisitor {
    type Value = KeyValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or the id of a lead")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(KeyValue::Text(text.into()))
    }

    fn visit_i64<E: Error>(self, id: i64) -> Result<Self::Value, E> {
        Ok(KeyValue::Lead(id))
    }

    fn visit_u64<E: Error>(self, id: u64) -> Result<Self::Value, E> {
        let id = i64::try_from(id).map_err(|_| E::custom("a lead id that is too large"))?;
        Ok(KeyValue::Lead(id))
    }
}

impl fmt::Display for KeyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Lead(id) => id.fmt(f),
        }
    }
}
