//! Keys as people write them: the parts joined by "/", a lead by its id or e-mail address, or the first part alone for
//! all records that have it.

use std::fmt;
use std::path::PathBuf;

use crate::model::{KeyType, ObjectKind};
use crate::render::escaped;

use super::exit::{CliError, Exit};

/// What joins the parts of a key.
const JOINT: char = '/';

/// A key that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// All parts, or the first of several alone.
    pub(super) parts: Vec<AskedPart>,
    pub(super) place: Place,
}

/// A part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AskedPart {
    Text(Box<str>),
    Lead(i64),
    Email(Box<str>),
}

/// Where somebody asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Argument,
    Line { file: PathBuf, line: u64 },
}

/// Why a text is no key.
#[derive(Debug)]
pub(super) enum KeyError {
    Form {
        kind: &'static ObjectKind,
        text: String,
    },
    Lead {
        text: String,
    },
}

impl Asked {
    /// Reads a key from one text.
    pub(super) fn of_text(
        kind: &'static ObjectKind,
        text: &str,
        place: Place,
    ) -> Result<Self, KeyError> {
        let parts: Vec<&str> = text.splitn(kind.key.len(), JOINT).collect();
        Self::of_parts(kind, &parts, place)
    }

    /// Reads a key from its parts; of several, those after the first may all be missing.
    pub(super) fn of_parts(
        kind: &'static ObjectKind,
        texts: &[&str],
        place: Place,
    ) -> Result<Self, KeyError> {
        let texts: Vec<&str> = texts.iter().map(|text| text.trim()).collect();
        let is_parent = texts.len() == 1 && kind.parent_part() == Some(0);
        if (texts.len() != kind.key.len() && !is_parent) || texts.iter().any(|text| text.is_empty())
        {
            let text = texts.join(&JOINT.to_string());
            return Err(KeyError::Form { kind, text });
        }
        let parts = kind.key.iter().zip(texts);
        let parts = parts.map(|(part, text)| match part.holds {
            KeyType::Text { .. } => Ok(AskedPart::Text(text.into())),
            KeyType::Lead { .. } => match text.parse() {
                Ok(id) => Ok(AskedPart::Lead(id)),
                Err(_) if text.contains('@') => Ok(AskedPart::Email(text.into())),
                Err(_) => Err(KeyError::Lead {
                    text: text.to_owned(),
                }),
            },
        });
        Ok(Self {
            parts: parts.collect::<Result<_, _>>()?,
            place,
        })
    }
}

impl KeyError {
    /// What is wrong, and the way out.
    pub(super) fn told(&self) -> (String, Option<String>) {
        match self {
            Self::Form { kind, text } => {
                let fields: Vec<&str> = kind.key.iter().map(|part| part.field).collect();
                let message = format!("`{}` is not a key of {}", escaped(text), kind.plural);
                let form = fields.join(&JOINT.to_string());
                (message, Some(format!("write {form}")))
            }
            Self::Lead { text } => {
                let text = escaped(text);
                let message = format!("{text} is neither the id of a lead nor an e-mail address");
                (message, None)
            }
        }
    }
}

impl From<KeyError> for CliError {
    fn from(error: KeyError) -> Self {
        failed(Exit::from(&error), error.told())
    }
}

/// An error of this text, with its way out if there is one.
pub(super) fn failed(exit: Exit, (message, hint): (String, Option<String>)) -> CliError {
    let error = CliError::new(exit, message);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

impl fmt::Display for Place {
    /// What messages begin with: nothing for an argument, which the message itself repeats.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument => Ok(()),
            Self::Line { file, line } => write!(f, "{}:{line}: ", file.display()),
        }
    }
}
