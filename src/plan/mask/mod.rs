//! Masks sensitive values in texts that came from an instance. Our own words are never masked.
//!
//! The messages have no fixed form, so this goes by what is known: the values of all records of a plan, since one call has many
//! records and a message about one can quote another; and that a message which names a sensitive field may quote its value.
//! A value is known by its words: in any letter case, between other marks, as HTML or JSON writes it (see [`plain`]), in other forms
//! of numbers and dates (see [`forms`]), and where the instance cut it short. The names of fields and everything else stay.

mod forms;
mod plain;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::api::ApiError;
use crate::model::{Desired, Value};

use super::bind::Schemas;
use super::change::Change;

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
        let changes = changes.into_iter();
        for field in changes.flat_map(|change| change.fields().sensitive()) {
            self.add(&field.name, [&field.before, &field.after]);
        }
        self.sorted()
    }

    /// The sensitive values that manifests declare, for what an instance says before there is a plan.
    #[must_use]
    pub fn of_declared(desired: &Desired, schemas: &Schemas) -> Self {
        let mut mask = Self::default();
        for declared in &desired.records {
            // Of most kinds no field is sensitive, and then no name has to be looked up.
            let schema = schemas.get(declared.kind);
            let Some(schema) = schema.filter(|it| it.fields().iter().any(|it| it.sensitive)) else {
                continue;
            };
            for assignment in declared.fields.iter() {
                let field = schema.folded(assignment.name);
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
