//! Records as manifest text: the way back from what an instance holds to what a person would have written.
//!
//! What is written here is read back as the same records, by this program and by every other reader of YAML, whichever
//! version of it that one follows (`scalar` sees to that). Pure: where the text goes is not known here, nor whether an
//! instance has such records. Comments, defaults and lifecycles are left to people.

use std::sync::Arc;

use self::scalar::{block, flow, inline};
use super::decode::{VERSION, VERSION_MEMBER};
use super::grammar::{FIELDS, Grammar, Meaning};
use crate::model::kind::KINDS;
use crate::model::{Form, KeyType, ObjectKind, Scalar, Value};

mod scalar;
#[cfg(test)]
mod tests;

/// One record as an entry, with the entries that are nested in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub kind: &'static ObjectKind,
    /// One part for each part of the kind's key, in that order.
    pub key: Vec<EntryPart>,
    /// In the order in which they are written; null clears a field.
    pub fields: Vec<(Arc<str>, Value)>,
    /// Records that hang on this one: they have a part of their key from it.
    pub children: Vec<Self>,
}

/// A part of a key as an entry writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryPart {
    Text(Box<str>),
    Lead(i64),
    /// A lead by a field that finds it, and no other one.
    LeadBy {
        field: Box<str>,
        value: Box<str>,
    },
}

/// How deep members of a list or mapping are below what holds them.
const STEP: usize = 2;

/// The text of a manifest with these entries; `schema` is where editors find the schema of manifests.
#[must_use]
pub fn write(schema: Option<&str>, entries: &[&Entry]) -> String {
    let mut writer = Writer {
        text: String::new(),
        grammars: Grammar::all(),
    };
    if let Some(schema) = schema {
        let line = format!("# yaml-language-server: $schema={schema}\n");
        writer.text.push_str(&line);
    }
    writer.line(0, &format!("{VERSION_MEMBER}: {VERSION}"));
    for kind in KINDS {
        let of_kind = entries.iter().copied().filter(|entry| entry.kind == kind);
        writer.section(kind, of_kind, 0, false);
    }
    writer.text
}

struct Writer {
    text: String,
    grammars: Vec<Grammar>,
}

/// Where the members of an entry stand. The first one carries the dash of the list.
struct Place {
    indent: usize,
    is_first: bool,
}

impl Writer {
    /// A list of entries; nothing if there are none.
    fn section<'e>(
        &mut self,
        kind: &ObjectKind,
        entries: impl Iterator<Item = &'e Entry>,
        indent: usize,
        is_nested: bool,
    ) {
        let mut entries = entries.peekable();
        if entries.peek().is_some() {
            self.line(indent, &format!("{}:", kind.plural));
        }
        for entry in entries {
            self.entry(entry, indent + STEP, is_nested);
        }
    }

    fn entry(&mut self, entry: &Entry, indent: usize, is_nested: bool) {
        let Entry {
            kind,
            key,
            fields,
            children,
        } = entry;
        let mut place = Place {
            indent: indent + STEP,
            is_first: true,
        };
        let inherited = kind.parent_part().filter(|_| is_nested);
        for (index, (part, written)) in kind.key.iter().zip(key).enumerate() {
            if inherited == Some(index) {
                continue;
            }
            let member = match (written, part.holds) {
                (EntryPart::Text(text), _) => format!("{}: {}", part.field, inline(text)),
                (EntryPart::Lead(id), _) => format!("{}: {id}", part.field),
                (EntryPart::LeadBy { field, value }, KeyType::Lead { reference }) => {
                    format!("{reference}: {{ {}: {} }}", flow(field), flow(value))
                }
                // Only leads are named by a field: there is no other way to write such a part.
                (EntryPart::LeadBy { value, .. }, KeyType::Text { .. }) => {
                    format!("{}: {}", part.field, inline(value))
                }
            };
            self.member(&mut place, &member);
        }
        let (escaped, direct): (Vec<_>, Vec<_>) = fields
            .iter()
            .partition(|(name, _)| self.meaning(kind, name).is_some());
        for (name, value) in direct {
            self.field(&mut place, name, value);
        }
        if !escaped.is_empty() {
            self.member(&mut place, &format!("{FIELDS}:"));
            let mut place = Place {
                indent: place.indent + STEP,
                is_first: false,
            };
            for (name, value) in escaped {
                self.field(&mut place, name, value);
            }
        }
        for child in KINDS {
            let of_kind = children.iter().filter(|entry| entry.kind == child);
            self.section(child, of_kind, place.indent, true);
        }
    }

    /// What a field's name means where it does not stand below `fields`.
    fn meaning(&self, kind: &ObjectKind, name: &str) -> Option<Meaning> {
        let (_, meaning) = self.grammars[kind.rank()].word(name)?;
        Some(meaning)
    }

    fn field(&mut self, place: &mut Place, name: &str, value: &Value) {
        let name = inline(name);
        let Scalar { form, text } = Scalar::of(value);
        let member = match form {
            Form::Null => format!("{name}: null"),
            Form::Boolean | Form::Number => format!("{name}: {text}"),
            Form::Text => match block(&text, place.indent + STEP) {
                Some(block) => format!("{name}: {block}"),
                None => format!("{name}: {}", inline(&text)),
            },
        };
        self.member(place, &member);
    }

    fn member(&mut self, place: &mut Place, member: &str) {
        if place.is_first {
            place.is_first = false;
            self.line(place.indent - STEP, &format!("- {member}"));
        } else {
            self.line(place.indent, member);
        }
    }

    fn line(&mut self, indent: usize, line: &str) {
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.text.push_str(line);
        self.text.push('\n');
    }
}
