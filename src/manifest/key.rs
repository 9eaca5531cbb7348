//! Keys of entries: the parts as the kind's table asks for them, and the rules that Marketo's own comparison imposes.
//!
//! Blanks and commas are refused because Marketo trims the one and separates query values by the
//! other; a key that breaks a rule is kept, so that duplicates of it are found in the same run.

use super::decode::Decoder;
use super::tree::{At, Member, Node};
use crate::model::{DeclaredPart, Form, KeyPart, KeyType, LeadReference, Problem, Shape};

/// A part of a key as an entry writes it.
pub(super) struct WrittenPart<'t> {
    pub(super) member: Member<'t>,
    pub(super) by: By,
}

/// How a part is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Value,
    Reference,
}

impl<'t> Decoder<'_> {
    /// Reads a part of a key; nothing if it has no value that could be compared.
    pub(super) fn key_part(
        &mut self,
        part: &'static KeyPart,
        written: WrittenPart<'t>,
    ) -> Option<DeclaredPart> {
        let node = written.member.value;
        match (part.holds, written.by) {
            (KeyType::Text { max_chars }, _) => self.text_part(part.field, max_chars, node),
            (KeyType::Lead { .. }, By::Value) => self.lead_id(part.field, node),
            (KeyType::Lead { .. }, By::Reference) => self.lead_reference(node),
        }
    }

    fn text_part(
        &mut self,
        field: &'static str,
        limit: usize,
        node: Node<'t>,
    ) -> Option<DeclaredPart> {
        let (text, at) = self.key_text(field, node)?;
        let is_harmless = |byte: u8| byte.is_ascii_graphic() && byte != b',';
        if text.len() <= limit && text.bytes().all(is_harmless) {
            return Some(DeclaredPart::Text(text.into()));
        }
        let length = text.chars().count();
        let rules = [
            (text.trim() != text, Problem::BlanksAroundKey { field }),
            (text.contains(','), Problem::CommaInKey { field }),
            (has_control(&text), Problem::ControlInKey { field }),
            (
                length > limit,
                Problem::KeyTooLong {
                    field,
                    length,
                    limit,
                },
            ),
        ];
        for (is_broken, problem) in rules {
            if is_broken {
                self.report(problem, at);
            }
        }
        Some(DeclaredPart::Text(text.into()))
    }

    fn lead_id(&mut self, field: &'static str, node: Node<'t>) -> Option<DeclaredPart> {
        let (text, at) = self.key_text(field, node)?;
        let id = text.parse().ok().filter(|id: &i64| *id > 0);
        if id.is_none() {
            self.report(Problem::NotALeadId { field }, at);
        }
        id.map(DeclaredPart::Lead)
    }

    fn lead_reference(&mut self, node: Node<'t>) -> Option<DeclaredPart> {
        let at = node.at;
        if node.shape() == Some(Shape::Scalar) {
            // The commonest slip is `lead: ada@example.com`.
            self.report(Problem::LeadNeedsOneField { found: 0 }, at);
            return None;
        }
        let members = self.mapping(node)?;
        let found = members.len();
        let Ok([member]) = <[Member<'t>; 1]>::try_from(members) else {
            self.report(Problem::LeadNeedsOneField { found }, at);
            return None;
        };
        let at = member.value.at;
        let value = self.shaped(member.value.into_scalar(), Shape::Scalar, at)?;
        let text = value.text;
        let is_searchable = value.form != Form::Null && is_reference_value(&text);
        if !is_searchable {
            let value = text.into_owned();
            self.report(Problem::BadLeadValue { value }, at);
            return None;
        }
        Some(DeclaredPart::LeadBy(Box::new(LeadReference {
            field: member.name.into_owned().into_boxed_str(),
            value: text.into_owned().into_boxed_str(),
            at: self.span(at),
        })))
    }

    /// The text of a part of a key, and where it stands.
    fn key_text(&mut self, field: &'static str, node: Node<'t>) -> Option<(String, At)> {
        let at = node.at;
        let scalar = self.shaped(node.into_scalar(), Shape::Scalar, at)?;
        if scalar.form == Form::Null || scalar.text.is_empty() {
            self.report(Problem::EmptyKey { field }, at);
            return None;
        }
        Some((scalar.text.into_owned(), at))
    }
}

/// Whether entries can name a record by this text as a part of its key.
#[must_use]
pub fn is_key_text(text: &str, max_chars: usize) -> bool {
    is_reference_value(text) && text.chars().count() <= max_chars
}

/// Whether entries can name a lead by this value of a field.
#[must_use]
pub fn is_reference_value(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.contains(',') && !has_control(text)
}

fn has_control(text: &str) -> bool {
    text.chars().any(char::is_control)
}
