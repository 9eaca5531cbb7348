//! `--canary`: a few changes go first, are looked at in the instance, and only if they are as planned does the rest follow.

use std::fmt::Write as _;
use std::process::Command;

use oppctl::simulator::{CallOperation, Fault, FaultKind};
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project, shows};

/// So many opportunities with a role each.
fn manifest(count: usize, name: &str) -> String {
    let mut manifest = "version: 1\nopportunities:\n".to_owned();
    for number in 1..=count {
        writeln!(
            manifest,
            "  - {{ externalOpportunityId: A-{number}, name: {name}, roles: [{{ leadId: 1001, role: Champion }}] }}"
        )
        .expect("strings take all text");
    }
    manifest
}

/// Of every sync from now on no more than so many characters of the name are stored.
fn lose_names(marketo: &Marketo, kept: usize) {
    let field = "name".to_owned();
    let lose = Fault::new(FaultKind::Lose { field, kept });
    marketo.fault(lose.on(CallOperation::Sync).times(u32::MAX));
}

/// How many records the instance has of each of these opportunities.
fn held(project: &Project, count: usize) -> usize {
    let keys: Vec<String> = (1..=count).map(|number| format!("A-{number}")).collect();
    let mut args = vec!["get", "opportunity", "--format", "json"];
    args.extend(keys.iter().map(String::as_str));
    let got = project.run_args(&args);
    got.stdout.matches("\"marketoGUID\":").count()
}

#[test]
fn what_is_as_planned_is_followed_by_the_rest() {
    let marketo = Marketo::start();
    let project = marketo.project(&manifest(5, "Chairs"));
    project.run("apply --yes --canary 2").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"          :3
  + role        A-1 / 1001 / Champion  :3
  + opportunity A-2  "Chairs"          :4
  + role        A-2 / 1001 / Champion  :4
  + opportunity A-3  "Chairs"          :5
  + role        A-3 / 1001 / Champion  :5
  + opportunity A-4  "Chairs"          :6
  + role        A-4 / 1001 / Champion  :6
  + opportunity A-5  "Chairs"          :7
  + role        A-5 / 1001 / Champion  :7

Plan: 10 to create; 0 unchanged.  Apply needs 6 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 0.01 % of 50,000 a day (49,993 left today).

Canary: 4 changes read back; Marketo stored them as planned.

Applied: 10 created.  6 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production --allow-deletes 10
---- stderr
reading the canary of 4 changes back

"#]]);
    // One look for each kind.
    shows(
        &marketo.tally(0),
        str![[r#"
1 Describe opportunities/describe.json: ok
1 Describe opportunities/roles/describe.json: ok
1 Identity /identity/oauth/token: ok
1 Query leads.json: ok
2 Query opportunities.json: ok
2 Query opportunities/roles.json: ok
1 Schema opportunities/schema/fields.json: ok
2 Sync opportunities.json: ok
2 Sync opportunities/roles.json: ok
1 Usage stats/usage.json: ok

"#]],
    );
    project.assert_plan_empty();
    let document = project.run("history last --format json").exits(0).stdout;
    assert!(document.contains("\"tried\": 4"), "{document}");
    project.run("history last").shows(str![[r#"
exit: 0
---- stdout
Run [RUN] on production ([INSTANCE])
  by ada on [HOST], oppctl 0.1.0
  the plan with the digest [DIGEST]
  began [NOW], ended [NOW]

Applied: 10 created.  6 calls in [SECONDS] s.
  Undo      oppctl undo [RUN] --instance production --allow-deletes 10
Canary: 4 changes read back; Marketo stored them as planned.

Done (10)
  + opportunity A-1  "Chairs"  pipeline/main.yaml:3
  + role A-1 / 1001 / Champion  pipeline/main.yaml:3
  + opportunity A-2  "Chairs"  pipeline/main.yaml:4
  + role A-2 / 1001 / Champion  pipeline/main.yaml:4
  + opportunity A-3  "Chairs"  pipeline/main.yaml:5
  + role A-3 / 1001 / Champion  pipeline/main.yaml:5
  + opportunity A-4  "Chairs"  pipeline/main.yaml:6
  + role A-4 / 1001 / Champion  pipeline/main.yaml:6
  + opportunity A-5  "Chairs"  pipeline/main.yaml:7
  + role A-5 / 1001 / Champion  pipeline/main.yaml:7

"#]]);
}

#[test]
fn what_was_stored_otherwise_is_shown_and_nothing_else_is_sent() {
    let marketo = Marketo::start();
    let project = marketo.project(&manifest(4, "Chairs"));
    lose_names(&marketo, 3);
    let run = project.run("apply --yes --canary 2");
    run.shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"          :3
  + role        A-1 / 1001 / Champion  :3
  + opportunity A-2  "Chairs"          :4
  + role        A-2 / 1001 / Champion  :4
  + opportunity A-3  "Chairs"          :5
  + role        A-3 / 1001 / Champion  :5
  + opportunity A-4  "Chairs"          :6
  + role        A-4 / 1001 / Champion  :6

Plan: 8 to create; 0 unchanged.  Apply needs 6 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 0.01 % of 50,000 a day (49,993 left today).

Not attempted (4)
  2 opportunities and 2 roles, because the canary failed
      pipeline/main.yaml:5:30  opportunity A-3
      pipeline/main.yaml:5:67  role A-3 / 1001 / Champion
      pipeline/main.yaml:6:30  opportunity A-4
      pipeline/main.yaml:6:67  role A-4 / 1001 / Champion

The canary failed: Marketo stored something else than was sent. Nothing else was sent.

Stored otherwise than sent (2)
  opportunity A-1  "Chairs"  pipeline/main.yaml:3:30
      name: sent "Chairs", stored "Cha" (cut after 3 characters)
  opportunity A-2  "Chairs"  pipeline/main.yaml:4:30
      name: sent "Chairs", stored "Cha" (cut after 3 characters)

Stopped early: 4 of 8 changes are in Marketo, 2 of them stored otherwise, 4 were not attempted.  4 calls in [SECONDS] s.
  Next      compare what was sent with what Marketo stored; correct the manifests, then plan again
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production --allow-deletes 4 --force-field name
---- stderr
reading the canary of 4 changes back
error: Stopped early: 4 of 8 changes are in Marketo, 2 of them stored otherwise, 4 were not attempted.

"#]]);
    assert_eq!(marketo.answered(CallOperation::Sync), 2);
    marketo.heal();
    assert_eq!(held(&project, 4), 2);
    project.run("history last --quiet").shows(str![[r#"
exit: 0
---- stdout
Run [RUN] on production ([INSTANCE])
  by ada on [HOST], oppctl 0.1.0
  the plan with the digest [DIGEST]
  began [NOW], ended [NOW]

Stopped early: 4 of 8 changes are in Marketo, 2 of them stored otherwise, 4 were not attempted.  4 calls in [SECONDS] s.
  Next      compare what was sent with what Marketo stored; correct the manifests, then plan again
  Undo      oppctl undo [RUN] --instance production --allow-deletes 4 --force-field name

Not attempted (4)
  2 opportunities and 2 roles, because the canary failed
      pipeline/main.yaml:5  opportunity A-3
      pipeline/main.yaml:5  role A-3 / 1001 / Champion
      pipeline/main.yaml:6  opportunity A-4
      pipeline/main.yaml:6  role A-4 / 1001 / Champion

Stored otherwise than sent (2)
  opportunity A-1  "Chairs"  pipeline/main.yaml:3
      name: sent "Chairs", stored "Cha" (cut after 3 characters)
  opportunity A-2  "Chairs"  pipeline/main.yaml:4
      name: sent "Chairs", stored "Cha" (cut after 3 characters)

The canary failed. Nothing else was sent.

"#]]);
    // The way out that is named can be pasted into a shell.
    let (_, undo) = run
        .stdout
        .split_once("  Undo      oppctl ")
        .expect("it is named");
    let (undo, _) = undo.split_once('\n').expect("it ends");
    let words = format!("printf '%s\\n' {undo} --yes --quiet");
    let words = Command::new("sh").args(["-c", &words]).output();
    let words = String::from_utf8(words.expect("sh is there").stdout).expect("it is UTF-8");
    let undo = project.run_args(&words.lines().collect::<Vec<_>>());
    drop(undo.exits(0));
    assert_eq!(held(&project, 4), 0);
}

#[test]
fn a_ledger_keeps_the_canary_and_nothing_of_the_rest() {
    let marketo = Marketo::start();
    let project = marketo.project(&manifest(4, "Chairs")).with_ledger();
    lose_names(&marketo, 3);
    drop(project.run("apply --yes --canary 1").exits(4));
    project.run("ledger list").shows(str![[r#"
exit: 0
---- stdout
 kind         key                    declared              commit  applied               protected
 opportunity  A-1                    pipeline/main.yaml:3          [NOW]
 role         A-1 / 1001 / Champion  pipeline/main.yaml:3          [NOW]

"#]]);
    marketo.heal();
    project.run("plan").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-2  "Chairs"          :4
  + role        A-2 / 1001 / Champion  :4
  + opportunity A-3  "Chairs"          :5
  + role        A-3 / 1001 / Champion  :5
  + opportunity A-4  "Chairs"          :6
  + role        A-4 / 1001 / Champion  :6

Note: opportunity A-1 (pipeline/main.yaml:3:41): name was sent as `Chairs`, and Marketo stored `Cha`. It is not sent again until the manifest changes: declare what Marketo keeps.

Plan: 6 to create; 2 unchanged.  Apply needs 2 calls.
Read 1 opportunity, 1 role in 7 calls; the apply is 0.004 % of 50,000 a day (49,982 left today).

"#]]);
    drop(project.run("apply --yes --canary 1").exits(0));
    project.assert_plan_empty();
    project.run("ledger list").shows(str![[r#"
exit: 0
---- stdout
 kind         key                    declared              commit  applied               protected
 opportunity  A-1                    pipeline/main.yaml:3          [NOW]
 opportunity  A-2                    pipeline/main.yaml:4          [NOW]
 opportunity  A-3                    pipeline/main.yaml:5          [NOW]
 opportunity  A-4                    pipeline/main.yaml:6          [NOW]
 role         A-1 / 1001 / Champion  pipeline/main.yaml:3          [NOW]
 role         A-2 / 1001 / Champion  pipeline/main.yaml:4          [NOW]
 role         A-3 / 1001 / Champion  pipeline/main.yaml:5          [NOW]
 role         A-4 / 1001 / Champion  pipeline/main.yaml:6          [NOW]

"#]]);
}

#[test]
fn what_is_refused_ends_the_run_with_the_canary() {
    let marketo = Marketo::start();
    let project = marketo.project(&manifest(3, "Chairs"));
    let skip = FaultKind::SkipRecord {
        index: 0,
        code: "1003".to_owned(),
        message: "Value for field 'name' is invalid".to_owned(),
    };
    marketo.fault(Fault::new(skip).on(CallOperation::Sync));
    project.run("apply --yes --canary 1").shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"          :3
  + role        A-1 / 1001 / Champion  :3
  + opportunity A-2  "Chairs"          :4
  + role        A-2 / 1001 / Champion  :4
  + opportunity A-3  "Chairs"          :5
  + role        A-3 / 1001 / Champion  :5

Plan: 6 to create; 0 unchanged.  Apply needs 6 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 0.01 % of 50,000 a day (49,993 left today).

Rejected (1)
  1003 Value for field 'name' is invalid: a value or a parameter of the call is invalid
      pipeline/main.yaml:3:41  opportunity A-1
    → correct the field that the message names
    For Adobe Support: request [REQUEST]

Not attempted (5)
  2 opportunities and 2 roles, because the canary failed
      pipeline/main.yaml:4:30  opportunity A-2
      pipeline/main.yaml:4:67  role A-2 / 1001 / Champion
      pipeline/main.yaml:5:30  opportunity A-3
      pipeline/main.yaml:5:67  role A-3 / 1001 / Champion
  1 role, because its opportunity A-1 was rejected
      pipeline/main.yaml:3:67  role A-1 / 1001 / Champion

The canary failed: 2 of its 2 changes were not applied. Nothing else was sent.

Nothing was changed: 1 change was rejected, 5 were not attempted.  1 call in [SECONDS] s.
  Next      correct what was not applied, or what stands against the canary, then plan again
  Details   oppctl history [RUN] --instance production
---- stderr
error: Nothing was changed: 1 change was rejected, 5 were not attempted.

"#]]);
    assert_eq!(marketo.answered(CallOperation::Sync), 1);
    drop(project.run("apply --yes --canary 1").exits(0));
    project.assert_plan_empty();
}

#[test]
fn updates_and_deletions_are_tried_too() {
    let marketo = Marketo::start();
    let project = marketo.project(&manifest(6, "Chairs"));
    drop(project.run("apply --yes --quiet").exits(0));
    let mut next = manifest(6, "Tables");
    for number in [2, 4, 5] {
        let line = format!("A-{number}, name: Tables");
        next = next.replace(&line, &format!("A-{number}, ensure: absent, name: Tables"));
    }
    project.write("pipeline/main.yaml", next);
    let before = marketo.calls().len();
    project
        .run("apply --yes --canary 1 --allow-deletes 6")
        .shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  ~ 3 opportunities, each with this change  :3   and 2 more
      name  Chairs → Tables
      A-1 :3, A-3 :5, A-6 :8

Deletes  3 opportunities and 3 roles
  - opportunity A-2  "Chairs"   pipeline/main.yaml:4
  - role A-2 / 1001 / Champion  pipeline/main.yaml:4
  - opportunity A-4  "Chairs"   pipeline/main.yaml:6
  - role A-4 / 1001 / Champion  pipeline/main.yaml:6
  - opportunity A-5  "Chairs"   pipeline/main.yaml:7
  - role A-5 / 1001 / Champion  pipeline/main.yaml:7
  Why: declared as absent.

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 3 to update, 6 to delete; 3 unchanged.  Apply needs 9 calls.
Read 6 opportunities, 6 roles in 9 calls; the apply is 0.02 % of 50,000 a day (49,982 left today).

Canary: 3 changes read back; Marketo stored them as planned.

Applied: 3 updated, 6 deleted.  9 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production
---- stderr
reading the canary of 1 change back
reading the canary of 2 changes back

"#]]);
    shows(
        &marketo.tally(before),
        str![[r#"
2 Delete opportunities/delete.json: ok
2 Delete opportunities/roles/delete.json: ok
1 Describe opportunities/describe.json: ok
1 Describe opportunities/roles/describe.json: ok
1 Identity /identity/oauth/token: ok
4 Query opportunities.json: ok
4 Query opportunities/roles.json: ok
1 Schema opportunities/schema/fields.json: ok
2 Sync opportunities.json: ok
1 Usage stats/usage.json: ok

"#]],
    );
    assert_eq!(held(&project, 6), 3);
    project.assert_plan_empty();
}

#[test]
fn a_plan_that_is_smaller_is_looked_at_as_a_whole() {
    let marketo = Marketo::start();
    let project = marketo.project(&manifest(1, "Chairs"));
    let run = project.run("apply --yes --quiet --canary 10").exits(0);
    assert!(
        run.stdout
            .contains("Canary: 2 changes read back; Marketo stored them as planned."),
        "{}",
        run.text()
    );
    lose_names(&marketo, 0);
    project.write("pipeline/main.yaml", manifest(1, "Tables"));
    project.run("apply --yes --canary 10").shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  ~ opportunity A-1  "Tables"  :3
      name  Chairs → Tables

Plan: 1 to update; 1 unchanged.  Apply needs 2 calls.
Read 1 opportunity, 1 role in 6 calls; the apply is 0.004 % of 50,000 a day (49,983 left today).

The canary failed: Marketo stored something else than was sent. Nothing else was sent.

Stored otherwise than sent (1)
  opportunity A-1  "Tables"  pipeline/main.yaml:3:30
      name: sent "Tables", stored "Chairs"

Ended with 1 stored otherwise: 1 of 1 change is in Marketo.  2 calls in [SECONDS] s.
  Next      compare what was sent with what Marketo stored; correct the manifests, then plan again
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production --force-field name
---- stderr
reading the canary of 1 change back
error: Ended with 1 stored otherwise: 1 of 1 change is in Marketo.

"#]]);
    marketo.heal();
    // Nothing to send is nothing to try.
    drop(project.run("apply --yes --quiet").exits(0));
    let before = marketo.calls().len();
    drop(project.run("apply --yes --quiet --canary 1").exits(0));
    assert_eq!(marketo.tally(before).matches("Sync").count(), 0);
}

#[test]
fn an_undo_has_a_canary_as_well() {
    let marketo = Marketo::start();
    let project = marketo.project(&manifest(3, "Chairs"));
    drop(project.run("apply --yes --quiet").exits(0));
    project.write("pipeline/main.yaml", manifest(3, "Tables"));
    drop(project.run("apply --yes --quiet").exits(0));
    lose_names(&marketo, 3);
    project.run("undo last --yes --canary 1").shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  ~ 3 opportunities, each with this change  :3   and 2 more
      name  Tables → Chairs
      A-1 :3, A-2 :4, A-3 :5

Plan: 3 to update; 0 unchanged.  Apply needs 3 calls.
Read 3 opportunities in 5 calls; the apply is 0.006 % of 50,000 a day (49,979 left today).

Not attempted (2)
  2 opportunities, because the canary failed
      pipeline/main.yaml:4, last applied on [DAY]  opportunity A-2
      pipeline/main.yaml:5, last applied on [DAY]  opportunity A-3

The canary failed: Marketo stored something else than was sent. Nothing else was sent.

Stored otherwise than sent (1)
  opportunity A-1  "Tables"  pipeline/main.yaml:3, last applied on [DAY]
      name: sent "Chairs", stored "Cha" (cut after 3 characters)

Stopped early: 1 of 3 changes is in Marketo, stored otherwise, 2 were not attempted.  2 calls in [SECONDS] s.
  Next      compare what was sent with what Marketo stored; correct the manifests, then plan again
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production --force-field name
---- stderr
If the manifests still say what the run applied, the next apply does it again: take it back in them too.
reading the canary of 1 change back
error: Stopped early: 1 of 3 changes is in Marketo, stored otherwise, 2 were not attempted.

"#]]);
    marketo.heal();
    // A further undo takes the undo back, and finds two of three as they were.
    let again = project.run("undo last --yes --quiet --canary 1 --force-field name");
    assert!(
        again
            .stdout
            .contains("Canary: 1 change read back; Marketo stored it as planned."),
        "{}",
        again.text()
    );
    project.assert_plan_empty();
}

#[test]
fn a_record_that_then_bears_another_marker_is_refused() {
    let schema = "opportunity: { fields: [{ name: managedBy, dataType: string }] }";
    let marketo = Marketo::schema(schema);
    let marker = "ownership: { marker: { field: managedBy, value: acme/pipeline } }";
    let project = marketo.project(&manifest(2, "Chairs")).with(marker);
    let field = "managedBy".to_owned();
    let lose = Fault::new(FaultKind::Lose { field, kept: 4 });
    marketo.fault(lose.on(CallOperation::Sync));
    project
        .run("apply --yes --quiet --canary 1")
        .shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Plan: 4 to create; 0 unchanged.  Apply needs 6 calls.
Read 0 opportunities, 0 roles in 8 calls; the apply is 0.01 % of 50,000 a day (49,992 left today).

Not attempted (2)
  1 opportunity and 1 role, because the canary failed
      pipeline/main.yaml:4:30  opportunity A-2
      pipeline/main.yaml:4:67  role A-2 / 1001 / Champion

The canary failed: Marketo stored something else than was sent. Nothing else was sent.
pipeline/main.yaml:3:30: opportunity A-1 has the marker of another owner, "acme", and would be changed

Stopped early: 2 of 4 changes are in Marketo, 2 were not attempted.  4 calls in [SECONDS] s.
  Next      correct what was not applied, or what stands against the canary, then plan again
  Details   oppctl history [RUN] --instance production
---- stderr
error: Stopped early: 2 of 4 changes are in Marketo, 2 were not attempted.

"#]]);
}

#[test]
fn a_look_that_fails_ends_the_run() {
    let marketo = Marketo::start();
    let roles = ", roles: [{ leadId: 1001, role: Champion }]";
    let project = marketo.project(&manifest(3, "Chairs").replace(roles, ""));
    // The plan reads once; the second query is the look.
    let denied = Fault::code("603").on(CallOperation::Query).after(1);
    marketo.fault(denied);
    project.run("apply --yes --canary 1").shows(str![[r#"
exit: 8
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"  :3
  + opportunity A-2  "Chairs"  :4
  + opportunity A-3  "Chairs"  :5

Plan: 3 to create; 0 unchanged.  Apply needs 3 calls.
Read 0 opportunities in 4 calls; the apply is 0.006 % of 50,000 a day (49,996 left today).

Not attempted (2)
  2 opportunities, because the API user lacks a permission
      pipeline/main.yaml:4:30  opportunity A-2
      pipeline/main.yaml:5:30  opportunity A-3

The run ended early: query of opportunities: access denied (the API user's role needs "Read-Only Opportunity"): 603 "Access denied", request [REQUEST].
      if the role has it already: `oppctl explain 603` tells the other causes

Stopped early: 1 of 3 changes is in Marketo, 2 were not attempted.  2 calls in [SECONDS] s.
  Next      add "Read-Only Opportunity" to the API user's role (Admin > Users & Roles > Roles), then run the same command again: only what is left is sent
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production
---- stderr
reading the canary of 1 change back
error: Stopped early: 1 of 3 changes is in Marketo, 2 were not attempted.

"#]]);
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
}

#[test]
fn a_canary_of_nothing_is_no_canary() {
    let project = Project::empty();
    project.run("apply --canary 0").shows(str![[r#"
exit: 64
---- stderr
error: invalid value '0' for '--canary <COUNT>': expected a whole number, at least 1

For more information, try '--help'.

"#]]);
    project
        .run("undo last --out plan.json --canary 1")
        .shows(str![[r#"
exit: 64
---- stderr
error: the argument '--out <FILE>' cannot be used with '--canary <COUNT>'

Usage: oppctl undo --out <FILE> <RUN>

For more information, try '--help'.

"#]]);
}
