//! `--events`: what a run tells while it goes on.

use oppctl::render::event_schema;
use oppctl::simulator::{CallOperation, Fault, FaultKind};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::harness::{Marketo, Project};

const MANIFEST: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A-1, name: Chairs, roles: [{ leadId: 1001, role: Champion }] }
  - { externalOpportunityId: A-2, name: Tables }
";

/// The events of a file, each of which keeps to the schema, without what differs from run to run.
#[track_caller]
fn events(project: &Project, file: &str) -> Vec<Value> {
    let schema = jsonschema::draft7::new(event_schema().as_value()).expect("the schema compiles");
    let text = project.read(file);
    let lines = text.lines().map(|line| {
        let mut event: Value = serde_json::from_str(line).expect("each line is JSON");
        let errors = schema.iter_errors(&event).map(|error| error.to_string());
        assert_eq!(errors.collect::<Vec<_>>(), Vec::<String>::new(), "{line}");
        let members = event.as_object_mut().expect("an object");
        assert_eq!(members.remove("format_version"), Some(json!("1.0")));
        let time = members.remove("time").expect("it has a time");
        let time: Result<jiff::Timestamp, _> = time.as_str().expect("a text").parse();
        assert!(time.is_ok(), "{line}");
        for name in ["digest", "run"] {
            if members.get(name).is_some_and(Value::is_string) {
                members.insert(name.to_owned(), json!(name));
            }
        }
        event
    });
    lines.collect()
}

fn counts(create: usize, delete: usize) -> Value {
    json!({ "create": create, "adopt": 0, "update": 0, "delete": delete })
}

#[test]
fn a_run_tells_each_of_its_steps() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    marketo.fault(
        Fault::new(FaultKind::SkipRecord {
            index: 1,
            code: "1014".to_owned(),
            message: "Simulated".to_owned(),
        })
        .on(CallOperation::Sync),
    );
    drop(project.run("apply --yes --events e.ndjson").exits(4));
    assert_eq!(
        events(&project, "e.ndjson"),
        [
            json!({ "event": "planned", "digest": "digest", "counts": counts(3, 0), "refusals": 0 }),
            json!({ "event": "began", "changes": 3 }),
            json!({ "event": "sending", "kind": "opportunity", "action": "create", "changes": 2 }),
            json!({ "event": "settled", "applied": 1, "rejected": 1, "unknown": 0, "not_attempted": 0, "done": 2, "changes": 3 }),
            json!({ "event": "sending", "kind": "role", "action": "create", "changes": 1 }),
            json!({ "event": "settled", "applied": 1, "rejected": 0, "unknown": 0, "not_attempted": 0, "done": 3, "changes": 3 }),
            json!({ "event": "stopped" }),
            json!({
                "event": "ended", "exit": 4, "verdict": "Partly applied: 2 of 3 changes are in Marketo, 1 was rejected.", "run": "run", "digest": "digest",
                "applied": counts(2, 0), "rejected": 1, "unknown": 0, "not_attempted": 0,
            }),
        ]
    );
    // A second file replaces the first.
    drop(project.run("undo last --yes --events e.ndjson").exits(0));
    let events = events(&project, "e.ndjson");
    assert_eq!(events[0]["counts"], counts(0, 2));
    assert_eq!(
        events.last().expect("it ends")["verdict"],
        "Applied: 2 deleted."
    );
}

#[test]
fn a_command_that_sends_nothing_has_an_end_too() {
    let project = Project::simulated(MANIFEST).with("guards: { maxDeletes: 0 }");
    drop(
        project
            .run("apply --yes --canary 1 --events e.ndjson")
            .exits(0),
    );
    let told = events(&project, "e.ndjson");
    let tried = told.iter().filter(|event| event["event"] == "tried");
    assert_eq!(tried.count(), 1, "{told:?}");
    project.edit("pipeline/main.yaml", "name: Tables", "ensure: absent");
    drop(project.run("apply --yes --events e.ndjson").exits(5));
    let told = events(&project, "e.ndjson");
    let last = told.last().expect("it ends");
    assert_eq!(told[0]["refusals"], 1);
    assert_eq!(
        [&last["event"], &last["exit"]],
        [&json!("ended"), &json!(5)]
    );
    project.write("oppctl.yaml", "version: 7\n");
    drop(project.run("apply --yes --events e.ndjson").exits(3));
    let told = events(&project, "e.ndjson");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["verdict"], "failed");
}

#[test]
fn nothing_but_events_is_written_over() {
    let project = Project::simulated(MANIFEST);
    for file in ["oppctl.yaml", "pipeline"] {
        let run = project
            .run(&format!("apply --yes --events {file}"))
            .exits(1);
        assert!(run.stderr.contains("has no events"), "{}", run.text());
    }
    drop(
        project
            .run("apply --yes --events nowhere/e.ndjson")
            .exits(1),
    );
    drop(
        project
            .run("apply --yes --events e --write json=e")
            .exits(64),
    );
    let run = project.run("apply --yes --events /dev/full").exits(1);
    assert!(run.stderr.contains("/dev/full"), "{}", run.text());
    let lines = project
        .run("apply --yes --quiet --events /dev/stderr")
        .exits(0)
        .stderr;
    assert!(
        lines
            .lines()
            .all(|line| line.starts_with("{\"format_version\":")),
        "{lines}"
    );
}
