//! The parts of keys as Marketo compares them: without case, without blanks around them. Keys are compared and hashed by them, so that no
//! folded copy has to be made.

use std::borrow::Cow;
use std::io::Write as _;

/// What has the parts of a key.
pub trait KeyParts {
    /// The parts, in the order of the kind's key.
    fn key_parts(&self) -> impl Iterator<Item = UnfoldedPart<'_>>;
}

/// A part of a key.
#[derive(Clone, Copy, Debug)]
pub enum UnfoldedPart<'k> {
    Text(&'k str),
    Lead(i64),
    /// A lead that only the instance knows. Two are the same if their fields and values are.
    LeadBy {
        field: &'k str,
        value: &'k str,
    },
}

/// What stands between the field and the value of a lead. No other part has a control character, so such a lead never equals an id.
const BY: char = '\u{1e}';

/// The digits of the longest number of 64 bits, and its sign.
const DIGITS: usize = 20;

impl<'k> UnfoldedPart<'k> {
    /// Whether two parts are the same, as Marketo compares them.
    pub(super) fn is_same(self, other: Self) -> bool {
        if let (Self::Lead(one), Self::Lead(other)) = (self, other) {
            return one == other;
        }
        let (one, other) = (self.text(), other.text());
        // Most are written alike.
        if one == other {
            return true;
        }
        let (one, other) = (one.trim(), other.trim());
        if one.is_ascii() && other.is_ascii() {
            return one.eq_ignore_ascii_case(other);
        }
        folded(one).eq(folded(other))
    }

    /// Hands on each byte of the folded part.
    pub(super) fn each_byte(self, mut take: impl FnMut(u8)) {
        if let Self::Lead(id) = self {
            let mut digits = [0; DIGITS];
            let mut rest = &mut digits[..];
            write!(rest, "{id}").expect("there is room for all numbers of 64 bits");
            let used = DIGITS - rest.len();
            return digits[..used].iter().copied().for_each(take);
        }
        let text = self.text();
        let text = text.trim();
        if text.is_ascii() {
            text.bytes()
                .for_each(|byte| take(byte.to_ascii_lowercase()));
            return;
        }
        let mut bytes = [0; 4];
        for letter in folded(text) {
            letter.encode_utf8(&mut bytes).bytes().for_each(&mut take);
        }
    }

    /// The part as text, not folded yet.
    pub(super) fn text(self) -> Cow<'k, str> {
        match self {
            Self::Text(text) => text.into(),
            Self::Lead(id) => id.to_string().into(),
            Self::LeadBy { field, value } => format!("{field}{BY}{value}").into(),
        }
    }
}

fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}
