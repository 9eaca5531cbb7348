//! Masks sensitive values in texts that came from an instance. Our own words are never masked.
//!
//! The messages have no fixed form, so this goes by what is known: the values of all records of a plan, since one call has many
//! records and a message about one can quote another; and that a message which names a sensitive field may quote its value.
//! A value is known by its words: in any letter case, between other marks, as HTML or JSON writes it (see [`plain`]), in other forms
//! of numbers and dates (see [`forms`]), and where the instance cut it short. The names of fields and everything else stay.

mod forms;
mod plain;

use std::borrow::Cow;

use crate::api::ApiError;
use crate::model::{Desired, Value};

use super::bind::Schemas;
use super::change::{Change, FieldChange};

use self::forms::forms;
use self::plain::Plain;

/// The text in the place of a sensitive value.
pub const MASK: &str = "(sensitive)";

/// The fewest letters of a value that count as the value cut short.
const FEWEST: usize = 4;

/// The fewest letters of two or more whole words with which a value begins that count as the value, whatever comes after them.
const FEWEST_OF_WORDS: usize = 8;

/// The sensitive values of a plan.
#[derive(Debug, Default)]
pub struct Mask {
    /// The words of the values, sorted, of each in all forms in which an instance may write it.
    values: Vec<Box<[char]>>,
    /// The values that have no words, as they are.
    marks: Vec<String>,
    /// The names of the sensitive fields.
    names: Vec<String>,
}

/// A message about these changes, without the sensitive values of any of them.
#[must_use]
pub fn masked<'m, 'p>(
    message: &'m str,
    changes: impl IntoIterator<Item = &'p Change>,
) -> Cow<'m, str> {
    Mask::of(changes).text(message)
}

impl Mask {
    /// The sensitive values of these changes, before and after.
    #[must_use]
    pub fn of<'p>(changes: impl IntoIterator<Item = &'p Change>) -> Self {
        Self::default().with(changes)
    }

    /// The same with those of these changes.
    #[must_use]
    pub fn with<'p>(mut self, changes: impl IntoIterator<Item = &'p Change>) -> Self {
        let fields = changes.into_iter().flat_map(Change::fields);
        for FieldChange {
            name,
            before,
            after,
            sensitive,
            ..
        } in fields
        {
            if !sensitive {
                continue;
            }
            self.add(name, [before, after]);
        }
        self.sorted()
    }

    /// The sensitive values that manifests declare, for what an instance says before there is a plan.
    #[must_use]
    pub fn of_declared(desired: &Desired, schemas: &Schemas) -> Self {
        let mut mask = Self::default();
        for declared in &desired.records {
            let Some(schema) = schemas.get(declared.kind) else {
                continue;
            };
            for assignment in &declared.fields {
                let field = schema.folded(&assignment.name);
                if let Some(field) = field.filter(|field| field.sensitive)
                    && let Ok(value) = Value::declared(&assignment.value, &field.data_type)
                {
                    mask.add(&field.name, [&value]);
                }
            }
        }
        mask.sorted()
    }

    /// Whether there is nothing to mask.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    fn add<'v>(&mut self, name: &str, values: impl IntoIterator<Item = &'v Value>) {
        if !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
        let values = values.into_iter().filter(|value| !value.is_null());
        for form in values.flat_map(forms) {
            let letters = Plain::of(&form).letters;
            let mark = form.trim();
            if !letters.is_empty() {
                self.values.push(letters.into());
            } else if !mark.is_empty() {
                self.marks.push(mark.to_owned());
            }
        }
    }

    fn sorted(mut self) -> Self {
        self.values.sort_unstable();
        self.values.dedup();
        self
    }

    /// A text of an instance without these values.
    #[must_use]
    pub fn text<'m>(&self, message: &'m str) -> Cow<'m, str> {
        if self.names.is_empty() {
            return Cow::Borrowed(message);
        }
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        Cow::Owned(without_quotes(&self.without_values(message), &names))
    }

    /// An error of a call, without these values where it quotes the instance.
    #[must_use]
    pub fn error(&self, error: &ApiError) -> String {
        let text = error.to_string();
        let Some(theirs) = error.quoted().filter(|theirs| !theirs.is_empty()) else {
            return text;
        };
        // Their words come last, so that the last occurrence is theirs, and not ours in other words.
        match text.rfind(theirs) {
            Some(start) => {
                let end = start + theirs.len();
                let theirs = self.text(theirs);
                [&text[..start], &theirs, &text[end..]].concat()
            }
            None => text,
        }
    }

    fn without_values(&self, message: &str) -> String {
        let plain = Plain::of(message);
        let mut shown = String::with_capacity(message.len());
        let (mut at, mut written) = (0, 0);
        while at < plain.letters.len() {
            let length = self.value_at(&plain, at, message);
            if length > 0 {
                let (from, to) = plain.bytes(at, length);
                shown.extend([&message[written..from], MASK]);
                (at, written) = (at + length, to);
            } else {
                at += 1;
            }
        }
        shown.push_str(&message[written..]);
        for mark in &self.marks {
            shown = shown.replace(mark, MASK);
        }
        shown
    }

    /// The number of letters of the longest value that begins here, whole or cut short; 0 if there is none.
    fn value_at(&self, plain: &Plain, at: usize, message: &str) -> usize {
        if !plain.is_start(at) {
            return 0;
        }
        let text = &plain.letters[at..];
        // The neighbours of the text in the sorted list have the longest beginning in common with it.
        let place = self.values.partition_point(|value| **value < *text);
        let neighbours = [place.checked_sub(1), Some(place)];
        let common = neighbours
            .into_iter()
            .flatten()
            .filter_map(|index| self.values.get(index))
            .map(|value| common_length(value, text))
            .max()
            .unwrap_or(0);
        if common >= FEWEST {
            let (_, end) = plain.bytes(at, common);
            if is_cut(&message[end..]) {
                return common;
            }
        }
        let is_value = |length: &usize| {
            let value = &text[..*length];
            plain.is_end(at + length)
                && self
                    .values
                    .binary_search_by(|known| (**known).cmp(value))
                    .is_ok()
        };
        let whole = (1..=common).rev().find(is_value).unwrap_or(0);
        whole.max(beginning(&text[..common]))
    }
}

/// The length of the whole words with which a value begins, if they are enough to be told from other words.
fn beginning(common: &[char]) -> usize {
    let mut ends = (0..common.len()).filter(|at| common[*at] == ' ');
    let words = ends.clone().count();
    let last = ends.next_back().unwrap_or(0);
    let letters = common[..last].iter().filter(|letter| **letter != ' ');
    if words >= 2 && letters.count() >= FEWEST_OF_WORDS {
        last
    } else {
        0
    }
}

fn common_length(one: &[char], other: &[char]) -> usize {
    let pairs = one.iter().zip(other);
    pairs.take_while(|(one, other)| one == other).count()
}

/// Whether a value may have been cut short before this: at the end of the text or of a quotation, at an ellipsis or at a remark.
fn is_cut(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.is_empty()
        || rest.starts_with(['\'', '"', '…', '`', '[', '(', '<'])
        || rest.starts_with("..")
}

/// The text with everything masked that it quotes except the names of these fields, if it names one of them.
fn without_quotes(text: &str, names: &[&str]) -> String {
    let lower = text.to_lowercase();
    if !names
        .iter()
        .any(|name| lower.contains(&name.to_lowercase()))
    {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(['\'', '"']) {
        let (before, quoted) = rest.split_at(start);
        let mark = &quoted[..1];
        let Some(length) = quoted[1..].find(mark) else {
            // A quotation that was cut short; not the apostrophe of a word.
            if !before.ends_with(char::is_alphanumeric) && quoted.len() > 1 {
                shown.extend([before, mark, MASK]);
                return shown;
            }
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
    use std::time::Duration;

    use pretty_assertions::assert_eq;

    use super::*;
    use crate::api::{Call, CallRefusal, Operation};
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
                "[ (sensitive) ] and [(sensitive)]",
            ),
            (
                &DataType::Currency,
                "",
                "16.50",
                "16.50, 16.5",
                "(sensitive), (sensitive)",
            ),
            (
                &DataType::Currency,
                "",
                "83500.5",
                "83500.50 or 83500, not 8350 euros",
                "(sensitive) or (sensitive), not 8350 euros",
            ),
        ];
        for (data_type, before, after, message, expected) in rows {
            let change = change(data_type, before, after);
            assert_eq!(masked(message, [&change]), expected);
        }
    }

    #[test]
    fn values_are_known_in_any_letter_case_and_where_they_are_cut_short() {
        let value = "Übernahme by Acme, 52 million";
        let rows = [
            ("No ÜBERNAHME BY ACME, 52 MILLION.", "No (sensitive)."),
            ("'Übernahme by Ac' is long", "'(sensitive)' is long"),
            ("bad: übernahme by…", "bad: (sensitive)…"),
            ("bad: Übernahme ...", "bad: (sensitive) ..."),
            ("bad: Übernahme by Acme, 5", "bad: (sensitive)"),
            // Too short to be told from other words, or another word.
            ("bad: Übe", "bad: Übe"),
            ("Übernahme of others", "Übernahme of others"),
        ];
        for (text, expected) in rows {
            let change = change(&DataType::String, "", value);
            assert_eq!(masked(text, [&change]), expected, "{text}");
        }
        let quoted = "Value for 'salary' is bad: 'something else that was cu";
        let change = change(&DataType::String, "", value);
        assert_eq!(
            masked(quoted, [&change]),
            "Value for 'salary' is bad: '(sensitive)"
        );
    }

    #[test]
    fn values_are_known_in_other_forms() {
        let text = DataType::String;
        let rows = [
            (
                &text,
                "Patient Doe has\ndiabetes type two",
                "cannot store: Patient Doe has diabetes  type two!",
                "cannot store: (sensitive)!",
            ),
            (
                &text,
                "Patient \"Doe\" & Sons diabetes",
                "no Patient &quot;Doe&quot; &amp; Sons diabetes",
                "no (sensitive)",
            ),
            (
                &text,
                "Müller hat diabetes",
                "cannot store M\\u00fcller hat diabetes here",
                "cannot store (sensitive) here",
            ),
            (
                &text,
                "Patient Doe has diabetes and more",
                "value too long: Patient Doe has diabe [truncated]",
                "value too long: (sensitive) [truncated]",
            ),
            (
                &text,
                "Patient Doe has diabetes and more",
                "Patient Doe has asthma",
                "(sensitive) asthma",
            ),
            (&text, "***", "not ***", "not (sensitive)"),
            (
                &DataType::Currency,
                "12345678.91",
                "12,345,678.91, 12.345.678,91, 1.234567891E7, 12'345'678 or 1234567891",
                "(sensitive), (sensitive), (sensitive)7, (sensitive) or (sensitive)",
            ),
            (
                &DataType::Date,
                "2026-12-31",
                "12/31/2026, 31.12.26, Dec 31, 2026 and 20261231",
                "(sensitive), (sensitive), (sensitive) and (sensitive)",
            ),
            (
                &DataType::Datetime,
                "2026-12-31T10:00:00Z",
                "2026-12-31 10:00:00.0 or 31 December 2026",
                "(sensitive) 10:00:00.0 or (sensitive)",
            ),
        ];
        for (data_type, value, message, expected) in rows {
            let change = change(data_type, "", value);
            assert_eq!(masked(message, [&change]), expected);
        }
    }

    #[test]
    fn the_values_of_all_records_are_masked() {
        let [one, other] =
            ["alpha", "alphabet soup"].map(|value| change(&DataType::String, "", value));
        let mask = Mask::of([&one, &other]);
        assert_eq!(
            mask.text("alpha, Alphabet soup, alphabet, alphabetical"),
            "(sensitive), (sensitive), alphabet, alphabetical"
        );
    }

    #[test]
    fn our_own_words_are_never_masked() {
        let [one, other] = ["607", "127"].map(|value| change(&DataType::Integer, "", value));
        let mask = Mask::of([&one, &other]);
        let call = Call {
            operation: Operation::Update,
            kind: Some(&OPPORTUNITY),
        };
        let refusal = CallRefusal {
            code: "607".into(),
            message: "607 of 127".into(),
            request_id: Some("127#607".into()),
        };
        assert_eq!(
            mask.error(&ApiError::Quota { call, refusal }),
            "update of opportunities: the daily quota is reached: 607 \"(sensitive) of (sensitive)\", request 127#607"
        );
        let limit = Duration::from_secs(127);
        assert_eq!(
            mask.error(&ApiError::TimedOut { call, limit }),
            "update of opportunities: no reply within 127 s"
        );
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
            ("-3 and 1-3", "-3", "-(sensitive) and 1-(sensitive)"),
        ];
        for (text, value, expected) in rows {
            let change = change(&DataType::String, "", value);
            assert_eq!(masked(text, [&change]), expected, "{text}");
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
