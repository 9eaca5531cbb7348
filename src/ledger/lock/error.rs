//! Why a run has no lock, or no longer.

use super::Lease;
use crate::ledger::LedgerError;

/// Why the lock was not taken, kept or let go.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("{} holds the lock until {}", lease.owner, lease.expires.strftime("%FT%TZ"))]
    Held { lease: Box<Lease> },
    #[error("nobody holds the lock")]
    Free,
    #[error("the lock was lost")]
    Lost(#[source] Lost),
    #[error(transparent)]
    Store(#[from] LedgerError),
}

/// How a lock was lost.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    #[error("it expired: it was not renewed in time")]
    Expired,
    #[error("{owner} took it over")]
    TakenOver { owner: String },
    #[error("somebody released it with `oppctl ledger unlock`")]
    Unlocked,
    #[error("what renews it has ended")]
    Stopped,
}

impl LockError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Held { lease } => Some(format!(
                "wait for it with `--lock-wait`; if that run is dead, its lock ends by itself, or at once with `oppctl ledger unlock --owner {}`",
                lease.owner.id
            )),
            Self::Free | Self::Lost(Lost::Stopped) => None,
            Self::Lost(Lost::Expired | Lost::TakenOver { .. } | Lost::Unlocked) => {
                Some("run the command again: what was applied is not applied twice".to_owned())
            }
            Self::Store(error) => error.hint(),
        }
    }
}
