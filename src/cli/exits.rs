//! Which end of a run gives which exit: every error that ends one, and every report, decided here and nowhere else.
//!
//! Each match names all variants, so that a new one does not get an exit by accident. What a command refuses by itself (usage, a
//! guard, an answer other than yes) says its exit where it refuses.

use crate::api::ApiError;
use crate::apply::{Halt, Report};
use crate::config::{ConfigError, CredentialError, PolicyRefusal};
use crate::forge::ForgeError;
use crate::git::BeforeError;
use crate::journal::JournalError;
use crate::keys::{KeyError, KeyFileError};
use crate::ledger::{LedgerError, LockError};
use crate::manifest::{CreateError, RewriteError, SourceError};
use crate::plan::Plan;
use crate::simulator::{SimulatorError, StoreError as SimulatorStoreError};
use crate::snapshot::{SnapshotError, Task};
use crate::store::StoreError;

use super::exit::Exit;

#[cfg(test)]
mod tests;

/// The exit of a run that has a report. `interrupted` is what the signals so far mean.
pub(super) fn of_report(report: &Report, plan: &Plan, interrupted: Exit) -> Exit {
    match &report.halt {
        Some(Halt::Interrupted) => interrupted,
        Some(Halt::LockLost(_) | Halt::Canary(_)) => Exit::Partial,
        Some(Halt::Unrecorded(_) | Halt::Panicked(_)) => Exit::Failed,
        Some(Halt::Api(error)) => match Exit::from(error) {
            exit @ (Exit::Denied | Exit::Unavailable) => exit,
            Exit::Done
            | Exit::Failed
            | Exit::Pending
            | Exit::Invalid
            | Exit::Partial
            | Exit::Guarded
            | Exit::Stale
            | Exit::Usage
            | Exit::Interrupted
            | Exit::Terminated => Exit::Partial,
        },
        None if report.is_complete() => of_plan(plan),
        None => Exit::Partial,
    }
}

/// The exit of a run that did all that its plan was to do.
pub(super) fn of_plan(plan: &Plan) -> Exit {
    if plan.is_partial() {
        Exit::Partial
    } else {
        Exit::Done
    }
}

impl From<&ApiError> for Exit {
    fn from(error: &ApiError) -> Self {
        match error {
            ApiError::Credentials { .. }
            | ApiError::Untrusted { .. }
            | ApiError::Token { .. }
            | ApiError::Denied { .. }
            | ApiError::NativeCrmSync { .. } => Self::Denied,
            ApiError::Quota { .. }
            | ApiError::CallLimit { .. }
            | ApiError::Unavailable { .. }
            | ApiError::Gateway { .. }
            | ApiError::Contradictory { .. }
            | ApiError::Unreachable { .. }
            | ApiError::Dropped { .. }
            | ApiError::TimedOut { .. }
            | ApiError::Vanished { .. }
            | ApiError::TokenRunsOut => Self::Unavailable,
            ApiError::BaseUrl { .. } | ApiError::Comma { .. } => Self::Invalid,
            // Something that stands before the instance lets nobody through, or not from here.
            ApiError::NotTheApi {
                status: 403 | 407 | 451,
                ..
            } => Self::Denied,
            ApiError::Setup { .. }
            | ApiError::NotTheApi { .. }
            | ApiError::Protocol { .. }
            | ApiError::Unasked { .. }
            | ApiError::NotAsked { .. }
            | ApiError::CalledOff { .. }
            | ApiError::Refused { .. } => Self::Failed,
        }
    }
}

impl From<&BeforeError> for Exit {
    fn from(error: &BeforeError) -> Self {
        let is_usage = matches!(
            error,
            BeforeError::UnknownRevision { .. } | BeforeError::Ambiguous { .. }
        );
        if is_usage { Self::Usage } else { Self::Failed }
    }
}

impl From<&SnapshotError> for Exit {
    fn from(error: &SnapshotError) -> Self {
        match error {
            SnapshotError::NoIdentity
            | SnapshotError::Refused {
                task: Task::Decrypt,
                ..
            } => Self::Denied,
            SnapshotError::NotEncrypted { .. }
            | SnapshotError::NotASnapshot { .. }
            | SnapshotError::Newer { .. }
            | SnapshotError::OtherInstance { .. } => Self::Invalid,
            SnapshotError::NoAge
            | SnapshotError::NotRun { .. }
            | SnapshotError::Refused { .. }
            | SnapshotError::TimedOut { .. }
            | SnapshotError::Unreadable { .. } => Self::Failed,
        }
    }
}

impl From<&ForgeError> for Exit {
    fn from(error: &ForgeError) -> Self {
        match error {
            ForgeError::Token { .. } | ForgeError::Denied { .. } => Self::Denied,
            ForgeError::RateLimit { .. }
            | ForgeError::Unavailable { .. }
            | ForgeError::NoAnswer { .. } => Self::Unavailable,
            ForgeError::NotOpen { .. }
            | ForgeError::NotMerged { .. }
            | ForgeError::SeveralMerged { .. }
            | ForgeError::NotReviewed { .. } => Self::Guarded,
            ForgeError::Superseded { .. } => Self::Stale,
            ForgeError::NoVariable { .. }
            | ForgeError::Variable { .. }
            | ForgeError::Event { .. }
            | ForgeError::NotAnEvent { .. }
            | ForgeError::Setup { .. }
            | ForgeError::NotFound { .. }
            | ForgeError::Refused { .. }
            | ForgeError::Redirected { .. }
            | ForgeError::Misread { .. }
            | ForgeError::TooLong { .. }
            | ForgeError::OtherAuthor { .. }
            | ForgeError::NoPull { .. } => Self::Failed,
        }
    }
}

impl From<&CredentialError> for Exit {
    fn from(error: &CredentialError) -> Self {
        match error {
            CredentialError::VariableUnset { .. }
            | CredentialError::Empty { .. }
            | CredentialError::NotUtf8 { .. }
            | CredentialError::TooLong { .. }
            | CredentialError::Lines { .. }
            | CredentialError::Unreadable { .. }
            | CredentialError::NotRun { .. }
            | CredentialError::Failed { .. }
            | CredentialError::TimedOut { .. } => Self::Denied,
        }
    }
}

impl From<&ConfigError> for Exit {
    fn from(error: &ConfigError) -> Self {
        match error {
            ConfigError::Unreadable { .. } | ConfigError::PolicyUnreadable { .. } => Self::Failed,
            ConfigError::NotFound { .. }
            | ConfigError::PolicyVariable { .. }
            | ConfigError::PolicyWritable { .. }
            | ConfigError::Invalid { .. }
            | ConfigError::UnknownInstance { .. }
            | ConfigError::NoInstanceChosen { .. }
            | ConfigError::NoInstances { .. } => Self::Invalid,
        }
    }
}

impl From<&PolicyRefusal> for Exit {
    fn from(_: &PolicyRefusal) -> Self {
        Self::Guarded
    }
}

impl From<&SourceError> for Exit {
    fn from(error: &SourceError) -> Self {
        match error {
            SourceError::NoPattern
            | SourceError::NoMatch { .. }
            | SourceError::BadPattern { .. }
            | SourceError::LeadsOutside { .. }
            | SourceError::LinkedFolder { .. }
            | SourceError::Outside { .. } => Self::Invalid,
            SourceError::Unreadable { .. } => Self::Failed,
        }
    }
}

impl From<&StoreError> for Exit {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::NoObjectStorage { .. }
            | StoreError::Setup { .. }
            | StoreError::PlainHttp { .. } => Self::Invalid,
            StoreError::Changed { .. } => Self::Stale,
            StoreError::Access { .. } | StoreError::Unconditional { .. } => Self::Failed,
        }
    }
}

impl From<&LedgerError> for Exit {
    fn from(error: &LedgerError) -> Self {
        match error {
            LedgerError::Store(error) => error.into(),
            LedgerError::OtherProject { .. } => Self::Invalid,
            LedgerError::Damaged { .. }
            | LedgerError::Newer { .. }
            | LedgerError::Foreign { .. } => Self::Failed,
        }
    }
}

impl From<&LockError> for Exit {
    fn from(error: &LockError) -> Self {
        match error {
            LockError::Store(error) => error.into(),
            LockError::Held { .. } => Self::Unavailable,
            LockError::Lost(_) => Self::Partial,
            LockError::Free => Self::Failed,
        }
    }
}

impl From<&JournalError> for Exit {
    fn from(error: &JournalError) -> Self {
        match error {
            JournalError::Store(error) => error.into(),
            JournalError::Waiter { .. }
            | JournalError::Gap { .. }
            | JournalError::Access { .. }
            | JournalError::Foreign { .. }
            | JournalError::Copied { .. }
            | JournalError::Damaged { .. }
            | JournalError::Newer { .. }
            | JournalError::NoRun { .. }
            | JournalError::NoRuns { .. }
            | JournalError::Ambiguous { .. }
            | JournalError::Broken { .. } => Self::Failed,
        }
    }
}

impl From<&SimulatorError> for Exit {
    fn from(error: &SimulatorError) -> Self {
        match error {
            // It is free again when the other run has ended.
            SimulatorError::Store(SimulatorStoreError::InUse { .. }) => Self::Unavailable,
            SimulatorError::NotLoopback(_)
            | SimulatorError::Bind { .. }
            | SimulatorError::Store(_)
            | SimulatorError::File { .. }
            | SimulatorError::Yaml { .. }
            | SimulatorError::Schema { .. }
            | SimulatorError::Lead { .. }
            | SimulatorError::User { .. }
            | SimulatorError::Fault { .. }
            | SimulatorError::Serve(_) => Self::Failed,
        }
    }
}

impl From<&KeyError> for Exit {
    fn from(error: &KeyError) -> Self {
        match error {
            KeyError::Form { .. } | KeyError::Lead { .. } => Self::Usage,
        }
    }
}

impl From<&KeyFileError> for Exit {
    fn from(error: &KeyFileError) -> Self {
        match error {
            KeyFileError::Unreadable { .. } => Self::Failed,
            KeyFileError::NotUtf8 { .. }
            | KeyFileError::NotATable { .. }
            | KeyFileError::NoColumn { .. }
            | KeyFileError::MissingColumn { .. } => Self::Invalid,
        }
    }
}

impl From<&CreateError> for Exit {
    fn from(error: &CreateError) -> Self {
        match error {
            CreateError::Exists { .. } | CreateError::Unwritable { .. } => Self::Failed,
        }
    }
}

impl From<&RewriteError> for Exit {
    fn from(error: &RewriteError) -> Self {
        match error {
            RewriteError::Changed { .. } => Self::Stale,
            RewriteError::Unwritable { .. } => Self::Failed,
        }
    }
}
