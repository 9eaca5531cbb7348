//! Masks sensitive values in messages of an instance.
//!
//! The messages have no fixed form. Two things are masked: the values themselves and, in a message that names a sensitive field,
//! everything in quotes except names of fields.

use std::borrow::Cow;

use crate::model::Value;

use super::change::{Change, FieldChange};

/// The text in the place of a sensitive value.
pub const MASK: &str = "(sensitive)";

/// A message about these changes, without their sensitive values.
#[must_use]
pub fn masked<'m, 'p>(
    message: &'m str,
    changes: impl IntoIterator<Item = &'p Change>,
) -> Cow<'m, str> {
    let fields: Vec<&FieldChange> = changes
        .into_iter()
        .flat_map(Change::fields)
        .filter(|field| field.sensitive)
        .collect();
    if fields.is_empty() {
        return Cow::Borrowed(message);
    }
    let mut values: Vec<String> = fields
        .iter()
        .flat_map(|field| [&field.before, &field.after])
        .filter(|value| !value.is_null())
        .flat_map(forms)
        .collect();
    // The longest first, since a value may be a part of another one.
    values.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    values.dedup();
    let mut shown = message.to_owned();
    for value in &values {
        shown = without(&shown, value);
    }
    let names: Vec<&str> = fields.iter().map(|field| &*field.name).collect();
    Cow::Owned(without_quotes(&shown, &names))
}

/// The ways in which an instance may write a value.
fn forms(value: &Value) -> Vec<String> {
    let text = value.to_string();
    let trimmed = text.trim().to_owned();
    let mut forms = vec![text, trimmed];
    if let Value::Decimal(value) = value {
        forms.push(value.normalize().to_string());
    }
    forms.retain(|form| !form.is_empty());
    forms
}

/// The text with this value masked, but only where the value is a word of its own: "5" is not masked in "255 characters".
fn without(text: &str, value: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(value) {
        let (before, found) = rest.split_at(start);
        let after = &found[value.len()..];
        shown.push_str(before);
        let left = before.chars().next_back().or(shown.chars().next_back());
        let continues = continues_word(left, value.chars().next())
            || continues_word(after.chars().next(), value.chars().next_back());
        shown.push_str(if continues { value } else { MASK });
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// Whether two neighbouring characters, if there are two, belong to one word.
fn continues_word(outside: Option<char>, inside: Option<char>) -> bool {
    [outside, inside]
        .into_iter()
        .all(|side| side.is_some_and(char::is_alphanumeric))
}

/// The text with everything masked that it quotes except the names of these fields, if it names one of them.
fn without_quotes(text: &str, names: &[&str]) -> String {
    let folded = text.to_lowercase();
    if !names
        .iter()
        .any(|name| folded.contains(&name.to_lowercase()))
    {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(['\'', '"']) {
        let (before, quoted) = rest.split_at(start);
        let mark = &quoted[..1];
        let Some(length) = quoted[1..].find(mark) else {
            break;
        };
        let inside = &quoted[1..=length];
        let is_name = names.iter().any(|name| name.eq_ignore_ascii_case(inside));
        let inside = if is_name { inside } else { MASK };
        shown.extend([before, mark, inside, mark]);
        rest = &quoted[length + 2..];
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::model::kind::OPPORTUNITY;
    use crate::model::{DataType, FileId, Form, Key, KeyValue, Span};
    use crate::plan::{Action, At};

    /// A change of a sensitive field from one value to another.
    fn change(data_type: &DataType, before: &str, after: &str) -> Change {
        let form = |text: &str| {
            if text.is_empty() {
                Form::Null
            } else {
                Form::Text
            }
        };
        let value = |text: &str| Value::observed(form(text), text, data_type);
        let fields = vec![FieldChange {
            name: "salary".into(),
            data_type: data_type.clone(),
            before: value(before),
            after: value(after),
            sensitive: true,
            moved: None,
            at: None,
        }];
        Change {
            kind: &OPPORTUNITY,
            key: Key::new(vec![KeyValue::Text("A".into())]),
            shown: "A".into(),
            label: None,
            action: Action::Update {
                id: "1".into(),
                fields,
            },
            at: At::Here(Span {
                file: FileId(0),
                start: 0,
                end: 0,
            }),
        }
    }

    #[test]
    fn both_values_are_masked_however_they_are_written() {
        let text = DataType::String;
        let rows = [
            (&text, "", "52000", "no 52000", "no (sensitive)"),
            (&text, "51000", "", "51000 is 51", "(sensitive) is 51"),
            (&text, "a", "a b", "a b is a", "(sensitive) is (sensitive)"),
            (
                &text,
                "",
                " a ",
                "[ a ] and [a]",
                "[(sensitive)] and [(sensitive)]",
            ),
            (
                &DataType::Currency,
                "",
                "16.50",
                "16.50, 16.5",
                "(sensitive), (sensitive)",
            ),
        ];
        for (data_type, before, after, message, expected) in rows {
            let change = change(data_type, before, after);
            assert_eq!(masked(message, [&change]), expected);
        }
    }

    #[test]
    fn what_is_not_sensitive_is_shown() {
        let mut change = change(&DataType::String, "a", "b");
        if let Action::Update { fields, .. } = &mut change.action {
            fields[0].sensitive = false;
        }
        assert_eq!(masked("a 'b'", [&change]), "a 'b'");
        assert_eq!(masked("a 'b'", []), "a 'b'");
    }

    #[test]
    fn a_value_is_masked_as_a_word() {
        let rows = [
            ("5 is not in 255", "5", "(sensitive) is not in 255"),
            ("got abc.", "abc", "got (sensitive)."),
            ("abcd abc-abc", "abc", "abcd (sensitive)-(sensitive)"),
            ("none", "abc", "none"),
            ("-3 and 1-3", "-3", "(sensitive) and 1(sensitive)"),
        ];
        for (text, value, expected) in rows {
            assert_eq!(without(text, value), expected, "{text}");
        }
    }

    #[test]
    fn what_a_message_quotes_beside_the_field_is_masked() {
        let rows = [
            (
                "Invalid value for field 'Salary' and value '14c'",
                "Invalid value for field 'Salary' and value '(sensitive)'",
            ),
            (
                r#"salary: "a" 'b' and it's"#,
                r#"salary: "(sensitive)" '(sensitive)' and it's"#,
            ),
            (
                "Invalid value 'x' for 'stage'",
                "Invalid value 'x' for 'stage'",
            ),
        ];
        for (text, expected) in rows {
            assert_eq!(without_quotes(text, &["salary"]), expected);
        }
    }
}
