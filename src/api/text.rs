//! Text from the server, made fit for error messages: short, on one line, without control characters. [`super::words`] takes the
//! secrets out before.
//!
//! Only the messages and codes of a reply that was recognised are shown this way. Of all other bodies [`super::body`] tells the form.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

const MAX_CHARS: usize = 300;

/// The most names of members that a message has, and the longest of them.
const MAX_NAMES: usize = 20;
const MAX_NAME: usize = 60;

/// The first 300 characters of `text` on one line, with control characters escaped.
pub(super) fn shown(text: &str) -> Box<str> {
    let mut out = String::new();
    let mut chars = 0;
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
            chars += 1;
        }
        for c in word.chars() {
            if chars >= MAX_CHARS {
                out.push('…');
                return out.into_boxed_str();
            }
            chars += 1;
            if is_plain(c) {
                out.push(c);
            } else {
                out.extend(c.escape_unicode());
            }
        }
    }
    out.into_boxed_str()
}

/// The names of the members of a row, without their values. What does not look like the name of a field may be a value.
pub(super) fn members(row: &str) -> String {
    let Ok(members) = serde_json::from_str::<BTreeMap<String, IgnoredAny>>(row) else {
        return "not an object".to_owned();
    };
    if members.is_empty() {
        return "an empty row".to_owned();
    }
    let mut names: Vec<String> = members.into_keys().collect();
    let count = names.len();
    names.retain(|name| is_field_name(name));
    names.truncate(MAX_NAMES);
    let others = count - names.len();
    match (names.is_empty(), others) {
        (false, 0) => format!("a row with {}", names.join(", ")),
        (false, others) => format!("a row with {}, and {others} other", names.join(", ")),
        (true, others) => format!("a row with {others} members of other names"),
    }
}

fn is_field_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.len() <= MAX_NAME
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(is_plain)
}

/// Whether a character neither controls a terminal nor reorders the text around it.
fn is_plain(c: char) -> bool {
    let reorders =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !c.is_control() && !reorders
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn foreign_text_is_short_and_plain() {
        let rows = [
            ("  <html>\n  <b>no</b> ", "<html> <b>no</b>"),
            ("a\u{1b}[31mb\u{202e}c", "a\\u{1b}[31mb\\u{202e}c"),
        ];
        for (text, expected) in rows {
            assert_eq!(&*shown(text), expected);
        }
        assert_eq!(shown(&"x".repeat(500)).chars().count(), MAX_CHARS + 1);
    }

    #[test]
    fn rows_are_told_by_the_names_of_their_fields() {
        assert_eq!(members(r#"{"id":1,"email":"a@b"}"#), "a row with email, id");
        assert_eq!(
            members(r#"{"id":1,"a@b":"x","cdf01657-110d":2}"#),
            "a row with id, and 2 other"
        );
        assert_eq!(
            members(r#"{"a@b":1}"#),
            "a row with 1 members of other names"
        );
        assert_eq!(members("{}"), "an empty row");
        assert_eq!(members("7"), "not an object");
    }
}
