//! The commit of the manifests, for the ledger: git's own answer, else what a CI system says.
//!
//! Only the work tree that contains the project is asked: a bare repository that a branch brings along says nothing. The
//! commit says if something is not committed. A git that does not answer in time is given up.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::config::LoadedConfig;
use crate::manifest::{files, folder_of, or_here};

use super::command;

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

/// What stands behind a commit that is not all of the manifests.
const UNCOMMITTED: &str = " + uncommitted";

/// The commit of a project's manifests.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Commit {
    /// Its hash, and that not all is committed if that is so.
    pub text: Option<Box<str>>,
    /// The variable of the CI system that names another commit, with its value.
    pub differing: Option<(&'static str, Box<str>)>,
}

/// The commit that is checked out where the configuration lies, if that is known.
pub async fn commit(loaded: &LoadedConfig) -> Commit {
    let named = named(|name| std::env::var(name).ok());
    let Some(tree) = WorkTree::around(&loaded.root) else {
        return Commit {
            text: named.map(|(_, commit)| commit),
            differing: None,
        };
    };
    let Some(head) = tree.head().await else {
        return Commit {
            text: named.map(|(_, commit)| commit),
            differing: None,
        };
    };
    let differing = named.filter(|(_, commit)| !is_same(commit, &head));
    let rest = if tree.is_uncommitted(loaded).await {
        UNCOMMITTED
    } else {
        ""
    };
    Commit {
        text: Some(format!("{head}{rest}").into()),
        differing,
    }
}

/// The name that git knows its user by.
pub async fn user(loaded: &LoadedConfig) -> Option<String> {
    let said = WorkTree::around(&loaded.root)?
        .git(&["config", "user.name"])
        .await?;
    let name = String::from_utf8(said).ok()?.trim().to_owned();
    Some(name).filter(|name| !name.is_empty())
}

/// The folder in its repository, with a slash at its end unless it is the repository's own.
#[must_use]
pub fn folder_in_tree(root: &Path) -> Option<String> {
    let tree = WorkTree::around(root)?;
    let root = or_here(root).canonicalize().ok()?;
    let folder = root.strip_prefix(&tree.top).ok()?.to_str()?;
    let slash = if folder.is_empty() { "" } else { "/" };
    Some(format!("{folder}{slash}"))
}

/// The commit that a CI system names, with its variable.
fn named(variable: impl Fn(&str) -> Option<String>) -> Option<(&'static str, Box<str>)> {
    VARIABLES
        .iter()
        .find_map(|name| Some((*name, hash(&variable(name)?)?.into())))
}

/// Whether two hashes are the same, one of which may be short.
fn is_same(one: &str, other: &str) -> bool {
    let length = one.len().min(other.len());
    one[..length].eq_ignore_ascii_case(&other[..length])
}

/// The work tree of a project.
pub(super) struct WorkTree {
    /// The folder with `.git`, without links and dots.
    top: PathBuf,
}

impl WorkTree {
    /// The work tree in which a folder lies. Git is not asked for it: it takes a folder that looks like a bare repository for one.
    pub(super) fn around(root: &Path) -> Option<Self> {
        let root = or_here(root).canonicalize().ok()?;
        let mut folders = root.ancestors();
        let top = folders.find(|folder| folder.join(".git").symlink_metadata().is_ok())?;
        Some(Self {
            top: top.to_owned(),
        })
    }

    /// The commit that is checked out, if git says that this is the work tree.
    async fn head(&self) -> Option<Box<str>> {
        let said = self.git(&["rev-parse", "--show-toplevel"]).await?;
        let top = Path::new(str::from_utf8(&said).ok()?.trim_end_matches(['\r', '\n']));
        if top.canonicalize().ok()? != self.top {
            return None;
        }
        let said = self.git(&["rev-parse", "--verify", "HEAD"]).await?;
        hash(str::from_utf8(&said).ok()?).map(Box::from)
    }

    /// Whether the configuration or a manifest is not as it is in the commit. What git does not tell in time is taken for committed.
    async fn is_uncommitted(&self, loaded: &LoadedConfig) -> bool {
        let found = files::present(&loaded.root, loaded.config.patterns());
        let mut paths = found.map(|found| found.manifests).unwrap_or_default();
        paths.push(loaded.path.clone());
        let (Some(tracked), Some(changed)) = (
            self.paths(&["ls-files", "-z"]).await,
            self.paths(&[
                "diff",
                "--name-only",
                "-z",
                "--no-ext-diff",
                "--no-textconv",
                "HEAD",
            ])
            .await,
        ) else {
            return false;
        };
        let relative = |path: &PathBuf| {
            // The folder alone: a file that is a link is in git as a link.
            let folder = folder_of(path).canonicalize().ok()?;
            let path = folder.join(path.file_name()?);
            path.strip_prefix(&self.top).map(Path::to_owned).ok()
        };
        let is_committed = |path: PathBuf| tracked.contains(&path) && !changed.contains(&path);
        // And what it leads to is the manifest.
        let target = |path: &PathBuf| {
            let target = path.canonicalize().ok()?;
            target.strip_prefix(&self.top).map(Path::to_owned).ok()
        };
        let mut known = paths
            .iter()
            .filter_map(relative)
            .chain(paths.iter().filter_map(target));
        // A manifest that was removed is among the changed files alone.
        let root = or_here(&loaded.root).canonicalize();
        let root = root
            .ok()
            .and_then(|root| Some(root.strip_prefix(&self.top).ok()?.to_owned()));
        let is_manifest = |path: &PathBuf| {
            let below = root.as_ref().and_then(|root| path.strip_prefix(root).ok());
            below.is_some_and(|below| loaded.config.patterns().have(below))
        };
        known.any(|path| !is_committed(path)) || changed.iter().any(is_manifest)
    }

    /// Paths that git prints, relative to the top.
    async fn paths(&self, arguments: &[&str]) -> Option<HashSet<PathBuf>> {
        let said = self.git(arguments).await?;
        let said = String::from_utf8_lossy(&said).into_owned();
        Some(said.split_terminator('\0').map(PathBuf::from).collect())
    }

    /// What git answers, if it does in time.
    pub(super) async fn git(&self, arguments: &[&str]) -> Option<Vec<u8>> {
        let mut git = command::git(&self.top);
        git.args(arguments);
        let output = command::within(command::LIMIT, async { git.output().await.ok() }).await?;
        output.status.success().then_some(output.stdout)
    }
}

/// The hash of a commit in a text that has only that, or says that not all is committed.
pub(super) fn hash(text: &str) -> Option<&str> {
    let text = text.trim();
    let text = text.strip_suffix(UNCOMMITTED).unwrap_or(text);
    let is_hash =
        (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then_some(text)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_ci_system_names_a_commit() {
        let none = named(|_| None);
        assert_eq!(none, None);
        let words = named(|name| (name == "GIT_COMMIT").then(|| "main".to_owned()));
        assert_eq!(words, None);
        let found = named(|name| (name == "CIRCLE_SHA1").then(|| "0123abc\n".to_owned()));
        assert_eq!(found, Some(("CIRCLE_SHA1", "0123abc".into())));
    }

    #[test]
    fn what_is_not_committed_is_no_part_of_the_hash() {
        assert_eq!(hash("0123abc + uncommitted"), Some("0123abc"));
        assert_eq!(hash("0123abc\n"), Some("0123abc"));
        assert_eq!(hash("main"), None);
    }

    #[test]
    fn a_short_hash_is_the_beginning_of_a_long_one() {
        assert!(is_same("0123ABC", "0123abcdef"));
        assert!(!is_same("0123abd", "0123abcdef"));
    }
}
