//! The commit of the manifests, for the ledger: git's own answer, else what a CI system says.

use std::path::Path;
use std::process::{Command, Stdio};

/// The variables in which CI systems name the commit of a run: GitHub, GitLab, Azure, Jenkins, Buildkite, CircleCI, Drone and Travis.
const VARIABLES: [&str; 8] = [
    "GITHUB_SHA",
    "CI_COMMIT_SHA",
    "BUILD_SOURCEVERSION",
    "GIT_COMMIT",
    "BUILDKITE_COMMIT",
    "CIRCLE_SHA1",
    "DRONE_COMMIT_SHA",
    "TRAVIS_COMMIT",
];

/// The commit that is checked out in this folder, if that is known.
pub(super) fn commit(root: &Path) -> Option<Box<str>> {
    let folder = if root.as_os_str().is_empty() {
        Path::new(".")
    } else {
        root
    };
    let git = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["rev-parse", "--verify", "HEAD"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let said = git.ok().filter(|output| output.status.success());
    let said = said.and_then(|output| String::from_utf8(output.stdout).ok());
    let named = || VARIABLES.iter().find_map(|name| std::env::var(name).ok());
    said.or_else(named).as_deref().and_then(hash)
}

/// The text, if it is the hash of a commit.
fn hash(text: &str) -> Option<Box<str>> {
    let text = text.trim();
    let is_hash =
        (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| text.into())
}
