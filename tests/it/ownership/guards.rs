//! How many removals one run may make: counts and percentages of what is owned, on both sides of each limit.

use std::fmt::Write as _;

use oppctl::simulator::CallOperation;
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project};

/// Opportunities `A-FIRST` to `A-40`, or to another last one.
fn opportunities(first: usize, last: usize) -> String {
    let mut manifest = "version: 1\nopportunities:\n".to_owned();
    for number in first..=last {
        writeln!(
            manifest,
            "  - {{ externalOpportunityId: A-{number}, name: Chairs }}"
        )
        .expect("strings take all text");
    }
    manifest
}

/// So many opportunities, applied with a ledger and these guards.
fn applied(marketo: &Marketo, count: usize, guards: &str) -> Project {
    let project = marketo.project(&opportunities(1, count)).with_ledger();
    let project = project.with(&format!("guards: {{ {guards} }}"));
    drop(project.run("apply --yes --quiet").exits(0));
    project
}

/// Takes out the entries before `first`.
fn keep_from(project: &Project, first: usize, last: usize) {
    project.write("pipeline/main.yaml", opportunities(first, last));
}

#[test]
fn ten_removals_pass_and_eleven_are_refused() {
    let marketo = Marketo::start();
    let project = applied(&marketo, 40, "maxDeletes: 10, maxDeletePercent: 100");
    keep_from(&project, 12, 40);
    project.run("plan --quiet").shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 11 to delete; 29 unchanged.  Apply needs 1 call.
Read 40 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,988 left today).
Refused: the plan deletes 11 records: guards.maxDeletes is 10. Nothing was sent.
---- stderr
error: the plan deletes 11 records: guards.maxDeletes is 10
  hint: if these deletions are right, allow this count: --allow-deletes 11

"#]]);
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 11 to delete; 29 unchanged.  Apply needs 1 call.
Read 40 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,981 left today).
Refused: the plan deletes 11 records: guards.maxDeletes is 10. Nothing was sent.
---- stderr
error: the plan deletes 11 records: guards.maxDeletes is 10; nothing was sent
  hint: if these deletions are right, allow this count: --allow-deletes 11

"#]]);
    assert_eq!(
        marketo.answered(CallOperation::Delete),
        0,
        "nothing was sent"
    );
    keep_from(&project, 11, 40);
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 10 to delete; 30 unchanged.  Apply needs 1 call.
Read 40 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,974 left today).

Applied: 10 deleted.  1 call in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production

"#]]);
    project.assert_plan_empty();
}

#[test]
fn the_flag_allows_the_count_that_it_names_and_no_more() {
    let marketo = Marketo::start();
    let project = applied(&marketo, 40, "maxDeletes: 10, maxDeletePercent: 100");
    keep_from(&project, 13, 40);
    project
        .run("apply --yes --quiet --allow-deletes 11")
        .shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 12 to delete; 28 unchanged.  Apply needs 1 call.
Read 40 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,988 left today).
Refused: the plan deletes 12 records: --allow-deletes 11 allows fewer. Nothing was sent.
---- stderr
error: the plan deletes 12 records: --allow-deletes 11 allows fewer; nothing was sent
  hint: if these deletions are right, allow this count: --allow-deletes 12

"#]]);
    assert_eq!(
        marketo.answered(CallOperation::Delete),
        0,
        "nothing was sent"
    );
    keep_from(&project, 12, 40);
    drop(project.run("apply --yes --quiet").exits(5));
    drop(
        project
            .run("apply --yes --quiet --allow-deletes 11")
            .exits(0),
    );
    project.assert_plan_empty();
}

#[test]
fn removals_are_counted_in_percent_of_what_is_owned() {
    let marketo = Marketo::start();
    let project = applied(&marketo, 30, "maxDeletePercent: 10");
    keep_from(&project, 5, 30);
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 4 to delete; 26 unchanged.  Apply needs 1 call.
Read 30 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,988 left today).
Refused: the plan deletes 4 records: guards.maxDeletePercent is 10, and this is 14 % of the 30 owned records; 3 are allowed. Nothing was sent.
---- stderr
error: the plan deletes 4 records: guards.maxDeletePercent is 10, and this is 14 % of the 30 owned records; 3 are allowed; nothing was sent
  hint: if these deletions are right, allow this count: --allow-deletes 4

"#]]);
    assert_eq!(
        marketo.answered(CallOperation::Delete),
        0,
        "nothing was sent"
    );
    keep_from(&project, 4, 30);
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
}

#[test]
fn the_percentage_counts_from_five_owned_records_up_and_three_removals() {
    for (owned, kept, exit) in [(4, 4, 0), (5, 4, 5), (5, 3, 0)] {
        let marketo = Marketo::start();
        let project = applied(&marketo, owned, "maxDeletePercent: 10");
        keep_from(&project, kept, owned);
        drop(project.run("apply --yes --quiet").exits(exit));
        assert_eq!(
            marketo.answered(CallOperation::Delete),
            usize::from(exit == 0),
            "{owned}, {kept}"
        );
        drop(
            project
                .run("apply --yes --quiet --allow-deletes 3")
                .exits(0),
        );
        project.assert_plan_empty();
    }
}

#[test]
fn every_reason_is_named_before_anything_is_sent() {
    let marketo = Marketo::start();
    let manifest = "\
version: 1
opportunities:
  - { externalOpportunityId: A, name: Chairs, lifecycle: { protect: true } }
  - { externalOpportunityId: B, name: Tables }
  - { externalOpportunityId: C, name: Lamps }
";
    let project = marketo.project(manifest).with_ledger();
    let project = project.with("guards: { maxDeletes: 1 }");
    drop(project.run("apply --yes --quiet").exits(0));
    let others = "\
version: 1
roles:
  - { externalOpportunityId: B, leadId: 1001, role: Guest }
  - { externalOpportunityId: B, leadId: 1002, role: Guest }
";
    drop(marketo.project(others).run("apply --yes --quiet").exits(0));
    // What is to be updated waits as well.
    project.write(
        "pipeline/main.yaml",
        "version: 1\nopportunities:\n  - { externalOpportunityId: C, name: Candles }\n",
    );
    let before = (marketo.answered(CallOperation::Sync), 0);
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to update, 2 to delete; 0 unchanged.  Apply needs 2 calls.
Read 3 opportunities, 2 roles in 7 calls; the apply is 0.004 % of 50,000 a day (49,981 left today).
Refused for 3 reasons; nothing was sent.
  the plan deletes 4 records, with 2 that no manifest declares: guards.maxDeletes is 1
  pipeline/main.yaml:3, last applied on [DAY]: opportunity A has been protected since the apply on [DAY], and would be deleted
  pipeline/main.yaml:4, last applied on [DAY]: opportunity B would be deleted, and no manifest declares its 2 roles: B / 1001 / Guest, B / 1002 / Guest
---- stderr
error: the plan is refused for 3 reasons; nothing was sent
  caused by: the plan deletes 4 records, with 2 that no manifest declares: guards.maxDeletes is 1
  caused by: pipeline/main.yaml:3, last applied on [DAY]: opportunity A has been protected since the apply on [DAY], and would be deleted
  caused by: pipeline/main.yaml:4, last applied on [DAY]: opportunity B would be deleted, and no manifest declares its 2 roles: B / 1001 / Guest, B / 1002 / Guest
  hint: if these deletions are right, allow this count: --allow-deletes 4
  hint: to end a protection, apply the entry with `lifecycle: { protect: false }`; after that it can be removed, and in a protected instance it can get `ensure: absent`
  hint: declare them, or delete them too: --with-undeclared-roles

"#]]);
    let sent =
        [CallOperation::Sync, CallOperation::Delete].map(|operation| marketo.answered(operation));
    assert_eq!((sent[0], sent[1]), before);
}

#[test]
fn roles_that_nobody_declares_keep_their_opportunity_until_they_are_allowed_to_go() {
    let marketo = Marketo::start();
    let tables = "version: 1\nopportunities:\n  - { externalOpportunityId: B, name: Tables }\n";
    let lamps = "version: 1\nopportunities:\n  - { externalOpportunityId: C, name: Lamps }\n";
    let project = marketo.project(tables).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    let others =
        "version: 1\nroles:\n  - { externalOpportunityId: B, leadId: 1001, role: Guest }\n";
    drop(marketo.project(others).run("apply --yes --quiet").exits(0));
    project.write("pipeline/main.yaml", lamps);
    project.run("apply --yes").shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity C  "Lamps"  :3

Deletes  1 opportunity
  - opportunity B  "Tables"  pipeline/main.yaml:3
  Why: not declared any more, last applied on [DAY].

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to create, 1 to delete; 0 unchanged.  Apply needs 2 calls.
Read 1 opportunity, 1 role in 7 calls; the apply is 0.004 % of 50,000 a day (49,981 left today).
Refused: pipeline/main.yaml:3, last applied on [DAY]: opportunity B would be deleted, and no manifest declares its role B / 1001 / Guest. Nothing was sent.
---- stderr
error: pipeline/main.yaml:3, last applied on [DAY]: opportunity B would be deleted, and no manifest declares its role B / 1001 / Guest; nothing was sent
  hint: declare them, or delete them too: --with-undeclared-roles

"#]]);
    assert_eq!(
        marketo.answered(CallOperation::Delete),
        0,
        "nothing was sent"
    );
    project
        .run("apply --yes --with-undeclared-roles")
        .shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity C  "Lamps"  :3

Deletes  1 opportunity and 1 role
  - opportunity B  "Tables"  pipeline/main.yaml:3  not declared any more, last applied on [DAY]
  - role B / 1001 / Guest    pipeline/main.yaml:3  no manifest declares it, and its opportunity is deleted

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to create, 2 to delete; 0 unchanged.  Apply needs 3 calls.
Read 1 opportunity, 1 role in 8 calls; the apply is 0.006 % of 50,000 a day (49,973 left today).

Applied: 1 created, 2 deleted.  3 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production

"#]]);
    project.assert_plan_empty();
}
