//! `severity` in the configuration: findings, notes and problems that are graver or less grave than usual.

use pretty_assertions::assert_eq;
use serde_json::Value;
use snapbox::str;

use crate::harness::Project;

/// An open deal that closes in the past.
const LATE: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A-1, name: Chairs, amount: 5, closeDate: 2020-01-01 }
  - { externalOpportunityId: A-2, name: Tables, amount: 7, closeDate: 2020-02-01 }
";

fn project(severity: &str) -> Project {
    Project::simulated(LATE).with(&format!("severity: {{ {severity} }}"))
}

/// The brief of a plan that ends so.
fn brief(project: &Project, exit: i32) -> Value {
    let plan = project.run("plan --format json").exits(exit).stdout;
    let plan: Value = serde_json::from_str(&plan).expect("it is JSON");
    plan["brief"].clone()
}

#[test]
fn a_finding_that_is_an_error_refuses_until_its_count_is_allowed() {
    let project = project("past-close-date: error");
    project.run("plan").shows(str![[r#"
exit: 5
---- stdout
Marketo local (simulator)   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"  :3
  + opportunity A-2  "Tables"  :4

Pipeline
  open  0 → 2  0 → 12  +12

Look first
  ! 2 open opportunities get a close date in the past (12)
      Tables    pipeline/main.yaml:4
      Chairs    pipeline/main.yaml:3

Plan: 2 to create; 0 unchanged.  Apply needs 1 call.
Read 0 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,996 left today).
Refused: 2 findings of past-close-date: severity.past-close-date is error. Nothing was sent.
---- stderr
error: 2 findings of past-close-date: severity.past-close-date is error
  hint: correct them; if nothing is wrong, allow this count: --allow-finding past-close-date=2

"#]]);
    drop(project.run("apply --yes").exits(5));
    project
        .run("apply --yes --allow-finding past-close-date=1")
        .shows(str![[r#"
exit: 5
---- stdout
Marketo local (simulator)   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"  :3
  + opportunity A-2  "Tables"  :4

Pipeline
  open  0 → 2  0 → 12  +12

Look first
  ! 2 open opportunities get a close date in the past (12)
      Tables    pipeline/main.yaml:4
      Chairs    pipeline/main.yaml:3

Plan: 2 to create; 0 unchanged.  Apply needs 1 call.
Read 0 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,988 left today).
Refused: 2 findings of past-close-date: severity.past-close-date is error, and --allow-finding past-close-date=1 allows fewer. Nothing was sent.
---- stderr
error: 2 findings of past-close-date: severity.past-close-date is error, and --allow-finding past-close-date=1 allows fewer; nothing was sent
  hint: correct them; if nothing is wrong, allow this count: --allow-finding past-close-date=2

"#]]);
    let refused = brief(&project, 5);
    assert_eq!(refused["refusals"][0]["code"], "raised");
    assert_eq!(refused["look_first"][0]["severity"], "error");
    let allowed = " --allow-finding past-close-date=2";
    let digest = |flags: &str, exit| {
        let run = project.run(&format!("plan --digest{flags}"));
        run.exits(exit).stdout
    };
    assert_ne!(digest("", 5), digest(allowed, 0));
    let run = project.run("plan --out plan.json --allow-finding past-close-date=2");
    assert!(!run.exits(0).stdout.contains("Refused"));
    // The permit is in the plan file.
    let saved: Value = serde_json::from_str(&project.read("plan.json")).expect("it is JSON");
    assert_eq!(saved["permits"]["allow_findings"]["past-close-date"], 2);
    drop(project.run("apply --plan plan.json --yes").exits(0));
    drop(project.run("plan --exit-code").exits(0));
}

#[test]
fn a_code_that_is_none_is_wrong_usage() {
    let project = project("past-close-date: error");
    for wrong in [
        "past-close-date",
        "past-close-date=x",
        "past-close-data=1",
        "1003=1",
    ] {
        drop(
            project
                .run(&format!("plan --allow-finding {wrong}"))
                .exits(64),
        );
    }
}

#[test]
fn what_is_lowered_is_told_after_the_changes_or_nowhere() {
    let informing = project("past-close-date: info");
    informing
        .run("plan --write markdown=plan.md --write html=plan.html --annotations github")
        .shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"  :3
  + opportunity A-2  "Tables"  :4

Pipeline
  open  0 → 2  0 → 12  +12

Also seen: 2 open opportunities get a close date in the past (12).

Plan: 2 to create; 0 unchanged.  Apply needs 1 call.
Read 0 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,996 left today).

"#]]);
    for page in ["plan.md", "plan.html"] {
        let page = informing.read(page);
        assert!(page.contains("Also seen: 2 open opportunities get a close date in the past"));
    }
    let told = brief(&informing, 0);
    assert_eq!(told["look_first"], serde_json::json!([]));
    assert_eq!(told["also_seen"][0]["severity"], "info");
    let hiding = project("past-close-date: off");
    let run = hiding.run("plan --write markdown=plan.md --write html=plan.html");
    let shown = run.exits(0).stdout + &hiding.read("plan.md") + &hiding.read("plan.html");
    assert!(!shown.contains("close date in the past"), "{shown}");
    let silent = brief(&hiding, 0);
    assert_eq!(
        [&silent["look_first"], &silent["also_seen"]],
        [&serde_json::json!([]), &Value::Null]
    );
}

#[test]
fn notes_are_raised_and_hidden() {
    let project = project("stray-manifest: error");
    project.write("pipeline/more.yml", LATE);
    project.run("validate").shows(str![[r#"
exit: 3
---- stderr
error: pipeline/more.yml reads as a manifest, but no pattern of `manifests` matches it: nothing in it is declared. Rename it, or add it to `manifests` or `ignore` in oppctl.yaml.

"#]]);
    drop(project.run("apply --yes").exits(5));
    drop(
        project
            .run("apply --yes --allow-finding stray-manifest=1")
            .exits(0),
    );
    let config = |level: &str| {
        let text = project.read("oppctl.yaml");
        let (before, _) = text.split_once("severity:").expect("it is written");
        project.write(
            "oppctl.yaml",
            format!("{before}severity: {{ stray-manifest: {level} }}\n"),
        );
    };
    config("info");
    let run = project.run("validate").exits(0);
    assert!(
        run.stderr
            .starts_with("info: pipeline/more.yml reads as a manifest"),
        "{}",
        run.stderr
    );
    let report = project.run("plan --format json").exits(0).stdout;
    let report: Value = serde_json::from_str(&report).expect("it is JSON");
    let noted = &report["noted"][0];
    assert_eq!(
        [&noted["code"], &noted["severity"]],
        ["stray-manifest", "info"]
    );
    assert_eq!(report["notes"][0], noted["text"]);
    config("off");
    assert_eq!(project.run("validate").exits(0).stderr, "");
    assert!(!project.run("plan").exits(0).stdout.contains("more.yml"));
}

#[test]
fn the_one_problem_that_may_be_lowered_becomes_a_note() {
    const SLIP: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A-1, name: Chairs, lifecycle: { ignoreChanges: [stage] } }
";
    let project = Project::simulated(SLIP);
    drop(project.run("validate").exits(3));
    drop(project.run("plan").exits(3));
    let project = project.with("severity: { ignores-unwritten: warning }");
    project.run("validate").shows(str![[r#"
exit: 0
---- stdout
Valid: 1 opportunity in 1 file.
---- stderr
warning: pipeline/main.yaml:3:78: `ignoreChanges` names `stage`, which the record does not write

"#]]);
    project.run("plan").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"  :3

Note: pipeline/main.yaml:3:78: `ignoreChanges` names `stage`, which the record does not write.

Plan: 1 to create; 0 unchanged.  Apply needs 1 call.
Read 0 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,994 left today).

"#]]);
    let checked = project.run("validate --format json").exits(0).stdout;
    let checked: Value = serde_json::from_str(&checked).expect("it is JSON");
    assert_eq!(checked["problems"][0]["severity"], "warning");
}

/// Each of them is told in plans, and what it tells matters for what an apply does.
#[test]
fn what_keeps_a_plan_true_cannot_be_lowered() {
    for word in [
        "behind",
        "blocked",
        "doubled",
        "not-declarable",
        "not-undone",
        "other-key",
        "recreated",
        "reviewed",
        "stored-otherwise",
        "unchecked-references",
        "undecided",
        "unmasked",
        "unsure",
        "duplicate-record",
        "too-many-deletes",
    ] {
        let project = project(&format!("{word}: off"));
        let run = project.run("plan").exits(3);
        assert!(
            run.stderr.starts_with("error: oppctl.yaml:"),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains(word), "{}", run.stderr);
    }
}
