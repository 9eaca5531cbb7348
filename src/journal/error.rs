//! Why a journal cannot be written or read, and where to look.

use std::io;
use std::path::{Path, PathBuf};

use crate::ledger::lines::StartFlaw;
use crate::ledger::{Access, LineDamage};

use super::RunId;

/// Why the journals' folder, or one of them, failed.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("cannot {access} {}", path.display())]
    Access {
        path: PathBuf,
        access: Access,
        #[source]
        source: io::Error,
    },
    #[error("{}, line {line}: {damage}", path.display())]
    Damaged {
        path: PathBuf,
        line: u64,
        damage: Damage,
    },
    #[error("{} has version {found} of its format, and this oppctl knows {known}", path.display())]
    Newer {
        path: PathBuf,
        found: u64,
        known: u64,
    },
    #[error("no run of this instance is called {wanted}")]
    NoRun { wanted: String },
    #[error("no run of this instance is in {}", folder.display())]
    NoRuns { folder: PathBuf },
    #[error("{} runs of this instance begin with {wanted}", found.len())]
    Ambiguous { wanted: String, found: Vec<RunId> },
    #[error("{} could not be written before", path.display())]
    Broken {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// What is wrong with a journal's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    #[error(transparent)]
    Line(#[from] LineDamage),
    #[error("`{text}` is not a number that oppctl keeps")]
    Number { text: String },
    #[error("the action lacks its `{member}`")]
    Incomplete { member: &'static str },
    #[error("it refers to a change that the journal lacks")]
    Reference,
    #[error("an outcome has to be exactly one")]
    Outcome,
    #[error("more changes than its first line counts")]
    Longer,
}

impl JournalError {
    /// The error of a first line that does not start a journal.
    pub(super) fn start(flaw: StartFlaw, path: &Path) -> Self {
        match flaw {
            StartFlaw::Damaged(damage) => Self::damaged(damage.into(), path, 1),
            StartFlaw::Newer { found, newest } => Self::Newer {
                path: path.to_owned(),
                found,
                known: newest,
            },
        }
    }

    /// The error of a damaged line.
    pub(super) fn damaged(damage: Damage, path: &Path, line: u64) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            line,
            damage,
        }
    }

    /// Where to look.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Access {
                access: Access::Create | Access::Write | Access::Delete,
                ..
            }
            | Self::Broken { .. } => {
                "every apply writes down what it does: `journal: { directory: … }` in the configuration names another folder"
            }
            Self::Access {
                access: Access::Read,
                ..
            } => return None,
            Self::Damaged { .. } => {
                "restore it from a copy, or move it away; the other runs can be shown without it"
            }
            Self::Newer { .. } => "a newer oppctl has written it: update this one",
            Self::NoRun { .. } | Self::NoRuns { .. } => {
                "`oppctl history` lists the runs; --instance chooses another instance"
            }
            Self::Ambiguous { found, .. } => {
                let names: Vec<&str> = found.iter().map(RunId::as_str).take(5).collect();
                return Some(format!("write more of it: {}", names.join(", ")));
            }
        };
        Some(hint.to_owned())
    }
}
