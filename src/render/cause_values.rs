//! The values in which refused records differ: those in the messages of the instance, and those of what the records refer to.

use std::collections::HashMap;

use crate::api::references_of;
use crate::model::Value;
use crate::plan::Change;

/// What stands in a message of the instance for a value that differs from record to record.
const VALUE: &str = "…";

/// The values of one refused change: those in the instance's messages, and those of the fields that refer to something.
#[derive(Default)]
pub(super) struct Values {
    pub(super) in_messages: Vec<String>,
    pub(super) sent: Vec<(&'static str, String)>,
}

/// What a change has sent that a code of the instance may be about.
pub(super) fn sent(code: &str, change: &Change) -> Vec<(&'static str, String)> {
    let references = references_of(code, change.verb(), change.kind).into_iter();
    let sent = references.filter_map(|reference| {
        let value = match change.fields().get(reference.field) {
            Some(field) if field.sensitive || field.after == Value::Null => return None,
            Some(field) => field.after.to_string(),
            None => {
                let mut parts = change.kind.key.iter();
                let part = parts.position(|part| part.field == reference.field)?;
                change.key.parts().get(part)?.to_string()
            }
        };
        Some((reference.field, value))
    });
    sent.collect()
}

/// How often each value is there, the most frequent first.
pub(super) fn counts(values: impl Iterator<Item = String>) -> Vec<(String, usize)> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for value in values {
        let place = *places.entry(value.clone()).or_insert_with(|| {
            counts.push((value, 0));
            counts.len() - 1
        });
        counts[place].1 += 1;
    }
    counts.sort_by_key(|(_, count)| usize::MAX - count);
    counts
}

/// A message with `…` for each of its values: what stands in quotes, and numbers.
pub(super) fn shape(message: &str) -> (String, Vec<String>) {
    let mut shape = String::with_capacity(message.len());
    let mut values = Vec::new();
    let mut rest = message;
    while let Some(c) = rest.chars().next() {
        let is_inside = shape.ends_with(char::is_alphanumeric);
        let quoted = matches!(c, '\'' | '"')
            .then(|| rest[1..].find(c))
            .flatten()
            .filter(|_| !is_inside);
        if let Some(end) = quoted {
            values.push(rest[1..=end].to_owned());
            shape.extend([&rest[..1], VALUE, &rest[..1]]);
            rest = &rest[end + 2..];
            continue;
        }
        // A number, or a key that begins with a digit: as a whole.
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
        let number = rest.len() - rest.trim_start_matches(is_word).len();
        let number = rest[..number].trim_end_matches(['.', '-']).len();
        if number > 0 && c.is_ascii_digit() && !is_inside {
            values.push(rest[..number].to_owned());
            shape.push_str(VALUE);
            rest = &rest[number..];
            continue;
        }
        shape.push(c);
        rest = &rest[c.len_utf8()..];
    }
    (shape, values)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_message_has_a_shape_and_values() {
        for (message, expected, values) in [
            ("Lead not found", "Lead not found", vec![]),
            (
                "Lead 456350 not found.",
                "Lead … not found.",
                vec!["456350"],
            ),
            (
                "Value '12.5' of field \"amount\" is over 3.0",
                "Value '…' of field \"…\" is over …",
                vec!["12.5", "amount", "3.0"],
            ),
            ("it's A1 or 'open", "it's A1 or 'open", vec![]),
            (
                "Object 006000200QXAAA not found",
                "Object … not found",
                vec!["006000200QXAAA"],
            ),
            ("''", "'…'", vec![""]),
            ("ü'é'", "ü'é'", vec![]),
        ] {
            let values: Vec<String> = values.into_iter().map(str::to_owned).collect();
            assert_eq!(shape(message), (expected.to_owned(), values), "{message}");
        }
    }
}
