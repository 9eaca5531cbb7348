//! What a ledger gives away of sensitive values: nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use pretty_assertions::assert_eq;
use serde_json::Value;
use snapbox::str;

use crate::harness::{Marketo, Project};

const SCHEMA: &str =
    "opportunity: { fields: [{ name: salary, dataType: currency, isSensitive: true }] }";
const MANIFEST: &str =
    "version: 1\nopportunities: [{ externalOpportunityId: A, name: Chairs, salary: 83500 }]\n";

fn applied(marketo: &Marketo) -> Project {
    let project = marketo.project(MANIFEST).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    project
}

/// The files of the ledger and of the lock, with the folders that they are in.
fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = vec![folder.to_owned()];
    for entry in fs::read_dir(folder).expect("it can be read") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn a_sensitive_value_leaves_no_hash() {
    let marketo = Marketo::schema(SCHEMA);
    let project = applied(&marketo);
    let files = files(&project.root().join(".ledger"));
    let ledger = files
        .iter()
        .filter(|path| path.parent().is_some_and(|it| it.ends_with("ledger")));
    let text = fs::read_to_string(ledger.max().expect("it was saved")).expect("it can be read");
    let rows: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let names = rows[0]["fields"][0]
        .as_array()
        .expect("the fields of the record");
    let hashes = rows[1]["hashes"].as_str().expect("their hashes");
    for (index, name) in names.iter().enumerate() {
        let hash = &hashes[16 * index..16 * index + 16];
        assert_eq!(
            hash == "0000000000000000",
            name == "salary",
            "{name}: {hash}"
        );
    }
}

#[test]
fn nobody_else_can_read_it() {
    let marketo = Marketo::schema(SCHEMA);
    let project = applied(&marketo);
    for folder in [".ledger", ".oppctl/journal"] {
        // The first one is where the configuration says; those in it are the program's.
        for path in files(&project.root().join(folder)).into_iter().skip(1) {
            let mode = fs::metadata(&path)
                .expect("it is there")
                .permissions()
                .mode();
            assert_eq!(mode & 0o077, 0, "{} {mode:o}", path.display());
        }
    }
}

#[test]
fn who_changed_a_sensitive_field_is_not_known() {
    let marketo = Marketo::schema(SCHEMA);
    let project = applied(&marketo);
    project.edit("pipeline/main.yaml", "83500", "91000");
    project.run("plan").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  ~ opportunity A  "Chairs"  :2
      salary  (sensitive) → (sensitive, changed)   not known who changed it

Plan: 1 to update; 0 unchanged.  Apply needs 1 call.
Read 1 opportunity in 5 calls; the apply is 0.002 % of 50,000 a day (49,990 left today).

"#]]);
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
}
