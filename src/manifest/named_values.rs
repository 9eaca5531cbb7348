//! References to values that differ between instances: `${NAME}` stands for what the configuration sets under that name.
//!
//! A reference is the whole value, and takes the type of what it stands for. It is no template language: a text *with* `${` in it is
//! refused, because nobody who writes one wants it taken literally, and who does writes `$${` for it.

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
        match tagged(text) {
            Ok(text) => Resolved::Literal(text),
            Err(problem) => Resolved::Refused(problem),
        }
    }
}

/// What a text stands for that has a tag, and therefore is no reference.
pub(super) fn tagged(text: Cow<'_, str>) -> Result<Cow<'_, str>, Problem> {
    if !text.contains(OPENING) {
        return Ok(text);
    }
    unescaped(&text)
        .map(Cow::Owned)
        .ok_or(Problem::PartialReference)
}

/// What a reference begins with.
const OPENING: &str = "${";

/// The name in `${NAME}`.
fn reference(text: &str) -> Option<&str> {
    let name = text.strip_prefix("${")?.strip_suffix('}')?;
    is_value_name(name).then_some(name)
}

/// A text without the `$` that every `${` in it has before itself; nothing if one has none.
fn unescaped(text: &str) -> Option<String> {
    let mut meant = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(OPENING) {
        meant.push_str(rest[..at].strip_suffix('$')?);
        meant.push_str(OPENING);
        rest = &rest[at + OPENING.len()..];
    }
    meant.push_str(rest);
    Some(meant)
}

/// A text as manifests write it: each `${` gets a `$` more.
pub(super) fn literal(text: &str) -> Cow<'_, str> {
    if text.contains(OPENING) {
        return Cow::Owned(text.replace(OPENING, "$${"));
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
            ("by $${owner}: $${x", "literal by ${owner}: ${x"),
            ("by ${owner}", "PartialReference"),
            ("${owner} ", "PartialReference"),
            ("by ${other}", "PartialReference"),
            ("${}", "PartialReference"),
            ("${ owner }", "PartialReference"),
            ("${öwner}", "PartialReference"),
            ("${owner", "PartialReference"),
            ("$${owner}${owner}", "PartialReference"),
            ("$5", "literal $5"),
            ("$$", "literal $$"),
            ("{owner}", "literal {owner}"),
        ];
        for (text, expected) in rows {
            assert_eq!(resolved(text), expected, "{text}");
        }
    }

    #[test]
    fn a_text_is_read_as_it_was_meant_when_written() {
        for text in [
            "${owner}",
            "$${owner}",
            "$$$${x}",
            "${}",
            "$5",
            "a",
            "a ${b} $${c} ${",
        ] {
            assert_eq!(resolved(&literal(text)), format!("literal {text}"));
        }
    }
}
