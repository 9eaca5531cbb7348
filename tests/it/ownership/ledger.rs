//! `oppctl ledger`, and a ledger that cannot be read.

use std::fs;
use std::path::PathBuf;

use oppctl::simulator::CallOperation;
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project};

const CHAIRS: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A
    name: Chairs
    stage: Won
    lifecycle: { protect: true }
    roles: [{ leadId: 1001, role: Technical Buyer }]
";

/// The project after its first apply.
fn applied(marketo: &Marketo) -> Project {
    let project = marketo.project(CHAIRS).with_ledger();
    project.commit("first");
    drop(project.run("apply --yes --quiet").exits(0));
    project
}

/// The newest object of the ledger.
fn newest(project: &Project) -> PathBuf {
    let store = fs::read_dir(project.root().join(".ledger")).expect("the ledger is there");
    let [instance] = store
        .map(|entry| entry.expect("the ledger can be read").path())
        .collect::<Vec<_>>()
        .try_into()
        .expect("it is about one instance");
    let objects = fs::read_dir(instance.join("ledger")).expect("it has a ledger");
    let objects = objects.map(|entry| entry.expect("the ledger can be read").path());
    objects.max().expect("it has a version")
}

#[test]
fn what_is_owned_is_listed_and_shown() {
    let marketo = Marketo::start();
    let project = applied(&marketo);
    let before = marketo.calls().len();
    project.run("ledger list").shows(str![[r#"
exit: 0
---- stdout
 kind         key                         declared              commit      applied               protected
 opportunity  A                           pipeline/main.yaml:3  [first]  [NOW]  yes
 role         A / 1001 / Technical Buyer  pipeline/main.yaml:7  [first]  [NOW]

"#]]);
    project.run("ledger list --format json").shows(str![[r#"
exit: 0
---- stdout
{
  "version": 1,
  "format_version": "1.0",
  "records": [
    {
      "kind": "opportunity",
      "key": "A",
      "parts": [
        "A"
      ],
      "marketoGuid": "[GUID 1]",
      "fields": [
        "name",
        "stage"
      ],
      "file": "pipeline/main.yaml",
      "line": 3,
      "commit": "[first]",
      "applied": "[NOW]",
      "protected": true,
      "protectedSince": "[NOW]"
    },
    {
      "kind": "role",
      "key": "A / 1001 / Technical Buyer",
      "parts": [
        "A",
        1001,
        "Technical Buyer"
      ],
      "marketoGuid": "[GUID 2]",
      "fields": [],
      "file": "pipeline/main.yaml",
      "line": 7,
      "commit": "[first]",
      "applied": "[NOW]",
      "protected": false,
      "protectedSince": null
    }
  ]
}

"#]]);
    assert_eq!(marketo.calls().len(), before, "Marketo is not asked");
}

#[test]
fn an_entry_is_shown_by_its_key() {
    let marketo = Marketo::start();
    let project = applied(&marketo);
    let before = marketo.calls().len();
    project.run("ledger show opportunity a").shows(str![[r#"
exit: 0
---- stdout
{
  "format_version": "1.0",
  "kind": "opportunity",
  "key": "A",
  "parts": [
    "A"
  ],
  "marketoGuid": "[GUID 1]",
  "fields": [
    "name",
    "stage"
  ],
  "file": "pipeline/main.yaml",
  "line": 3,
  "commit": "[first]",
  "applied": "[NOW]",
  "protected": true,
  "protectedSince": "[NOW]"
}

"#]]);
    project
        .run_args(&["ledger", "show", "role", "A/1001/technical buyer"])
        .shows(str![[r#"
exit: 0
---- stdout
{
  "format_version": "1.0",
  "kind": "role",
  "key": "A / 1001 / Technical Buyer",
  "parts": [
    "A",
    1001,
    "Technical Buyer"
  ],
  "marketoGuid": "[GUID 1]",
  "fields": [],
  "file": "pipeline/main.yaml",
  "line": 7,
  "commit": "[first]",
  "applied": "[NOW]",
  "protected": false,
  "protectedSince": null
}

"#]]);
    project.run("ledger show opportunity X").shows(str![[r#"
exit: 1
---- stderr
error: opportunity X is not in the ledger [ROOT]/.ledger/[INSTANCE]
  hint: list the owned records with `oppctl ledger list`

"#]]);
    assert_eq!(marketo.calls().len(), before, "Marketo is not asked");
}

#[test]
fn what_is_forgotten_by_hand_is_left_alone_and_adopted_again_where_it_is_declared() {
    let marketo = Marketo::start();
    let project = applied(&marketo);
    project
        .run_args(&["ledger", "forget", "role", "A / 1001 / Technical Buyer"])
        .shows(str![[r#"
exit: 0
---- stderr
stopped managing 1 role; nothing was sent to Marketo

"#]]);
    project.run("plan --exit-code").shows(str![[r#"
exit: 2
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit [first]

1 record is there as wanted, and not owned yet: an apply adopts it without writing to Marketo.
  role A / 1001 / Technical Buyer  pipeline/main.yaml:7
No changes in Marketo, 1 in the ledger. 2 unchanged.
Read 1 opportunity, 1 role in 5 calls.

"#]]);
    let lamps = "version: 1\nopportunities:\n  - { externalOpportunityId: A, name: Chairs, stage: Won, lifecycle: { protect: true } }\n";
    project.write("pipeline/main.yaml", lamps);
    project.assert_plan_empty();
    // All or none: one that is not there keeps the others.
    project.run("ledger forget opportunity A X").shows(str![[r#"
exit: 1
---- stderr
error: opportunity X is not in the ledger [ROOT]/.ledger/[INSTANCE]
  hint: list the owned records with `oppctl ledger list`

"#]]);
    drop(project.run("ledger forget opportunity A").exits(0));
    project.run("ledger list").shows(str![[r#"
exit: 0
---- stdout
 kind  key  declared  commit  applied  protected

"#]]);
    assert_eq!(marketo.answered(CallOperation::Delete), 0);
}

#[test]
fn without_a_ledger_there_is_nothing_to_list() {
    let project = Project::simulated(CHAIRS);
    project.run("ledger list").shows(str![[r#"
exit: 3
---- stderr
error: the configuration has no ledger
  hint: write `ownership: { ledger: FOLDER }`, or an address such as s3://bucket/folder

"#]]);
}

#[test]
fn a_damaged_ledger_ends_the_run_before_anything_is_sent() {
    let marketo = Marketo::start();
    let project = applied(&marketo);
    let object = newest(&project);
    let whole = fs::read_to_string(&object).expect("the object can be read");
    let (cut, _) = whole.trim_end().rsplit_once('\n').expect("it has lines");
    fs::write(&object, format!("{cut}\n")).expect("the object can be written");
    let before = marketo.answered(CallOperation::Sync);
    project.edit("pipeline/main.yaml", "Won", "Lost");
    project.run("apply --yes").shows(str![[r#"
exit: 1
---- stderr
error: [ROOT]/.ledger/[INSTANCE]/ledger/00000002.jsonl, line 4: the ledger is cut off here
  hint: restore the object from the store's own versions. If that is not possible, delete the object: the version before it is then used

"#]]);
    for command in [
        "plan",
        "plan --drift",
        "ledger list",
        "ledger show opportunity A",
    ] {
        drop(project.run(command).exits(1));
    }
    assert_eq!(
        marketo.answered(CallOperation::Sync),
        before,
        "nothing was sent"
    );
    // The way out that the hint names.
    fs::remove_file(&object).expect("the object can be removed");
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
}

#[test]
fn a_ledger_of_a_later_format_is_left_to_a_later_oppctl() {
    let marketo = Marketo::start();
    let project = applied(&marketo);
    let object = newest(&project);
    let whole = fs::read_to_string(&object).expect("the object can be read");
    let later = whole.replacen("\"version\":1", "\"version\":2", 1);
    fs::write(&object, later).expect("the object can be written");
    project.run("plan").shows(str![[r#"
exit: 1
---- stderr
error: [ROOT]/.ledger/[INSTANCE]/ledger/00000002.jsonl has format version 2; this oppctl reads versions up to 1
  hint: update oppctl: a newer version wrote this object

"#]]);
}

#[test]
fn a_ledger_holds_no_values() {
    let marketo = Marketo::start();
    let project = applied(&marketo);
    let text = fs::read_to_string(newest(&project)).expect("the object can be read");
    assert!(text.contains("stage"), "{text}");
    for value in ["Won", "Chairs"] {
        assert!(!text.contains(value), "{text}");
    }
}
