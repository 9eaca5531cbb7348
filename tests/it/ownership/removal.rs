//! Records that are owned and that no manifest declares any more; and those that look like it and are not.

use std::fs;

use oppctl::simulator::CallOperation;
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project};

const CHAIRS: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A, name: Chairs, roles: [{ leadId: 1001, role: Buyer }] }
";

const TABLES: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: B, name: Tables, roles: [{ leadId: 1002, role: Buyer }] }
";

/// The quickstart with a ledger, committed and applied.
fn quickstart() -> Project {
    let project = Project::example("quickstart").with_ledger();
    project.commit("first");
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
    project
}

/// Takes the role out of the quickstart's second file.
fn remove_the_role(project: &Project) {
    let file = "pipeline/day-care.yaml";
    let text = project.read(file);
    let (rest, _) = text
        .split_once("# Roles may")
        .expect("the example has the role");
    project.write(file, rest);
}

/// Two files, applied with a ledger.
fn two_files(marketo: &Marketo) -> Project {
    let project = marketo.project(CHAIRS).with_ledger();
    project.write("pipeline/more.yaml", TABLES);
    drop(project.run("apply --yes --quiet").exits(0));
    project
}

#[test]
fn an_entry_that_is_taken_out_is_a_delete_that_names_its_old_place() {
    let project = quickstart();
    remove_the_role(&project);
    project.run("plan --exit-code").shows(str![[r#"
exit: 2
---- stdout
Marketo local (simulator)   plan [DIGITS] for commit [first] + uncommitted

Deletes  1 role
  - role 29UYA31581L000000 / 456783 / Decision Maker  pipeline/day-care.yaml:13
  Why: not declared any more, last applied at [first] ([DAY]).

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 5 unchanged.  Apply needs 1 call.
Read 2 opportunities, 4 roles in 8 calls; the apply is 0.002 % of 50,000 a day (49,976 left today).

"#]]);
    project.run("apply --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS] for commit [first] + uncommitted

Deletes  1 role
  - role 29UYA31581L000000 / 456783 / Decision Maker  pipeline/day-care.yaml:13
  Why: not declared any more, last applied at [first] ([DAY]).

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 5 unchanged.  Apply needs 1 call.
Read 2 opportunities, 4 roles in 8 calls; the apply is 0.002 % of 50,000 a day (49,968 left today).

Applied: 1 deleted.  1 call in [SECONDS] s.
  Details   oppctl history [RUN] --instance local
  Undo      oppctl undo [RUN] --instance local

"#]]);
    project.run("plan --exit-code").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS] for commit [first] + uncommitted

No changes. 5 unchanged.
Read 2 opportunities, 3 roles in 6 calls.

"#]]);
}

#[test]
fn a_lost_ledger_deletes_nothing() {
    let project = quickstart();
    remove_the_role(&project);
    fs::remove_dir_all(project.root().join(".ledger")).expect("the ledger is there");
    project.run("plan --exit-code").shows(str![[r#"
exit: 2
---- stdout
Marketo local (simulator)   plan [DIGITS] for commit [first] + uncommitted

Note: the ledger is gone: 1 earlier run has saved it, and it owns nothing now, so it deletes nothing. Restore a copy of it: `oppctl ledger restore FILE`; without one: `oppctl ledger rebuild`

The ledger has no record of this instance. Records that no manifest declares are not owned and stay as they are.
5 records are there as wanted, and not owned yet: an apply adopts them without writing to Marketo.
  opportunity 19UYA31581L000000  pipeline/chairs.yaml:4
  role 19UYA31581L000000 / 456783 / Technical Buyer  pipeline/chairs.yaml:12
  role 19UYA31581L000000 / 456784 / Technical Buyer  pipeline/chairs.yaml:13
  role 19UYA31581L000000 / 456785 / Champion  pipeline/chairs.yaml:15
  opportunity 29UYA31581L000000  pipeline/day-care.yaml:6
No changes in Marketo, 5 in the ledger. 5 unchanged.
Read 2 opportunities, 3 roles in 6 calls.

"#]]);
    project.run("apply --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS] for commit [first] + uncommitted

Note: the ledger is gone: 1 earlier run has saved it, and it owns nothing now, so it deletes nothing. Restore a copy of it: `oppctl ledger restore FILE`; without one: `oppctl ledger rebuild`

The ledger has no record of this instance. Records that no manifest declares are not owned and stay as they are.
5 records are there as wanted, and not owned yet: an apply adopts them without writing to Marketo.
  opportunity 19UYA31581L000000  pipeline/chairs.yaml:4
  role 19UYA31581L000000 / 456783 / Technical Buyer  pipeline/chairs.yaml:12
  role 19UYA31581L000000 / 456784 / Technical Buyer  pipeline/chairs.yaml:13
  role 19UYA31581L000000 / 456785 / Champion  pipeline/chairs.yaml:15
  opportunity 29UYA31581L000000  pipeline/day-care.yaml:6
No changes in Marketo, 5 in the ledger. 5 unchanged.
Read 2 opportunities, 3 roles in 6 calls.

Ledger: 5 records adopted as they are; nothing was sent to Marketo.

"#]]);
    project.assert_plan_empty();
    let role = "29UYA31581L000000/ada@example.com/Decision Maker";
    drop(project.run_args(&["get", "role", role]).exits(0));
}

#[test]
fn roles_go_before_their_opportunity() {
    let marketo = Marketo::start();
    let project = two_files(&marketo);
    project.write("pipeline/more.yaml", "version: 1\nopportunities: []\n");
    let before = marketo.calls().len();
    project.run("apply --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Deletes  1 opportunity and 1 role
  - opportunity B  "Tables"  pipeline/more.yaml:3
  - role B / 1002 / Buyer    pipeline/more.yaml:3
  Why: not declared any more, last applied on [DAY].

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 2 to delete; 2 unchanged.  Apply needs 2 calls.
Read 2 opportunities, 2 roles in 9 calls; the apply is 0.004 % of 50,000 a day (49,982 left today).

Applied: 2 deleted.  2 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production

"#]]);
    let deletes: Vec<String> = marketo.calls()[before..]
        .iter()
        .filter(|call| call.operation == CallOperation::Delete)
        .map(|call| call.path.clone())
        .collect();
    assert_eq!(
        deletes,
        [
            "/rest/v1/opportunities/roles/delete.json",
            "/rest/v1/opportunities/delete.json"
        ]
    );
    project.assert_plan_empty();
}

#[test]
fn what_others_have_made_is_left_alone() {
    let marketo = Marketo::start();
    let others = marketo.project(TABLES);
    drop(others.run("apply --yes --quiet").exits(0));
    let project = marketo.project(CHAIRS).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    project.write(
        "pipeline/main.yaml",
        "version: 1\nopportunities:\n  - { externalOpportunityId: Z, name: Lamps }\n",
    );
    drop(project.run("apply --yes --quiet").exits(0));
    others.assert_plan_empty();
    project.run("ledger list").shows(str![[r#"
exit: 0
---- stdout
 kind         key  declared              commit  applied               protected
 opportunity  Z    pipeline/main.yaml:3          [NOW]

"#]]);
}

#[test]
fn a_selection_of_paths_removes_inside_it_and_never_outside() {
    let marketo = Marketo::start();
    let project = two_files(&marketo);
    let kept = "version: 1\nopportunities:\n  - { externalOpportunityId: Z, name: Lamps }\n";
    project.write("pipeline/main.yaml", kept);
    drop(
        project
            .run("apply --yes --quiet pipeline/more.yaml")
            .exits(0),
    );
    assert_eq!(marketo.answered(CallOperation::Delete), 0);
    project
        .run("plan --exit-code pipeline/more.yaml")
        .shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

No changes. 2 unchanged.
Read 1 opportunity, 1 role in 5 calls.

"#]]);
    project
        .run("plan --exit-code pipeline/main.yaml")
        .shows(str![[r#"
exit: 2
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity Z  "Lamps"  :3

Deletes  1 opportunity and 1 role
  - opportunity A  "Chairs"  pipeline/main.yaml:3
  - role A / 1001 / Buyer    pipeline/main.yaml:3
  Why: not declared any more, last applied on [DAY].

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to create, 2 to delete; 0 unchanged.  Apply needs 3 calls.
Read 1 opportunity, 1 role in 9 calls; the apply is 0.006 % of 50,000 a day (49,972 left today).

"#]]);
    // A file that is gone altogether is below its folder still.
    fs::remove_file(project.root().join("pipeline/more.yaml")).expect("the file is there");
    project.run("plan --exit-code pipeline").shows(str![[r#"
exit: 2
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity Z  "Lamps"  :3

Deletes  2 opportunities and 2 roles
  - opportunity A  "Chairs"  pipeline/main.yaml:3
  - role A / 1001 / Buyer    pipeline/main.yaml:3
  - opportunity B  "Tables"  pipeline/more.yaml:3
  - role B / 1002 / Buyer    pipeline/more.yaml:3
  Why: not declared any more, last applied on [DAY].

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to create, 4 to delete; 0 unchanged.  Apply needs 3 calls.
Read 2 opportunities, 2 roles in 9 calls; the apply is 0.006 % of 50,000 a day (49,963 left today).

"#]]);
}

#[test]
fn a_narrowed_run_leaves_what_another_file_may_name_by_its_lead() {
    let marketo = Marketo::start();
    let project = two_files(&marketo);
    // The role is declared by the other file now, whose leads this run does not look up.
    project.write(
        "pipeline/main.yaml",
        "version: 1\nopportunities:\n  - { externalOpportunityId: A, name: Chairs }\n",
    );
    project.write(
        "pipeline/more.yaml",
        format!("{TABLES}roles:\n  - {{ externalOpportunityId: A, lead: {{ email: ada@example.com }}, role: Buyer }}\n"),
    );
    project
        .run("plan --exit-code pipeline/main.yaml")
        .shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Note: role A / 1001 / Buyer is owned and not declared in these paths, but may be in others that name leads: plan without paths to see.

No changes. 1 unchanged.
Read 1 opportunity in 4 calls.

"#]]);
    project.assert_plan_empty();
}

#[test]
fn a_record_that_moves_to_another_file_is_no_change() {
    let marketo = Marketo::start();
    let project = two_files(&marketo);
    project.write("pipeline/main.yaml", TABLES);
    project.write("pipeline/more.yaml", CHAIRS);
    project.assert_plan_empty();
    drop(project.run("apply --yes").exits(0));
    project.run("ledger list").shows(str![[r#"
exit: 0
---- stdout
 kind         key               declared              commit  applied               protected
 opportunity  A                 pipeline/more.yaml:3          [NOW]
 opportunity  B                 pipeline/main.yaml:3          [NOW]
 role         A / 1001 / Buyer  pipeline/more.yaml:3          [NOW]
 role         B / 1002 / Buyer  pipeline/main.yaml:3          [NOW]

"#]]);
}

#[test]
fn what_is_gone_already_is_let_go() {
    let marketo = Marketo::start();
    let project = two_files(&marketo);
    let others = marketo.project(&TABLES.replace("name: Tables", "ensure: absent"));
    drop(others.run("apply --yes --quiet").exits(0));
    fs::remove_file(project.root().join("pipeline/more.yaml")).expect("the file is there");
    project.run("plan --exit-code").shows(str![[r#"
exit: 2
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

2 records of the ledger are not in Marketo any more: an apply stops managing them.
  opportunity B  pipeline/more.yaml:3
  role B / 1002 / Buyer  pipeline/more.yaml:3
No changes in Marketo, 2 in the ledger. 2 unchanged.
Read 1 opportunity, 1 role in 7 calls.

"#]]);
    project.run("apply --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

2 records of the ledger are not in Marketo any more: an apply stops managing them.
  opportunity B  pipeline/more.yaml:3
  role B / 1002 / Buyer  pipeline/more.yaml:3
No changes in Marketo, 2 in the ledger. 2 unchanged.
Read 1 opportunity, 1 role in 7 calls.

Ledger: 2 records no longer managed; nothing was sent to Marketo.

"#]]);
    project.assert_plan_empty();
}

#[test]
fn what_others_have_made_anew_under_an_owned_key_is_left_alone() {
    let marketo = Marketo::start();
    let project = two_files(&marketo);
    let others = marketo.project(&TABLES.replace("name: Tables", "ensure: absent"));
    drop(others.run("apply --yes --quiet").exits(0));
    others.write("pipeline/main.yaml", TABLES);
    drop(others.run("apply --yes --quiet").exits(0));
    fs::remove_file(project.root().join("pipeline/more.yaml")).expect("the file is there");
    project.run("plan --exit-code").shows(str![[r#"
exit: 2
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

2 records of the ledger were deleted in Marketo, and others have their keys: an apply leaves those as they are.
  opportunity B  pipeline/more.yaml:3
  role B / 1002 / Buyer  pipeline/more.yaml:3
No changes in Marketo, 2 in the ledger. 2 unchanged.
Read 2 opportunities, 2 roles in 6 calls.

"#]]);
    drop(project.run("apply --yes --quiet").exits(0));
    others.assert_plan_empty();
}

#[test]
fn the_ledger_of_another_instance_owns_nothing() {
    let marketo = Marketo::start();
    let project = two_files(&marketo);
    let old = marketo.url();
    // The same records, but at another address.
    let marketo = marketo.restarted();
    project.edit("oppctl.yaml", &old, &marketo.url());
    fs::remove_file(project.root().join("pipeline/more.yaml")).expect("the file is there");
    project.run("plan --exit-code").shows(str![[r#"
exit: 2
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

The ledger has no record of this instance yet. Records that no manifest declares are not owned and stay as they are.
2 records are there as wanted, and not owned yet: an apply adopts them without writing to Marketo.
  opportunity A  pipeline/main.yaml:3
  role A / 1001 / Buyer  pipeline/main.yaml:3
No changes in Marketo, 2 in the ledger. 2 unchanged.
Read 1 opportunity, 1 role in 5 calls.

"#]]);
    drop(project.run("apply --yes --quiet").exits(0));
    assert_eq!(marketo.answered(CallOperation::Delete), 0);
    marketo.project(TABLES).assert_plan_empty();
}
