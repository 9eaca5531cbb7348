//! Why a journal cannot be written or read, and where to look.

use std::io;
use std::path::{Path, PathBuf};

use crate::ledger::LineDamage;
use crate::store::{Access, StoreError};

use super::id::RunId;

/// Why a journal, or the folder of the journals, cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("cannot {access} {}", path.display())]
    Access {
        path: PathBuf,
        access: Access,
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot start a thread for the calls to the journal's store")]
    Waiter {
        #[source]
        source: io::Error,
    },
    #[error("{} has lost its object {missing}", path.display())]
    Gap { path: PathBuf, missing: String },
    #[error("{}, line {line}: {damage}", path.display())]
    Damaged {
        path: PathBuf,
        line: u64,
        damage: JournalDamage,
    },
    #[error("{} has version {found} of its format, but this oppctl reads up to {known}", path.display())]
    Newer {
        path: PathBuf,
        found: u64,
        known: u64,
    },
    #[error("{} is the journal of a run on another instance: {found}", path.display())]
    Foreign { path: PathBuf, found: String },
    #[error("{} is a copy of the journal of the run {found}", path.display())]
    Copied { path: PathBuf, found: RunId },
    #[error("this instance has no run {wanted}")]
    NoRun { wanted: String },
    #[error("{} has no run of this instance", folder.display())]
    NoRuns { folder: PathBuf },
    #[error("{} runs of this instance begin with {wanted}", found.len())]
    Ambiguous { wanted: String, found: Vec<RunId> },
    #[error("an earlier write to {} failed", path.display())]
    Broken {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// What is wrong with a journal's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalDamage {
    #[error(transparent)]
    Line(#[from] LineDamage),
    #[error("`{text}` is not the name of a run")]
    RunName { text: String },
    #[error("`{text}` is not a valid decimal number")]
    Number { text: String },
    #[error("the action has no `{member}`")]
    Incomplete { member: &'static str },
    #[error("it refers to a change that the journal does not have")]
    Reference,
    #[error("a change must have exactly one outcome")]
    Outcome,
    #[error(
        "the journal is not as it was written: this line or one before it was changed, removed or put in"
    )]
    Sum,
    #[error("more changes than its first line announces")]
    Longer,
}

impl JournalError {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Store(error) => return error.hint(),
            Self::Waiter { .. } => return None,
            Self::Access { path, .. } | Self::Broken { path, .. } if is_remote(path) => {
                "oppctl applies nothing without a journal: check the endpoint in the environment, and that the credentials may create objects below this path"
            }
            Self::Gap { .. } => {
                "restore the object from the store's own versions, or remove the rest of the run; the other runs can be shown without it"
            }
            Self::Access {
                access: Access::Create | Access::Write | Access::Delete,
                ..
            }
            | Self::Broken { .. } => {
                "oppctl applies nothing without a journal: make the folder writable, or set another one in oppctl.yaml: `journal: { directory: DIR }`"
            }
            Self::Access {
                access: Access::Read,
                source,
                ..
            } if source.kind() == io::ErrorKind::NotADirectory => {
                "a directory is needed there: move away what is in its place, or write another directory into oppctl.yaml"
            }
            Self::Access {
                access: Access::Read,
                ..
            } => return None,
            Self::Damaged { .. } => {
                "restore the file from a copy, or move it away; the other runs can be shown without it"
            }
            Self::Foreign { .. } => {
                "a run is taken back only on the instance on which it ran: move the file back to the folder of that instance"
            }
            Self::Copied { .. } => {
                "remove the copy, or give the file the name of its run: `NAME.jsonl`"
            }
            Self::Newer { .. } => "update oppctl: a newer version wrote the file",
            Self::NoRun { .. } | Self::NoRuns { .. } => {
                "list the runs with `oppctl history`; choose another instance with --instance"
            }
            Self::Ambiguous { found, .. } => {
                const NAMED: usize = 5;
                let newest = found.iter().rev().map(RunId::as_str).take(NAMED);
                let names = newest.collect::<Vec<_>>().join(", ");
                let which = match found.len() {
                    ..=NAMED => "the newest first".to_owned(),
                    count => format!("the newest {NAMED} of {count}"),
                };
                return Some(format!("write more of its name; {which}: {names}"));
            }
        };
        Some(hint.to_owned())
    }
}

/// Whether a journal is in object storage.
fn is_remote(path: &Path) -> bool {
    path.to_string_lossy().contains("://")
}
