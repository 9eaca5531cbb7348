//! The plans that were reviewed and not applied: of the merged pull request of this commit, and of those before it whose jobs were
//! dropped or failed.
//!
//! A plan counts if a comment of ours on the pull request has its digest, and a run for the pull request's last commit has kept its
//! file. The seal of the file, the instance and each change are checked by `apply --plan`.

use serde_json::Value;

use super::calls::{Forge, Pull};
use super::error::ForgeError;
use super::marker::{Marker, Slot};
use super::publish::check_name;

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
    for (index, commit) in commits.iter().enumerate() {
        let is_this = index == 0;
        // What was applied with it does not have to be applied again.
        if !is_this && forge.has_passed(commit, &check).await? {
            break;
        }
        let Some(pull) = forge.merged(commit).await? else {
            if is_this {
                return Err(ForgeError::NotMerged {
                    commit: commit.chars().take(10).collect(),
                    pull: F::PULL,
                });
            }
            continue;
        };
        match plan(forge, name, &pull).await {
            Ok(text) => found.plans.push((pull.number, text)),
            Err(ForgeError::NotReviewed { number, why, .. }) if !is_this => {
                found.skipped.push(SkippedPull { number, why });
            }
            Err(error) => return Err(error),
        }
    }
    found.plans.reverse();
    Ok(found)
}

/// The plan file that was reviewed with a pull request.
async fn plan<F: Forge>(forge: &F, name: &str, pull: &Pull) -> Result<String, ForgeError> {
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
    let post = slot.find(&posts);
    let post = post.ok_or_else(|| {
        not_reviewed(format!(
            "{} has not commented on it with a plan for {name}",
            forge.author()
        ))
    })?;
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
