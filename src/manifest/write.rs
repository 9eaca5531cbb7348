//! From records to the text of a manifest, as a person would write it.
//!
//! Reading the text gives the same records again, in this program and in other readers of YAML, whichever version of YAML they
//! follow (see `scalar`). Pure: no files, no instance. Comments, defaults and lifecycles are for people to add.

use std::sync::Arc;

pub(super) use self::scalar::{block as block_of, escaped, flow, inline};
use super::document::{VERSION, VERSION_MEMBER};
use super::grammar::{FIELDS, Grammar};
use super::named_values::literal;
use crate::model::kind::KINDS;
use crate::model::{Form, KeyPart, KeyType, ObjectKind, Scalar, Value};

mod scalar;
#[cfg(test)]
mod tests;

/// One record as an entry, with the entries that are nested in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestEntry {
    pub kind: &'static ObjectKind,
    /// One part for each part of the kind's key, in that order.
    pub key: Vec<EntryPart>,
    /// In the order in which they are written; null clears a field.
    pub fields: Vec<(Arc<str>, Value)>,
    /// Records whose parent is this one. They take a part of their key from it.
    pub children: Vec<Self>,
}

/// A part of a key as an entry writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryPart {
    Text(Box<str>),
    Lead(i64),
    /// A lead, by the value of a field that no other lead has.
    LeadBy {
        field: Box<str>,
        value: Box<str>,
    },
}

/// The indentation of the members of a list or mapping.
const STEP: usize = 2;

/// The text of a manifest with these entries. `schema` is the path or URL at which editors find the schema of manifests.
#[must_use]
pub fn write(schema: Option<&str>, entries: &[&ManifestEntry]) -> String {
    let mut writer = ManifestWriter {
        text: String::new(),
        grammars: Grammar::all(),
    };
    if let Some(schema) = schema {
        let line = format!("# yaml-language-server: $schema={schema}\n");
        writer.text.push_str(&line);
    }
    writer.line(0, &format!("{VERSION_MEMBER}: {VERSION}"));
    for kind in KINDS {
        writer.section(entries, kind, 0, None);
    }
    writer.text
}

struct ManifestWriter {
    text: String,
    grammars: Vec<Grammar>,
}

/// The indentation of the members of an entry. The first member follows the dash of the list.
struct Indentation {
    columns: usize,
    is_first: bool,
}

impl ManifestWriter {
    /// Writes the entries of one kind as a list; nothing if there are none. A nested entry leaves out the part of the key with the
    /// index `inherited`.
    fn section(
        &mut self,
        entries: &[&ManifestEntry],
        kind: &ObjectKind,
        columns: usize,
        inherited: Option<usize>,
    ) {
        let mut is_empty = true;
        for entry in entries {
            if entry.kind != kind {
                continue;
            }
            if is_empty {
                self.line(columns, &format!("{}:", kind.plural));
                is_empty = false;
            }
            self.entry(entry, columns + STEP, inherited);
        }
    }

    fn entry(&mut self, entry: &ManifestEntry, columns: usize, inherited: Option<usize>) {
        let ManifestEntry {
            kind,
            key,
            fields,
            children,
        } = entry;
        let mut indentation = Indentation {
            columns: columns + STEP,
            is_first: true,
        };
        for (index, (part, written)) in kind.key.iter().zip(key).enumerate() {
            if inherited != Some(index) {
                self.member(&mut indentation, &key_member(part, written));
            }
        }
        let (escaped, direct): (Vec<_>, Vec<_>) = fields
            .iter()
            .partition(|(name, _)| self.grammars[kind.rank()].word(name).is_some());
        for (name, value) in direct {
            self.field(&mut indentation, name, value);
        }
        if !escaped.is_empty() {
            self.member(&mut indentation, &format!("{FIELDS}:"));
            let mut indentation = Indentation {
                columns: indentation.columns + STEP,
                is_first: false,
            };
            for (name, value) in escaped {
                self.field(&mut indentation, name, value);
            }
        }
        let children: Vec<_> = children.iter().collect();
        for child in KINDS {
            self.section(&children, child, indentation.columns, child.parent_part());
        }
    }

    fn field(&mut self, indentation: &mut Indentation, name: &str, value: &Value) {
        let name = inline(name);
        let Scalar { form, text } = Scalar::of(value);
        let member = match form {
            Form::Null => format!("{name}: null"),
            Form::Boolean | Form::Number => format!("{name}: {text}"),
            Form::Text => {
                let text = literal(&text);
                match block_of(&text, indentation.columns + STEP) {
                    Some(block) => format!("{name}: {block}"),
                    None => format!("{name}: {}", inline(&text)),
                }
            }
        };
        self.member(indentation, &member);
    }

    fn member(&mut self, indentation: &mut Indentation, member: &str) {
        if indentation.is_first {
            indentation.is_first = false;
            self.line(indentation.columns - STEP, &format!("- {member}"));
        } else {
            self.line(indentation.columns, member);
        }
    }

    fn line(&mut self, columns: usize, line: &str) {
        self.text.extend(std::iter::repeat_n(' ', columns));
        self.text.push_str(line);
        self.text.push('\n');
    }
}

fn key_member(part: &KeyPart, written: &EntryPart) -> String {
    match (written, part.holds) {
        (EntryPart::Text(text), _) => format!("{}: {}", part.field, inline(&literal(text))),
        (EntryPart::Lead(id), _) => format!("{}: {id}", part.field),
        (EntryPart::LeadBy { field, value }, KeyType::Lead { reference }) => {
            format!(
                "{reference}: {{ {}: {} }}",
                flow(field),
                flow(&literal(value))
            )
        }
        // Only leads can be named by a field. Any other part is written as text.
        (EntryPart::LeadBy { value, .. }, KeyType::Text { .. }) => {
            format!("{}: {}", part.field, inline(&literal(value)))
        }
    }
}
