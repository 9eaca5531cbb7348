//! Why a run ended without a report: before it sent anything, or abandoned ([`RunError::Abandoned`]).

use std::io;

use thiserror::Error;

use crate::api::ApiError;
use crate::apply::Panicked;
use crate::config::PolicyRefusal;
use crate::journal::JournalError;
use crate::ledger::{LedgerError, LockError};
use crate::model::{Diagnostic, Key, ObjectKind, Sources, Span};

use super::marker::MarkerError;
use super::review::Stale;
use super::sensitive::SensitiveFieldError;
use super::undo::UndoneError;

/// Why a run ended without a report: before it sent anything, or [abandoned](Self::Abandoned). The text of each is for logs;
/// commands print more.
#[derive(Debug, Error)]
pub enum RunError {
    /// The manifests contradict themselves or the instance.
    #[error("the manifests have problems")]
    Invalid(Box<Problems>),
    /// A slip that empties the manifests must not look like a project without changes.
    #[error("no record is declared")]
    NothingDeclared {
        /// How many files were read for it.
        files: usize,
    },
    /// A slip in a pattern must not look like a project without changes.
    #[error("no record matches {pattern}")]
    NothingMatches { pattern: Box<str> },
    /// A text that is the key of several records narrows to none of them.
    #[error("{pattern} can mean {} records", records.len())]
    SeveralMeant {
        pattern: Box<str>,
        records: Vec<(&'static ObjectKind, Key)>,
    },
    /// Without a ledger nobody knows what was last applied.
    #[error("a plan as last applied needs a ledger")]
    NothingApplied,
    #[error(transparent)]
    Policy(#[from] PolicyRefusal),
    #[error(transparent)]
    Marker(#[from] MarkerError),
    #[error(transparent)]
    Sensitive(#[from] SensitiveFieldError),
    #[error(transparent)]
    Undone(#[from] UndoneError),
    #[error(transparent)]
    Api(#[from] ApiError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The lock is held by another run, or was lost before the claims were saved.
    #[error(transparent)]
    Lock(LockError),
    /// The journal cannot be written; nothing was sent.
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Stale(#[from] Stale),
    /// A guard refuses the plan: the reasons are those of [`Planned`](super::Planned).
    #[error("the plan is refused")]
    Refused,
    /// The plan cannot be shown, so it is not applied.
    #[error("the plan cannot be shown")]
    Tell(#[source] io::Error),
    #[error("the answer cannot be read")]
    Ask(#[source] io::Error),
    #[error("the person who was asked did not agree")]
    Declined,
    /// Another run applied while the person decided.
    #[error("another run has applied since this plan was made")]
    Overtaken,
    /// A person or the system asked for the end before anything was sent.
    #[error("interrupted")]
    Interrupted,
    /// A person or the system asked a third time: what is known may not be written down.
    #[error("abandoned before everything was written down")]
    Abandoned,
    /// A mistake in this program, outside of the calls.
    #[error("{0}")]
    Panicked(Panicked),
}

/// What is wrong in the manifests.
#[derive(Debug)]
pub struct Problems {
    pub sources: Sources,
    pub diagnostics: Vec<Diagnostic>,
    /// Why the instance was not asked for further ones, if it was to be.
    pub unasked: Option<String>,
}

impl Problems {
    /// The error of these problems. No excerpt shows what is in the `hidden` places.
    pub(super) fn error(
        mut sources: Sources,
        diagnostics: Vec<Diagnostic>,
        hidden: Vec<Span>,
    ) -> RunError {
        sources.cover(hidden);
        RunError::Invalid(Box::new(Self {
            sources,
            diagnostics,
            unasked: None,
        }))
    }
}

impl From<LockError> for RunError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Store(error) => Self::Ledger(error),
            error @ (LockError::Held { .. } | LockError::Free | LockError::Lost(_)) => {
                Self::Lock(error)
            }
        }
    }
}
