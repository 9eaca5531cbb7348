//! The plans that were reviewed and not applied: of the merged pull request of this commit, and of those before it whose jobs were
//! dropped or failed.
//!
//! A plan counts if a comment of ours on the pull request has its digest, for the pull request's last commit and not changed since the
//! merge, and a run for that commit has kept its file. The seal of the file, the instance and each change are checked by `apply --plan`.

use serde_json::Value;

use super::calls::{Forge, MergedPull, Post};
use super::error::ForgeError;
use super::marker::{Marker, Slot, planned};
use super::publish::{check_name, short};

/// The plans to apply together.
#[derive(Debug, Default)]
pub struct ReviewedPlans {
    /// The number of the pull request and the text of the plan file, in the order of the merges.
    pub plans: Vec<(u64, String)>,
    /// Earlier pull requests without a usable plan, the latest first.
    pub skipped: Vec<SkippedPull>,
}

/// An earlier pull request whose plan is not there.
#[derive(Debug, PartialEq, Eq)]
pub struct SkippedPull {
    pub number: u64,
    pub why: String,
}

/// Finds the plans. `commits` are the commit of this run and those that came before it, without those that a merge brought along.
pub(crate) async fn reviewed<F: Forge>(
    forge: &F,
    name: &str,
    commits: &[String],
) -> Result<ReviewedPlans, ForgeError> {
    let mut found = ReviewedPlans::default();
    let check = check_name("apply", name);
    let branch = forge.branch()?;
    for (index, commit) in commits.iter().enumerate() {
        let is_this = index == 0;
        // What was applied with it does not have to be applied again.
        if !is_this && forge.has_passed(commit, &check).await? {
            break;
        }
        let merged = forge.merged(commit).await?;
        let [merge] = merged.as_slice() else {
            let error = none_or_several::<F>(commit, &merged, branch);
            if is_this {
                return Err(error);
            }
            let why = error.to_string();
            let skipped = merged.iter().map(|merge| SkippedPull {
                number: merge.pull.number,
                why: why.clone(),
            });
            found.skipped.extend(skipped);
            continue;
        };
        match plan(forge, name, merge).await {
            Ok(text) => found.plans.push((merge.pull.number, text)),
            Err(ForgeError::NotReviewed { number, why, .. }) if !is_this => {
                found.skipped.push(SkippedPull { number, why });
            }
            Err(error) => return Err(error),
        }
    }
    found.plans.reverse();
    Ok(found)
}

/// Why a commit is not the merge of one pull request.
fn none_or_several<F: Forge>(commit: &str, merged: &[MergedPull], branch: &str) -> ForgeError {
    let (commit, pull) = (short(commit), F::PULL);
    let mut numbers: Vec<u64> = merged.iter().map(|merge| merge.pull.number).collect();
    numbers.sort_unstable();
    let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
    match numbers.split_last() {
        None => ForgeError::NotMerged {
            commit,
            pull,
            branch: branch.to_owned(),
        },
        Some((last, others)) => ForgeError::SeveralMerged {
            commit,
            pull,
            numbers: format!("{} and {last}", others.join(", ")),
        },
    }
}

/// The plan file that was reviewed with a pull request.
async fn plan<F: Forge>(forge: &F, name: &str, merge: &MergedPull) -> Result<String, ForgeError> {
    let MergedPull { pull, at } = merge;
    let not_reviewed = |why: String| ForgeError::NotReviewed {
        pull: F::PULL,
        number: pull.number,
        why,
    };
    let posts = forge.comments(pull).await?;
    let slot = Slot {
        command: "plan",
        name,
        fingerprint: None,
    };
    let posts = slot.all(&posts);
    let post = posts.first().ok_or_else(|| {
        not_reviewed(format!(
            "{} has not commented on it with a plan for {name}",
            forge.author()
        ))
    })?;
    // Left behind by two runs at once: which of them was reviewed is not known.
    let digest_of =
        |post: &Post| Marker::of(&post.body).and_then(|it| it.digest().map(str::to_owned));
    if posts
        .iter()
        .any(|other| digest_of(other) != digest_of(post))
    {
        let why = "it has several comments with different plans";
        return Err(not_reviewed(why.to_owned()));
    }
    // A plan that nobody could see before the merge, or a text that somebody has edited since.
    if post.updated.is_none_or(|updated| updated > *at) {
        let why =
            "its comment was changed after the merge, so what it says now is not what was reviewed";
        return Err(not_reviewed(why.to_owned()));
    }
    if planned(&post.body) != Some(&*pull.head) {
        let why = match planned(&post.body) {
            Some(commit) => format!(
                "the plan in its comment is for the commit {}, and {} was merged",
                short(commit),
                short(&pull.head)
            ),
            None => "its comment does not say which commit was planned".to_owned(),
        };
        return Err(not_reviewed(why));
    }
    let digest = Marker::of(&post.body).and_then(Marker::digest);
    let digest = digest
        .ok_or_else(|| not_reviewed("its last plan failed, as the comment says".to_owned()))?;
    let text = forge.kept_plan(pull, digest).await?.ok_or_else(|| {
        not_reviewed(
            "the file of the plan in the comment was made for an earlier commit, or is not kept any more"
                .to_owned(),
        )
    })?;
    let file: Value = serde_json::from_str(&text).unwrap_or_default();
    if file["digest"] != digest || file["instance"]["name"] != name {
        let why = "the file that the run has kept is not the plan in the comment";
        return Err(not_reviewed(why.to_owned()));
    }
    Ok(text)
}
