//! The form of a key that has one reading whatever its parts contain: a JSON list, for example `["SO/2026/0001",1,"Champion"]`.
//!
//! It is the form that all files of oppctl use. An apostrophe is written as an escape, so that the form can stand between single
//! quotes on a command line.

use serde_json::value::RawValue;

use crate::model::{Key, KeyValue, ObjectKind};

use super::key_part::{JOINT, WrittenKeyPart};
use super::reading::readings;

/// The exact form of a key, or of the beginning of one.
#[must_use]
pub fn exact_form(key: &Key) -> String {
    let text = serde_json::to_string(key).expect("texts and numbers can be written as JSON");
    text.replace('\'', "\\u0027")
}

/// Whether the parts of this key, joined by "/", can be read as another key too, or as none.
#[must_use]
pub fn needs_exact_form(kind: &ObjectKind, key: &Key) -> bool {
    let plain = plain_form(key);
    if parse_exact(&plain).is_some() {
        return true;
    }
    let whole = readings(kind, &plain).into_iter();
    let mut whole = whole.filter(|parts| parts.len() == kind.key.len());
    let first = whole.next();
    whole.next().is_some() || first.is_none_or(|parts| !is_same(&parts, key))
}

/// The parts joined by "/", as arguments have them.
#[must_use]
pub fn plain_form(key: &Key) -> String {
    let parts: Vec<String> = key.parts().iter().map(ToString::to_string).collect();
    parts.join(&JOINT.to_string())
}

/// The parts of a text in the exact form, none if it is a list of other things; `None` if it is not in that form.
pub(super) fn parse_exact(text: &str) -> Option<Vec<WrittenKeyPart>> {
    let text = text.trim();
    if !text.starts_with('[') {
        return None;
    }
    let list: Vec<&RawValue> = serde_json::from_str(text).ok()?;
    let parts: Result<Vec<KeyValue>, _> = list
        .iter()
        .map(|part| serde_json::from_str(part.get()))
        .collect();
    let parts = parts.unwrap_or_default();
    let parts = parts.iter().map(|part| match part {
        KeyValue::Text(text) => WrittenKeyPart::Text(text.clone()),
        KeyValue::Lead(id) => WrittenKeyPart::Lead(*id),
    });
    Some(parts.collect())
}

fn is_same(parts: &[WrittenKeyPart], key: &Key) -> bool {
    parts.len() == key.parts().len()
        && parts
            .iter()
            .zip(key.parts())
            .all(|(written, part)| match (written, part) {
                (WrittenKeyPart::Text(written), KeyValue::Text(text)) => **written == *text.trim(),
                (WrittenKeyPart::Lead(written), KeyValue::Lead(id)) => written == id,
                (
                    WrittenKeyPart::Text(_) | WrittenKeyPart::Lead(_) | WrittenKeyPart::Email(_),
                    _,
                ) => false,
            })
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::model::kind::{OPPORTUNITY, ROLE};

    fn role(opportunity: &str, lead: i64, role: &str) -> Key {
        Key::new(vec![
            KeyValue::Text(opportunity.into()),
            KeyValue::Lead(lead),
            KeyValue::Text(role.into()),
        ])
    }

    #[test]
    fn the_exact_form_is_read_back_as_the_same_parts_and_has_no_apostrophe() {
        for text in ["A", "SO/2026/0001", "it's", "\"", "\\", "[\"A\"]", "ä\u{1}"] {
            let form = exact_form(&role(text, 7, text));
            assert!(!form.contains('\''), "{form}");
            let parts = [
                WrittenKeyPart::Text(text.into()),
                WrittenKeyPart::Lead(7),
                WrittenKeyPart::Text(text.into()),
            ];
            assert_eq!(parse_exact(&form).as_deref(), Some(&parts[..]));
        }
    }

    #[test]
    fn what_is_not_a_list_of_texts_and_numbers_is_not_in_the_exact_form() {
        for text in ["A", "[A]", "[", "[] A", "{}", ""] {
            assert_eq!(parse_exact(text), None, "{text}");
        }
        for text in ["[1.5]", "[null]", "[[\"A\"]]", "[]"] {
            assert_eq!(parse_exact(text), Some(Vec::new()), "{text}");
        }
    }

    #[test]
    fn keys_whose_plain_form_has_another_reading_need_the_exact_one() {
        let rows = [
            (role("A-1", 7, "Champion"), false),
            // No lead is called "Seller", so that there is one reading.
            (role("A-1", 7, "Buyer/Seller"), false),
            (role("A-1", 7, "0001"), false),
            (role("SO/2026", 7, "Champion"), true),
            (role("SO/A/B", 7, "Champion"), false),
            (role("SO/2026/0001", 1, "Champion"), true),
            (role("A-1", 7, "1/Champion"), true),
            (role("A@B", 7, "c@d/e@f/g"), true),
        ];
        for (key, needed) in rows {
            assert_eq!(needs_exact_form(&ROLE, &key), needed, "{key}");
        }
        for (id, needed) in [("SO/2026/0001", false), ("[A]", false), ("[\"A\"]", true)] {
            let key = Key::new(vec![KeyValue::Text(id.into())]);
            assert_eq!(needs_exact_form(&OPPORTUNITY, &key), needed, "{key}");
        }
    }
}
