//! Values as JSON text, and how they compare.
//!
//! A stored value is the text that a query answers, so decimals stay exact and nothing passes
//! through a binary float. Null is the absence of a value. What a write accepts is in `accept`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::answers::{Answers, KeyBlanks, KeyCase};
use super::kinds::Object;

/// Fields by their canonical names, each with its JSON text.
pub(super) type Record = BTreeMap<String, Box<RawValue>>;

/// The data types of fields. Source: Adobe REST documentation, "Field types", and describe replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum DataType {
    Boolean,
    Currency,
    Date,
    Datetime,
    Email,
    Float,
    Formula,
    Integer,
    Link,
    Percent,
    Phone,
    Reference,
    Score,
    String,
    Text,
    Textarea,
    Url,
}

/// The JSON text of a value.
pub(super) fn raw(value: impl Serialize) -> Box<RawValue> {
    to_raw_value(&value).expect("scalars and string-keyed maps have a JSON form")
}

/// The text of a scalar without its quotes; `None` for null, arrays and objects.
pub(super) fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    let json = value.get();
    match json.as_bytes().first() {
        Some(b'"') => match serde_json::from_str::<&str>(json) {
            Ok(plain) => Some(Cow::Borrowed(plain)),
            // An escape sequence cannot be borrowed.
            Err(_) => serde_json::from_str::<String>(json).ok().map(Cow::Owned),
        },
        Some(b'{' | b'[' | b'n') | None => None,
        Some(_) => Some(Cow::Borrowed(json)),
    }
}

/// The form in which ids and filter values compare: without case and outer blanks.
pub(super) fn fold(text: &str) -> String {
    apart(&text.trim().to_lowercase())
}

/// NUL separates the parts of a stored key.
fn apart(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// How the parts of keys compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Folding {
    case: KeyCase,
    blanks: KeyBlanks,
}

impl Folding {
    /// As the switches say.
    pub(super) fn of(answers: &Answers) -> Self {
        Self {
            case: answers.key_case,
            blanks: answers.key_blanks,
        }
    }

    /// The form in which values of an object's field compare.
    pub(super) fn value(self, object: &Object, field: &str, text: &str) -> String {
        if !object.is_text_key(field) {
            return fold(text);
        }
        let text = match self.blanks {
            KeyBlanks::Trimmed => text.trim(),
            KeyBlanks::Kept => text,
        };
        match self.case {
            KeyCase::Folded => apart(&text.to_lowercase()),
            KeyCase::Exact => apart(text),
        }
    }

    /// What a store remembers of it: keys are stored as they compare.
    pub(super) fn mark(self) -> String {
        format!("{} {}", self.case.value(), self.blanks.value())
    }
}

/// `now` as Marketo writes it: UTC, whole seconds.
pub(super) fn instant(now: Timestamp) -> Box<RawValue> {
    raw(now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
