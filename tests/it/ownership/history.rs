//! What was reviewed is applied once, and a checkout that is behind takes nothing back.

use std::process::Command;

use snapbox::str;

use crate::harness::{Marketo, Project, Run};

const KEEP: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: KEEP, name: Keep }
";

/// The same with another record.
fn with(key: &str) -> String {
    format!("{KEEP}  - {{ externalOpportunityId: {key}, name: Chairs, amount: 10 }}\n")
}

fn digest(project: &Project) -> String {
    let run = project.run("plan --digest").exits(0);
    run.stdout.trim().to_owned()
}

fn apply(project: &Project, digest: &str) -> Run {
    project.run(&format!("apply --yes --quiet --expect {digest}"))
}

/// A project that owns one record.
fn kept(marketo: &Marketo) -> Project {
    let project = marketo.project(KEEP).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    project
}

/// Checks out an earlier commit of the project.
fn check_out(project: &Project, commit: &str) {
    let git = Command::new("git")
        .args(["checkout", "--quiet", "--force", commit])
        .current_dir(project.root())
        .status();
    assert!(git.expect("git is there").success());
}

#[test]
fn a_digest_is_good_for_one_apply() {
    let marketo = Marketo::start();
    let project = kept(&marketo);
    project.write("pipeline/main.yaml", with("A-1"));
    let first = digest(&project);
    drop(apply(&project, &first).exits(0));
    // The job is run again while nothing has changed.
    let again = apply(&project, &first).exits(0);
    assert!(
        again.stderr.contains("already applied, by the run 2"),
        "{}",
        again.text()
    );
    // A later change takes the record out, and then the first job is run again.
    project.write("pipeline/main.yaml", KEEP);
    let second = digest(&project);
    drop(apply(&project, &second).exits(0));
    project.write("pipeline/main.yaml", with("A-1"));
    let replayed = apply(&project, &first).exits(6);
    assert!(
        replayed
            .stderr
            .contains("was applied already, by the run 2"),
        "{}",
        replayed.text()
    );
    project.write("pipeline/main.yaml", KEEP);
    project.assert_plan_empty();
    // The same change, reviewed anew, is another one.
    project.write("pipeline/main.yaml", with("A-1"));
    let third = digest(&project);
    assert_ne!(third, first);
    drop(apply(&project, &third).exits(0));
}

#[test]
fn a_value_that_was_taken_back_is_not_set_again() {
    let marketo = Marketo::start();
    let project = kept(&marketo);
    let renamed = KEEP.replace("name: Keep", "name: Kept");
    project.write("pipeline/main.yaml", &renamed);
    let first = digest(&project);
    drop(apply(&project, &first).exits(0));
    project.write("pipeline/main.yaml", KEEP);
    drop(project.run("apply --yes --quiet").exits(0));
    project.write("pipeline/main.yaml", &renamed);
    drop(apply(&project, &first).exits(6));
}

#[test]
fn what_was_forgotten_is_not_adopted_again_by_an_old_job() {
    let marketo = Marketo::start();
    let project = kept(&marketo);
    let others = marketo.project(&with("A-1"));
    drop(others.run("apply --yes --quiet").exits(0));
    project.write("pipeline/main.yaml", with("A-1"));
    let first = digest(&project);
    drop(apply(&project, &first).exits(0));
    drop(project.run("ledger forget opportunity A-1").exits(0));
    drop(apply(&project, &first).exits(6));
}

#[test]
fn an_entry_that_moves_leaves_reviewed_changes_good() {
    let marketo = Marketo::start();
    let project = kept(&marketo);
    project.write(
        "pipeline/main.yaml",
        KEEP.replace("name: Keep", "name: Kept"),
    );
    let reviewed = digest(&project);
    project.write(
        "pipeline/main.yaml",
        "version: 1\nopportunities: [{ externalOpportunityId: A-1, name: Chairs }]\n",
    );
    project.write("pipeline/moved.yaml", KEEP);
    drop(project.run("apply --yes --quiet").exits(0));
    project.write(
        "pipeline/moved.yaml",
        KEEP.replace("name: Keep", "name: Kept"),
    );
    drop(apply(&project, &reviewed).exits(0));
}

#[test]
fn a_checkout_that_is_behind_does_not_apply() {
    let marketo = Marketo::start();
    let project = marketo.project(KEEP).with_ledger();
    project.commit("first");
    drop(project.run("apply --yes --quiet").exits(0));
    project.write("pipeline/main.yaml", with("A-1"));
    project.commit("second");
    drop(project.run("apply --yes --quiet").exits(0));
    check_out(&project, "HEAD~1");
    project.run("plan").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit [first]
This checkout is behind what was applied last, at [second] ([DAY]): an apply from here is refused, because it would take back what came since. Bring it up to date: `git merge [second]`. If what came since is to be taken back: `oppctl apply --allow-behind`.

Deletes  1 opportunity   10
  - opportunity A-1  "Chairs"  10  pipeline/main.yaml:4
  Why: not declared any more, last applied at [second] ([DAY]).

Pipeline
  open  2 → 1  10 → 0  −10

Look first
  ! Updates and deletions lower the open pipeline of 10 by 100 % (−10)

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 1 unchanged.  Apply needs 1 call.
Read 2 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,982 left today).
Refused: this checkout is behind what was applied last, at [second] ([DAY]). Nothing was sent.

"#]]);
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 6
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit [first]
This checkout is behind what was applied last, at [second] ([DAY]): an apply from here is refused, because it would take back what came since. Bring it up to date: `git merge [second]`. If what came since is to be taken back: `oppctl apply --allow-behind`.

Pipeline
  open  2 → 1  10 → 0  −10

Look first
  ! Updates and deletions lower the open pipeline of 10 by 100 % (−10)

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 1 unchanged.  Apply needs 1 call.
Read 2 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,975 left today).
Refused: this checkout is behind what was applied last, at [second] ([DAY]). Nothing was sent.
---- stderr
error: this checkout is behind what was applied last, at [second] ([DAY]); nothing was sent
  hint: bring it up to date: `git merge [second]`. If what came since is to be taken back: --allow-behind

"#]]);
    let page = project.run("plan --format markdown").exits(0);
    let way_out = "If what came since is to be taken back: `oppctl apply --allow-behind`";
    assert!(page.stdout.contains(way_out), "{}", page.text());
    let allowed = project.run("apply --yes --quiet --allow-behind").exits(0);
    allowed.shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit [first]
This checkout is behind what was applied last, at [second] ([DAY]). --allow-behind allows this apply, which takes back what came since.

Pipeline
  open  2 → 1  10 → 0  −10

Look first
  ! Updates and deletions lower the open pipeline of 10 by 100 % (−10)

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 1 unchanged.  Apply needs 1 call.
Read 2 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,961 left today).

Applied: 1 deleted.  1 call in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production

"#]]);
    project.assert_plan_empty();
}

#[test]
fn another_history_removes_only_what_it_has_declared() {
    let marketo = Marketo::start();
    let project = marketo.project(&with("OLD")).with_ledger();
    project.commit("first");
    drop(project.run("apply --yes --quiet").exits(0));
    project.write("pipeline/main.yaml", with("A-1"));
    project.commit("second");
    drop(
        project
            .run("apply --yes --quiet --allow-deletes 1")
            .exits(0),
    );
    // A branch of the first commit that renames the record which it knows.
    check_out(&project, "HEAD~1");
    project.edit("pipeline/main.yaml", "name: Keep", "name: Kept");
    project.commit("branch");
    let refused = project.run("apply --yes --quiet --allow-deletes 2");
    refused.shows(str![[r#"
exit: 6
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit [branch]
The history of this checkout does not have what was applied last, at [second] ([DAY]), and shows no declaration of 1 record that it would delete: opportunity A-1. An apply from here is refused. Bring it up to date: `git merge [second]`. If what came since is to be taken back: `oppctl apply --allow-behind`.

Look first
  ! 1 opportunity is deleted and created again under another key: A-1 → OLD. What is created again has a new id and no history
      Chairs    pipeline/main.yaml:4
  ! Updates and deletions lower the open pipeline of 10 by 100 % (−10)

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to create, 1 to update, 1 to delete; 0 unchanged.  Apply needs 3 calls.
Read 2 opportunities, 0 roles in 7 calls; the apply is 0.006 % of 50,000 a day (49,979 left today).
Refused: the history of this checkout shows no declaration of 1 record that it would delete: opportunity A-1. Nothing was sent.
---- stderr
error: the history of this checkout shows no declaration of 1 record that it would delete: opportunity A-1; nothing was sent
  hint: bring it up to date: `git merge [second]`. If what came since is to be taken back: --allow-behind

"#]]);
    // What this history has declared, it may remove.
    project.write("pipeline/main.yaml", with("A-1"));
    project.commit("declared");
    drop(project.run("apply --yes --quiet").exits(0));
}

#[test]
fn where_the_last_commit_is_not_there_a_note_says_how_it_could_be() {
    let marketo = Marketo::start();
    let project = marketo.project(KEEP).with_ledger();
    project.commit("first");
    drop(project.run("apply --yes --quiet").exits(0));
    std::fs::remove_dir_all(project.root().join(".git")).expect("it was there");
    project.edit("pipeline/main.yaml", "name: Keep", "name: Kept");
    project.commit("elsewhere");
    let plan = project.run("plan").exits(0);
    assert!(
        plan.stdout
            .contains("It is not known whether this checkout is behind"),
        "{}",
        plan.text()
    );
    assert!(
        plan.stdout.contains("git fetch --unshallow"),
        "{}",
        plan.text()
    );
    drop(project.run("apply --yes --quiet").exits(0));
}

#[test]
fn what_was_applied_without_a_commit_is_not_deleted_by_another_checkout() {
    let marketo = Marketo::start();
    let project = marketo.project(KEEP).with_ledger();
    project.commit("first");
    drop(project.run("apply --yes --quiet").exits(0));
    // Somebody applies a record that only their copy has.
    project.write("pipeline/main.yaml", with("A-1"));
    drop(project.run("apply --yes --quiet").exits(0));
    // Who goes on in that copy may take it out again.
    project.write(
        "pipeline/main.yaml",
        KEEP.replace("name: Keep", "name: Kept"),
    );
    let plan = project.run("plan").exits(0);
    assert!(!plan.text().contains("no commit"), "{}", plan.text());
    // The job that works on a clean checkout knows nothing of it.
    project.write("pipeline/main.yaml", KEEP);
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 6
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit [first]
It would delete 1 record that was applied from uncommitted files and that no commit of this checkout has declared: opportunity A-1. An apply from here is refused. Commit the manifests from which this was applied. If it is to be deleted: `oppctl apply --allow-behind`.

Pipeline
  open  2 → 1  10 → 0  −10

Look first
  ! Updates and deletions lower the open pipeline of 10 by 100 % (−10)

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 1 unchanged.  Apply needs 1 call.
Read 2 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,975 left today).
Refused: no commit of this checkout has declared 1 record that it would delete, and that was applied from uncommitted files: opportunity A-1. Nothing was sent.
---- stderr
error: no commit of this checkout has declared 1 record that it would delete, and that was applied from uncommitted files: opportunity A-1; nothing was sent
  hint: commit the manifests from which this was applied. If it is to be deleted: --allow-behind

"#]]);
    // Where a commit has declared it, a later one may remove it.
    project.write("pipeline/main.yaml", with("A-1"));
    project.commit("declared");
    project.write("pipeline/main.yaml", KEEP);
    project.commit("removed");
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
}

#[test]
fn a_history_has_declared_a_record_only_if_an_entry_has_its_key() {
    let marketo = Marketo::start();
    let committed = "version: 1\nopportunities:\n  # A-1 comes next\n  - externalOpportunityId: A-10\n    name: A-1\n    roles: [{ leadId: 1001, role: Champion }]\n";
    let project = marketo.project(committed).with_ledger();
    project.commit("first");
    drop(project.run("apply --yes --quiet").exits(0));
    for uncommitted in [
        "  - { externalOpportunityId: A-1, name: Chairs }\n",
        "    rolesMode: merge\n",
    ] {
        let more = committed.replace(
            "leadId: 1001, role: Champion }]",
            "leadId: 1001, role: Champion }, { leadId: 1002, role: Champion }]",
        );
        let text = if uncommitted.starts_with("  - ") {
            format!("{committed}{uncommitted}")
        } else {
            more
        };
        project.write("pipeline/main.yaml", &text);
        drop(project.run("apply --yes --quiet").exits(0));
        project.write("pipeline/main.yaml", committed);
        let refused = project
            .run("apply --yes --quiet --allow-deletes 1")
            .exits(6);
        assert!(
            refused.stderr.contains("no commit of this checkout"),
            "{}",
            refused.text()
        );
        drop(
            project
                .run("apply --yes --quiet --allow-deletes 1 --allow-behind")
                .exits(0),
        );
    }
}

#[test]
fn a_narrowed_run_deletes_no_role_that_another_file_has_declared() {
    let marketo = Marketo::start();
    let project = marketo
        .project("version: 1\nopportunities:\n  - { externalOpportunityId: A, name: N, rolesMode: exact }\n")
        .with_ledger();
    project.write(
        "pipeline/roles.yaml",
        "version: 1\nroles:\n  - { externalOpportunityId: A, leadId: 1001, role: Champion }\n",
    );
    drop(project.run("apply --yes --quiet").exits(0));
    std::fs::remove_file(project.root().join("pipeline/roles.yaml")).expect("it is there");
    let narrowed = project.run("plan pipeline/main.yaml").exits(0);
    assert!(
        narrowed.stdout.contains("No changes."),
        "{}",
        narrowed.text()
    );
    // The whole run knows that nobody declares it.
    let whole = project.run("plan --allow-deletes 1").exits(0);
    assert!(whole.stdout.contains("1 to delete"), "{}", whole.text());
}
