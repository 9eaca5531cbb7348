//! Why a run does not have the lock, or lost it.

use super::lease::Lease;
use crate::ledger::error::LedgerError;

/// Why the lock was not acquired, kept or released.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("{} holds the lock until {}", lease.owner, lease.expires.strftime("%FT%TZ"))]
    Held { lease: Box<Lease> },
    #[error("no run holds the lock")]
    Free,
    #[error("the lock was lost")]
    Lost(#[source] Lost),
    #[error(transparent)]
    Store(#[from] LedgerError),
}

/// How a run lost its lock.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    #[error("it expired because it was not renewed in time")]
    Expired,
    #[error("{owner} took it over")]
    TakenOver { owner: String },
    #[error("somebody released it with `oppctl ledger unlock`")]
    Unlocked,
    #[error("the task that renews it stopped unexpectedly")]
    Stopped,
}

impl LockError {
    /// What to do about it. `instance` is the instance's name as a word for a shell.
    #[must_use]
    pub fn hint(&self, instance: &str) -> Option<String> {
        match self {
            Self::Held { lease } => Some(format!(
                "wait for it: add `--lock-wait 5m`. If that run is dead, its lock expires by itself; to release it now: `oppctl ledger unlock --owner {} --instance {instance}`",
                lease.owner.id
            )),
            Self::Free | Self::Lost(Lost::Stopped) => None,
            Self::Lost(Lost::Expired | Lost::TakenOver { .. } | Lost::Unlocked) => Some(
                "run the command again: changes that were applied are not applied twice".to_owned(),
            ),
            Self::Store(error) => error.hint(),
        }
    }
}
