//! Why a line of a journal cannot be read.

use std::path::Path;

use super::error::{JournalDamage, JournalError};
use super::rows::VERSION;

/// Why a line cannot be read. Its file and number are added by [`LineError::at`].
#[derive(Debug)]
pub(super) enum LineError {
    Damaged(JournalDamage),
    /// A newer oppctl wrote the journal, with this version of the format.
    Newer(u64),
}

impl LineError {
    /// The error of this line of this file.
    pub(super) fn at(self, path: &Path, line: u64) -> JournalError {
        let path = path.to_owned();
        match self {
            Self::Damaged(damage) => JournalError::Damaged { path, line, damage },
            Self::Newer(found) => JournalError::Newer {
                path,
                found,
                known: VERSION,
            },
        }
    }
}

impl From<JournalDamage> for LineError {
    fn from(damage: JournalDamage) -> Self {
        Self::Damaged(damage)
    }
}
