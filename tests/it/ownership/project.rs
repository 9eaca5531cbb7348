//! A ledger belongs to one project.

use snapbox::str;

use crate::harness::{Marketo, Project};

const CHAIRS: &str = "version: 1\nopportunities: [{ externalOpportunityId: A, name: Chairs }]\n";
const TABLES: &str = "version: 1\nopportunities: [{ externalOpportunityId: B, name: Tables }]\n";

/// A project with this name and this ledger.
fn named(marketo: &Marketo, manifest: &str, name: &str, ledger: &str) -> Project {
    let project = marketo.project(manifest);
    let project = project.with(&format!("ownership: {{ ledger: {ledger} }}"));
    if name.is_empty() {
        project
    } else {
        project.with(&format!("project: {name}"))
    }
}

#[test]
fn a_second_project_in_the_same_place_is_refused() {
    let marketo = Marketo::start();
    let shared = tempfile::tempdir().expect("a folder for the test");
    let ledger = shared.path().to_str().expect("it is UTF-8");
    let first = named(&marketo, CHAIRS, "acme/first", ledger);
    drop(first.run("apply --yes --quiet").exits(0));
    let second = named(&marketo, TABLES, "acme/second", ledger);
    for command in [
        "plan",
        "apply --yes",
        "ledger list",
        "ledger forget opportunity A",
    ] {
        let refused = second.run(command).exits(3);
        let names = ["the project acme/first", "not of acme/second"];
        assert!(
            names.iter().all(|name| refused.stderr.contains(name)),
            "{}",
            refused.text()
        );
    }
    first.assert_plan_empty();
    // The way out that the message names.
    drop(
        second
            .run("ledger rename-project --from acme/third")
            .exits(3),
    );
    drop(
        second
            .run("ledger rename-project --from acme/first")
            .exits(0),
    );
    drop(second.run("ledger list").exits(0));
    drop(first.run("plan").exits(3));
}

#[test]
fn a_ledger_that_is_empty_is_not_renamed() {
    let project = Project::simulated("version: 1\nopportunities: []\n")
        .with_ledger()
        .with("project: acme/first");
    let refused = project.run("ledger rename-project --from WRONG").exits(3);
    assert!(
        refused.stderr.contains("has no project yet"),
        "{}",
        refused.text()
    );
}

#[test]
fn a_ledger_without_a_name_takes_that_of_the_first_apply() {
    let marketo = Marketo::start();
    let project = named(&marketo, CHAIRS, "", ".ledger");
    drop(project.run("apply --yes --quiet").exits(0));
    let project = project.with("project: acme/pipeline");
    // Nobody can say what it was called before.
    let refused = project.run("ledger rename-project --from WRONG").exits(3);
    assert!(
        refused.stderr.contains("has no project yet"),
        "{}",
        refused.text()
    );
    project.edit("pipeline/main.yaml", "Chairs", "Desks");
    drop(project.run("apply --yes --quiet").exits(0));
    project.edit("oppctl.yaml", "project: acme/pipeline\n", "");
    project.run("plan").shows(str![[r#"
exit: 3
---- stderr
error: [ROOT]/.ledger/[INSTANCE] is the ledger of the project acme/pipeline, and this project has no name
  hint: if this is that project, write `project: acme/pipeline` into the configuration; else give it a ledger of its own

"#]]);
}

#[test]
fn a_ledger_outside_of_the_project_needs_a_name() {
    let marketo = Marketo::start();
    let project = named(&marketo, CHAIRS, "", "../ledger");
    drop(project.run("validate").exits(3));
}

#[test]
fn the_run_of_another_project_is_not_taken_back() {
    let marketo = Marketo::start();
    let shared = tempfile::tempdir().expect("a folder for the test");
    let journal = shared.path().to_str().expect("it is UTF-8");
    let journal = format!("journal: {{ directory: {journal} }}");
    let first = named(&marketo, CHAIRS, "acme/first", ".oppctl/first").with(&journal);
    drop(first.run("apply --yes --quiet").exits(0));
    let second = named(&marketo, TABLES, "acme/second", ".oppctl/second").with(&journal);
    let refused = second.run("undo last --yes").exits(3);
    assert!(
        refused
            .stderr
            .contains("is of the project acme/first, and this is acme/second"),
        "{}",
        refused.text()
    );
    drop(first.run("get opportunity A").exits(0));
    drop(first.run("undo last --yes --allow-deletes 1").exits(0));
}
