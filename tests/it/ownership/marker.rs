//! The marker: a field on which records carry their owner's name.

use std::fs;

use oppctl::simulator::CallOperation;
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project};

const SCHEMA: &str = "opportunity: { fields: [{ name: managedBy, dataType: string }] }";

const TWO: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A, name: Chairs }
  - { externalOpportunityId: B, name: Tables, roles: [{ leadId: 1001, role: Buyer }] }
";

/// A project that marks its records with this name.
fn marking(marketo: &Marketo, manifest: &str, owner: &str) -> Project {
    let ownership =
        format!("ownership: {{ ledger: .ledger, marker: {{ field: managedBy, value: {owner} }} }}");
    marketo.project(manifest).with(&ownership)
}

#[test]
fn it_is_set_when_a_record_is_created_and_when_it_is_adopted() {
    let marketo = Marketo::schema(SCHEMA);
    let chairs = "version: 1\nopportunities:\n  - { externalOpportunityId: A, name: Chairs }\n";
    drop(marketo.project(chairs).run("apply --yes --quiet").exits(0));
    let project = marking(&marketo, TWO, "acme/pipeline");
    project.run("plan -v").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  > opportunity A  "Chairs"       :3   already in Marketo; managed from now on
      managedBy  (none) → acme/pipeline
  + opportunity B  "Tables"       :4
      name       Tables
      managedBy  acme/pipeline
  + role        B / 1001 / Buyer  :4

Plan: 2 to create, 1 to adopt; 0 unchanged.  Apply needs 3 calls.
Read 1 opportunity, 0 roles in 8 calls; the apply is 0.006 % of 50,000 a day (49,987 left today).
Calls: 2 describe, 1 fields, 1 leads, 3 query, 1 usage; 1 for a token, which Marketo does not count.

"#]]);
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
    project.run("get opportunity A B").shows(str![[r#"
exit: 0
---- stdout
opportunity A
  createdAt              [NOW]
  externalOpportunityId  A
  managedBy              acme/pipeline
  marketoGUID            [GUID 1]
  name                   Chairs
  updatedAt              [NOW]

opportunity B
  createdAt              [NOW]
  externalOpportunityId  B
  managedBy              acme/pipeline
  marketoGUID            [GUID 2]
  name                   Tables
  updatedAt              [NOW]

"#]]);
}

#[test]
fn a_record_of_another_owner_is_not_adopted_unless_that_owner_is_named() {
    let marketo = Marketo::schema(SCHEMA);
    let theirs = marking(&marketo, TWO, "other/team");
    drop(theirs.run("apply --yes --quiet").exits(0));
    let project = marking(&marketo, TWO, "acme/pipeline");
    let before = marketo.answered(CallOperation::Sync);
    project.run("apply --yes").shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

The ledger has no record of this instance yet. Records that no manifest declares are not owned and stay as they are.
1 record is there as wanted, and not owned yet: an apply adopts it without writing to Marketo.
  role B / 1001 / Buyer  pipeline/main.yaml:4
Refused. 1 unchanged.
Read 2 opportunities, 1 role in 6 calls.
Refused for 2 reasons; nothing was sent.
  pipeline/main.yaml:3:30: opportunity A has the marker of another owner, "other/team", and would be changed
  pipeline/main.yaml:4:30: opportunity B has the marker of another owner, "other/team", and would be changed
---- stderr
error: the plan is refused for 2 reasons; nothing was sent
  caused by: pipeline/main.yaml:3:30: opportunity A has the marker of another owner, "other/team", and would be changed
  caused by: pipeline/main.yaml:4:30: opportunity B has the marker of another owner, "other/team", and would be changed
  hint: if these records are to become this project's own: `--adopt-foreign other/team`

"#]]);
    drop(
        project
            .run("apply --yes --adopt-foreign third/team")
            .exits(5),
    );
    assert_eq!(
        marketo.answered(CallOperation::Sync),
        before,
        "nothing was sent"
    );
    project
        .run("apply --yes --adopt-foreign other/team")
        .shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  > opportunity A  "Chairs"  :3   already in Marketo; managed from now on
      managedBy  other/team → acme/pipeline
  > opportunity B  "Tables"  :4   already in Marketo; managed from now on
      managedBy  other/team → acme/pipeline

The ledger has no record of this instance yet. Records that no manifest declares are not owned and stay as they are.
1 record is there as wanted, and not owned yet: an apply adopts it without writing to Marketo.
  role B / 1001 / Buyer  pipeline/main.yaml:4
Plan: 2 to adopt; 1 unchanged.  Apply needs 1 call.
Read 2 opportunities, 1 role in 7 calls; the apply is 0.002 % of 50,000 a day (49,971 left today).
Ledger: 1 record adopted as it is.

Applied: 2 adopted.  1 call in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production

"#]]);
    project.assert_plan_empty();
}

#[test]
fn a_record_that_another_owner_has_taken_over_is_neither_changed_nor_deleted() {
    let marketo = Marketo::schema(SCHEMA);
    let project = marking(&marketo, TWO, "acme/pipeline");
    drop(project.run("apply --yes --quiet").exits(0));
    let theirs = marking(&marketo, TWO, "other/team");
    drop(
        theirs
            .run("apply --yes --quiet --adopt-foreign acme/pipeline")
            .exits(0),
    );
    let before = marketo.answered(CallOperation::Sync);
    project.write(
        "pipeline/main.yaml",
        "version: 1\nopportunities:\n  - { externalOpportunityId: A, name: Stools }\n",
    );
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 2 to delete; 0 unchanged.  Apply needs 2 calls.
Read 2 opportunities, 1 role in 10 calls; the apply is 0.004 % of 50,000 a day (49,972 left today).
Refused for 2 reasons; nothing was sent.
  pipeline/main.yaml:3:30: opportunity A has the marker of another owner, "other/team", and would be changed
  pipeline/main.yaml:4, last applied on [DAY]: opportunity B has the marker of another owner, "other/team", and would be deleted
---- stderr
error: the plan is refused for 2 reasons; nothing was sent
  caused by: pipeline/main.yaml:3:30: opportunity A has the marker of another owner, "other/team", and would be changed
  caused by: pipeline/main.yaml:4, last applied on [DAY]: opportunity B has the marker of another owner, "other/team", and would be deleted
  hint: if these records are to become this project's own: `--adopt-foreign other/team`
  hint: leave these records to that owner: stop managing them with `ensure: forgotten`

"#]]);
    assert_eq!(
        marketo.answered(CallOperation::Sync),
        before,
        "nothing was sent"
    );
    assert_eq!(marketo.answered(CallOperation::Delete), 0);
    // The way out that the hint names.
    project.write(
        "pipeline/main.yaml",
        TWO.replace("name: Chairs", "ensure: forgotten")
            .replace("name: Tables", "ensure: forgotten"),
    );
    drop(project.run("apply --yes --quiet").exits(0));
    project.run("ledger list").shows(str![[r#"
exit: 0
---- stdout
 kind  key  declared  commit  applied  protected

"#]]);
    theirs.assert_plan_empty();
}

#[test]
fn a_marked_record_that_nobody_owns_is_listed_and_left_alone() {
    let marketo = Marketo::schema(SCHEMA);
    let project = marking(&marketo, TWO, "acme/pipeline");
    drop(project.run("apply --yes --quiet").exits(0));
    fs::remove_dir_all(project.root().join(".ledger")).expect("the ledger is there");
    let chairs = "version: 1\nopportunities:\n  - { externalOpportunityId: A, name: Chairs }\n";
    project.write("pipeline/main.yaml", chairs);
    project.run("plan --exit-code").shows(str![[r#"
exit: 2
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Note: opportunity B is marked as ours, but not in any manifest: it is left alone.
Note: the ledger is gone: 1 earlier run has saved it, and it owns nothing now, so it deletes nothing. Restore a copy of it: `oppctl ledger restore FILE`; without one: `oppctl ledger rebuild`

The ledger has no record of this instance. Records that no manifest declares are not owned and stay as they are.
1 record is there as wanted, and not owned yet: an apply adopts it without writing to Marketo.
  opportunity A  pipeline/main.yaml:3
No changes in Marketo, 1 in the ledger. 1 unchanged.
Read 1 opportunity in 4 calls.

"#]]);
    drop(project.run("apply --yes --quiet").exits(0));
    assert_eq!(marketo.answered(CallOperation::Delete), 0);
    // A narrowed run does not look for them.
    let narrowed = project.run("plan pipeline/main.yaml").exits(0);
    assert!(!narrowed.stdout.contains("marker"), "{}", narrowed.text());
}

#[test]
fn an_instance_without_the_field_is_refused() {
    let marketo = Marketo::start();
    let project = marking(&marketo, TWO, "acme/pipeline");
    project.run("apply --yes").shows(str![[r#"
exit: 3
---- stderr
error: opportunities of this instance have no writable string field `managedBy` for the marker
  hint: list the fields with `oppctl describe`; a Marketo administrator can add a custom field

"#]]);
    assert_eq!(marketo.answered(CallOperation::Sync), 0, "nothing was sent");
    let marketo = Marketo::schema(&SCHEMA.replace("string", "integer"));
    drop(marking(&marketo, TWO, "acme/pipeline").run("plan").exits(3));
}

#[test]
fn a_refusal_that_is_all_there_is_refuses_an_apply() {
    let marketo = Marketo::schema(SCHEMA);
    let alone = "version: 1\nopportunities: [{ externalOpportunityId: A, name: Chairs }]\n";
    drop(
        marking(&marketo, alone, "other/team")
            .run("apply --yes --quiet")
            .exits(0),
    );
    let project = marking(&marketo, alone, "acme/pipeline");
    drop(project.run("plan").exits(5));
    drop(project.run("apply --yes").exits(5));
    drop(project.run("apply --yes --adopt-foreign wrong").exits(5));
}
