//! Why a line of a journal cannot be read.

use std::path::Path;

use crate::ledger::LineDamage;
use crate::ledger::lines::StartFlaw;

use super::error::{JournalDamage, JournalError};

/// Why a line cannot be read. Its file and number are added by [`LineError::at`].
#[derive(Debug)]
pub(super) enum LineError {
    Damaged(JournalDamage),
    /// A newer oppctl wrote the journal, with version `found` of the format; this one reads versions up to `newest`.
    Newer {
        found: u64,
        newest: u64,
    },
}

impl LineError {
    /// The error of this line of this file.
    pub(super) fn at(self, path: &Path, line: u64) -> JournalError {
        let path = path.to_owned();
        match self {
            Self::Damaged(damage) => JournalError::Damaged { path, line, damage },
            Self::Newer { found, newest } => JournalError::Newer {
                path,
                found,
                known: newest,
            },
        }
    }
}

impl From<StartFlaw> for LineError {
    fn from(flaw: StartFlaw) -> Self {
        match flaw {
            StartFlaw::Damaged(damage) => Self::Damaged(damage.into()),
            StartFlaw::Newer { found, newest } => Self::Newer { found, newest },
        }
    }
}

impl From<LineDamage> for LineError {
    fn from(damage: LineDamage) -> Self {
        Self::Damaged(damage.into())
    }
}

impl From<JournalDamage> for LineError {
    fn from(damage: JournalDamage) -> Self {
        Self::Damaged(damage)
    }
}
