//! Journals in object storage: a run that is killed on one machine is shown and taken back on another.
//!
//! Which server that is `harness/object_storage.rs` says; without one nothing is tested here, and a line says so.

use std::process::Stdio;

use oppctl::simulator::CallOperation;
use pretty_assertions::assert_eq;

use crate::harness::{Marketo, ObjectStorage, Passage, Project, Run, Tap, wait_for};

const MANIFEST: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A-1, name: Chairs, roles: [{ leadId: 1001, role: Champion }] }
  - { externalOpportunityId: A-2, name: Tables }
";

/// A checkout of the project on a machine of its own.
fn checkout(marketo: &Marketo, url: &str, storage: &ObjectStorage, sections: &str) -> Project {
    let mut project = marketo.project(MANIFEST);
    let config = project.read("oppctl.yaml").replace(&marketo.url(), url);
    let location = storage.location();
    project.write(
        "oppctl.yaml",
        format!(
            "{config}project: acme/pipeline\njournal: {{ directory: \"{location}\" }}\n{sections}\n"
        ),
    );
    for (name, value) in storage.environment(storage.address()) {
        project.set(&name, &value);
    }
    project
}

fn ledger(storage: &ObjectStorage) -> String {
    format!(
        "ownership: {{ ledger: \"{}\", lease: 5s }}",
        storage.location()
    )
}

/// The name of the newest run.
fn newest(project: &Project) -> String {
    let runs = project.run("history --format json").exits(0).stdout;
    let runs: serde_json::Value = serde_json::from_str(&runs).expect("it is JSON");
    let run = runs["runs"][0]["run"].as_str().expect("there is a run");
    run.to_owned()
}

#[track_caller]
fn contains(run: &Run, text: &str) {
    assert!(run.text().contains(text), "{text:?} in {}", run.text());
}

#[test]
fn a_run_that_was_killed_elsewhere_is_shown_and_taken_back_here() {
    let Some(storage) = ObjectStorage::open() else {
        return;
    };
    let (marketo, tap) = (Marketo::start(), Tap::new());
    let (_, address) = tap.open(marketo.address());
    let there = checkout(
        &marketo,
        &format!("http://{address}"),
        &storage,
        &ledger(&storage),
    );
    let held = tap.hold(1, Passage::is_write);
    let mut child = there
        .command(&["apply", "--yes", "--quiet"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let held = wait_for(&held, &mut child).expect("it begins to write");
    child.kill().expect("the process is ours");
    child.wait().expect("the process is ours");
    held.forward();
    tap.calm();

    // The other machine has nothing but the configuration.
    let here = checkout(
        &marketo,
        &format!("http://{address}"),
        &storage,
        &ledger(&storage),
    );
    assert!(!there.root().join(".oppctl").exists());
    let history = here.run("history last").exits(0);
    contains(&history, "may or may not have been written (2)");
    let run = newest(&here);
    let undone = here.run(&format!("undo {run} --yes --quiet --lock-wait 1m"));
    assert!([0, 4].contains(&undone.exit), "{}", undone.text());
    let found = here.run("get opportunity A-1 A-2 --format json");
    assert!(!found.text().contains("Chairs"), "{}", found.text());
    // What was undone is a run of its own, in the same place.
    let undo = newest(&there);
    assert_ne!(undo, run);
    let shown = there.run(&format!("history {undo}")).exits(0).stdout;
    assert!(shown.contains(&run), "{shown}");
    drop(there.run("apply --yes --quiet").exits(0));
    there.assert_plan_empty();
    let why = here.run("why A-1").exits(0).stdout;
    assert!(why.contains(&newest(&there)), "{why}");
}

#[test]
fn nothing_is_sent_without_an_intent_in_the_store() {
    let Some(storage) = ObjectStorage::open() else {
        return;
    };
    let marketo = Marketo::start();
    let mut project = checkout(&marketo, &marketo.url(), &storage, "");
    project.set("AWS_SECRET_ACCESS_KEY", "wrong");
    let before = marketo.answered(CallOperation::Sync);
    let refused = project.run("apply --yes --quiet").exits(1);
    contains(&refused, "cannot ");
    assert_eq!(marketo.answered(CallOperation::Sync), before);
    contains(&project.run("history"), "error: ");
}
