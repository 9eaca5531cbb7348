//! Keys: the dedupe fields of a record, as written and as Marketo compares them.

use std::fmt::{self, Write as _};

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

/// A key that is folded part by part.
#[derive(Debug, Default)]
pub struct Folding {
    folded: String,
    has_parts: bool,
}

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
        let mut folding = Folding::default();
        for part in &self.0 {
            match part {
                KeyValue::Text(text) => folding.text(text),
                KeyValue::Lead(id) => folding.lead(*id),
            }
        }
        folding.end()
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
        write!(self.folded, "{id}").expect("strings take all text");
    }

    /// The key of the parts so far.
    #[must_use]
    pub fn end(self) -> FoldedKey {
        FoldedKey(self.folded.into_boxed_str())
    }

    fn separate(&mut self) {
        if self.has_parts {
            // A control character: no key holds one, so parts cannot run into each other.
            self.folded.push('\u{1f}');
        }
        self.has_parts = true;
    }
}

impl FoldedKey {
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

impl fmt::Display for KeyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Lead(id) => id.fmt(f),
        }
    }
}
