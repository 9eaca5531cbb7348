//! The seal of a plan file: a keyed hash of its whole text. Whoever edits the file cannot make it without the key, which is the salt of
//! the ledger, or without a ledger the text of the configuration.
//!
//! The digest says what a plan does. The seal covers everything else that people are shown, too.

use std::fmt;

use crate::ledger::hash::PartsHash;
use crate::store::hex;

/// What seals are made with.
#[derive(Clone)]
pub struct SealKey(Box<[u8]>);

/// The text of a file as its seal covers it, and the seal that it has.
#[derive(Clone, Debug)]
pub(super) struct Sealed {
    hash: [u8; 32],
    seal: Box<str>,
}

/// The name of the member. It is the last one, so it is the last time that the name stands in the text.
const MEMBER: &str = "\"seal\"";

impl SealKey {
    /// The key with these bytes.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        Self(key.into())
    }

    /// The text of a plan file with its seal. It was written with an empty one.
    #[must_use]
    pub fn seal(&self, mut text: String) -> String {
        if let Some((before, _, after)) = parts(&text) {
            let (place, seal) = (before.len(), self.of(&hash(before, after)));
            text.insert_str(place, &seal);
        }
        text
    }

    fn of(&self, hash: &[u8; 32]) -> String {
        let mut keyed = PartsHash::default();
        keyed.push(b"oppctl plan file 2");
        keyed.push(&self.0);
        keyed.push(hash);
        hex::encode(&keyed.finish::<32>())
    }
}

impl Sealed {
    /// What a seal covers of this text, if there is one.
    pub(super) fn of(text: &str) -> Option<Self> {
        let (before, seal, after) = parts(text)?;
        Some(Self {
            hash: hash(before, after),
            seal: seal.into(),
        })
    }

    /// Whether the seal was made with this key, and for this text.
    pub(super) fn is_by(&self, key: &SealKey) -> bool {
        *key.of(&self.hash) == *self.seal
    }
}

/// The text before the digits of the seal, the digits, and the text after them.
fn parts(text: &str) -> Option<(&str, &str, &str)> {
    let name = text.rfind(MEMBER)? + MEMBER.len();
    let start = name + text[name..].find('"')? + 1;
    let end = start + text[start..].find('"')?;
    Some((&text[..start], &text[start..end], &text[end..]))
}

fn hash(before: &str, after: &str) -> [u8; 32] {
    let mut hash = PartsHash::default();
    hash.push(before.as_bytes());
    hash.push(after.as_bytes());
    hash.finish()
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_edit_breaks_the_seal() {
        let key = SealKey::new(b"salt");
        let text = "{\n  \"shown\": \"A \\\"seal\\\": \\\"x\\\"\",\n  \"seal\": \"\"\n}\n";
        let sealed = key.seal(text.to_owned());
        let is_sealed =
            |text: &str, key: &SealKey| Sealed::of(text).is_some_and(|sealed| sealed.is_by(key));
        assert!(is_sealed(&sealed, &key));
        assert!(!is_sealed(&sealed, &SealKey::new(b"pepper")));
        assert!(!is_sealed(text, &key));
        for edit in [
            (" A", " B"),
            ("\"A ", "\"B "),
            ("\n}", "}"),
            ("x", "y"),
            ("\n}\n", "\n}\n "),
        ] {
            let edited = sealed.replacen(edit.0, edit.1, 1);
            if edited != sealed {
                assert!(!is_sealed(&edited, &key), "{edited}");
            }
        }
        assert!(Sealed::of("{}").is_none());
    }
}
