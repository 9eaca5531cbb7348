//! The way out where git does not tell what the manifests declared at a merge base.

use crate::git::BeforeError;
use crate::model::shell_word;

/// The way out.
#[must_use]
pub fn before_hint(error: &BeforeError) -> String {
    let whole = "plan without --changed-since to look at all records";
    match error {
        BeforeError::NoGit(_) => format!("install git, or {whole}"),
        BeforeError::NoCheckout => format!("run oppctl in a git checkout, or {whole}"),
        BeforeError::UnknownRevision { shallow: true, .. }
        | BeforeError::NoMergeBase { shallow: true, .. } => {
            "this is a shallow clone: get the whole history with `git fetch --unshallow`; in GitHub Actions set `fetch-depth: 0` at actions/checkout, in GitLab `GIT_DEPTH: 0`"
                .to_owned()
        }
        BeforeError::UnknownRevision { .. } => {
            "fetch it first, for example `git fetch origin`; a branch of the remote is called origin/NAME"
                .to_owned()
        }
        BeforeError::Ambiguous { references, .. } => {
            let first = references.first().map_or("refs/heads/main", String::as_str);
            format!("name one of them whole: --changed-since {}", shell_word(first))
        }
        BeforeError::NoMergeBase { .. } => {
            format!("name a branch that HEAD began from, or {whole}")
        }
        BeforeError::Failed { .. } | BeforeError::TooSlow { .. } => whole.to_owned(),
    }
}
