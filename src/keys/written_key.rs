//! Keys as people write them: the parts joined by "/", a lead by its id or e-mail address, or the first part alone for
//! all records whose keys begin with it.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

use crate::model::{KeyType, ObjectKind};

/// What joins the parts of a key.
const JOINT: char = '/';

/// A key as a person wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenKey {
    /// All parts, or the first of several alone.
    pub parts: Vec<WrittenKeyPart>,
    pub place: KeyPlace,
}

/// A part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrittenKeyPart {
    Text(Box<str>),
    Lead(i64),
    Email(Box<str>),
}

/// Where a key is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    Argument,
    Line { file: PathBuf, line: u64 },
}

/// Why a text is not a key.
#[derive(Debug, Error)]
pub enum KeyError {
    #[error("`{text}` is not a key of {}", kind.plural)]
    Form {
        kind: &'static ObjectKind,
        text: String,
    },
    #[error("{text} is neither the id of a lead nor an e-mail address")]
    Lead { text: String },
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
        let parts: Vec<&str> = text.splitn(kind.key.len(), JOINT).collect();
        Self::of_parts(kind, &parts, place)
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
        let is_parent = texts.len() == 1 && kind.parent_part() == Some(0);
        if (texts.len() != kind.key.len() && !is_parent) || texts.iter().any(|text| text.is_empty())
        {
            let text = texts.join(&JOINT.to_string());
            return Err(KeyError::Form { kind, text });
        }
        let parts = kind.key.iter().zip(texts);
        let parts = parts.map(|(part, text)| WrittenKeyPart::of(part.holds, text));
        Ok(Self {
            parts: parts.collect::<Result<_, _>>()?,
            place,
        })
    }
}

impl WrittenKeyPart {
    fn of(holds: KeyType, text: &str) -> Result<Self, KeyError> {
        match holds {
            KeyType::Text { .. } => Ok(Self::Text(text.into())),
            KeyType::Lead { .. } => match text.parse() {
                Ok(id) => Ok(Self::Lead(id)),
                Err(_) if text.contains('@') => Ok(Self::Email(text.into())),
                Err(_) => Err(KeyError::Lead {
                    text: text.to_owned(),
                }),
            },
        }
    }
}

impl KeyError {
    /// The way out, if there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Form { kind, .. } => {
                let fields: Vec<&str> = kind.key.iter().map(|part| part.field).collect();
                let mut hint = format!("write {}", fields.join(&JOINT.to_string()));
                if kind.parent_part() == Some(0) {
                    hint.extend([" or only ", fields[0]]);
                }
                Some(hint)
            }
            Self::Lead { .. } => None,
        }
    }
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
