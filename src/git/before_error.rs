//! Why git does not tell what the manifests declared at a merge base.

use std::io;

use thiserror::Error;

use super::command;

/// Why git does not tell what the manifests declared.
#[derive(Debug, Error)]
pub enum BeforeError {
    #[error("git cannot be run")]
    NoGit(#[source] io::Error),
    #[error("the project is in no git checkout")]
    NoCheckout,
    #[error("git does not know the revision {revision}")]
    UnknownRevision { revision: Box<str>, shallow: bool },
    #[error("{revision} is the name of several commits: {}", references.join(", "))]
    Ambiguous {
        revision: Box<str>,
        references: Vec<String>,
    },
    #[error("git knows no commit that both HEAD and {revision} come from")]
    NoMergeBase { revision: Box<str>, shallow: bool },
    #[error("git {command} failed")]
    Failed {
        command: &'static str,
        #[source]
        said: GitSaid,
    },
    #[error("git {command} did not answer within {} s", command::HISTORY_LIMIT.as_secs())]
    TooSlow { command: &'static str },
}

/// What git wrote to its standard error.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct GitSaid(pub(super) Box<str>);
