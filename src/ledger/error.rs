//! Why a ledger cannot be read or written, and what to do about it.

use crate::model::shell_word;
use crate::store::StoreError;

use super::damage::{Flaw, LedgerDamage};
use super::fingerprint::Fingerprint;
use super::format::VERSION;

/// Why a ledger cannot be read or written. Locations never contain credentials, so they can be shown.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{object}, line {line}: {damage}")]
    Damaged {
        object: String,
        line: u64,
        damage: LedgerDamage,
    },
    #[error("{object} has format version {found}; this oppctl reads versions up to {known}")]
    Newer {
        object: String,
        found: u64,
        known: u64,
    },
    #[error("{object} belongs to the instance {found}, not to {expected}")]
    Foreign {
        object: String,
        found: String,
        expected: Fingerprint,
    },
    #[error(
        "{location} is the ledger of the project {found}, and {}",
        match expected {
            Some(name) => format!("not of {name}"),
            None => "this project has no name".to_owned(),
        }
    )]
    OtherProject {
        location: String,
        found: String,
        /// The name of this project, if it has one.
        expected: Option<String>,
    },
}

impl LedgerError {
    /// The error of an object whose text is not the expected ledger or lock.
    pub(super) fn flawed(flaw: Flaw, object: String, expected: &Fingerprint) -> Self {
        match flaw {
            Flaw::Damaged { line, damage } => Self::Damaged {
                object,
                line,
                damage,
            },
            Flaw::Newer { found } => Self::Newer {
                object,
                found,
                known: VERSION,
            },
            Flaw::Foreign { found } => Self::Foreign {
                object,
                found,
                expected: expected.clone(),
            },
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Store(error) => return error.hint(),
            Self::Damaged { .. } => {
                "restore the object from the store's own versions. If that is not possible, delete the object: the version before it is then used"
            }
            Self::Newer { .. } => "update oppctl: a newer version wrote this object",
            Self::Foreign { .. } => {
                "move the object back into the folder of its own instance: it was copied or moved from there"
            }
            Self::OtherProject {
                found,
                expected: None,
                ..
            } => {
                return Some(format!(
                    "if this is that project, write `project: {found}` into the configuration; else give it a ledger of its own"
                ));
            }
            Self::OtherProject {
                found,
                expected: Some(_),
                ..
            } => {
                let from = shell_word(found);
                return Some(format!(
                    "give each project a ledger of its own: `ownership.ledger`. If the project was renamed: `oppctl ledger rename-project --from {from}`"
                ));
            }
        };
        Some(hint.to_owned())
    }
}
