//! A protection outlives the entry that asked for it.

use oppctl::simulator::CallOperation;
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project};

const PROTECTED: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A, name: Chairs }
  - { externalOpportunityId: B, name: Tables, lifecycle: { protect: true } }
";

const WITHOUT: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A, name: Chairs }
";

/// Protected in the commit `first`, changed and applied again in `second`.
fn protected(marketo: &Marketo) -> Project {
    let project = marketo.project(PROTECTED).with_ledger();
    project.commit("first");
    drop(project.run("apply --yes --quiet").exits(0));
    project.edit("pipeline/main.yaml", "Tables", "Desks");
    project.commit("second");
    drop(project.run("apply --yes --quiet").exits(0));
    project
}

#[test]
fn the_end_of_a_protection_is_seen_in_every_output() {
    let marketo = Marketo::start();
    let project = protected(&marketo);
    let before = project.run("plan --digest").exits(0).stdout.clone();
    project.edit("pipeline/main.yaml", ", lifecycle: { protect: true }", "");
    project.run("plan --exit-code").shows(str![[r#"
exit: 2
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit [second] + uncommitted

1 record loses its protection: after an apply it can be deleted.
  opportunity B  pipeline/main.yaml:4
No changes in Marketo, 1 in the ledger. 2 unchanged.
Read 2 opportunities in 4 calls.

"#]]);
    project.run("plan --format markdown").shows(str![[r#"
exit: 0
---- stdout
<!-- oppctl:v1 instance=[INSTANCE] digest=[DIGEST] command=plan -->
### oppctl plan for `production`: no changes in Marketo; the ledger ends the protection of 1 record

2 records stay as declared.

> [!IMPORTANT]
> **Look at these first**
>
> - **The manifests have changes that are not committed**

**To protect from deletion no longer (lifecycle.protect)** (1)

- `opportunity B`

On merge, CI applies exactly this plan (`[DIGITS]`). If the manifests or these records in Marketo change before that, nothing is sent.

<details>
<summary>Apply by hand</summary>

To apply exactly this plan: `oppctl apply --instance production --expect [DIGEST]`

</details>

Instance `production` (`http://127.0.0.1:[PORT]`), commit `[second] + uncommitted`.

"#]]);
    let json = project.run("plan --format json").exits(0);
    assert!(
        json.stdout.contains("\"unprotected\": [\n    {"),
        "{}",
        json.text()
    );
    let after = project.run("plan --digest").exits(0).stdout.clone();
    assert_ne!(before, after);
    project.run("apply --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit [second] + uncommitted

1 record loses its protection: after an apply it can be deleted.
  opportunity B  pipeline/main.yaml:4
No changes in Marketo, 1 in the ledger. 2 unchanged.
Read 2 opportunities in 4 calls.

Ledger: 1 record no longer protected; nothing was sent to Marketo.

"#]]);
    let history = project.run("history last").exits(0);
    assert!(
        history
            .stdout
            .contains("opportunity B: no longer protected from deletion."),
        "{}",
        history.text()
    );
    project.assert_plan_empty();
}

#[test]
fn an_entry_that_goes_with_its_protection_is_refused_with_the_commit_that_protected_it() {
    let marketo = Marketo::start();
    let project = protected(&marketo);
    project.write("pipeline/main.yaml", WITHOUT);
    project.commit("third");
    project.run("plan --exit-code").shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit [third]

Deletes  1 opportunity
  - opportunity B  "Desks"  pipeline/main.yaml:4
  Why: not declared any more, last applied at [second] ([DAY]).

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 1 unchanged.  Apply needs 1 call.
Read 2 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,982 left today).
Refused: pipeline/main.yaml:4, last applied at [second] ([DAY]): opportunity B has been protected since the apply at [first] ([DAY]), and would be deleted. Nothing was sent.
---- stderr
error: pipeline/main.yaml:4, last applied at [second] ([DAY]): opportunity B has been protected since the apply at [first] ([DAY]), and would be deleted
  hint: to end a protection, apply the entry with `lifecycle: { protect: false }`; after that it can be removed, and in a protected instance it can get `ensure: absent`

"#]]);
    // Allowing deletions is about their number.
    project
        .run("apply --yes --quiet --allow-deletes 1")
        .shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit [third]

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 1 unchanged.  Apply needs 1 call.
Read 2 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,975 left today).
Refused: pipeline/main.yaml:4, last applied at [second] ([DAY]): opportunity B has been protected since the apply at [first] ([DAY]), and would be deleted. Nothing was sent.
---- stderr
error: pipeline/main.yaml:4, last applied at [second] ([DAY]): opportunity B has been protected since the apply at [first] ([DAY]), and would be deleted; nothing was sent
  hint: to end a protection, apply the entry with `lifecycle: { protect: false }`; after that it can be removed, and in a protected instance it can get `ensure: absent`

"#]]);
    assert_eq!(
        marketo.answered(CallOperation::Delete),
        0,
        "nothing was sent"
    );
}

#[test]
fn an_entry_that_says_absent_does_not_lift_it_either() {
    let marketo = Marketo::start();
    let project = protected(&marketo);
    let absent = format!("{WITHOUT}  - {{ externalOpportunityId: B, ensure: absent }}\n");
    project.write("pipeline/main.yaml", absent);
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit [second] + uncommitted

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 1 unchanged.  Apply needs 1 call.
Read 2 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,982 left today).
Refused: pipeline/main.yaml:4:30: opportunity B has been protected since the apply at [first] ([DAY]), and would be deleted. Nothing was sent.
---- stderr
error: pipeline/main.yaml:4:30: opportunity B has been protected since the apply at [first] ([DAY]), and would be deleted; nothing was sent
  hint: to end a protection, apply the entry with `lifecycle: { protect: false }`; after that it can be removed, and in a protected instance it can get `ensure: absent`

"#]]);
    assert_eq!(
        marketo.answered(CallOperation::Delete),
        0,
        "nothing was sent"
    );
}

#[test]
fn it_ends_by_an_apply_of_the_entry_without_it() {
    let marketo = Marketo::start();
    let project = protected(&marketo);
    project.edit("pipeline/main.yaml", ", lifecycle: { protect: true }", "");
    project.run("apply --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit [second] + uncommitted

1 record loses its protection: after an apply it can be deleted.
  opportunity B  pipeline/main.yaml:4
No changes in Marketo, 1 in the ledger. 2 unchanged.
Read 2 opportunities in 4 calls.

Ledger: 1 record no longer protected; nothing was sent to Marketo.

"#]]);
    project.write("pipeline/main.yaml", WITHOUT);
    drop(project.run("apply --yes --quiet").exits(0));
    assert_eq!(marketo.answered(CallOperation::Delete), 1);
    project.assert_plan_empty();
}

#[test]
fn who_forgets_a_protected_record_does_not_delete_it() {
    let marketo = Marketo::start();
    let project = protected(&marketo);
    let forgotten = PROTECTED.replace(
        "name: Tables, lifecycle: { protect: true }",
        "ensure: forgotten",
    );
    project.write("pipeline/main.yaml", forgotten);
    drop(project.run("apply --yes --quiet").exits(0));
    project.write("pipeline/main.yaml", WITHOUT);
    project.assert_plan_empty();
    assert_eq!(marketo.answered(CallOperation::Delete), 0);
}
