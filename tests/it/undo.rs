//! Runs taken back with the real binary: what it says, what it leaves, what refuses it, and after a kill.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use oppctl::simulator::{Breakdown, CallOperation, Fault, FaultKind, Moment};
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Gateway, Marketo, Project, Reply};

const BEFORE: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    amount: 1604.47
    roles: [{ leadId: 1001, role: Champion, isPrimary: true }]
  - { externalOpportunityId: A-2, name: Tables }
";

/// Updates A-1, deletes its role and A-2, creates A-3.
const AFTER: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    amount: 1750
    roles: [{ leadId: 1001, role: Champion, ensure: absent }]
  - { externalOpportunityId: A-2, ensure: absent }
  - { externalOpportunityId: A-3, name: Lamps }
";

fn user(mut project: Project) -> Project {
    project.set("USER", "ada");
    project.set("GITHUB_SHA", "c0ffee0123456789");
    project
}

/// A project that has applied one manifest and then the other.
fn applied(marketo: &Marketo) -> Project {
    let project = user(marketo.project(BEFORE));
    drop(project.run("apply --yes --quiet").exits(0));
    project.write("pipeline/main.yaml", AFTER);
    drop(project.run("apply --yes --quiet").exits(0));
    project
}

#[test]
fn the_last_run_is_taken_back_and_the_manifests_with_it() {
    let marketo = Marketo::start();
    let project = applied(&marketo);
    project.run("undo last --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit c0ffee0123

pipeline/main.yaml
  ~ opportunity A-1  "Chairs"          :3
      amount  1750.00 → 1604.47  (−145.53)
  + role        A-1 / 1001 / Champion  :6
  + opportunity A-2  "Tables"          :7

Deletes  1 opportunity
  - opportunity A-3  "Lamps"  pipeline/main.yaml:8
  Why: created by the run that is undone.

Note: 2 records that the run deleted are re-created with a new id. Smart campaigns may fire.

Pipeline
  open  2  1,750 → 1,604  −146

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 2 to create, 1 to update, 1 to delete; 0 unchanged.  Apply needs 4 calls.
Read 2 opportunities, 0 roles in 8 calls; the apply is 0.008 % of 50,000 a day (49,970 left today).

Applied: 2 created, 1 updated, 1 deleted.  4 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production
---- stderr
If the manifests still say what the run applied (it ran at c0ffee0123456789), the next apply does it again: take it back in them too.

"#]]);
    // The manifests still say otherwise.
    drop(project.run("plan --exit-code").exits(2));
    project.write("pipeline/main.yaml", BEFORE);
    project.assert_plan_empty();
    project.run("history").shows(str![[r#"
exit: 0
---- stdout
 run                 when (local)      who  commit      result
 [RUN]  [WHEN]  ada  c0ffee0123  undid [RUN]: 2 created, 1 updated, 1 deleted
 [RUN]  [WHEN]  ada  c0ffee0123  1 created, 1 updated, 2 deleted
 [RUN]  [WHEN]  ada  c0ffee0123  3 created

"#]]);
    // An undo is a run like any other, and so is taken back like any other.
    project.run("undo last --yes --quiet").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit c0ffee0123

Note: 1 record that the run deleted is re-created with a new id. Smart campaigns may fire.

Pipeline
  open  2  1,604 → 1,750  +146

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to create, 1 to update, 2 to delete; 0 unchanged.  Apply needs 4 calls.
Read 2 opportunities, 1 role in 9 calls; the apply is 0.008 % of 50,000 a day (49,943 left today).

Applied: 1 created, 1 updated, 2 deleted.  4 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production

"#]]);
    project.write("pipeline/main.yaml", AFTER);
    project.assert_plan_empty();
}

#[test]
fn the_plan_of_an_undo_is_saved_and_applied_like_any_other() {
    let marketo = Marketo::start();
    let project = applied(&marketo);
    let run = newest(&project);
    drop(project.run("undo last --out back.json").exits(0));
    // Nothing was sent: the last run is still the same.
    assert_eq!(newest(&project), run);
    let saved: serde_json::Value =
        serde_json::from_str(&project.read("back.json")).expect("it is JSON");
    assert_eq!(
        saved["undoes"],
        serde_json::json!({ "run": run, "forced": [] })
    );
    let shown = project.run("show back.json").exits(0);
    let digest = saved["digest"].as_str().expect("it is a text");
    let head = format!(
        "saved plan {} for commit c0ffee0123 to undo {run}\n",
        &digest[..8]
    );
    assert!(shown.stdout.contains(&head), "{}", shown.text());
    let page = project.run("show back.json --format markdown").exits(0);
    let (header, _) = page.stdout.split_once('\n').expect("it has lines");
    assert!(header.ends_with(" command=undo -->"), "{header}");
    // Somebody else writes what it would take back.
    let other = marketo.project(&AFTER.replace("Lamps", "Lights"));
    drop(other.run("apply --yes").exits(0));
    project.run("apply --plan back.json --yes").shows(str![[r#"
exit: 6
---- stdout
Not as reviewed (1 record)
opportunity A-3  "Lamps"
  reviewed  delete
            name  Lamps → (none)
  new       no change
---- stderr
error: not applied: the plan has changed since the review: plan [DIGITS] was reviewed, and today's is plan [DIGITS]; nothing was sent
  caused by: in the manifests: 1 record (Lamps)
  hint: review a new plan with `oppctl plan`; in CI, make the plan again in the pull request

"#]]);
    let back = marketo.project(AFTER);
    drop(back.run("apply --yes").exits(0));
    drop(project.run("apply --plan back.json --yes").exits(0));
    project.write("pipeline/main.yaml", BEFORE);
    project.assert_plan_empty();
    // It is done: a second time nothing of it is left.
    drop(project.run("apply --plan back.json --yes").exits(0));
}

/// The name of the newest run.
fn newest(project: &Project) -> String {
    let json = project.run("history --format json").exits(0).stdout;
    let mut names = json.lines().filter_map(|line| {
        let name = line.trim().strip_prefix("\"run\": \"")?;
        name.strip_suffix("\",")
    });
    names.next().expect("there is one").to_owned()
}

#[test]
fn what_the_rerun_of_a_run_without_answers_created_is_left() {
    let marketo = Marketo::start();
    let project = user(marketo.project(BEFORE));
    let lost = FaultKind::Break {
        how: Breakdown::Disconnect,
        when: Moment::BeforeCommit,
    };
    marketo.fault(Fault::new(lost).on(CallOperation::Sync));
    // The query of the plan passes, and not the look afterwards.
    let denied = Fault::code("603").on(CallOperation::Query);
    marketo.fault(denied.suffix("/opportunities.json").after(1));
    drop(project.run("apply --yes").exits(8));
    let lost = newest(&project);
    marketo.heal();
    drop(project.run("apply --yes").exits(0));
    project
        .run_args(&["undo", &lost, "--yes"])
        .shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit c0ffee0123

Not undone: opportunity A-1 (pipeline/main.yaml:3, last applied at c0ffee0123 ([DAY])): another run created it, [RUN], which can be undone too.
Not undone: opportunity A-2 (pipeline/main.yaml:7, last applied at c0ffee0123 ([DAY])): another run created it, [RUN], which can be undone too.

No changes. 0 unchanged.
Read 2 opportunities, 1 role in 5 calls.

"#]]);
    project.assert_plan_empty();
    drop(project.run("undo last --yes").exits(0));
    drop(project.run("get opportunity A-1").exits(1));
}

#[test]
fn what_was_changed_since_is_shown_and_left() {
    let marketo = Marketo::start();
    let project = applied(&marketo);
    let undo = format!("undo {} --yes", newest(&project));
    let other = marketo.project(&AFTER.replace("1750", "1800").replace("Lamps", "Lights"));
    drop(other.run("apply --yes").exits(0));
    project.run(&undo).shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit c0ffee0123

pipeline/main.yaml
  + role        A-1 / 1001 / Champion  :6
  + opportunity A-2  "Tables"          :7

Note: 2 records that the run deleted are re-created with a new id. Smart campaigns may fire.
Not undone: opportunity A-1 (pipeline/main.yaml:3, last applied at c0ffee0123 ([DAY])): amount was changed after the run. To overwrite: `--force-field amount`. Written by the run → now:
      amount  1750 → 1800  (+50)
Not undone: opportunity A-3 (pipeline/main.yaml:8, last applied at c0ffee0123 ([DAY])): the run created it, but name was changed after the run, so it is not deleted. To delete it anyway: `--force-field name`. Written by the run → now:
      name  Lamps → Lights

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 2 opportunities, 0 roles in 7 calls; the apply is 0.004 % of 50,000 a day (49,964 left today).

Applied: 2 created.  2 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production
---- stderr
If the manifests still say what the run applied (it ran at c0ffee0123456789), the next apply does it again: take it back in them too.
error: Applied: 2 created. Not all of it was undone: the plan says what is left, and why

"#]]);
    // What is left is left again, and nothing else is to do.
    project.run(&undo).shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit c0ffee0123

Not undone: opportunity A-1 (pipeline/main.yaml:3, last applied at c0ffee0123 ([DAY])): amount was changed after the run. To overwrite: `--force-field amount`. Written by the run → now:
      amount  1750 → 1800  (+50)
Not undone: opportunity A-3 (pipeline/main.yaml:8, last applied at c0ffee0123 ([DAY])): the run created it, but name was changed after the run, so it is not deleted. To delete it anyway: `--force-field name`. Written by the run → now:
      name  Lamps → Lights

No changes. 2 unchanged.
Read 3 opportunities, 1 role in 6 calls.

"#]]);
    project
        .run(&format!(
            "{undo} --quiet --force-field amount --force-field name"
        ))
        .shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit c0ffee0123

Pipeline
  open  2 → 1  1,800 → 1,604  −196

Look first
  ! Updates and deletions lower the open pipeline of 1,800 by 11 % (−196)

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to update, 1 to delete; 2 unchanged.  Apply needs 2 calls.
Read 3 opportunities, 1 role in 8 calls; the apply is 0.004 % of 50,000 a day (49,948 left today).

Applied: 1 updated, 1 deleted.  2 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production
---- stderr
If the manifests still say what the run applied (it ran at c0ffee0123456789), the next apply does it again: take it back in them too.

"#]]);
    project.write("pipeline/main.yaml", BEFORE);
    project.assert_plan_empty();
    project
        .run(&format!("{undo} --force-field stagee"))
        .shows(str![[r#"
exit: 64
---- stderr
error: --force-field names stagee, which the run did not change

"#]]);
}

#[test]
fn without_an_answer_nothing_happens() {
    let project = user(Project::simulated(BEFORE));
    drop(project.run("apply --yes --quiet").exits(0));
    project.run("undo last").shows(str![[r#"
exit: 64
---- stderr
error: undo asks for confirmation, but standard input is not a terminal
  hint: look at the run with `oppctl history last`, then add --yes; or save the plan for a review: `oppctl undo last --out plan.json`

"#]]);
    project.run("undo 1999").shows(str![[r#"
exit: 1
---- stderr
error: this instance has no run 1999
  hint: list the runs with `oppctl history`; choose another instance with --instance

"#]]);
    project.assert_plan_empty();
}

#[test]
fn guards_hold_for_an_undo_as_well() {
    let mut manifest = "version: 1\nopportunities:\n".to_owned();
    for number in 1..=11 {
        writeln!(
            manifest,
            "  - {{ externalOpportunityId: A-{number}, name: Chairs }}"
        )
        .expect("strings take all text");
    }
    let project = user(Project::simulated(&manifest));
    drop(project.run("apply --yes --quiet").exits(0));
    project.run("undo last --yes --quiet").shows(str![[r#"
exit: 5
---- stdout
Marketo local (simulator)   plan [DIGITS] for commit c0ffee0123

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 11 to delete; 0 unchanged.  Apply needs 1 call.
Read 11 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,988 left today).
Refused: the plan deletes 11 records: guards.maxDeletes is 10. Nothing was sent.
---- stderr
If the manifests still say what the run applied (it ran at c0ffee0123456789), the next apply does it again: take it back in them too.
error: the plan deletes 11 records: guards.maxDeletes is 10; nothing was sent
  hint: if these deletions are right, allow this count: --allow-deletes 11

"#]]);
    drop(
        project
            .run("undo last --yes --quiet --allow-deletes 11")
            .exits(0),
    );
    drop(project.run("plan --exit-code").exits(2));
}

const SCHEMA: &str = "\
opportunity:
  fields:
    - { name: salary, dataType: currency, isSensitive: true }
";

#[test]
fn sensitive_values_go_back_only_if_they_may_be_written_down() {
    for (config, exit) in [("", 4), ("journal: { sensitive: true }\n", 0)] {
        let marketo = Marketo::schema(SCHEMA);
        let project = marketo.project("version: 1\nopportunities: [{ externalOpportunityId: A-1, name: Chairs, salary: 4711.5 }]\n");
        let text = project.read("oppctl.yaml") + config;
        project.write("oppctl.yaml", text);
        drop(project.run("apply --yes --quiet").exits(0));
        project.edit("pipeline/main.yaml", "4711.5", "4712.5");
        project.edit("pipeline/main.yaml", "Chairs", "Tables");
        drop(project.run("apply --yes --quiet").exits(0));
        let run = project.run("undo last --yes").exits(exit);
        let shown = project.run("history last -v").exits(0);
        // With their dots, which no digest and no id has.
        let has_value = |text: &str| text.contains("4711.") || text.contains("4712.");
        for told in [&run.stdout, &run.stderr, &shown.stdout] {
            assert!(!has_value(told), "{told}");
        }
        if exit == 4 {
            run.shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  ~ opportunity A-1  "Tables"  :2
      name  Tables → Chairs

Not undone: opportunity A-1 (pipeline/main.yaml:2, last applied on [DAY]): the journal does not have the sensitive values of salary, so they stay as they are. To restore them, write them in Marketo by hand.

Plan: 1 to update; 0 unchanged.  Apply needs 1 call.
Read 1 opportunity in 5 calls; the apply is 0.002 % of 50,000 a day (49,985 left today).

Applied: 1 updated.  1 call in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production
---- stderr
If the manifests still say what the run applied, the next apply does it again: take it back in them too.
error: Applied: 1 updated. Not all of it was undone: the plan says what is left, and why

"#]]);
            let journals = project.root().join(".oppctl/journal");
            for instance in fs::read_dir(journals).expect("there are some") {
                let instance = instance.expect("it can be read").path();
                for journal in fs::read_dir(instance).expect("it can be read") {
                    let path = journal.expect("it can be read").path();
                    let text = fs::read_to_string(path).expect("it can be read");
                    assert!(!has_value(&text), "{text}");
                }
            }
            project.edit("pipeline/main.yaml", "Tables", "Chairs");
        } else {
            project.edit("pipeline/main.yaml", "4712.5", "4711.5");
            project.edit("pipeline/main.yaml", "Tables", "Chairs");
        }
        project.assert_plan_empty();
    }
}

#[test]
fn a_hundred_of_each_go_back_but_for_two_fields_that_others_changed() {
    let each = |from: usize, rest: &str| {
        let mut entries = String::new();
        for number in from..from + 100 {
            writeln!(
                entries,
                "  - {{ externalOpportunityId: A-{number}, {rest} }}"
            )
            .expect("strings take all text");
        }
        entries
    };
    let manifest = |parts: &[(usize, &str)]| {
        let entries: String = parts.iter().map(|(from, rest)| each(*from, rest)).collect();
        format!("version: 1\nopportunities:\n{entries}")
    };
    let before = manifest(&[
        (100, "name: Old, amount: 1, stage: Open"),
        (200, "name: Gone, amount: 2"),
    ]);
    let marketo = Marketo::start();
    let project = user(marketo.project(&before));
    drop(project.run("apply --yes --quiet").exits(0));
    let after = manifest(&[
        (100, "name: New, amount: 10, stage: null"),
        (200, "ensure: absent"),
        (300, "name: Made, amount: 3"),
    ]);
    project.write("pipeline/main.yaml", after);
    drop(
        project
            .run("apply --yes --quiet --allow-deletes 100")
            .exits(0),
    );
    let other = marketo.project(
        "version: 1\nopportunities:\n  - { externalOpportunityId: A-117, amount: 11 }\n  - { externalOpportunityId: A-118, name: Theirs }\n",
    );
    drop(other.run("apply --yes").exits(0));
    project
        .run("undo last --yes --quiet --allow-deletes 100")
        .shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit c0ffee0123

Note: 100 records that the run deleted are re-created with a new id. Smart campaigns may fire.
Not undone: opportunity A-117 (pipeline/main.yaml:20, last applied at c0ffee0123 ([DAY])): amount was changed after the run. To overwrite: `--force-field amount`. Written by the run → now:
      amount  10 → 11  (+1)
Not undone: opportunity A-118 (pipeline/main.yaml:21, last applied at c0ffee0123 ([DAY])): name was changed after the run. To overwrite: `--force-field name`. Written by the run → now:
      name  New → Theirs

Pipeline
  open  200  1,301 → 310  −991

Look first
  ! 99 amounts change by a factor of 5 or more (−891)
      New  10 → 1  pipeline/main.yaml:3
      New  10 → 1  pipeline/main.yaml:4
      New  10 → 1  pipeline/main.yaml:5
      … and 96 more
  ! Updates and deletions lower the open pipeline of 1,301 by 76 % (−991)

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 100 to create, 100 to update, 100 to delete; 0 unchanged.  Apply needs 3 calls.
Read 200 opportunities, 0 roles in 7 calls; the apply is 0.006 % of 50,000 a day (49,973 left today).

Applied: 100 created, 100 updated, 100 deleted.  3 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production --allow-deletes 100
---- stderr
If the manifests still say what the run applied (it ran at c0ffee0123456789), the next apply does it again: take it back in them too.
error: Applied: 100 created, 100 updated, 100 deleted. Not all of it was undone: the plan says what is left, and why

"#]]);
    project.write("pipeline/main.yaml", before);
    project.run("plan --exit-code").shows(str![[r#"
exit: 2
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit c0ffee0123

pipeline/main.yaml
  ~ opportunity A-117  "Old"  :20
      amount  11 → 1  (−10)
  ~ opportunity A-118  "Old"  :21
      name  Theirs → Old

Pipeline
  open  200  310 → 300  −10

Look first
  ! 1 amount changes by a factor of 5 or more (−10)
      Old  11 → 1  pipeline/main.yaml:20

Plan: 2 to update; 198 unchanged.  Apply needs 1 call.
Read 200 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,966 left today).

"#]]);
    other.assert_plan_empty();
}

#[cfg(unix)]
#[test]
fn a_run_that_goes_on_is_not_undone() {
    let marketo = Marketo::start();
    let project = marketo.project(BEFORE);
    let stuck = FaultKind::Delay(Duration::from_secs(3600));
    marketo.fault(Fault::new(stuck).on(CallOperation::Sync));
    let mut child = project
        .command(&["apply", "--yes"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");
    while marketo.has_faults() {
        std::thread::yield_now();
    }
    project.run("undo last --yes").shows(str![[r#"
exit: 7
---- stderr
error: the run [RUN] is still running
  hint: wait until the run has ended, or interrupt it with Ctrl-C; then run undo again

"#]]);
    child.kill().expect("the process is ours");
    child.wait().expect("the process is ours");
}

/// Kills an apply of 1,500 records after so many lines of its progress: the journal knows what was sent, and an undo leaves nothing.
#[test]
fn a_run_that_was_killed_anywhere_is_taken_back() {
    let mut manifest = "version: 1\nopportunities:\n".to_owned();
    for number in 1..=750 {
        writeln!(
            manifest,
            "  - {{ externalOpportunityId: A-{number}, name: N, roles: [{{ leadId: 1001, role: R }}] }}"
        )
        .expect("strings take all text");
    }
    for lines in 1..=3 {
        let project = user(Project::simulated(&manifest));
        let mut child = project
            .command(&["apply", "--yes"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let stderr = BufReader::new(child.stderr.take().expect("it is piped"));
        let told = stderr.lines().map_while(Result::ok);
        let told = told.filter(|line| line.starts_with("applying: "));
        let told = told.take(lines).count();
        child.kill().expect("the process is ours");
        child.wait().expect("the process is ours");
        assert_eq!(told, lines);
        let json = project.run("history last --format json").exits(0).stdout;
        // A machine that is busy elsewhere may kill too late, and that must be right as well.
        let ended = ["died", "finished"].map(|state| format!("\"state\": \"{state}\""));
        assert!(ended.iter().any(|state| json.contains(state)), "{json}");
        drop(
            project
                .run("undo last --yes --quiet --allow-deletes 1500")
                .exits(0),
        );
        let plan = project.run("plan --quiet").exits(0).stdout;
        assert!(
            plan.contains("\nPlan: 1,500 to create; 0 unchanged."),
            "{plan}"
        );
        drop(project.run("apply --yes --quiet").exits(0));
        project.assert_plan_empty();
    }
}

/// Adds a record with the key of the first one of an answer to it.
fn doubled(reply: &Reply) -> Reply {
    let mut body: serde_json::Value = serde_json::from_str(&reply.body()).expect("it is JSON");
    let rows = body["result"].as_array_mut().expect("there are rows");
    let twins: Vec<serde_json::Value> = rows
        .iter()
        .filter(|row| row["externalOpportunityId"] == "A-1")
        .cloned()
        .collect();
    rows.extend(twins.into_iter().map(|mut twin| {
        twin["seq"] = 9.into();
        twin["marketoGUID"] = "00000000-0000-4000-8000-000000000000".into();
        twin
    }));
    Reply::json(&body.to_string())
}

#[test]
fn of_two_records_with_one_key_none_is_touched_and_the_rest_is_undone() {
    let marketo = Marketo::start();
    let is_doubled = Arc::new(AtomicBool::new(false));
    let is_now = Arc::clone(&is_doubled);
    let gateway = Gateway::before(&marketo, move |asked, pass| {
        let reply = pass(asked);
        let is_meant =
            is_now.load(Ordering::SeqCst) && asked.line().contains("/opportunities.json");
        if is_meant && asked.is_query() {
            doubled(&reply)
        } else {
            reply
        }
    });
    let manifest = "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: Chairs }\n  - { externalOpportunityId: A-2, name: Chairs }\n";
    let project = gateway.project(&marketo, manifest).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    is_doubled.store(true, Ordering::SeqCst);
    project.run("undo last --yes --quiet").shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Not undone: opportunity A-1 (pipeline/main.yaml:3, last applied on [DAY]): 2 records have this key in Marketo ([GUID 1], [GUID 2]): none of them is touched. Delete the wrong ones there, and undo again.

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 0 unchanged.  Apply needs 1 call.
Read 2 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,988 left today).

Applied: 1 deleted.  1 call in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production
---- stderr
If the manifests still say what the run applied, the next apply does it again: take it back in them too.
error: Applied: 1 deleted. Not all of it was undone: the plan says what is left, and why

"#]]);
    is_doubled.store(false, Ordering::SeqCst);
    drop(project.run("undo last --yes --quiet").exits(0));
}

#[test]
fn roles_that_share_a_key_are_not_deleted_with_their_opportunity() {
    let marketo = Marketo::start();
    let gateway = Gateway::before(&marketo, move |asked, pass| {
        let reply = pass(asked);
        let is_meant = asked.line().contains("/roles.json") && asked.is_query();
        if is_meant { doubled(&reply) } else { reply }
    });
    let manifest = "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: Chairs, roles: [{ leadId: 1001, role: Champion }] }\n";
    let project = gateway.project(&marketo, manifest);
    drop(project.run("apply --yes --quiet").exits(0));
    let refused = project
        .run("undo last --yes --quiet --with-undeclared-roles")
        .exits(5);
    let said = "would be deleted with records that share a key";
    assert!(refused.stderr.contains(said), "{}", refused.text());
    assert_eq!(marketo.answered(CallOperation::Delete), 0);
}

#[test]
fn a_role_of_others_that_an_undo_brought_back_is_taken_back_with_it() {
    let marketo = Marketo::start();
    let manifest = "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: Chairs, roles: [{ leadId: 1001, role: Champion }] }\n";
    let theirs = "version: 1\nroles: [{ externalOpportunityId: A-1, leadId: 1002, role: Buyer }]\n";
    let project = user(marketo.project(manifest)).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    drop(marketo.project(theirs).run("apply --yes --quiet").exits(0));
    drop(
        project
            .run("undo last --yes --quiet --with-undeclared-roles --allow-deletes 3")
            .exits(0),
    );
    drop(project.run("undo last --yes --quiet").exits(0));
    project.assert_plan_empty();
    // This run created all three, so that no flag for roles of others is needed.
    project
        .run("undo last --yes --allow-deletes 3")
        .shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS] for commit c0ffee0123

Deletes  1 opportunity and 2 roles
  - opportunity A-1  "Chairs"   pipeline/main.yaml:3
  - role A-1 / 1001 / Champion  pipeline/main.yaml:3
  - role A-1 / 1002 / Buyer     pipeline/main.yaml:3
  Why: created by the run that is undone.

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 3 to delete; 0 unchanged.  Apply needs 2 calls.
Read 1 opportunity, 2 roles in 9 calls; the apply is 0.004 % of 50,000 a day (49,951 left today).

Applied: 3 deleted.  2 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production

"#]]);
    drop(project.run("get role A-1").exits(1));
    drop(project.run("undo last --yes --quiet").exits(0));
    // By now the ledger has had the role, and has it no more: it may be that of another project.
    let run = newest(&project);
    let declared = manifest.replace("}] }", "}, { leadId: 1002, role: Buyer }] }");
    project.write("pipeline/main.yaml", declared);
    drop(project.run("apply --yes --quiet").exits(0));
    drop(
        project
            .run_args(&["ledger", "forget", "role", "A-1 / 1002 / Buyer"])
            .exits(0),
    );
    let again = project
        .run(&format!("undo {run} --yes --quiet --allow-deletes 3"))
        .exits(5);
    let said = "the ledger does not have it any more";
    assert!(again.text().contains(said), "{}", again.text());
}
