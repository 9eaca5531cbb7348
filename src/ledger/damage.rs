//! What can be wrong with the text of a ledger or a lock.

use super::lines::{LineDamage, StartFlaw};

/// What is damaged in a ledger or a lock.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerDamage {
    #[error(transparent)]
    Line(#[from] LineDamage),
    #[error("the ledger is cut off here")]
    CutOff,
    #[error("unexpected content after the end of the ledger")]
    Longer,
    #[error("the lines before were changed: their hash is wrong")]
    Hash,
    #[error("a second record with the same key")]
    Duplicate,
    #[error("it refers to an origin, file or list of fields that the first line does not have")]
    Reference,
    #[error("the hashes are not 16 hexadecimal digits for each field")]
    Hashes,
    #[error("the time of a write is outside of the calendar")]
    Time,
    #[error("the salt is not 32 hexadecimal digits")]
    Salt,
    #[error("a list of field names is not in alphabetical order")]
    FieldOrder,
}

/// Why a text cannot be used as the ledger or lock of an instance.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    Damaged {
        /// From 1.
        line: u64,
        damage: LedgerDamage,
    },
    /// The text has this format version, which is newer than any that this oppctl reads.
    Newer { found: u64 },
    /// The text belongs to the instance with this fingerprint.
    Foreign { found: String },
}

impl Flaw {
    /// Damage in the first line.
    pub(super) fn in_first_line(damage: impl Into<LedgerDamage>) -> Self {
        Self::Damaged {
            line: 1,
            damage: damage.into(),
        }
    }
}

impl From<StartFlaw> for Flaw {
    fn from(flaw: StartFlaw) -> Self {
        match flaw {
            StartFlaw::Damaged(damage) => Self::in_first_line(damage),
            StartFlaw::Newer { found, newest: _ } => Self::Newer { found },
        }
    }
}
