//! `oppctl status`: whether everything is applied, by which run, and what waits for somebody.

use pretty_assertions::assert_eq;
use serde_json::Value;
use snapbox::str;

use crate::harness::{Marketo, Project};

const MANIFEST: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A-1, name: Chairs, lifecycle: { protect: true } }
  - { externalOpportunityId: A-2, name: Tables }
";

fn document(project: &Project, args: &str) -> Value {
    let run = project.run(&format!("status --format json {args}"));
    let document: Value = serde_json::from_str(&run.stdout).expect("it is JSON");
    let schema = project.run("schema status").exits(0).stdout;
    let schema = serde_json::from_str(&schema).expect("it is JSON");
    let valid = jsonschema::validate(&schema, &document);
    assert!(valid.is_ok(), "{valid:?}");
    assert_eq!(document["exit"], i64::from(run.exit));
    document
}

#[test]
fn a_project_that_is_applied() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST).with_ledger();
    project.commit("first");
    drop(project.run("apply --yes").exits(0));
    project.run("status").shows(str![[r#"
exit: 0
---- stdout
oppctl status   production
  applied    [WHEN] by run [RUN]
             commit [first], which is checked out
             2 owned records, 1 protected
  runs       [WHEN]   2 created   ([RUN], ada)
  lock       free
  quota      10 of 50,000 calls used today, 49,990 left
All is applied.

"#]]);
    drop(project.run("status --exit-code").exits(0));
    let found = document(&project, "");
    assert_eq!(found["verdict"], "All is applied.");
    assert_eq!(found["ledger"]["records"], 2);
    assert_eq!(found["ledger"]["protected"], 1);
    assert_eq!(found["ledger"]["standing"], "ahead");
    assert_eq!(found["ledger"]["applied"]["run"], found["last_run"]["run"]);
    assert_eq!(found["pending"]["changes"], 0);
    project.assert_plan_empty();
}

#[test]
fn what_waits_is_counted() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST).with_ledger();
    drop(project.run("plan --out first.json").exits(0));
    drop(project.run("apply --plan first.json --yes").exits(0));
    project.edit("pipeline/main.yaml", "Tables", "Desks");
    drop(project.run("plan --out second.json").exits(0));
    project
        .run("status --plan first.json --plan second.json")
        .shows(str![[r#"
exit: 0
---- stdout
oppctl status   production
  applied    [WHEN] by run [RUN]
             2 owned records, 1 protected
  runs       [WHEN]   2 created   ([RUN], ada)
  reviewed   first.json: applied [WHEN] by run [RUN]; an apply would change 1 of its 2 records
             second.json: never applied, and still what an apply would do
  lock       free
  quota      19 of 50,000 calls used today, 49,981 left
Not applied: 1 change. Look at it: `oppctl plan`

"#]]);
    drop(project.run("status").exits(0));
    drop(project.run("status --exit-code").exits(2));
    let found = document(&project, "--exit-code --plan first.json --plan second.json");
    assert_eq!(found["exit"], 2);
    assert_eq!(found["pending"]["changes"], 1);
    let reviewed = &found["reviewed"];
    assert_eq!(reviewed[0]["is_current"], false);
    assert_eq!(reviewed[0]["applied"]["run"], found["last_run"]["run"]);
    assert_eq!(reviewed[1]["is_current"], true);
    assert_eq!(reviewed[1]["applied"], Value::Null);
    // Nothing was changed by looking.
    drop(project.run("apply --plan second.json --yes").exits(0));
    project.assert_plan_empty();
}

#[test]
fn what_is_known_without_the_instance_is_shown() {
    let marketo = Marketo::start();
    let mut project = marketo.project(MANIFEST).with_ledger();
    drop(project.run("apply --yes").exits(0));
    let before = marketo.calls().len();
    project.run("status --offline").shows(str![[r#"
exit: 0
---- stdout
oppctl status   production
  applied    [WHEN] by run [RUN]
             2 owned records, 1 protected
  runs       [WHEN]   2 created   ([RUN], ada)
  lock       free
Not compared with Marketo: --offline.

"#]]);
    assert_eq!(marketo.calls().len(), before);
    project.set("MARKETO_CLIENT_SECRET", "wrong");
    project.run("status").shows(str![[r#"
exit: 8
---- stdout
oppctl status   production
  applied    [WHEN] by run [RUN]
             2 owned records, 1 protected
  runs       [WHEN]   2 created   ([RUN], ada)
  lock       free
Not compared with Marketo: the instance refuses the client id or secret: Bad client credentials.
---- stderr
error: the instance refuses the client id or secret: Bad client credentials
  hint: check the client id and secret of the LaunchPoint service: Admin > Integration > LaunchPoint

"#]]);
    let found = document(&project, "");
    assert_eq!(
        (&found["exit"], &found["pending"]),
        (&8.into(), &Value::Null)
    );
}

#[test]
fn manifests_with_problems_are_told_as_plan_tells_them() {
    let marketo = Marketo::start();
    let project = marketo.project("version: 1\nopportunities: [{ name: Chairs }]\n");
    drop(project.run("plan").exits(3));
    let run = project.run("status").exits(3);
    assert!(
        run.stdout.contains("Not compared with Marketo: "),
        "{}",
        run.text()
    );
}

#[test]
fn an_undo_is_not_taken_for_the_apply_of_a_commit() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST).with_ledger();
    project.commit("first");
    drop(project.run("apply --yes").exits(0));
    let first = document(&project, "");
    assert_eq!(first["ledger"]["applied_undoes"], Value::Null);
    let applied = &first["ledger"]["applied"]["run"];
    assert_eq!(first["ledger"]["applied_commit_run"], *applied);
    project.edit("pipeline/main.yaml", "Tables", "Desks");
    project.commit("second");
    drop(project.run("apply --yes").exits(0));
    let second = document(&project, "");
    let undone = &second["ledger"]["applied"]["run"];
    drop(project.run("undo last --yes").exits(0));
    project.run("status").shows(str![[r#"
exit: 0
---- stdout
oppctl status   production
  applied    [WHEN] by run [RUN], which undid run [RUN]
             [WHEN] by run [RUN], the last apply of manifests, from commit [second], which is checked out
             2 owned records, 1 protected
  runs       [WHEN]   undid [RUN]: 1 updated   ([RUN], ada)
  lock       free
  quota      32 of 50,000 calls used today, 49,968 left
Not applied: 1 change. Look at it: `oppctl plan`

"#]]);
    let third = document(&project, "");
    assert_eq!(third["ledger"]["applied_undoes"], *undone);
    assert_eq!(third["ledger"]["applied_commit_run"], *undone);
    assert_eq!(third["ledger"]["applied"]["run"], third["last_run"]["run"]);
    assert_ne!(third["ledger"]["applied"]["run"], *undone);
    assert_eq!(third["last_run"]["undoes"], *undone);
}
