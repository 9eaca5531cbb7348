//! Stored records, and the form in which their keys and ids compare.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::simulator::answers::{Answers, KeyBlanks, KeyCase};
use crate::simulator::objects::table::ObjectType;

/// Fields by their canonical names, each with its JSON text.
pub(in crate::simulator) type StoredRecord = BTreeMap<String, Box<RawValue>>;

/// The key of a record whose folded parts are these.
pub(in crate::simulator) fn record_key(parts: &[String]) -> String {
    parts.join("\0")
}

/// The form in which ids and filter values compare: without case and outer blanks.
pub(in crate::simulator) fn fold(text: &str) -> String {
    apart(&text.trim().to_lowercase())
}

/// NUL separates the parts of a stored key.
fn apart(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// How the parts of keys compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulator) struct KeyFolding {
    case: KeyCase,
    blanks: KeyBlanks,
}

impl KeyFolding {
    /// As the switches say.
    pub(in crate::simulator) fn of(answers: &Answers) -> Self {
        Self {
            case: answers.key_case,
            blanks: answers.key_blanks,
        }
    }

    /// The form in which values of an object's field compare.
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
            KeyCase::Folded => apart(&text.to_lowercase()),
            KeyCase::Exact => apart(text),
        }
    }

    /// What a store remembers of it: keys are stored as they compare.
    pub(in crate::simulator) fn mark(self) -> String {
        format!("{} {}", self.case.value(), self.blanks.value())
    }
}
