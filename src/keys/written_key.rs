//! Keys as people write them: the parts joined by "/", a lead by its id or e-mail address, or the first part alone for
//! all records whose keys begin with it; or the exact form, a JSON list of the parts.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

use crate::model::{KeyType, ObjectKind};

use super::exact::parse_exact;
use super::key_part::{JOINT, WrittenKeyPart};
use super::reading::{MAX_READINGS, readings};

/// A key as a person wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenKey {
    /// Everything that the text can mean, at least one. Only a text with several "/" can mean more than one key.
    pub(super) readings: Vec<Vec<WrittenKeyPart>>,
    pub place: KeyPlace,
}

/// Where a key is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    Argument,
    Line { file: PathBuf, line: u64 },
}

/// Why a text is not a key. Texts of files are not quoted: they may be anything, and the line is named.
#[derive(Debug, Error)]
pub enum KeyError {
    #[error("{} is not a key of {}", quoted(text.as_deref()), kind.nouns)]
    Form {
        kind: &'static ObjectKind,
        text: Option<String>,
    },
    #[error("{} is neither the id of a lead nor an e-mail address", quoted(text.as_deref()))]
    Lead { text: Option<String> },
}

impl WrittenKey {
    /// Reads a key from one text.
    ///
    /// # Errors
    /// The text is not a key of this kind.
    pub fn of_text(
        kind: &'static ObjectKind,
        text: &str,
        place: KeyPlace,
    ) -> Result<Self, KeyError> {
        let readings = match parse_exact(text) {
            Some(parts) => vec![exact_parts(kind, text, &parts, &place)?],
            None => readings(kind, text),
        };
        if readings.is_empty() || readings.len() > MAX_READINGS {
            return Err(KeyError::form(kind, text, &place));
        }
        Ok(Self { readings, place })
    }

    /// Reads a key from its parts. The first part alone is accepted if it names the parent.
    ///
    /// # Errors
    /// The texts are not the parts of a key of this kind.
    pub fn of_parts(
        kind: &'static ObjectKind,
        texts: &[&str],
        place: KeyPlace,
    ) -> Result<Self, KeyError> {
        let texts: Vec<&str> = texts.iter().map(|text| text.trim()).collect();
        if !has_length(kind, texts.len()) || texts.iter().any(|text| text.is_empty()) {
            return Err(KeyError::form(
                kind,
                &texts.join(&JOINT.to_string()),
                &place,
            ));
        }
        let parts = kind.key.iter().zip(texts);
        let parts = parts.map(|(part, text)| WrittenKeyPart::of(part.holds, text, &place));
        Ok(Self {
            readings: vec![parts.collect::<Result<_, _>>()?],
            place,
        })
    }
}

/// Whether a key of this kind, or the beginning that children have in common, can have this number of parts.
fn has_length(kind: &ObjectKind, count: usize) -> bool {
    count == kind.key.len() || (count == 1 && kind.parent_part() == Some(0))
}

/// The parts of a key in its exact form.
fn exact_parts(
    kind: &'static ObjectKind,
    text: &str,
    parts: &[WrittenKeyPart],
    place: &KeyPlace,
) -> Result<Vec<WrittenKeyPart>, KeyError> {
    if !has_length(kind, parts.len()) {
        return Err(KeyError::form(kind, text, place));
    }
    let parts = kind.key.iter().zip(parts);
    let parts = parts.map(|(part, written)| match (part.holds, written) {
        (KeyType::Text { .. }, WrittenKeyPart::Text(part)) if !part.trim().is_empty() => {
            Ok(written.clone())
        }
        (KeyType::Lead { .. }, WrittenKeyPart::Lead(_)) => Ok(written.clone()),
        (KeyType::Lead { .. }, WrittenKeyPart::Text(part)) => {
            WrittenKeyPart::of(KeyType::Lead { reference: "" }, part, place)
        }
        (KeyType::Text { .. } | KeyType::Lead { .. }, _) => Err(KeyError::form(kind, text, place)),
    });
    parts.collect()
}

impl WrittenKeyPart {
    fn of(holds: KeyType, text: &str, place: &KeyPlace) -> Result<Self, KeyError> {
        match holds {
            KeyType::Text { .. } => Ok(Self::Text(text.into())),
            KeyType::Lead { .. } => match text.parse() {
                Ok(id) => Ok(Self::Lead(id)),
                Err(_) if text.contains('@') => Ok(Self::Email(text.into())),
                Err(_) => Err(KeyError::Lead {
                    text: place.quotable(text),
                }),
            },
        }
    }
}

impl KeyError {
    fn form(kind: &'static ObjectKind, text: &str, place: &KeyPlace) -> Self {
        let text = place.quotable(text);
        Self::Form { kind, text }
    }

    /// The way out, if there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Form { kind, .. } => {
                let fields: Vec<&str> = kind.key.iter().map(|part| part.field).collect();
                let joined = fields.join(&JOINT.to_string());
                let parent = match kind.parent_part() {
                    Some(0) => format!(", only {}", fields[0]),
                    Some(_) | None => String::new(),
                };
                let exact = exact_sample(kind);
                Some(format!(
                    "write {joined}{parent}, or the exact form, a JSON list: {exact}"
                ))
            }
            Self::Lead { .. } => None,
        }
    }
}

/// The exact form of a key of this kind, with the names of its fields for the texts.
fn exact_sample(kind: &ObjectKind) -> String {
    let parts = kind.key.iter().map(|part| match part.holds {
        KeyType::Text { .. } => format!("\"{}\"", part.field),
        KeyType::Lead { .. } => part.field.to_owned(),
    });
    format!("'[{}]'", parts.collect::<Vec<_>>().join(","))
}

impl KeyPlace {
    /// The text, if messages may quote it.
    fn quotable(&self, text: &str) -> Option<String> {
        match self {
            Self::Argument => Some(text.to_owned()),
            Self::Line { .. } => None,
        }
    }
}

fn quoted(text: Option<&str>) -> String {
    text.map_or_else(|| "this".to_owned(), |text| format!("`{text}`"))
}

impl fmt::Display for KeyPlace {
    /// What messages begin with: nothing for an argument, which the message itself repeats.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument => Ok(()),
            Self::Line { file, line } => write!(f, "{}:{line}: ", file.display()),
        }
    }
}
