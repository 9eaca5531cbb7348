//! Care for a ledger as a whole: a copy, its return, a ledger that was lost, and the version of its format.

use std::fs;

use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project, Run};

const MANIFEST: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A-1, name: Chairs, lifecycle: { protect: true }, roles: [{ leadId: 1001, role: Champion }] }
  - { externalOpportunityId: A-2, name: Tables }
";

fn lose(project: &Project) {
    fs::remove_dir_all(project.root().join(".ledger")).expect("the ledger is there");
}

fn owned(project: &Project) -> String {
    project.run("ledger list --format json").exits(0).stdout
}

#[track_caller]
fn contains(run: &Run, text: &str) {
    assert!(run.text().contains(text), "{text:?} in {}", run.text());
}

#[test]
fn a_copy_comes_back() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST).with_ledger();
    contains(
        &project.run("ledger backup copy.jsonl").exits(1),
        "is empty: nothing was saved",
    );
    drop(project.run("apply --yes").exits(0));
    project.run("ledger backup copy.jsonl").shows(str![[r#"
exit: 0
---- stderr
saved version 2 of the ledger, 3 records, to copy.jsonl

"#]]);
    drop(project.run("ledger backup copy.jsonl").exits(1));
    #[cfg(unix)]
    {
        let copy = fs::metadata(project.root().join("copy.jsonl")).expect("it is there");
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&copy) & 0o777, 0o600);
    }
    let before = owned(&project);
    lose(&project);
    // A plan without its ledger says so.
    contains(
        &project.run("plan").exits(0),
        "the ledger is gone: 1 earlier run has saved it",
    );
    project.run("ledger restore copy.jsonl").shows(str![[r#"
exit: 0
---- stderr
restored 3 records as version 1 of the ledger. `oppctl plan` shows what changed in Marketo since

"#]]);
    assert_eq!(owned(&project), before);
    project.assert_plan_empty();
    // The same again is no loss.
    drop(project.run("ledger restore copy.jsonl").exits(0));
}

#[test]
fn a_ledger_that_moved_on_is_not_replaced() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST).with_ledger();
    drop(project.run("apply --yes").exits(0));
    drop(project.run("ledger backup copy.jsonl").exits(0));
    project.edit("pipeline/main.yaml", "Tables", "Desks");
    drop(project.run("apply --yes").exits(0));
    let before = owned(&project);
    project
        .run("ledger restore copy.jsonl")
        .shows(str![[r#"
exit: 6
---- stderr
error: the ledger is at version 3, 3 records, and differs from the copy; nothing was restored
  hint: to replace that version: `oppctl ledger restore copy.jsonl --replace-version 3`. What was applied after the copy is then not known any more

"#]]);
    assert_eq!(owned(&project), before);
    drop(
        project
            .run("ledger restore copy.jsonl --replace-version 1")
            .exits(6),
    );
    let number = project.run("ledger restore copy.jsonl").stderr;
    let number = number
        .split("--replace-version ")
        .nth(1)
        .expect("it is in the hint");
    let number = number.split(['`', ' ']).next().expect("it has an end");
    drop(
        project
            .run(&format!(
                "ledger restore copy.jsonl --replace-version {number}"
            ))
            .exits(0),
    );
    drop(project.run("apply --yes").exits(0));
    project.assert_plan_empty();
}

#[test]
fn the_copy_of_something_else_is_refused() {
    let (marketo, other) = (Marketo::start(), Marketo::start());
    let project = marketo.project(MANIFEST).with_ledger();
    let named = other
        .project(MANIFEST)
        .with_ledger()
        .with("project: acme/pipeline");
    for project in [&project, &named] {
        drop(project.run("apply --yes").exits(0));
        drop(project.run("ledger backup copy.jsonl").exits(0));
    }
    project.write("other.jsonl", named.read("copy.jsonl"));
    contains(
        &project.run("ledger restore other.jsonl").exits(1),
        "belongs to the instance",
    );
    named.edit(
        "oppctl.yaml",
        "project: acme/pipeline",
        "project: acme/other",
    );
    lose(&named);
    contains(
        &named.run("ledger restore copy.jsonl").exits(3),
        "is the ledger of the project acme/pipeline",
    );
    let cut = project.read("copy.jsonl");
    project.write("cut.jsonl", &cut[..cut.len() / 2]);
    drop(project.run("ledger restore cut.jsonl").exits(1));
    contains(
        &project.run("ledger restore none.jsonl").exits(1),
        "oppctl ledger backup FILE",
    );
}

#[test]
fn a_lost_ledger_is_rebuilt_and_nothing_is_sent() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST).with_ledger();
    drop(project.run("apply --yes").exits(0));
    lose(&project);
    // One record is not as declared any more, and one is new.
    project.edit("pipeline/main.yaml", "Tables", "Desks");
    let text = project.read("pipeline/main.yaml");
    project.write(
        "pipeline/main.yaml",
        text + "  - { externalOpportunityId: A-3, name: Lamps }\n",
    );
    let before = marketo.answered(oppctl::simulator::CallOperation::Sync);
    contains(&project.run("ledger rebuild").exits(64), "add --yes");
    project.run("ledger rebuild --yes").shows(str![[r#"
exit: 0
---- stdout
Found on production, declared, and not owned:
  opportunity A-1   pipeline/main.yaml:3
  role A-1 / 1001 / Champion   pipeline/main.yaml:3
  opportunity A-2   pipeline/main.yaml:4   1 field not as declared

3 records to own. Nothing is sent to Marketo, and nothing is removed from the ledger. Records of entries that were removed since the ledger was lost stay in Marketo.
---- stderr
the project owns 3 more records now; nothing was sent to Marketo

"#]]);
    assert_eq!(
        marketo.answered(oppctl::simulator::CallOperation::Sync),
        before
    );
    let list = project.run("ledger list").exits(0);
    for key in ["A-1", "A-2", "Champion"] {
        contains(&list, key);
    }
    assert!(!list.text().contains("A-3"), "{}", list.text());
    // What was last applied to the other one is not known, and the protection is back.
    project.run("plan --quiet").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Plan: 1 to create, 1 to update; 2 unchanged.  Apply needs 2 calls.
Read 2 opportunities, 1 role in 6 calls; the apply is 0.004 % of 50,000 a day (49,979 left today).

"#]]);
    project.run("ledger rebuild --yes").shows(str![[r#"
exit: 0
---- stdout
Every declared record that exists on production is owned already.

"#]]);
    drop(project.run("apply --yes").exits(0));
    project.assert_plan_empty();
    project.write("pipeline/main.yaml", "version: 1\nopportunities: []\n");
    contains(&project.run("plan").exits(5), "A-1");
}

#[test]
fn after_a_rebuild_nothing_is_left_to_do() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST).with_ledger();
    drop(project.run("apply --yes").exits(0));
    let before = owned(&project);
    lose(&project);
    drop(project.run("ledger rebuild --yes").exits(0));
    let plan = project.run("plan --exit-code").exits(0);
    assert!(!plan.text().contains("out of date"), "{}", plan.text());
    assert_eq!(owned(&project).lines().count(), before.lines().count());
    project.edit("pipeline/main.yaml", "Tables", "Desks");
    contains(&project.run("plan").exits(0), "you changed it");
}

#[test]
fn the_format_is_the_newest() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST).with_ledger();
    drop(project.run("apply --yes").exits(0));
    project.run("ledger upgrade").shows(str![[r#"
exit: 0
---- stderr
version 2 of the ledger [ROOT]/.ledger/[INSTANCE] has format version 1: nothing to do. Format version 1 is the newest, and the only one that oppctl ever wrote

"#]]);
}
