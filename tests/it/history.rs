//! What the applies of a project did, told by their journals: those that ended, those that died, and those that still run.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::Duration;

use oppctl::simulator::{CallOperation, Fault, FaultKind};
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project, shows};

const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    amount: 1604.47
    roles: [{ leadId: 1001, role: Champion, isPrimary: true }]
  - { externalOpportunityId: A-2, name: Tables }
";

fn user(mut project: Project) -> Project {
    project.set("USER", "ada");
    project.set("GITHUB_SHA", "c0ffee0123456789");
    project
}

/// The journals of a project, the oldest first.
fn journals(project: &Project) -> Vec<PathBuf> {
    let mut journals = Vec::new();
    for instance in fs::read_dir(project.root().join(".oppctl/journal")).expect("there are some") {
        let instance = instance.expect("the folder can be read").path();
        for journal in fs::read_dir(instance).expect("the folder can be read") {
            journals.push(journal.expect("the folder can be read").path());
        }
    }
    journals.sort();
    journals
}

#[test]
fn an_instance_without_runs_has_no_history() {
    let project = Project::simulated(MANIFEST);
    project.run("history").shows(str![[r#"
exit: 0
---- stderr
no earlier runs on local: [ROOT]/.oppctl/journal/[INSTANCE] has no journals

"#]]);
    project.run("history last").shows(str![[r#"
exit: 1
---- stderr
error: [ROOT]/.oppctl/journal/[INSTANCE] has no run of this instance
  hint: list the runs with `oppctl history`; choose another instance with --instance

"#]]);
    project.run("history --format json").shows(str![[r#"
exit: 0
---- stdout
{
  "version": 1,
  "format_version": "1.2",
  "instance": "local",
  "runs": []
}

"#]]);
}

#[test]
fn a_plan_and_an_apply_with_nothing_to_do_leave_nothing() {
    let project = Project::simulated(MANIFEST);
    drop(project.run("plan").exits(0));
    assert!(!project.root().join(".oppctl/journal").exists());
    drop(project.run("apply --yes").exits(0));
    drop(project.run("apply --yes").exits(0));
    assert_eq!(journals(&project).len(), 1);
}

/// A project with two runs, of whose first one record was refused; and the name of the first.
fn two_runs(marketo: &Marketo) -> (Project, String) {
    let project = user(marketo.project(MANIFEST));
    marketo.fault(
        Fault::new(FaultKind::SkipRecord {
            index: 1,
            code: "1014".to_owned(),
            message: "Simulated".to_owned(),
        })
        .on(CallOperation::Sync),
    );
    drop(project.run("apply --yes --quiet").exits(4));
    project.edit("pipeline/main.yaml", "1604.47", "1750");
    project.edit("pipeline/main.yaml", "isPrimary: true", "ensure: absent");
    drop(project.run("apply --yes --quiet").exits(0));
    let oldest = journals(&project).remove(0);
    let name = oldest.file_stem().and_then(|name| name.to_str());
    let name = name.expect("names are UTF-8").to_owned();
    (project, name)
}

#[test]
fn runs_are_listed_and_shown() {
    let marketo = Marketo::start();
    let (project, oldest) = two_runs(&marketo);
    project.run("history").shows(str![[r#"
exit: 0
---- stdout
 run                 when (local)      who  commit      result
 [RUN]  [WHEN]  ada  c0ffee0123  1 created, 1 updated, 1 deleted
 [RUN]  [WHEN]  ada  c0ffee0123  2 of 3, settled since

"#]]);
    project.run("history last").shows(str![[r#"
exit: 0
---- stdout
Run [RUN] on production ([INSTANCE])
  by ada on [HOST], commit c0ffee0123, oppctl 0.1.0
  the plan with the digest [DIGEST]
  began [NOW], ended [NOW]

Applied: 1 created, 1 updated, 1 deleted.  3 calls in [SECONDS] s.
  Undo      oppctl undo [RUN] --instance production

Done (3)
  ~ opportunity A-1  "Chairs"  pipeline/main.yaml:3
      amount  1604.47 → 1750.00  (+145.53)
  - role A-1 / 1001 / Champion  pipeline/main.yaml:6
  + opportunity A-2  "Tables"  pipeline/main.yaml:7

"#]]);
    project.run(&format!("history {oldest} -v")).shows(str![[r#"
exit: 0
---- stdout
Run [RUN] on production ([INSTANCE])
  by ada on [HOST], commit c0ffee0123, oppctl 0.1.0
  the plan with the digest [DIGEST]
  began [NOW], ended [NOW]

Partly applied: 2 of 3 changes are in Marketo, 1 was rejected.  2 calls in [SECONDS] s.
  Since     the run [RUN] applied the rest: 1 record
  Undo      oppctl undo [RUN] --instance production

Rejected (1)
  1014 Simulated: Marketo could not create the record
      pipeline/main.yaml:7  opportunity A-2
    → check the values of the record, above all those that refer to other records; if they are right, run again, and send the request id to Adobe's support
    For Adobe Support: request [REQUEST]

Done (2)
  + opportunity A-1  "Chairs"  pipeline/main.yaml:3
      name    Chairs
      amount  1604.47
  + role A-1 / 1001 / Champion  pipeline/main.yaml:6
      isPrimary  true

"#]]);
    project.run("history 2").shows(str![[r#"
exit: 1
---- stderr
error: 2 runs of this instance begin with 2
  hint: write more of its name; the newest first: [RUN], [RUN]

"#]]);
    project.run("history 1").shows(str![[r#"
exit: 1
---- stderr
error: this instance has no run 1
  hint: list the runs with `oppctl history`; choose another instance with --instance

"#]]);
}

/// A document with each member of its lists on a line of its own, as placeholders leave it.
fn compact(document: &str) -> String {
    let document: serde_json::Value = serde_json::from_str(document).expect("it is JSON");
    let members = document.as_object().expect("it is an object");
    let mut text = String::new();
    for (name, value) in members {
        match value.as_array().filter(|list| !list.is_empty()) {
            None => writeln!(text, "{name}: {value}").expect("strings take all text"),
            Some(list) => {
                writeln!(text, "{name}:").expect("strings take all text");
                text.extend(list.iter().map(|member| format!("- {member}\n")));
            }
        }
    }
    text
}

#[test]
fn runs_are_documents_too() {
    let marketo = Marketo::start();
    let (project, oldest) = two_runs(&marketo);
    let document = |args: &str| {
        let text = project.run(args).exits(0).text();
        let (_, json) = text.split_once("---- stdout\n").expect("it has some");
        compact(json)
    };
    shows(
        &document("history --format json"),
        str![[r#"
version: 1
format_version: "1.2"
instance: "production"
runs:
- {"run":"[RUN]","verdict":"Applied: 1 created, 1 updated, 1 deleted.","fingerprint":"[INSTANCE]","began":"[NOW]","ended":"[NOW]","state":"finished","why":null,"ledgerUnsaved":null,"user":"ada","host":"[HOST]","ciRun":null,"commit":"c0ffee0123456789","digest":"[DIGEST]","undoes":null,"oppctl":"0.1.0","calls":3,"planned":{"create":1,"adopt":0,"update":1,"delete":1},"applied":{"create":1,"adopt":0,"update":1,"delete":1},"rejected":0,"unknown":0,"notAttempted":0}
- {"run":"[RUN]","verdict":"Partly applied: 2 of 3 changes are in Marketo, 1 was rejected.","fingerprint":"[INSTANCE]","began":"[NOW]","ended":"[NOW]","state":"finished","why":null,"ledgerUnsaved":null,"user":"ada","host":"[HOST]","ciRun":null,"commit":"c0ffee0123456789","digest":"[DIGEST]","undoes":null,"oppctl":"0.1.0","calls":2,"planned":{"create":3,"adopt":0,"update":0,"delete":0},"applied":{"create":2,"adopt":0,"update":0,"delete":0},"rejected":1,"unknown":0,"notAttempted":0}

"#]],
    );
    shows(
        &document(&format!("history {oldest} --format json")),
        str![[r#"
version: 1
format_version: "1.2"
instance: "production"
exit: null
run: "[RUN]"
verdict: "Partly applied: 2 of 3 changes are in Marketo, 1 was rejected."
fingerprint: "[INSTANCE]"
began: "[NOW]"
ended: "[NOW]"
state: "finished"
why: null
ledgerUnsaved: null
user: "ada"
host: "[HOST]"
ciRun: null
commit: "c0ffee0123456789"
digest: "[DIGEST]"
undoes: null
oppctl: "0.1.0"
calls: 2
planned: {"create":3,"adopt":0,"update":0,"delete":0}
applied: {"create":2,"adopt":0,"update":0,"delete":0}
rejected: 1
unknown: 0
notAttempted: 0
error: null
hints: []
problems: []
refusals: []
notes: []
noted: []
adopted: []
ledger: []
causes:
- {"outcome":"rejected","reasons":[{"code":"1014","message":"Simulated","meaning":"Marketo could not create the record","advice":"check the values of the record, above all those that refer to other records; if they are right, run again, and send the request id to Adobe's support"}],"values":[],"count":1,"changes":[2],"request":"[REQUEST]"}
changes:
- {"kind":"opportunity","key":"A-1","file":"pipeline/main.yaml","line":3,"label":"Chairs","action":"create","outcome":"applied","marketoGuid":"[GUID 1]","tries":1,"reasons":[],"requestId":null,"why":null,"fields":[{"name":"name","sensitive":false,"before":null,"after":"Chairs"},{"name":"amount","sensitive":false,"before":null,"after":1604.47}]}
- {"kind":"role","key":"A-1 / 1001 / Champion","file":"pipeline/main.yaml","line":6,"label":null,"action":"create","outcome":"applied","marketoGuid":"[GUID 2]","tries":1,"reasons":[],"requestId":null,"why":null,"fields":[{"name":"isPrimary","sensitive":false,"before":null,"after":true}]}
- {"kind":"opportunity","key":"A-2","file":"pipeline/main.yaml","line":7,"label":"Tables","action":"create","outcome":"rejected","marketoGuid":null,"tries":1,"reasons":[{"code":"1014","message":"Simulated"}],"requestId":"[REQUEST]","why":null,"fields":[{"name":"name","sensitive":false,"before":null,"after":"Tables"}]}

"#]],
    );
}

/// Starts an apply, and returns when its first write has arrived, which takes longer than anyone waits.
fn stuck(marketo: &Marketo, project: &Project) -> Child {
    let stuck = FaultKind::Delay(Duration::from_secs(3600));
    marketo.fault(Fault::new(stuck).on(CallOperation::Sync));
    let child = project
        .command(&["apply", "--yes"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");
    while marketo.has_faults() {
        std::thread::yield_now();
    }
    child
}

#[cfg(unix)]
#[test]
fn a_run_that_was_killed_ended_without_a_word() {
    let marketo = Marketo::start();
    let project = user(marketo.project(MANIFEST));
    let mut child = stuck(&marketo, &project);
    let state = |run: &str| {
        let json = project.run("history --format json").exits(0).stdout;
        assert!(json.contains(&format!("\"state\": \"{run}\"")), "{json}");
    };
    state("running");
    child.kill().expect("the process is ours");
    child.wait().expect("the process is ours");
    state("died");
    project.run("history").shows(str![[r#"
exit: 0
---- stdout
 run                 when (local)      who  commit      result
 [RUN]  [WHEN]  ada  c0ffee0123  killed: 0 of 3, 2 unknown

"#]]);
    project.run("history last").shows(str![[r#"
exit: 0
---- stdout
Run [RUN] on production ([INSTANCE])
  by ada on [HOST], commit c0ffee0123, oppctl 0.1.0
  the plan with the digest [DIGEST]
  began [NOW], killed

Killed: 0 of 3 changes are in Marketo, 2 are unknown, 1 was not attempted.
  Next      run the same command again: it reads what is unknown, and sends what is left
  Undo      oppctl undo [RUN] --instance production

Unknown: may or may not have been written (2)
  no answer was written down
      pipeline/main.yaml:3  opportunity A-1
      pipeline/main.yaml:7  opportunity A-2

Not attempted (1)
  1 role, because the run was killed
      pipeline/main.yaml:6  role A-1 / 1001 / Champion

The run was killed.

"#]]);
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
}

#[test]
fn a_run_that_marketo_refuses_says_so() {
    let marketo = Marketo::start();
    let project = user(marketo.project(MANIFEST));
    marketo.fault(Fault::code("607").on(CallOperation::Sync).after(1));
    drop(project.run("apply --yes --quiet").exits(7));
    project.run("history last").shows(str![[r#"
exit: 0
---- stdout
Run [RUN] on production ([INSTANCE])
  by ada on [HOST], commit c0ffee0123, oppctl 0.1.0
  the plan with the digest [DIGEST]
  began [NOW], ended [NOW]

Stopped early: 2 of 3 changes are in Marketo, 1 was not attempted.  2 calls in [SECONDS] s.
  Next      wait until [MIDNIGHT], then run the same command again: only what is left is sent
  Undo      oppctl undo [RUN] --instance production

Not attempted (1)
  1 role, because the daily quota was used up
      pipeline/main.yaml:6  role A-1 / 1001 / Champion

Done (2)
  + opportunity A-1  "Chairs"  pipeline/main.yaml:3
  + opportunity A-2  "Tables"  pipeline/main.yaml:7

The run ended early: create of roles: the daily quota is reached: 607 "Daily quota reached", request [REQUEST]

"#]]);
}

#[test]
fn a_copy_of_a_journal_is_no_second_run() {
    let project = user(Project::simulated(MANIFEST));
    drop(project.run("apply --yes --quiet").exits(0));
    let journal = journals(&project).remove(0);
    let name = journal.file_name().expect("it has a name");
    let name = name.to_str().expect("UTF-8");
    // A name of the same form, of a later run.
    let copy = journal.with_file_name(format!("2099{}", &name[4..]));
    fs::copy(&journal, &copy).expect("it can be copied");
    let run = project.run("history").exits(1);
    assert_eq!(run.stdout.lines().count(), 2, "{}", run.text());
    let told = run.stderr.replace(copy.to_str().expect("UTF-8"), "[COPY]");
    shows(
        &told,
        str![[r#"
error: [COPY] is a copy of the journal of the run [RUN]
  hint: remove the copy, or give the file the name of its run: `NAME.jsonl`

"#]],
    );
    drop(project.run("undo last --yes").exits(1));
    fs::remove_file(copy).expect("it can be removed");
    drop(project.run("undo last --yes").exits(0));
}

#[test]
fn a_damaged_journal_does_not_hide_the_others() {
    let project = user(Project::simulated(MANIFEST));
    drop(project.run("apply --yes --quiet").exits(0));
    project.edit("pipeline/main.yaml", "1604.47", "1750");
    drop(project.run("apply --yes --quiet").exits(0));
    let damaged = journals(&project).remove(0);
    let text = fs::read_to_string(&damaged).expect("it is there");
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1] = "{\"change\":";
    lines.pop();
    fs::write(&damaged, lines.join("\n") + "\n").expect("it can be written");
    let run = project.run("history").exits(1);
    assert_eq!(run.stdout.lines().count(), 2);
    let told = run
        .stderr
        .replace(damaged.to_str().expect("UTF-8"), "[JOURNAL]");
    shows(
        &told,
        str![[r#"
error: [JOURNAL], line 2: the journal is not as it was written: this line or one before it was changed, removed or put in
  hint: restore the file from a copy, or move it away; the other runs can be shown without it

"#]],
    );
}

#[test]
fn where_no_journal_can_be_made_nothing_is_sent() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    project.write(".oppctl", "a file in the way");
    let run = project.run("apply --yes --quiet").exits(1);
    let told = run.stderr.lines().skip(1).collect::<Vec<_>>().join("\n");
    shows(
        &told,
        str![[r#"
  caused by: Not a directory (os error 20)
  hint: oppctl applies nothing without a journal: make the folder writable, or set another one in oppctl.yaml: `journal: { directory: DIR }`
  hint: nothing was sent
"#]],
    );
    assert_eq!(marketo.answered(CallOperation::Sync), 0);
}
