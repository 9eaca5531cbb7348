//! Why a snapshot cannot be written or read. Nothing of what is in it is repeated.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

/// What the program was to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    Encrypt,
    Decrypt,
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Encrypt => "encrypt",
            Self::Decrypt => "decrypt",
        })
    }
}

/// Why a snapshot cannot be written or read.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// Neither of the programs that encrypt is on the path.
    #[error("neither `age` nor `rage` is on the PATH, which encrypts snapshots")]
    NoAge,
    #[error("cannot run `{program}`")]
    NotRun {
        program: &'static str,
        source: io::Error,
    },
    /// It refused; its own words.
    #[error("`{program}` could not {task} the snapshot: {said}")]
    Refused {
        program: &'static str,
        task: Task,
        said: String,
    },
    #[error("`{program}` took longer than {} s", limit.as_secs())]
    TimedOut {
        program: &'static str,
        limit: Duration,
    },
    #[error("cannot read {}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    /// It does not begin as such a file does.
    #[error("{} is not encrypted by age, so it is no snapshot of oppctl", path.display())]
    NotEncrypted { path: PathBuf },
    #[error("what {} has in it is no snapshot of oppctl, or a damaged one", path.display())]
    NotASnapshot { path: PathBuf },
    #[error("{} is a snapshot of the format {found}, which a newer oppctl has written", path.display())]
    Newer { path: PathBuf, found: String },
    #[error(
        "the snapshot is of the instance {name} ({fingerprint}), and this is {this_name} ({this_fingerprint})"
    )]
    OtherInstance {
        name: String,
        fingerprint: String,
        this_name: String,
        this_fingerprint: String,
    },
    /// Without a key nothing can be decrypted.
    #[error("no identity is given that decrypts the snapshot")]
    NoIdentity,
}
