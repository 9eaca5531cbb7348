//! Stored records, and the normal form in which their keys and ids are compared.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::simulator::answers::{Answers, KeyBlanks, KeyCase};
use crate::simulator::objects::object_type::ObjectType;

/// The fields of a record by canonical name, each with its JSON text.
pub(in crate::simulator) type StoredRecord = BTreeMap<String, Box<RawValue>>;

/// The key of a record with these folded parts.
pub(in crate::simulator) fn record_key(parts: &[String]) -> String {
    parts.join("\0")
}

/// The form in which ids and filter values are compared: lower case, without outer blanks.
pub(in crate::simulator) fn fold(text: &str) -> String {
    without_nul(&text.trim().to_lowercase())
}

/// The text without NUL, which separates the parts of a stored key.
fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// How the parts of keys are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) struct KeyFolding {
    case: KeyCase,
    blanks: KeyBlanks,
}

impl KeyFolding {
    /// The folding that the switches choose.
    pub(in crate::simulator) fn of(answers: &Answers) -> Self {
        Self {
            case: answers.key_case,
            blanks: answers.key_blanks,
        }
    }

    /// The form in which values of a field are compared.
    pub(in crate::simulator) fn value(
        self,
        object: &ObjectType,
        field: &str,
        text: &str,
    ) -> String {
        if !object.is_text_key(field) {
            return fold(text);
        }
        let text = match self.blanks {
            KeyBlanks::Trimmed => text.trim(),
            KeyBlanks::Kept => text,
        };
        match self.case {
            KeyCase::Folded => without_nul(&text.to_lowercase()),
            KeyCase::Exact => without_nul(text),
        }
    }

    /// Whether two values of a field are different; `None` is no value.
    pub(in crate::simulator) fn differ(
        self,
        object: &ObjectType,
        field: &str,
        one: Option<&str>,
        other: Option<&str>,
    ) -> bool {
        one.map(|text| self.value(object, field, text))
            != other.map(|text| self.value(object, field, text))
    }

    /// The text by which a store remembers its folding. Stored keys are folded, so it cannot change.
    pub(in crate::simulator) fn mark(self) -> String {
        format!("{} {}", self.case.value(), self.blanks.value())
    }
}
