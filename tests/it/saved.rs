//! Saved plans: what was reviewed is what runs, or nothing.

use std::os::unix::fs::PermissionsExt as _;

use pretty_assertions::assert_eq;
use serde_json::Value;
use snapbox::str;

use crate::harness::Project;

/// A project whose first apply is done, with one edit pending.
fn edited() -> Project {
    let project = Project::example("quickstart");
    drop(project.run("apply --yes").exits(0));
    project.edit("pipeline/chairs.yaml", "amount: 1604.47", "amount: 1750");
    drop(project.run("plan --out plan.json").exits(0));
    project
}

#[test]
fn a_reviewed_plan_is_applied() {
    let project = edited();
    let mode = std::fs::metadata(project.root().join("plan.json")).expect("it is there");
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    drop(project.run("apply --plan plan.json --yes").exits(0));
    drop(project.run("plan --exit-code").exits(0));
}

#[test]
fn a_record_that_somebody_has_edited_since_stops_it() {
    let project = edited();
    project.edit("pipeline/chairs.yaml", "amount: 1750", "amount: 1700");
    drop(project.run("apply --yes").exits(0));
    project.edit("pipeline/chairs.yaml", "amount: 1700", "amount: 1750");
    project.run("apply --plan plan.json --yes").shows(str![[r#"
exit: 6
---- stdout
Not as reviewed (1 record)
opportunity 19UYA31581L000000  "Chairs"
  reviewed  update
            amount  1604.47 → 1750.00  (+145.53)
  new       update
            amount  1700 → 1750  (+50)
---- stderr
error: not applied: the plan has changed since the review: plan [DIGITS] was reviewed, and today's is plan [DIGITS]; nothing was sent
  caused by: in Marketo: 1 record (amount of Chairs)
  hint: a new plan sets back what others have changed in Marketo. To keep that, write it in the manifests. Then review a new plan: `oppctl plan`, or in CI the plan of a new pull request

"#]]);
    drop(project.run("plan --exit-code").exits(2));
}

#[test]
fn edits_of_other_records_and_moved_entries_do_not_matter() {
    let project = edited();
    project.edit(
        "pipeline/day-care.yaml",
        "leadSource: Email",
        "leadSource: Phone",
    );
    drop(project.run("apply --yes pipeline/day-care.yaml").exits(0));
    let text = project.read("pipeline/chairs.yaml");
    project.write("pipeline/moved.yaml", format!("# Moved.\n{text}"));
    std::fs::remove_file(project.root().join("pipeline/chairs.yaml")).expect("it was there");
    drop(
        project
            .run("apply --plan plan.json --yes pipeline")
            .exits(64),
    );
    drop(project.run("apply --plan plan.json --yes").exits(0));
    drop(project.run("plan --exit-code").exits(0));
}

#[test]
fn a_digest_is_enough() {
    let project = edited();
    let digest = project.run("plan --digest").exits(0).stdout.clone();
    let digest = digest.trim();
    assert_eq!(digest.len(), 32);
    let other = project.run(&format!("apply --yes --expect {}", "0".repeat(32)));
    assert_eq!(other.exit, 6, "{}", other.text());
    drop(
        project
            .run(&format!("apply --yes --expect {digest}"))
            .exits(0),
    );
    drop(project.run("plan --exit-code").exits(0));
}

#[test]
fn a_plan_of_another_instance_is_refused() {
    let project = edited();
    let text = project.read("plan.json");
    let plan: Value = serde_json::from_str(&text).expect("it is JSON");
    let fingerprint = plan["instance"]["fingerprint"].as_str().expect("a text");
    project.write("plan.json", text.replace(fingerprint, "simulator-00000000"));
    let run = project.run("apply --plan plan.json --yes").exits(6);
    assert!(
        run.stderr.contains("was made for the instance"),
        "{}",
        run.text()
    );
}

#[test]
fn a_saved_plan_is_shown_as_it_was() {
    let project = edited();
    project.run("show plan.json").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   saved plan [DIGITS]

pipeline/chairs.yaml
  ~ opportunity 19UYA31581L000000  "Chairs"  :4
      amount  1604.47 → 1750.00  (+145.53)

Pipeline
  open  2  3,209 → 3,354  +146

Plan: 1 to update; 5 unchanged.  Apply needs 1 call.
Planned in 7 calls; the apply is 0.002 % of 50,000 a day.

"#]]);
    let json = project
        .run("show plan.json --format json")
        .exits(0)
        .stdout
        .clone();
    assert_eq!(json, project.read("plan.json"));
    project.write("plan.json", json.replacen("\"2.6\"", "\"3.0\"", 1));
    project.run("show plan.json").shows(str![[r#"
exit: 3
---- stderr
error: plan.json is not a usable plan file
  caused by: it has format 3.0, but this oppctl reads 2.6
  hint: make one by `oppctl plan --out FILE`, with this version of oppctl

"#]]);
    project
        .run("apply --plan nowhere.json --yes")
        .shows(str![[r#"
exit: 1
---- stderr
error: cannot read nowhere.json
  caused by: No such file or directory (os error 2)
  hint: a plan is saved by `oppctl plan --out FILE`

"#]]);
}

#[test]
fn what_was_allowed_for_a_plan_is_allowed_for_its_apply() {
    let project = edited();
    let config = project.read("oppctl.yaml");
    project.write(
        "oppctl.yaml",
        format!("{config}guards: {{ maxDeletes: 0 }}\n"),
    );
    project.edit(
        "pipeline/chairs.yaml",
        "role: Champion",
        "role: Champion, ensure: absent",
    );
    drop(project.run("plan --out plan.json").exits(5));
    drop(project.run("apply --plan plan.json --yes").exits(5));
    drop(
        project
            .run("plan --out plan.json --allow-deletes 1")
            .exits(0),
    );
    drop(project.run("apply --plan plan.json --yes").exits(0));
}

#[test]
fn a_plan_file_that_was_edited_is_not_applied() {
    let project = edited();
    let plan = project.read("plan.json");
    project.write(
        "plan.json",
        plan.replace("\"after\": 1750", "\"after\": 1751"),
    );
    let run = project.run("apply --plan plan.json --yes").exits(6);
    assert!(
        run.stderr.contains("it was edited after it was made"),
        "{}",
        run.text()
    );
    // Nor is it shown.
    drop(project.run("show plan.json").exits(6));
    drop(project.run("plan --exit-code").exits(2));
}

#[test]
fn a_permit_that_was_written_into_a_plan_file_lifts_no_guard() {
    let project = edited();
    let config = project.read("oppctl.yaml");
    let guards = "guards: { maxDeletes: 0 }\n";
    project.write("oppctl.yaml", format!("{config}{guards}"));
    project.edit(
        "pipeline/chairs.yaml",
        "role: Champion",
        "role: Champion, ensure: absent",
    );
    drop(project.run("plan --out plan.json").exits(5));
    let plan = project.read("plan.json");
    let lifted = plan.replace("\"allow_deletes\": null", "\"allow_deletes\": 9999");
    assert_ne!(lifted, plan);
    project.write("plan.json", lifted);
    drop(project.run("apply --plan plan.json --yes").exits(6));
    // A person who says so on the command line lifts it, for the plan that was reviewed.
    project.write("plan.json", plan);
    drop(project.run("apply --plan plan.json --yes").exits(5));
    drop(
        project
            .run("apply --plan plan.json --yes --allow-deletes 1")
            .exits(0),
    );
}

#[test]
fn a_plan_that_is_shown_elsewhere_is_not_verified() {
    let project = edited();
    let plan = project.read("plan.json");
    let other = Project::empty();
    other.write("plan.json", plan);
    let shown = other.run("show plan.json").exits(0);
    assert!(
        shown.stderr.starts_with("not verified: "),
        "{}",
        shown.text()
    );
    let shown = project.run("show plan.json").exits(0);
    assert_eq!(shown.stderr, "");
}

#[test]
fn a_plan_is_written_over_a_plan_and_nothing_else() {
    let project = edited();
    drop(project.run("plan --out plan.json").exits(0));
    let config = project.read("oppctl.yaml");
    project.run("plan --out oppctl.yaml").shows(str![[r#"
exit: 1
---- stderr
error: oppctl.yaml exists and is not a plan file; not overwriting it
  hint: name another file with --out

"#]]);
    assert_eq!(project.read("oppctl.yaml"), config);
}

#[test]
fn a_plan_as_json_keeps_to_its_schema() {
    let project = edited();
    let json = project.run("plan --format json").exits(0).stdout.clone();
    let schema = project.run("schema plan").exits(0).stdout.clone();
    let schema: Value = serde_json::from_str(&schema).expect("it is JSON");
    let plan: Value = serde_json::from_str(&json).expect("it is JSON");
    let errors = jsonschema::draft7::new(&schema).expect("a schema");
    assert_eq!(
        errors
            .iter_errors(&plan)
            .map(|error| error.to_string())
            .collect::<Vec<_>>(),
        Vec::<String>::new()
    );
}
