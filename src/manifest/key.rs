//! Keys of entries: the parts that the table of kinds lists, and the rules that follow from Marketo's own comparison.
//!
//! Marketo trims blanks and separates query values by commas, so both are refused. A key that breaks a rule is kept, so that the
//! same run finds its duplicates.

use super::decoder::Decoder;
use super::tree::{Member, Node, TextRange};
use crate::model::{
    DeclaredPart, Form, Key, KeyPart, KeyType, KeyValue, LeadReference, ObjectKind, Problem, Shape,
};

/// A part of a key as an entry writes it.
pub(super) struct WrittenPart<'t> {
    pub(super) member: Member<'t>,
    pub(super) form: PartForm,
}

/// How an entry writes a part of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PartForm {
    Value,
    Reference,
}

/// Reads a part of a key; `None` if it has no value to compare.
pub(super) fn part(
    decoder: &mut Decoder<'_>,
    part: &'static KeyPart,
    written: WrittenPart<'_>,
) -> Option<DeclaredPart> {
    let node = written.member.value;
    match (part.holds, written.form) {
        (KeyType::Text { .. }, _) => text(decoder, part, node),
        (KeyType::Lead { .. }, PartForm::Value) => lead_id(decoder, part.field, node),
        (KeyType::Lead { .. }, PartForm::Reference) => lead_reference(decoder, node),
    }
}

fn text(decoder: &mut Decoder<'_>, part: &'static KeyPart, node: Node<'_>) -> Option<DeclaredPart> {
    let field = part.field;
    let (text, at) = value(decoder, field, node)?;
    for problem in text_problems(field, &text, part.holds) {
        decoder.report(problem, at);
    }
    Some(DeclaredPart::Text(text.into()))
}

/// What is wrong with the text of a part of a key, or of a field that names a record by it.
pub(super) fn text_problems(field: &'static str, text: &str, holds: KeyType) -> Vec<Problem> {
    let (limit, is_filtered) = match holds {
        KeyType::Text {
            max_chars,
            is_filtered,
        } => (max_chars, is_filtered),
        KeyType::Lead { .. } => (usize::MAX, false),
    };
    // Most keys are short and plain: one pass over their bytes is enough.
    if text.len() <= limit && text.bytes().all(is_harmless) {
        return Vec::new();
    }
    let length = text.chars().count();
    let too_long = Problem::KeyTooLong {
        field,
        length,
        limit,
    };
    let rules = [
        (text.trim() != text, Problem::BlanksAroundKey { field }),
        (
            is_filtered && text.contains(','),
            Problem::CommaInKey { field },
        ),
        (has_control(text), Problem::ControlInKey { field }),
        (length > limit, too_long),
    ];
    let broken = rules.into_iter().filter(|(is_broken, _)| *is_broken);
    broken.map(|(_, problem)| problem).collect()
}

fn lead_id(decoder: &mut Decoder<'_>, field: &'static str, node: Node<'_>) -> Option<DeclaredPart> {
    let (text, at) = value(decoder, field, node)?;
    let id = text.parse().ok().filter(|id: &i64| *id > 0);
    if id.is_none() {
        decoder.report(Problem::NotALeadId { field }, at);
    }
    id.map(DeclaredPart::Lead)
}

fn lead_reference(decoder: &mut Decoder<'_>, node: Node<'_>) -> Option<DeclaredPart> {
    let at = node.at;
    if node.shape() == Some(Shape::Scalar) {
        // The most common slip is `lead: ada@example.com`.
        decoder.report(Problem::LeadNeedsOneField { found: 0 }, at);
        return None;
    }
    let members = decoder.mapping(node)?;
    let found = members.len();
    let Ok([member]) = <[Member<'_>; 1]>::try_from(members) else {
        decoder.report(Problem::LeadNeedsOneField { found }, at);
        return None;
    };
    let at = member.value.at;
    let value = decoder.shaped(member.value.into_scalar(), Shape::Scalar, at)?;
    let text = value.text;
    let is_searchable = value.form != Form::Null && is_reference_value(&text);
    if !is_searchable {
        let value = text.into_owned();
        decoder.report(Problem::BadLeadValue { value }, at);
        return None;
    }
    Some(DeclaredPart::LeadBy(Box::new(LeadReference {
        field: member.name.into_owned().into_boxed_str(),
        field_at: decoder.span(member.name_at),
        value: text.into_owned().into_boxed_str(),
        at: decoder.span(at),
    })))
}

/// The text of a part of a key, and its place.
fn value(
    decoder: &mut Decoder<'_>,
    field: &'static str,
    node: Node<'_>,
) -> Option<(String, TextRange)> {
    let at = node.at;
    let scalar = decoder.shaped(node.into_scalar(), Shape::Scalar, at)?;
    if scalar.form == Form::Null || scalar.text.is_empty() {
        decoder.report(Problem::EmptyKey { field }, at);
        return None;
    }
    Some((scalar.text.into_owned(), at))
}

/// Whether an entry can have this key, or this beginning of one.
#[must_use]
pub fn is_declarable(kind: &ObjectKind, key: &Key) -> bool {
    let mut parts = kind.key.iter().zip(key.parts());
    parts.all(|(part, value)| match value {
        KeyValue::Text(text) => is_key_text(text, part.holds),
        KeyValue::Lead(_) => true,
    })
}

/// Whether an entry can write this text as a part of a key that holds this.
#[must_use]
pub fn is_key_text(text: &str, holds: KeyType) -> bool {
    match holds {
        KeyType::Text {
            max_chars,
            is_filtered,
        } => {
            is_plain(text)
                && text.chars().count() <= max_chars
                && !(is_filtered && text.contains(','))
        }
        KeyType::Lead { .. } => false,
    }
}

/// Whether an entry can name a lead by this value of a field.
#[must_use]
pub fn is_reference_value(text: &str) -> bool {
    is_plain(text) && !text.contains(',')
}

/// Whether Marketo stores a text as it is: it cuts blanks off.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !has_control(text)
}

fn has_control(text: &str) -> bool {
    text.chars().any(char::is_control)
}

fn is_harmless(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b','
}
