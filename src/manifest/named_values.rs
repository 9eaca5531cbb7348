//! References to values that differ between instances: `${NAME}` stands for what the configuration sets under that name.
//!
//! A reference is the whole value, and takes the type of what it stands for. It is no template language: a text *with* a reference
//! in it is refused, because nobody who writes one wants it taken literally. `$${NAME}` is the text `${NAME}`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::core_schema;
use super::suggest::closest;
use super::tree::ScalarText;
use crate::model::{Form, Problem};

/// The values of an instance, by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedValues {
    instance: Option<Box<str>>,
    values: BTreeMap<Box<str>, NamedValue>,
}

/// What the configuration says of the entries for one instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstanceRules {
    pub values: NamedValues,
    /// Whether entries are protected that do not say whether they are.
    pub protect: bool,
}

/// A scalar as the configuration writes it: a number keeps its digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedValue {
    form: Form,
    text: Box<str>,
}

/// What a scalar of a manifest stands for.
#[derive(Debug)]
pub(super) enum Resolved<'t> {
    /// Itself.
    Literal(Cow<'t, str>),
    /// What the configuration sets.
    Value(ScalarText<'t>),
    Refused(Problem),
}

impl NamedValue {
    /// A scalar without quotes: its type is that of its text.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self {
            form: core_schema::form(text),
            text: text.into(),
        }
    }

    /// A scalar in quotes.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self {
            form: Form::Text,
            text: text.into(),
        }
    }
}

impl NamedValues {
    /// Those of the instance with this name.
    #[must_use]
    pub fn new(instance: &str, values: BTreeMap<Box<str>, NamedValue>) -> Self {
        Self {
            instance: Some(instance.into()),
            values,
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// What a scalar without a tag stands for.
    pub(super) fn resolve<'t>(&self, text: Cow<'t, str>) -> Resolved<'t> {
        // Almost no text has the sign, and a single byte is found fast.
        if !text.as_bytes().contains(&b'$') {
            return Resolved::Literal(text);
        }
        if let Some(name) = reference(&text) {
            return match self.values.get(name) {
                Some(NamedValue { form, text }) => Resolved::Value(ScalarText {
                    form: *form,
                    text: Cow::Owned(text.to_string()),
                    is_reference: true,
                }),
                None => Resolved::Refused(Problem::UnknownValue {
                    suggestion: closest(name, self.values.keys().map(|known| &**known)),
                    name: name.to_owned(),
                    instance: self.instance.clone(),
                }),
            };
        }
        if is_escaped(&text) {
            return Resolved::Literal(match text {
                Cow::Borrowed(text) => Cow::Borrowed(&text[1..]),
                Cow::Owned(text) => Cow::Owned(text[1..].to_owned()),
            });
        }
        match self.part_of(&text) {
            Some(name) => Resolved::Refused(Problem::PartialReference { name }),
            None => Resolved::Literal(text),
        }
    }

    /// The first value that is set and that a text refers to.
    fn part_of(&self, text: &str) -> Option<String> {
        let names = text.split("${").skip(1);
        let mut names = names.filter_map(|rest| Some(rest.split_once('}')?.0));
        names
            .find(|name| self.values.contains_key(*name))
            .map(str::to_owned)
    }
}

/// The name in `${NAME}`.
fn reference(text: &str) -> Option<&str> {
    let name = text.strip_prefix("${")?.strip_suffix('}')?;
    is_value_name(name).then_some(name)
}

/// Whether a text is a reference with further `$` before it: as many as it has, less one, are meant.
fn is_escaped(text: &str) -> bool {
    text.strip_prefix("$$").is_some_and(|rest| {
        let braced = rest.trim_start_matches('$');
        braced.len() + 2 <= text.len() && reference(&format!("${braced}")).is_some()
    })
}

/// A text as manifests write it: one that would be a reference gets a `$` more.
pub(super) fn literal(text: &str) -> Cow<'_, str> {
    if reference(text).is_some() || is_escaped(text) {
        return Cow::Owned(format!("${text}"));
    }
    Cow::Borrowed(text)
}

/// Whether a value may have this name: a letter, then letters, digits, `_` and `-`.
#[must_use]
pub fn is_value_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    /// What a text stands for, in words.
    fn resolved(text: &str) -> String {
        let values = [
            ("owner", NamedValue::text("ada@example.com")),
            ("rate", NamedValue::plain("0.50")),
            ("off", NamedValue::plain("~")),
        ];
        let values = values.map(|(name, value)| (name.into(), value));
        let values = NamedValues::new("local", values.into_iter().collect());
        match values.resolve(Cow::Borrowed(text)) {
            Resolved::Literal(text) => format!("literal {text}"),
            Resolved::Value(ScalarText { form, text, .. }) => format!("{form:?} {text}"),
            Resolved::Refused(problem) => format!("{problem:?}"),
        }
    }

    #[test]
    fn what_a_text_stands_for() {
        let rows = [
            ("Chairs", "literal Chairs"),
            ("${owner}", "Text ada@example.com"),
            ("${rate}", "Number 0.50"),
            ("${off}", "Null ~"),
            (
                "${ownr}",
                "UnknownValue { name: \"ownr\", instance: Some(\"local\"), suggestion: Some(\"owner\") }",
            ),
            ("$${owner}", "literal ${owner}"),
            ("$$${owner}", "literal $${owner}"),
            ("$${other}", "literal ${other}"),
            ("by ${owner}", "PartialReference { name: \"owner\" }"),
            ("${owner} ", "PartialReference { name: \"owner\" }"),
            ("by ${other}", "literal by ${other}"),
            ("${}", "literal ${}"),
            ("${a b}", "literal ${a b}"),
            ("${9}", "literal ${9}"),
            ("${owner", "literal ${owner"),
            ("$5", "literal $5"),
        ];
        for (text, expected) in rows {
            assert_eq!(resolved(text), expected, "{text}");
        }
    }

    #[test]
    fn a_text_is_read_as_it_was_meant_when_written() {
        for text in ["${owner}", "$${owner}", "$$$${x}", "${}", "$5", "a"] {
            assert_eq!(resolved(&literal(text)), format!("literal {text}"));
        }
    }
}
