//! The life of a project: everything that it leaves behind is searched, and everything that it prints.

use std::fs;

use oppctl::simulator::{CallOperation, Fault, FaultKind, Garbling};

use super::hunt::{Hunt, SECRET};

pub(super) const WRITES: &str = "--write json=r.json --write markdown=r.md --write html=r.html --write sarif=r.sarif --write codequality=r.quality";

#[test]
fn a_whole_life_leaves_none_behind() {
    let hunt = Hunt::begin();
    for format in ["text", "json", "markdown", "html"] {
        hunt.run(
            &format!("plan -v --format {format} --out plan.json {WRITES}"),
            0,
        );
        hunt.run(&format!("show -v plan.json --format {format}"), 0);
    }
    hunt.run(&format!("apply --yes -v --plan plan.json {WRITES}"), 0);
    let page = hunt.project.read("r.md");
    assert!(page.contains("salary: (sensitive)"), "{page}");
    for (from, to) in [("471135471135.5", "471337471337"), ("mermaid", "dolphin")] {
        hunt.project.edit("pipeline/main.yaml", from, to);
    }
    // An answer that quotes them, and one that is lost.
    let skip = FaultKind::SkipRecord {
        index: 0,
        code: "1003".to_owned(),
        message: "Invalid value for field 'salary': '471337471337.00', was 471135471135.5"
            .to_owned(),
    };
    hunt.marketo.fault(Fault::new(skip).on(CallOperation::Sync));
    let follow = "--annotations github --events r.ndjson";
    hunt.run(&format!("apply --yes -v {follow} {WRITES}"), 4);
    hunt.run("history last -v", 0);
    hunt.run("history last --format json", 0);
    hunt.run("history last --format html", 0);
    let refused = FaultKind::Answer {
        code: "1099".to_owned(),
        message: Some("salary 471337471337 of 'dolphin' by '471135471135.5'".to_owned()),
    };
    hunt.marketo
        .fault(Fault::new(refused).on(CallOperation::Sync));
    hunt.run(&format!("apply --yes -v {WRITES}"), 4);
    hunt.run(&format!("apply --yes -v {WRITES}"), 0);
    hunt.run("plan --annotations github", 0);
    hunt.run(
        "plan --drift --write html=drift.html --write json=drift.json",
        0,
    );
    for args in [
        "history -v",
        "history --format json",
        "history last -v",
        "history last --format json",
        "history last --format html",
        "ledger list",
        "ledger list --format json",
        "ledger show opportunity A-1",
        "get opportunity A-1 -v",
        "get opportunity A-1 --format json",
        "fields",
        "describe",
        "usage",
    ] {
        hunt.run(args, 0);
    }
    hunt.run(&format!("undo last --out undo.json -v {WRITES}"), 0);
    hunt.run(&format!("undo last --yes -v {WRITES}"), 4);
    fs::remove_file(hunt.project.root().join("pipeline/main.yaml")).expect("it is there");
    hunt.run("import opportunity A-1 --out imported.yaml", 0);
    let imported = hunt.project.read("imported.yaml");
    assert!(imported.contains("name: Chairs"), "{imported}");
}

#[test]
fn a_refused_secret_and_a_lost_token_leave_none_behind() {
    let mut hunt = Hunt::begin();
    for kind in [Fault::code("601"), Fault::code("603"), Fault::code("606")] {
        hunt.marketo.fault(kind.on(CallOperation::Query));
    }
    drop(hunt.project.run("plan -v"));
    hunt.project
        .set("MARKETO_CLIENT_SECRET", &format!("{SECRET}x"));
    hunt.run(&format!("plan -v {WRITES}"), 8);
    hunt.run(&format!("apply --yes -v {WRITES}"), 8);
}

#[test]
fn half_replies_leave_none_behind() {
    let hunt = Hunt::begin();
    hunt.run("apply --yes", 0);
    hunt.project
        .edit("pipeline/main.yaml", "471135471135.5", "471337471337");
    for operation in [
        CallOperation::Identity,
        CallOperation::Schema,
        CallOperation::Describe,
        CallOperation::Query,
        CallOperation::Sync,
    ] {
        let half = Fault::new(FaultKind::Garble(Garbling::Truncate)).on(operation);
        hunt.marketo.fault(half);
        let is_write = operation == CallOperation::Sync;
        let command = if is_write { "apply --yes" } else { "plan" };
        let run = hunt.project.run(&format!("{command} -v {WRITES}"));
        hunt.search("what it prints", &run.text());
        hunt.files(hunt.project.root());
        // It is tried again, which is told.
        let is_told = run.stderr.contains(": incomplete JSON (");
        assert!(is_told || is_write, "{}", run.text());
        assert!(!hunt.marketo.has_faults(), "{operation:?}");
    }
    hunt.run("history last -v", 0);
}
