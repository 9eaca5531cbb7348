//! A project in which every field is sensitive: then a value in an output has come past the fields of the changes. Others write values
//! too, and those are shown in more ways: as a conflict, as the owner of a record, as the label of a deletion, in what an undo leaves.

use std::fs;

use crate::harness::{Marketo, Project};

use super::life::WRITES;

/// Every value that anybody writes has this in it, in letters or digits.
const TRACES: [&str; 2] = ["quagga", "77317731"];

const SCHEMA: &str = "\
opportunity:
  fields:
    - { name: managedBy, dataType: string }
    - { name: ownerEmail, dataType: email }
";

const FIELDS: &str = "sensitive: [name, description, amount, stage, leadSource, type, managedBy, ownerEmail, closeDate]\n";

const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Quagga Chairs
    amount: 773177311
    stage: Quagga One
    description: |
      A quagga that stood
      and a second line of the quagga
    roles:
      - { leadId: 1001, role: Champion }
      - { leadId: 1002, role: Champion }
  - { externalOpportunityId: A-2, name: Quagga Tables, amount: 773177312, ownerEmail: quagga@example.com }
  - { externalOpportunityId: A-3, name: Quagga Lamps, leadSource: Quagga Fair, lifecycle: { protect: true } }
";

/// Runs a command, and searches what it prints and all that it leaves but the manifests.
#[track_caller]
fn run(project: &Project, args: &str, exit: i32) -> String {
    let run = project.run(args).exits(exit);
    search(args, &run.text());
    let mut folders = vec![project.root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.starts_with(project.root().join("pipeline")) {
                let bytes = fs::read(&path).expect("the file can be read");
                search(&path.to_string_lossy(), &String::from_utf8_lossy(&bytes));
            }
        }
    }
    run.text()
}

#[track_caller]
fn search(what: &str, text: &str) {
    let lower = text.to_lowercase();
    let found = TRACES.iter().find(|trace| lower.contains(**trace));
    assert!(found.is_none(), "{what}: {text}");
}

/// The others: what they write is as sensitive.
fn others(marketo: &Marketo, project: &Project, edits: &[(&str, &str)]) {
    let other = marketo.project("");
    let mut text = project.read("pipeline/main.yaml");
    for (from, to) in edits {
        assert!(text.contains(from), "{from}: {text}");
        text = text.replace(from, to);
    }
    other.write("pipeline/main.yaml", text);
    drop(other.run("apply --yes --quiet").exits(0));
}

#[test]
fn where_every_field_is_sensitive_no_value_is_shown() {
    let marketo = Marketo::schema(SCHEMA);
    let project = marketo.project(MANIFEST).with(FIELDS).with(
        "ownership: { ledger: .ledger, marker: { field: managedBy, value: acme } }\nguards: { maxDeletes: 100, maxDeletePercent: 100 }",
    );
    let run = |args: &str, exit| run(&project, args, exit);
    let everywhere = |args: &str, exit| {
        for format in ["text", "json", "markdown"] {
            run(&format!("{args} -v --format {format} {WRITES}"), exit);
        }
    };
    everywhere("plan --out plan.json", 0);
    run(&format!("apply --yes -v {WRITES}"), 0);
    for (from, to) in [
        ("Quagga Chairs", "Quagga Benches"),
        ("773177311", "773177313"),
        ("and a second", "and another"),
        ("Quagga Fair", "Quagga Web"),
    ] {
        project.edit("pipeline/main.yaml", from, to);
    }
    // Both sides have changed the same fields.
    let changed = [
        ("Quagga Benches", "Quagga Stools"),
        ("773177313", "773177319"),
    ];
    others(&marketo, &project, &changed);
    everywhere("plan --out plan.json", 0);
    for format in ["text", "json", "markdown"] {
        run(&format!("show plan.json -v --format {format}"), 0);
    }
    run("plan --drift", 2);
    run(&format!("apply --yes -v {WRITES}"), 0);
    others(
        &marketo,
        &project,
        &[
            ("Quagga Tables", "Quagga Desks"),
            ("773177312", "773177310"),
        ],
    );
    // A new key for the same record, a deletion, and a record that is not wanted any more but protected.
    project.edit(
        "pipeline/main.yaml",
        "externalOpportunityId: A-1",
        "externalOpportunityId: B-1",
    );
    let text = project.read("pipeline/main.yaml");
    let kept = text.lines().filter(|line| !line.contains("A-2"));
    let kept: Vec<&str> = kept.collect();
    project.write("pipeline/main.yaml", kept.join("\n") + "\n");
    everywhere("plan --out plan.json", 0);
    run(&format!("apply --yes -v {WRITES}"), 0);
    for args in [
        "history -v",
        "history last -v",
        "history last --format json",
        "ledger list",
        "get opportunity A-3 B-1",
        "get role B-1 --format json",
    ] {
        run(args, 0);
    }
    others(
        &marketo,
        &project,
        &[("Quagga Benches", "Quagga Armchairs")],
    );
    run(&format!("undo last --out undo.json -v {WRITES}"), 0);
    run("show undo.json -v", 0);
    run(&format!("undo last --yes -v {WRITES}"), 4);
    run("history last -v", 0);
    project.write("pipeline/main.yaml", "version: 1\nopportunities: []\n");
    run("import opportunity A-3 --out imported.yaml", 0);
}
