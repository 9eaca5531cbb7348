//! What the manifests declared where the work began that is planned.

use std::env;
use std::path::{Path, PathBuf};

use super::command;
use crate::manifest::{InstanceRules, Patterns, or_here, read_with};
use crate::model::{Declared, Ensure};

/// The variables in which CI systems name the commit that a pull request began from, or the branch that it is to be merged into: GitLab,
/// Bitbucket; GitHub, Azure.
const COMMITS: [&str; 2] = [
    "CI_MERGE_REQUEST_DIFF_BASE_SHA",
    "BITBUCKET_PR_DESTINATION_COMMIT",
];
const BRANCHES: [&str; 2] = ["GITHUB_BASE_REF", "SYSTEM_PULLREQUEST_TARGETBRANCH"];

/// The entries that the manifests had where the work began, of the files that were changed since. Nothing if git cannot tell.
pub(super) async fn declared_before(
    root: &Path,
    patterns: Patterns<'_>,
    rules: &InstanceRules,
) -> Option<Vec<Declared>> {
    let base = base(root).await?;
    let changed = said(
        root,
        &[
            "diff",
            "--name-only",
            "-z",
            "--no-renames",
            "--relative",
            &base,
        ],
    )
    .await?;
    let mut files = Vec::new();
    for name in changed
        .split('\0')
        .filter(|name| patterns.have(Path::new(name)))
    {
        // A file that is new since has no text there.
        if let Some(text) = said(root, &["show", &format!("{base}:./{name}")]).await {
            files.push((PathBuf::from(name), text.into_bytes()));
        }
    }
    let records = read_with(files, rules).desired.records.into_iter();
    Some(
        records
            .filter(|declared| declared.ensure == Ensure::Present)
            .collect(),
    )
}

/// The commit where the work began: of a pull request its merge base, else the commit that is checked out.
async fn base(root: &Path) -> Option<String> {
    let variable = |name: &&str| env::var(name).ok().filter(|value| !value.is_empty());
    let commit = COMMITS.iter().find_map(variable);
    let branch = BRANCHES.iter().find_map(variable);
    let branch = branch.map(|name| {
        let name = name.strip_prefix("refs/heads/").unwrap_or(&name).to_owned();
        format!("refs/remotes/origin/{name}")
    });
    let other = commit.or(branch).unwrap_or_else(|| "HEAD".to_owned());
    let base = said(root, &["merge-base", "HEAD", "--end-of-options", &other]).await?;
    Some(base.trim().to_owned()).filter(|base| !base.is_empty())
}

/// What git says, if it succeeds.
async fn said(root: &Path, args: &[&str]) -> Option<String> {
    let mut git = command::git(or_here(root));
    git.args(args);
    let said = command::within(command::LIMIT, async { git.output().await.ok() }).await?;
    let text = said.status.success().then_some(said.stdout)?;
    String::from_utf8(text).ok()
}
