//! Why manifests could not be found or read, and the paths in it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::pattern::PatternError;

/// Why the manifests of a run could not be found or read.
#[derive(Debug, Error)]
pub enum SourceError {
    #[error("there is no pattern for the manifests")]
    NoPattern,
    #[error("no file matches {} in `{}`", any_of(patterns), base.display())]
    NoMatch {
        patterns: Vec<String>,
        base: PathBuf,
    },
    #[error("`{pattern}` is not a valid pattern")]
    BadPattern {
        pattern: String,
        #[source]
        source: PatternError,
    },
    /// A file outside of the project, or one with a hidden name: what it holds may be a secret, and is not looked at.
    #[error("`{}` is a link that leads to no file that could be a manifest of this project", path.display())]
    LeadsOutside { path: PathBuf },
    /// Links to folders are not followed, and what they lead to is not read by itself.
    #[error("`{}` is a link to a folder, and such links are not followed", path.display())]
    LinkedFolder { path: PathBuf },
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("there is no manifest at or below `{}`; the patterns are {}", path.display(), quoted(patterns))]
    Outside {
        path: PathBuf,
        patterns: Vec<String>,
    },
}

/// The path without links and dots.
pub(super) fn real(path: &Path) -> Result<PathBuf, SourceError> {
    fs::canonicalize(path).map_err(unreadable(path))
}

pub(super) fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> SourceError {
    let path = path.to_owned();
    move |source| SourceError::Unreadable { path, source }
}

/// "the pattern `a`", "any of the patterns `a`, `b`".
fn any_of(patterns: &[String]) -> String {
    match patterns {
        [pattern] => format!("the pattern `{pattern}`"),
        patterns => format!("any of the patterns {}", quoted(patterns)),
    }
}

fn quoted(patterns: &[String]) -> String {
    let quoted: Vec<_> = patterns
        .iter()
        .map(|pattern| format!("`{pattern}`"))
        .collect();
    quoted.join(", ")
}
