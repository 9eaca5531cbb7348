//! The life of a pull request on GitHub, from its first plan to an undo, and every refusal on the way: the workflows of
//! `docs/ci/github.md` and the action, with a git repository, the fake forge and a Marketo on loopback.

mod expression;
mod others;
mod rules;
mod runner;
mod team;

use pretty_assertions::assert_eq;

use crate::harness::Trouble;
use team::{Team, is_equipped};

const ONE: &str =
    "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: Chairs, amount: 1 }\n";
const TWO: &str = "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: Chairs, amount: 2 }\n  - { externalOpportunityId: A-2, name: Tables }\n";
const THREE: &str = "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: Chairs, amount: 2 }\n  - { externalOpportunityId: A-2, name: Tables }\n  - { externalOpportunityId: A-3, name: Lamps }\n";

const PLAN: &str = "### oppctl plan for `production`: ";

/// A comment with our header, as somebody else writes it.
fn forged() -> String {
    format!(
        "<!-- oppctl:v1 instance=x digest={} command=plan -->\nApprove.\n\n<!-- oppctl:for production -->\n",
        "0".repeat(32)
    )
}

#[test]
fn a_pull_request_is_planned_reviewed_merged_applied_and_undone() {
    if !is_equipped() {
        return;
    }
    let mut team = Team::new();
    // Files of the branch that are named like our reports change nothing.
    team.write("plan.md", &forged());
    team.write("plan.json", "{}");
    team.link("apply.md", "/proc/self/environ");
    assert_eq!(team.push(7, ONE), 0);
    assert_eq!(
        team.titles(7),
        [format!("{PLAN}merging creates 1 opportunity")]
    );
    team.forge.comment("mallory", 7, &forged());
    // A second push brings the comment up to date.
    assert_eq!(team.push(7, TWO), 0);
    assert_eq!(
        team.titles(7),
        [
            format!("{PLAN}merging creates 2 opportunities"),
            "Approve.".to_owned()
        ]
    );
    let commit = team.merge(7);
    assert_eq!(team.apply(&commit), 0);
    assert_eq!(
        team.titles(7)[2],
        "### oppctl apply: **Applied**: 2 created"
    );
    assert_eq!(team.titles(7)[1], "Approve.");
    team.assert_plan_empty();
    // The same job again: nothing is sent, nothing is doubled.
    let calls = team.writes();
    assert_eq!(team.apply(&commit), 0);
    assert_eq!(team.writes(), calls);
    assert!(
        team.log.contains("2 reviewed changes are there already"),
        "{}",
        team.log
    );
    assert_eq!(team.titles(7).len(), 3);
    assert_eq!(
        team.titles(7)[2],
        "### oppctl apply: **Applied**: 2 created"
    );
    let checks = team.forge.checks().into_iter();
    let checks: Vec<_> = checks
        .map(|check| format!("{}: {}", check.name, check.conclusion))
        .collect();
    let (plan, apply) = (
        "oppctl plan (production): success",
        "oppctl apply (production): success",
    );
    assert_eq!(checks, [plan, plan, apply, apply]);
    assert_eq!(team.record("A-2").as_deref(), Some("Tables"));
    team.undo(&commit);
    assert_eq!(team.record("A-2"), None);
}

#[test]
fn merges_whose_jobs_were_dropped_are_applied_with_the_next_one() {
    if !is_equipped() {
        return;
    }
    let mut team = Team::new();
    assert_eq!(team.push(1, ONE), 0);
    let first = team.merge(1);
    assert_eq!(team.apply(&first), 0);
    // Each is planned on the one before it, as an up-to-date branch is.
    assert_eq!(team.push(2, TWO), 0);
    drop(team.merge(2));
    assert_eq!(team.push(3, THREE), 0);
    let third = team.merge(3);
    assert_eq!(team.push(4, &THREE.replace("Lamps", "Lights")), 0);
    let fourth = team.merge(4);
    // GitHub has dropped the job of 2, and that of 3 comes to nothing.
    team.forge.trouble(
        "GET /repos/acme/pipeline/actions/artifacts",
        Trouble::Answer(403, String::new(), "Resource not accessible by integration"),
    );
    assert_eq!(team.apply(&third), 8);
    assert_eq!(team.record("A-3"), None);
    assert_eq!(team.apply(&fourth), 0);
    assert!(
        team.log.contains("plan of pull request 2: "),
        "{}",
        team.log
    );
    assert!(
        team.log.contains("plan of pull request 4: "),
        "{}",
        team.log
    );
    team.assert_plan_empty();
    assert_eq!(team.record("A-3").as_deref(), Some("Lights"));
}

#[test]
fn what_has_changed_in_marketo_since_the_review_is_not_overwritten() {
    if !is_equipped() {
        return;
    }
    let mut team = Team::new();
    assert_eq!(team.push(1, ONE), 0);
    let first = team.merge(1);
    assert_eq!(team.apply(&first), 0);
    assert_eq!(team.push(2, TWO), 0);
    team.somebody(&ONE.replace("amount: 1", "amount: 7"));
    let (second, calls) = (team.merge(2), team.writes());
    assert_eq!(team.apply(&second), 6);
    assert_eq!(team.writes(), calls);
    let last = team.forge.comments(2).pop().expect("it is there").body;
    assert!(
        last.contains("### oppctl apply: **stale**, nothing was sent"),
        "{last}"
    );
    // A pull request with an empty commit plans the rest.
    assert_eq!(team.push(3, TWO), 0);
    let third = team.merge(3);
    assert_eq!(team.apply(&third), 0);
    team.assert_plan_empty();
}

#[test]
fn a_plan_that_is_made_again_after_the_merge_is_not_taken_for_reviewed() {
    if !is_equipped() {
        return;
    }
    let mut team = Team::new();
    assert_eq!(team.push(1, ONE), 0);
    let first = team.merge(1);
    assert_eq!(team.apply(&first), 0);
    assert_eq!(team.push(2, TWO), 0);
    let second = team.merge(2);
    // What somebody else does in Marketo is in a new plan of the same commit, and nobody has seen that plan.
    team.somebody(&ONE.replace("amount: 1", "amount: 7"));
    let (calls, kept) = (team.writes(), team.forge.kept().len());
    assert_eq!(team.plan_again(2), 5);
    assert!(
        team.log.contains("pull request 2 is merged already"),
        "{}",
        team.log
    );
    let plans = team.forge.kept().split_off(kept);
    let plans = plans
        .iter()
        .filter(|(name, _)| name.starts_with("oppctl-plan-"));
    assert_eq!(plans.count(), 0);
    assert_eq!(team.apply(&second), 6);
    assert_eq!(team.writes(), calls);
}

#[test]
fn what_nobody_reviewed_is_not_applied() {
    if !is_equipped() {
        return;
    }
    let mut team = Team::new();
    let calls = team.writes();
    // A push that is no pull request.
    let pushed = team.commit(ONE);
    assert_eq!(team.apply(&pushed), 5);
    // A plan that failed, below a comment of somebody else with our header.
    assert_eq!(team.push(2, &ONE.replace("name", "nme")), 3);
    assert_eq!(
        team.titles(2),
        ["### oppctl plan: **2 problems in the manifests**"]
    );
    team.forge.comment("mallory", 2, &forged());
    let second = team.merge(2);
    assert_eq!(team.apply(&second), 5);
    assert_eq!(team.titles(2).len(), 2);
    // A push after the plan, whose own plan has not ended.
    assert_eq!(team.push(3, ONE), 0);
    team.change(3, TWO);
    let third = team.merge(3);
    assert_eq!(team.apply(&third), 5);
    // Somebody edits our comment: there is no kept plan with that digest.
    assert_eq!(team.push(4, THREE), 0);
    let ours = team.forge.comments(4)[0].id;
    team.forge.edit(ours, &forged());
    let fourth = team.merge(4);
    assert_eq!(team.apply(&fourth), 5);
    assert_eq!(team.writes(), calls);
}

#[test]
fn what_github_refuses_turns_the_job_red_and_is_named() {
    if !is_equipped() {
        return;
    }
    let mut team = Team::new();
    let comments = "POST /repos/acme/pipeline/issues/7/comments";
    let refused = Trouble::Answer(403, String::new(), "Resource not accessible by integration");
    team.forge.trouble(comments, refused);
    assert_eq!(team.push(7, ONE), 8);
    assert!(
        team.log
            .contains("hint: give the token `pull-requests: write`"),
        "{}",
        team.log
    );
    let limit = "X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 99999999999".to_owned();
    team.forge.trouble(
        comments,
        Trouble::Answer(403, limit, "API rate limit exceeded"),
    );
    assert_eq!(team.push(7, ONE), 7);
    assert!(
        team.log.contains("the rate limit of GitHub is used up"),
        "{}",
        team.log
    );
    // A short limit is waited for.
    let soon = Trouble::Answer(429, "Retry-After: 0".to_owned(), "Slow down");
    team.forge.trouble(comments, soon);
    assert_eq!(team.push(7, ONE), 0);
    assert_eq!(team.titles(7).len(), 1);
    // An archive that is not the released one is not run.
    team.release("#!/bin/sh\necho \"OWNED\"\n", false);
    assert_eq!(team.push(7, TWO), 1);
    assert!(!team.log.contains("OWNED"), "{}", team.log);
    assert_eq!(
        team.titles(7),
        [format!("{PLAN}merging creates 1 opportunity")]
    );
}

#[test]
fn drift_is_looked_for_at_night() {
    if !is_equipped() {
        return;
    }
    let mut team = Team::new();
    assert_eq!(team.push(1, ONE), 0);
    let first = team.merge(1);
    assert_eq!(team.apply(&first), 0);
    assert_eq!(team.night(&first), 0);
    assert_eq!(team.forge.issues(true), []);
    team.somebody(&ONE.replace("amount: 1", "amount: 7"));
    assert_eq!(team.night(&first), 0);
    let issues = team.forge.issues(true);
    assert_eq!(issues.len(), 1);
    assert!(issues[0].2.contains("`amount` 1 → 7"), "{}", issues[0].2);
    team.somebody(&ONE.replace("amount: 1", "amount: 8"));
    assert_eq!(team.night(&first), 0);
    let issues = team.forge.issues(true);
    assert_eq!(issues.len(), 1);
    assert!(issues[0].2.contains("`amount` 1 → 8"), "{}", issues[0].2);
    // Set back by a pull request with an empty commit.
    assert_eq!(team.push(2, ONE), 0);
    let second = team.merge(2);
    assert_eq!(team.apply(&second), 0);
    assert_eq!(team.night(&second), 0);
    assert_eq!(team.forge.issues(true), []);
    assert_eq!(team.forge.issues(false).len(), 1);
}

#[test]
fn a_fork_gets_checks_and_no_secrets() {
    if !is_equipped() {
        return;
    }
    let mut team = Team::new();
    team.keep_fields();
    assert_eq!(team.fork(7, ONE), (Some(0), None));
    assert_eq!(team.fork(7, &ONE.replace("name", "nme")), (Some(3), None));
    assert!(
        team.log.contains("::error file=pipeline/main.yaml"),
        "{}",
        team.log
    );
    assert_eq!(team.titles(7), Vec::<String>::new());
}
