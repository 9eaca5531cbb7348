//! Records that exist and are not the project's own yet; and those that it stops managing.

use oppctl::simulator::CallOperation;
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project};

const THREE: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A, name: Chairs, stage: Won }
  - { externalOpportunityId: B, name: Tables }
  - { externalOpportunityId: C, name: Lamps }
";

/// A project with a ledger, in whose instance others have made the records of this manifest.
fn beside(marketo: &Marketo, theirs: &str, ours: &str) -> Project {
    drop(marketo.project(theirs).run("apply --yes --quiet").exits(0));
    marketo.project(ours).with_ledger()
}

#[test]
fn an_adoption_is_told_apart_from_a_create_and_an_update() {
    let marketo = Marketo::start();
    let project = marketo.project(&THREE.replace("B,", "D,")).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    let theirs = "version: 1\nopportunities:\n  - { externalOpportunityId: B, name: Desks }\n  - { externalOpportunityId: E, name: Beds }\n";
    drop(marketo.project(theirs).run("apply --yes --quiet").exits(0));
    let ours = format!(
        "{}  - {{ externalOpportunityId: D, name: Tables }}\n  - {{ externalOpportunityId: E, name: Beds }}\n  - {{ externalOpportunityId: F, name: Sofas }}\n",
        THREE.replace("Won", "Lost")
    );
    project.write("pipeline/main.yaml", ours);
    project.run("plan --exit-code").shows(str![[r#"
exit: 2
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  ~ opportunity A  "Chairs"  :3
      stage  Won → Lost   you changed it
  > opportunity B  "Tables"  :4   already in Marketo; managed from now on
      name  Desks → Tables
  + opportunity F  "Sofas"   :8

1 record is there as wanted, and not owned yet: an apply adopts it without writing to Marketo.
  opportunity E  pipeline/main.yaml:7
Plan: 1 to create, 1 to adopt, 1 to update; 3 unchanged.  Apply needs 2 calls.
Read 5 opportunities in 5 calls; the apply is 0.004 % of 50,000 a day (49,985 left today).

"#]]);
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

1 record is there as wanted, and not owned yet: an apply adopts it without writing to Marketo.
Plan: 1 to create, 1 to adopt, 1 to update; 3 unchanged.  Apply needs 2 calls.
Read 5 opportunities in 5 calls; the apply is 0.004 % of 50,000 a day (49,980 left today).
Ledger: 1 record adopted as it is.

Applied: 1 created, 1 adopted, 1 updated.  2 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production

"#]]);
    project.run("plan --exit-code").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

No changes. 6 unchanged.
Read 6 opportunities in 4 calls.

"#]]);
}

#[test]
fn what_is_as_declared_already_is_adopted_without_a_write() {
    let marketo = Marketo::start();
    let project = beside(&marketo, THREE, THREE);
    let before = marketo.answered(CallOperation::Sync);
    project.run("plan --exit-code").shows(str![[r#"
exit: 2
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

The ledger has no record of this instance yet. Records that no manifest declares are not owned and stay as they are.
3 records are there as wanted, and not owned yet: an apply adopts them without writing to Marketo.
  opportunity A  pipeline/main.yaml:3
  opportunity B  pipeline/main.yaml:4
  opportunity C  pipeline/main.yaml:5
No changes in Marketo, 3 in the ledger. 3 unchanged.
Read 3 opportunities in 3 calls.

"#]]);
    project.run("apply --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

The ledger has no record of this instance yet. Records that no manifest declares are not owned and stay as they are.
3 records are there as wanted, and not owned yet: an apply adopts them without writing to Marketo.
  opportunity A  pipeline/main.yaml:3
  opportunity B  pipeline/main.yaml:4
  opportunity C  pipeline/main.yaml:5
No changes in Marketo, 3 in the ledger. 3 unchanged.
Read 3 opportunities in 3 calls.

Ledger: 3 records adopted as they are; nothing was sent to Marketo.

"#]]);
    assert_eq!(
        marketo.answered(CallOperation::Sync),
        before,
        "nothing was sent"
    );
    project.run("apply --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

No changes. 3 unchanged.
Read 3 opportunities in 4 calls.

"#]]);
    project.run("ledger list").shows(str![[r#"
exit: 0
---- stdout
 kind         key  declared              commit  applied               protected
 opportunity  A    pipeline/main.yaml:3          [NOW]
 opportunity  B    pipeline/main.yaml:4          [NOW]
 opportunity  C    pipeline/main.yaml:5          [NOW]

"#]]);
}

#[test]
fn what_was_adopted_is_removed_like_what_was_created() {
    let marketo = Marketo::start();
    let project = beside(&marketo, THREE, THREE);
    drop(project.run("apply --yes --quiet").exits(0));
    let two = THREE.replace("  - { externalOpportunityId: C, name: Lamps }\n", "");
    project.write("pipeline/main.yaml", two);
    drop(project.run("apply --yes --quiet").exits(0));
    assert_eq!(marketo.answered(CallOperation::Delete), 1);
    project.assert_plan_empty();
}

#[test]
fn what_is_forgotten_is_not_owned_and_not_touched() {
    let marketo = Marketo::start();
    let project = marketo.project(THREE).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    let forgotten = THREE.replace("name: Lamps", "ensure: forgotten");
    project.write("pipeline/main.yaml", forgotten);
    project.run("plan --exit-code").shows(str![[r#"
exit: 2
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

1 record is to be forgotten: an apply stops managing it and leaves it as it is.
  opportunity C  pipeline/main.yaml:5
No changes in Marketo, 1 in the ledger. 2 unchanged.
Read 2 opportunities in 4 calls.

"#]]);
    project.run("apply --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

1 record is to be forgotten: an apply stops managing it and leaves it as it is.
  opportunity C  pipeline/main.yaml:5
No changes in Marketo, 1 in the ledger. 2 unchanged.
Read 2 opportunities in 4 calls.

Ledger: 1 record no longer managed; nothing was sent to Marketo.

"#]]);
    let two = THREE.replace("  - { externalOpportunityId: C, name: Lamps }\n", "");
    project.write("pipeline/main.yaml", two);
    project.run("plan --exit-code").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

No changes. 2 unchanged.
Read 2 opportunities in 4 calls.

"#]]);
    assert_eq!(marketo.answered(CallOperation::Delete), 0);
    marketo.project(THREE).assert_plan_empty();
}

#[test]
fn an_undo_owns_again_what_its_run_let_go_of() {
    let marketo = Marketo::start();
    let project = marketo.project(THREE).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    let both = THREE
        .replace("name: Lamps", "ensure: forgotten")
        .replace("name: Tables", "ensure: forgotten");
    project.write("pipeline/main.yaml", both);
    drop(project.run("apply --yes --quiet").exits(0));
    // One of them is not there any more: there is nothing to own again.
    let gone = THREE.replace("name: Tables", "ensure: absent");
    drop(marketo.project(&gone).run("apply --yes --quiet").exits(0));
    project.run("undo last --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

1 record is there as wanted, and not owned yet: an apply adopts it without writing to Marketo.
  opportunity C  pipeline/main.yaml:5
No changes in Marketo, 1 in the ledger. 0 unchanged.
Read 1 opportunity in 4 calls.

Ledger: 1 record adopted as it is; nothing was sent to Marketo.

"#]]);
    // It is the project's again: without its entry it is a removal.
    let one = THREE
        .replace("  - { externalOpportunityId: C, name: Lamps }\n", "")
        .replace("name: Tables", "ensure: forgotten");
    project.write("pipeline/main.yaml", one);
    project.run("plan --exit-code").shows(str![[r#"
exit: 2
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Deletes  1 opportunity
  - opportunity C  "Lamps"  pipeline/main.yaml:5
  Why: not declared any more, last applied on [DAY].

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 1 unchanged.  Apply needs 1 call.
Read 2 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,972 left today).

"#]]);
}

#[test]
fn a_plan_writes_nothing_into_the_ledger() {
    let marketo = Marketo::start();
    let project = beside(&marketo, THREE, THREE);
    for command in ["plan", "plan --drift", "ledger list"] {
        drop(project.run(command).exits(0));
    }
    assert!(!project.root().join(".ledger").exists());
}
