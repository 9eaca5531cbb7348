//! How git is run.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::lean_command::lean_command;

/// For most questions: a repository on a slow disk takes a second or two.
pub(super) const LIMIT: Duration = Duration::from_secs(10);

/// For questions about the whole history of a file, which is long in a large repository.
pub(super) const HISTORY_LIMIT: Duration = Duration::from_secs(120);

/// What git is found to say, if that does not take longer. A git that is given up ends with its [`Command`].
pub(super) async fn within<T>(
    limit: Duration,
    asking: impl Future<Output = Option<T>>,
) -> Option<T> {
    tokio::time::timeout(limit, asking).await.ok().flatten()
}

/// Git in a folder, without its arguments.
pub(super) fn git(folder: &Path) -> Command {
    // Its user's settings name the folders that it may trust.
    let mut git = lean_command("git", &["GIT_CEILING_DIRECTORIES"]);
    git.env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .args(["--literal-pathspecs", "-C"])
        .arg(folder)
        .args(["-c", "safe.bareRepository=explicit"])
        .args(["-c", "core.fsmonitor=false"])
        .args(["-c", "core.hooksPath=/dev/null"])
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    git
}
