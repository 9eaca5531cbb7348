//! What refuses a run before anything is sent: too many deletions, an instance that wants to be named, nobody to ask.

use std::fmt::Write as _;

use oppctl::simulator::CallOperation;
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project};

/// Opportunities `A-1` to `A-COUNT`, of which the first `absent` are to go.
fn opportunities(count: usize, absent: usize) -> String {
    let mut manifest = "version: 1\nopportunities:\n".to_owned();
    for number in 1..=count {
        let rest = if number <= absent {
            "ensure: absent"
        } else {
            "name: Chairs"
        };
        writeln!(
            manifest,
            "  - {{ externalOpportunityId: A-{number}, {rest} }}"
        )
        .expect("strings take all text");
    }
    manifest
}

#[test]
fn more_deletions_than_the_guard_allows_are_refused() {
    let project = Project::simulated(&opportunities(11, 0));
    drop(project.run("apply --yes --quiet").exits(0));
    project.write("pipeline/main.yaml", opportunities(11, 11));
    project.run("plan --quiet").shows(str![[r#"
exit: 5
---- stdout
Marketo local (simulator)   plan [DIGITS]

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 11 to delete; 0 unchanged.  Apply needs 1 call.
Read 11 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,988 left today).
Refused: the plan deletes 11 records: guards.maxDeletes is 10, and guards.maxDeletePercent is 10: this is 100 % of the 11 declared records; 2 are allowed. Nothing was sent.
---- stderr
error: the plan deletes 11 records: guards.maxDeletes is 10, and guards.maxDeletePercent is 10: this is 100 % of the 11 declared records; 2 are allowed
  hint: if these deletions are right, allow this count: --allow-deletes 11

"#]]);
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 5
---- stdout
Marketo local (simulator)   plan [DIGITS]

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 11 to delete; 0 unchanged.  Apply needs 1 call.
Read 11 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,981 left today).
Refused: the plan deletes 11 records: guards.maxDeletes is 10, and guards.maxDeletePercent is 10: this is 100 % of the 11 declared records; 2 are allowed. Nothing was sent.
---- stderr
error: the plan deletes 11 records: guards.maxDeletes is 10, and guards.maxDeletePercent is 10: this is 100 % of the 11 declared records; 2 are allowed; nothing was sent
  hint: if these deletions are right, allow this count: --allow-deletes 11

"#]]);
    project
        .run("apply --yes --quiet --allow-deletes 10")
        .shows(str![[r#"
exit: 5
---- stdout
Marketo local (simulator)   plan [DIGITS]

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 11 to delete; 0 unchanged.  Apply needs 1 call.
Read 11 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,974 left today).
Refused: the plan deletes 11 records: --allow-deletes 10 allows fewer. Nothing was sent.
---- stderr
error: the plan deletes 11 records: --allow-deletes 10 allows fewer; nothing was sent
  hint: if these deletions are right, allow this count: --allow-deletes 11

"#]]);
    assert_eq!(held(&project), 11);
    project
        .run("apply --yes --quiet --allow-deletes 11")
        .shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 11 to delete; 0 unchanged.  Apply needs 1 call.
Read 11 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,964 left today).

Applied: 11 deleted.  1 call in [SECONDS] s.
  Details   oppctl history [RUN] --instance local
  Undo      oppctl undo [RUN] --instance local

"#]]);
    assert_eq!(held(&project), 0);
    project.assert_plan_empty();
}

#[test]
fn ten_deletions_pass_and_a_flag_that_allows_fewer_refuses_them() {
    let project =
        Project::simulated(&opportunities(11, 0)).with("guards: { maxDeletePercent: 100 }");
    drop(project.run("apply --yes --quiet").exits(0));
    project.write("pipeline/main.yaml", opportunities(11, 10));
    project
        .run("apply --yes --quiet --allow-deletes 9")
        .shows(str![[r#"
exit: 5
---- stdout
Marketo local (simulator)   plan [DIGITS]

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 10 to delete; 1 unchanged.  Apply needs 1 call.
Read 11 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,988 left today).
Refused: the plan deletes 10 records: --allow-deletes 9 allows fewer. Nothing was sent.
---- stderr
error: the plan deletes 10 records: --allow-deletes 9 allows fewer; nothing was sent
  hint: if these deletions are right, allow this count: --allow-deletes 10

"#]]);
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 10 to delete; 1 unchanged.  Apply needs 1 call.
Read 11 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,981 left today).

Applied: 10 deleted.  1 call in [SECONDS] s.
  Details   oppctl history [RUN] --instance local
  Undo      oppctl undo [RUN] --instance local

"#]]);
    assert_eq!(held(&project), 1);
    project.assert_plan_empty();
}

#[test]
fn deletions_are_counted_in_percent_of_many_records() {
    let project = Project::simulated(&opportunities(30, 0));
    drop(project.run("apply --yes --quiet").exits(0));
    project.write("pipeline/main.yaml", opportunities(30, 4));
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 5
---- stdout
Marketo local (simulator)   plan [DIGITS]

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 4 to delete; 26 unchanged.  Apply needs 1 call.
Read 30 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,988 left today).
Refused: the plan deletes 4 records: guards.maxDeletePercent is 10, and this is 14 % of the 30 declared records; 3 are allowed. Nothing was sent.
---- stderr
error: the plan deletes 4 records: guards.maxDeletePercent is 10, and this is 14 % of the 30 declared records; 3 are allowed; nothing was sent
  hint: if these deletions are right, allow this count: --allow-deletes 4

"#]]);
    assert_eq!(held(&project), 30);
    project.write("pipeline/main.yaml", opportunities(30, 3));
    drop(project.run("apply --yes --quiet").exits(0));
    assert_eq!(held(&project), 27);
    project.assert_plan_empty();
}

#[test]
fn the_configuration_moves_the_guards() {
    let project = Project::simulated(&opportunities(2, 0));
    drop(project.run("apply --yes --quiet").exits(0));
    project.write("pipeline/main.yaml", opportunities(2, 1));
    let config = project.read("oppctl.yaml");
    project.write(
        "oppctl.yaml",
        format!("{config}guards: {{ maxDeletes: 0 }}\n"),
    );
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 5
---- stdout
Marketo local (simulator)   plan [DIGITS]

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 1 unchanged.  Apply needs 1 call.
Read 2 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,988 left today).
Refused: the plan deletes 1 record: guards.maxDeletes is 0. Nothing was sent.
---- stderr
error: the plan deletes 1 record: guards.maxDeletes is 0; nothing was sent
  hint: if these deletions are right, allow this count: --allow-deletes 1

"#]]);
    assert_eq!(held(&project), 2);
}

#[test]
fn roles_that_an_exact_list_leaves_out_count_as_deletions() {
    let roles: String = (1..=11)
        .map(|number| format!("      - {{ leadId: 1001, role: Role {number} }}\n"))
        .collect();
    let head = "version: 1\nopportunities:\n  - externalOpportunityId: A-1\n    name: Chairs\n";
    let project = Project::simulated(&format!("{head}    roles:\n{roles}"));
    drop(project.run("apply --yes --quiet").exits(0));
    project.write(
        "pipeline/main.yaml",
        format!("{head}    rolesMode: exact\n    roles: []\n"),
    );
    project.run("apply --yes").shows(str![[r#"
exit: 5
---- stdout
Marketo local (simulator)   plan [DIGITS]

Deletes  11 roles
  - role A-1 / 1001 / Role 1   pipeline/main.yaml:5
  - role A-1 / 1001 / Role 10  pipeline/main.yaml:5
  - role A-1 / 1001 / Role 11  pipeline/main.yaml:5
  - role A-1 / 1001 / Role 2   pipeline/main.yaml:5
  - role A-1 / 1001 / Role 3   pipeline/main.yaml:5
  - role A-1 / 1001 / Role 4   pipeline/main.yaml:5
  - role A-1 / 1001 / Role 5   pipeline/main.yaml:5
  - role A-1 / 1001 / Role 6   pipeline/main.yaml:5
  - role A-1 / 1001 / Role 7   pipeline/main.yaml:5
  - role A-1 / 1001 / Role 8   pipeline/main.yaml:5
  - role A-1 / 1001 / Role 9   pipeline/main.yaml:5
  Why: rolesMode: exact, and not listed.

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 11 to delete; 1 unchanged.  Apply needs 1 call.
Read 1 opportunity, 11 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,984 left today).
Refused: the plan deletes 11 records: guards.maxDeletes is 10. Nothing was sent.
---- stderr
error: the plan deletes 11 records: guards.maxDeletes is 10; nothing was sent
  hint: if these deletions are right, allow this count: --allow-deletes 11

"#]]);
    project
        .run("apply --yes --quiet --allow-deletes 11")
        .shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 11 to delete; 1 unchanged.  Apply needs 1 call.
Read 1 opportunity, 11 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,977 left today).

Applied: 11 deleted.  1 call in [SECONDS] s.
  Details   oppctl history [RUN] --instance local
  Undo      oppctl undo [RUN] --instance local

"#]]);
    project.assert_plan_empty();
}

#[test]
fn an_instance_that_wants_to_be_named_is_named_or_left_alone() {
    let marketo = Marketo::start();
    let project = marketo.project(&opportunities(1, 0));
    project.write("oppctl.yaml", marketo.config("confirm: true"));
    drop(project.run("plan").exits(0));
    let before = marketo.calls().len();
    project.run("apply --yes").shows(str![[r#"
exit: 5
---- stderr
error: the instance production needs confirmation; nothing was sent
  hint: to confirm: add `--confirm production`

"#]]);
    project.run("apply --yes --confirm staging").shows(str![[r#"
exit: 5
---- stderr
error: --confirm names staging, but the instance of this run is production; nothing was sent

"#]]);
    assert_eq!(marketo.calls().len(), before, "nothing was asked either");
    project
        .run("apply --yes --confirm production")
        .shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"  :3

Plan: 1 to create; 0 unchanged.  Apply needs 1 call.
Read 0 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,992 left today).

Applied: 1 created.  1 call in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production --confirm production

"#]]);
    assert_eq!(marketo.answered(CallOperation::Sync), 1);
    project.assert_plan_empty();
}

#[test]
fn a_name_is_checked_even_where_none_is_asked_for() {
    let project = Project::simulated(&opportunities(1, 0));
    project
        .run("apply --yes --confirm production")
        .shows(str![[r#"
exit: 5
---- stderr
error: --confirm names production, but the instance of this run is local; nothing was sent

"#]]);
    drop(project.run("apply --yes --confirm local --quiet").exits(0));
}

#[test]
fn nobody_can_agree_where_there_is_no_terminal() {
    let marketo = Marketo::start();
    let project = marketo.project(&opportunities(1, 0));
    project.run("apply").shows(str![[r#"
exit: 64
---- stderr
error: apply asks for confirmation, but standard input is not a terminal
  hint: review the output of `oppctl plan`, then add --yes

"#]]);
    assert_eq!(marketo.calls(), [], "nothing was sent");
}

#[test]
fn a_guard_stands_behind_the_exit_code_of_a_plan() {
    let project = Project::simulated(&opportunities(11, 0));
    drop(project.run("apply --yes --quiet").exits(0));
    project.write("pipeline/main.yaml", opportunities(11, 11));
    drop(project.run("plan --exit-code").exits(5));
    drop(project.run("plan --exit-code --allow-deletes 11").exits(2));
}

/// How many of the opportunities the instance holds.
fn held(project: &Project) -> usize {
    let keys: Vec<String> = (1..=30).map(|number| format!("A-{number}")).collect();
    let got = project.run(&format!("get opportunity {}", keys.join(" ")));
    got.stdout
        .lines()
        .filter(|line| line.starts_with("opportunity "))
        .count()
}

/// One refusal names both flags with the count that they need together.
#[test]
fn undeclared_children_count_among_the_deletions() {
    let roles = |count: usize| {
        let roles: Vec<String> = (1001..1001 + count)
            .map(|lead| format!("{{ leadId: {lead}, role: Champion }}"))
            .collect();
        format!(
            "version: 1\nopportunities:\n  - externalOpportunityId: A-1\n    name: Chairs\n    roles: [{}]\n",
            roles.join(", ")
        )
    };
    let project = Project::simulated(&roles(4)).with("guards: { maxDeletes: 2 }");
    drop(project.run("apply --yes --quiet").exits(0));
    project.write(
        "pipeline/main.yaml",
        roles(0).replace("name: Chairs", "ensure: absent"),
    );
    project.run("plan --quiet").shows(str![[r#"
exit: 5
---- stdout
Marketo local (simulator)   plan [DIGITS]

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 0 unchanged.  Apply needs 1 call.
Read 1 opportunity, 4 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,984 left today).
Refused for 2 reasons; nothing was sent.
  the plan deletes 5 records, with 4 that no manifest declares: guards.maxDeletes is 2
  pipeline/main.yaml:3:28: opportunity A-1 would be deleted, and no manifest declares its 4 roles: A-1 / 1001 / Champion, A-1 / 1002 / Champion, A-1 / 1003 / Champion, A-1 / 1004 / Champion
---- stderr
error: the plan is refused for 2 reasons
  caused by: the plan deletes 5 records, with 4 that no manifest declares: guards.maxDeletes is 2
  caused by: pipeline/main.yaml:3:28: opportunity A-1 would be deleted, and no manifest declares its 4 roles: A-1 / 1001 / Champion, A-1 / 1002 / Champion, A-1 / 1003 / Champion, A-1 / 1004 / Champion
  hint: if these deletions are right, allow this count: --allow-deletes 5
  hint: declare them, or delete them too: --with-undeclared-roles

"#]]);
    let both = "apply --yes --quiet --allow-deletes 5 --with-undeclared-roles";
    drop(project.run(both).exits(0));
    project.assert_plan_empty();
}

#[test]
fn flags_that_other_tools_have_get_a_hint() {
    let project = Project::simulated(&opportunities(1, 0));
    project.run("apply --dry-run").shows(str![[r#"
exit: 64
---- stderr
error: unexpected argument '--dry-run' found

  tip: a dry run is a command of its own: `oppctl plan` shows what an apply would change

Usage: oppctl apply [OPTIONS] [PATHS]...

For more information, try '--help'.

"#]]);
    project.run("apply --force").shows(str![[r#"
exit: 64
---- stderr
error: unexpected argument '--force' found

  tip: no flag lifts everything; each of these lifts one guard: --allow-deletes COUNT, --with-undeclared-roles, --adopt-foreign OWNER, --allow-unread FILE, --allow-used KIND=KEY, --allow-behind, --allow-over-quota, and with undo --force-field NAME

Usage: oppctl apply [OPTIONS] [PATHS]...

For more information, try '--help'.

"#]]);
    project.run("apply --allow-deletes some").shows(str![[r#"
exit: 64
---- stderr
error: invalid value 'some' for '--allow-deletes <COUNT>': expected a whole number, 0 or more

For more information, try '--help'.

"#]]);
    project.write("pipeline/main.yaml", "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: Chairs, amount: 1,750 }\n");
    project.run("plan").shows(str![[r#"
exit: 3
---- stderr
error[unknown-field]: opportunities have no field `750` in this instance
 --> pipeline/main.yaml:3:59
  |
3 |   - { externalOpportunityId: A-1, name: Chairs, amount: 1,750 }
  |                                                           ^^^ the comma before it ends the value
  |
  = help: between `{` and `}` a comma begins the next field: write numbers without separators, as in 1750, and texts with commas in quotes

1 problem in 1 file
explain: oppctl explain unknown-field

"#]]);
    project.write("pipeline/main.yaml", "version: 1\nroles:\n  - { externalOpportunityId: A-1, lead: { emial: a@b.example }, role: Champion }\n");
    project.run("plan").shows(str![[r#"
exit: 3
---- stderr
error[unsearchable-lead-field]: the instance cannot search leads by `emial`
 --> pipeline/main.yaml:3:43
  |
3 |   - { externalOpportunityId: A-1, lead: { emial: a@b.example }, role: Champion }
  |                                           ^^^^^ the instance says: 1003 "Invalid filterType 'emial'", request [REQUEST]
  |
  = help: use a searchable field, for example `email`

1 problem in 1 file
explain: oppctl explain unsearchable-lead-field

"#]]);
    project.write("pipeline/main.yaml", "version: 1\n");
    project.run("plan").shows(str![[r#"
exit: 3
---- stderr
error: no record is declared in 1 file
  hint: declare at least one. `ensure: absent` deletes a record. If the last one was removed on purpose: write `opportunities: []`, which with a ledger deletes the records that it owns

"#]]);
}

#[test]
fn guards_of_amounts_name_the_records_and_the_way_out() {
    const DEALS: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A-1, name: Chairs, amount: 362992.99, stage: Proposal }
  - { externalOpportunityId: A-2, name: Tables, amount: 1000, stage: Proposal }
";
    let guards =
        "guards: { maxAmountFactor: 5, maxPipelineChange: 10%, maxUpdates: 1, maxCreates: 2 }";
    let project = Project::simulated(DEALS).with(guards);
    drop(project.run("apply --yes --quiet").exits(0));
    project.edit("pipeline/main.yaml", "362992.99", "3629.93");
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 5
---- stdout
Marketo local (simulator)   plan [DIGITS]

Pipeline
  open  2  364 k → 4,630  −359 k

Look first
  ! 1 amount changes by a factor of 5 or more (−359 k)
      Chairs  362,992.99 → 3,629.93  pipeline/main.yaml:3
  ! Updates and deletions lower the open pipeline of 364 k by 99 % (−359 k)

Plan: 1 to update; 1 unchanged.  Apply needs 1 call.
Read 2 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,991 left today).
Refused for 2 reasons; nothing was sent.
  1 amount changes by a factor of more than 5, which is guards.maxAmountFactor: A-1 362,992.99 → 3,629.93 (pipeline/main.yaml:3:30)
  the sum of the open pipeline goes from 363,992.99 to 4,629.93: guards.maxPipelineChange is 10%
---- stderr
error: the plan is refused for 2 reasons; nothing was sent
  caused by: 1 amount changes by a factor of more than 5, which is guards.maxAmountFactor: A-1 362,992.99 → 3,629.93 (pipeline/main.yaml:3:30)
  caused by: the sum of the open pipeline goes from 363,992.99 to 4,629.93: guards.maxPipelineChange is 10%
  hint: correct the amounts; if they are right, raise guards.maxAmountFactor in oppctl.yaml
  hint: if the new sum is right, raise guards.maxPipelineChange in oppctl.yaml

"#]]);
    project.edit("pipeline/main.yaml", "3629.93", "362000");
    drop(project.run("apply --yes --quiet").exits(0));
    project.edit("pipeline/main.yaml", "Tables", "Desks");
    project.edit("pipeline/main.yaml", "Chairs", "Stools");
    project.run("plan --quiet").shows(str![[r#"
exit: 5
---- stdout
Marketo local (simulator)   plan [DIGITS]

Plan: 2 to update; 0 unchanged.  Apply needs 1 call.
Read 2 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,982 left today).
Refused: the plan updates 2 records: guards.maxUpdates is 1. Nothing was sent.
---- stderr
error: the plan updates 2 records: guards.maxUpdates is 1
  hint: if these updates are right, set guards.maxUpdates to 2 in oppctl.yaml

"#]]);
}

#[test]
fn a_guard_whose_field_is_not_there_refuses() {
    let guards = "impact: { amount: acv }\nguards: { maxAmountFactor: 5 }";
    let project = Project::simulated(&opportunities(1, 0)).with(guards);
    project.run("plan --quiet").shows(str![[r#"
exit: 5
---- stdout
Marketo local (simulator)   plan [DIGITS]

Look first
  ! `impact` in the configuration names the field acv, which this instance does not have

Plan: 1 to create; 0 unchanged.  Apply needs 1 call.
Read 0 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,996 left today).
Refused: guards.maxAmountFactor cannot be checked: the instance has no field acv. Nothing was sent.
---- stderr
error: guards.maxAmountFactor cannot be checked: the instance has no field acv
  hint: name the field with `impact: { amount: FIELD }` in oppctl.yaml, or remove guards.maxAmountFactor

"#]]);
}
