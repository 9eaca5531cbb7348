//! Keys: the dedupe fields of a record, as written and as Marketo compares them.

use std::fmt;

/// The key of a record: one value for each part of its kind's key, in that order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(Box<[KeyValue]>);

/// The value of one part of a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyValue {
    /// Text, as written.
    Text(Box<str>),
    /// The id of a lead in one instance.
    Lead(i64),
}

/// A key as Marketo compares it: without case, without blanks around its parts. Good for look-ups only.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FoldedKey(Box<str>);

impl Key {
    /// A key of these parts, which stand in the order of the kind's key.
    #[must_use]
    pub fn new(parts: Vec<KeyValue>) -> Self {
        Self(parts.into_boxed_slice())
    }

    /// The parts in the order of the kind's key.
    #[must_use]
    pub fn parts(&self) -> &[KeyValue] {
        &self.0
    }

    /// The key as Marketo compares it.
    #[must_use]
    pub fn folded(&self) -> FoldedKey {
        FoldedKey::new(self.0.iter())
    }
}

impl FoldedKey {
    /// Folds these parts.
    pub fn new<'a>(parts: impl IntoIterator<Item = &'a KeyValue>) -> Self {
        let mut folded = String::new();
        for (index, part) in parts.into_iter().enumerate() {
            if index > 0 {
                // A control character: no key holds one, so parts cannot run into each other.
                folded.push('\u{1f}');
            }
            match part {
                KeyValue::Text(text) => {
                    folded.extend(text.trim().chars().flat_map(char::to_lowercase));
                }
                KeyValue::Lead(id) => folded.push_str(&id.to_string()),
            }
        }
        Self(folded.into_boxed_str())
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

impl fmt::Display for KeyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Lead(id) => id.fmt(f),
        }
    }
}
