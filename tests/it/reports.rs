//! The files of `--write`: of every command that plans or sends, in every format, however it ends.

use std::os::unix::fs::PermissionsExt as _;

use oppctl::simulator::{CallOperation, Fault, FaultKind};
use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::harness::{Marketo, Project};

const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    amount: 1604.47
    roles: [{ leadId: 1001, role: Champion, isPrimary: true }]
  - { externalOpportunityId: A-2, name: Tables }
";

const WRITES: &str = "--write json=r.json --write markdown=r.md";

/// The report as JSON, which keeps to the schema, and as Markdown.
#[track_caller]
fn reports(project: &Project) -> (Value, String) {
    let json: Value = serde_json::from_str(&project.read("r.json")).expect("it is JSON");
    let of_plan = json.get("brief").is_some();
    let file = if of_plan { "plan" } else { "report" };
    let schema = project
        .run(&format!("schema {file}"))
        .exits(0)
        .stdout
        .clone();
    let schema = serde_json::from_str(&schema).expect("it is JSON");
    let validator = jsonschema::draft7::new(&schema).expect("a schema");
    let errors = validator.iter_errors(&json).map(|error| error.to_string());
    assert_eq!(errors.collect::<Vec<_>>(), Vec::<String>::new());
    for report in ["r.json", "r.md"] {
        let mode = std::fs::metadata(project.root().join(report)).expect("it is there");
        assert_eq!(mode.permissions().mode() & 0o777, 0o600, "{report}");
    }
    (json, project.read("r.md"))
}

/// The line with the verdict.
fn title(page: &str) -> &str {
    assert!(page.starts_with("<!-- oppctl:v1 instance="), "{page}");
    page.lines().nth(1).unwrap_or_default()
}

#[test]
fn a_plan_is_written_as_it_is_printed() {
    let project = Project::simulated(MANIFEST);
    let printed = project
        .run(&format!("plan --format json {WRITES}"))
        .exits(0)
        .stdout;
    let (_, page) = reports(&project);
    assert_eq!(printed, project.read("r.json"));
    assert_eq!(
        title(&page),
        "### oppctl plan for `local`: an apply creates 2 opportunities and 1 role"
    );
    assert_eq!(page, project.run("plan --format markdown").exits(0).stdout);
    drop(project.run("plan --out plan.json").exits(0));
    let shown = project
        .run(&format!("show plan.json --format markdown {WRITES}"))
        .exits(0);
    assert_eq!(shown.stdout, project.read("r.md"));
    assert_eq!(project.read("plan.json"), project.read("r.json"));
    // What was written can be applied.
    drop(project.run("apply --plan r.json --yes").exits(0));
    project.assert_plan_empty();
}

#[test]
fn a_run_is_told_as_history_tells_it() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    marketo.fault(
        Fault::new(FaultKind::SkipRecord {
            index: 0,
            code: "1014".to_owned(),
            message: "Simulated".to_owned(),
        })
        .on(CallOperation::Sync),
    );
    drop(project.run(&format!("apply --yes {WRITES}")).exits(4));
    let (mut report, page) = reports(&project);
    assert_eq!(
        title(&page),
        "### oppctl apply: **Partly applied**: 1 of 3 changes is in Marketo, 1 was rejected, 1 was not attempted"
    );
    assert_eq!(report["exit"], 4);
    let outcomes = |report: &Value| {
        let changes = report["changes"].as_array().expect("a list").clone();
        let told = changes.iter().map(|change| {
            let told = [&change["key"], &change["outcome"], &change["why"]];
            told.map(|value| value.as_str().unwrap_or("-").to_owned())
                .join(": ")
        });
        told.collect::<Vec<_>>()
    };
    assert_eq!(
        outcomes(&report),
        [
            "A-1: rejected: -",
            "A-1 / 1001 / Champion: notAttempted: opportunity A-1 was not created",
            "A-2: applied: -"
        ]
    );
    let history = project.run("history last --format json").exits(0).stdout;
    let mut history: Value = serde_json::from_str(&history).expect("it is JSON");
    // The end is taken down twice, and the labels of a plan are those of its manifests.
    for document in [&mut report, &mut history] {
        document["ended"] = Value::Null;
        document["exit"] = Value::Null;
    }
    assert_eq!(report, history);
    drop(project.run(&format!("apply --yes {WRITES}")).exits(0));
    assert_eq!(
        title(&reports(&project).1),
        "### oppctl apply: **Applied**: 2 created"
    );
    drop(
        project
            .run(&format!("undo last --out undo.json {WRITES}"))
            .exits(0),
    );
    assert_eq!(
        title(&reports(&project).1),
        "### oppctl undo for `production`: ⚠️ the undo **deletes** 1 opportunity and 1 role"
    );
    assert_eq!(project.read("undo.json"), project.read("r.json"));
    drop(project.run(&format!("undo last --yes {WRITES}")).exits(0));
    let (report, page) = reports(&project);
    assert_eq!(title(&page), "### oppctl undo: **Applied**: 2 deleted");
    assert!(report["undoes"].is_string(), "{report}");
    drop(project.run(&format!("apply --yes {WRITES}")).exits(0));
    drop(project.run(&format!("apply --yes {WRITES}")).exits(0));
    let (report, page) = reports(&project);
    assert_eq!(title(&page), "### oppctl apply: no changes");
    assert_eq!(
        [&report["state"], &report["run"]],
        [&Value::from("finished"), &Value::Null]
    );
}

/// Runs a command that fails with this exit, and returns its title and what its error says.
#[track_caller]
fn failing(project: &Project, command: &str, exit: i32) -> (String, String) {
    drop(project.run(&format!("{command} {WRITES}")).exits(exit));
    let (json, page) = reports(project);
    let told = match json.get("brief") {
        Some(_) => json["refusals"][0].as_str(),
        None => {
            assert_eq!(json["exit"], exit);
            assert_eq!(json["state"], "not-begun");
            json["error"]["message"]
                .as_str()
                .or(json["problems"][0]["message"].as_str())
        }
    };
    (
        title(&page).to_owned(),
        told.unwrap_or("nothing").to_owned(),
    )
}

#[test]
fn a_refusal_is_a_report() {
    let project = Project::simulated(MANIFEST).with("guards: { maxDeletes: 0 }");
    drop(project.run("apply --yes").exits(0));
    project.edit("pipeline/main.yaml", "name: Tables }", "ensure: absent }");
    let (page, told) = failing(&project, "plan", 5);
    assert_eq!(
        page,
        "### oppctl plan for `local`: 🛑 **refused** — an apply changes nothing"
    );
    assert_eq!(told, "the plan deletes 1 record: guards.maxDeletes is 0");
    assert!(
        project
            .read("r.md")
            .contains("set guards.maxDeletes to 1 in oppctl.yaml"),
        "the way out is told"
    );
    let (page, told) = failing(&project, "apply --yes", 5);
    assert_eq!(page, "### oppctl apply: **refused** (**1 to delete**)");
    assert!(told.starts_with("the plan deletes 1 record"), "{told}");
}

#[test]
fn a_plan_that_is_stale_is_a_report() {
    let project = Project::simulated(MANIFEST);
    drop(project.run("plan --out plan.json").exits(0));
    project.edit("pipeline/main.yaml", "name: Chairs", "name: Stools");
    let (page, told) = failing(&project, "apply --yes --plan plan.json", 6);
    assert_eq!(
        page,
        "### oppctl apply: **stale**, nothing was sent (3 to create)"
    );
    assert!(
        told.contains("the plan has changed since the review"),
        "{told}"
    );
    let page = project.read("r.md");
    assert!(
        page.contains("<summary>What has changed since the review</summary>"),
        "{page}"
    );
    assert!(page.contains("+     name: Stools"), "{page}");
    assert!(page.contains("in the manifests: 1 record"), "{page}");
    assert!(!page.contains("in Marketo: "), "{page}");
}

#[test]
fn mistakes_are_a_report() {
    let project = Project::simulated(
        "version: 1\nopportunities:\n  - { nme: Chairs }\n  - { externalOpportunityId: A, ensure: gone }\n",
    );
    let (page, told) = failing(&project, "plan", 3);
    assert_eq!(page, "### oppctl plan: **2 problems in the manifests**");
    assert!(told.contains("externalOpportunityId"), "{told}");
    project.write("pipeline/main.yaml", "version: 1\n");
    let (page, told) = failing(&project, "apply --yes", 3);
    assert_eq!(page, "### oppctl apply: **failed**");
    assert_eq!(told, "no record is declared in 1 file");
    project.write("oppctl.yaml", "version: 7\n");
    let (page, _) = failing(&project, "plan", 3);
    assert_eq!(page, "### oppctl plan: **failed**");
    assert!(
        project
            .read("r.md")
            .starts_with("<!-- oppctl:v1 instance=none digest=none command=plan -->")
    );
}

#[test]
fn an_instance_that_does_not_answer_is_a_report() {
    let marketo = Marketo::start();
    let mut project = marketo.project(MANIFEST);
    project.set("MARKETO_CLIENT_SECRET", "wrong");
    let (page, _) = failing(&project, "plan", 8);
    assert_eq!(page, "### oppctl plan: **failed**");
    let page = project.read("r.md");
    assert!(
        page.starts_with("<!-- oppctl:v1 instance=127-0-0-1-"),
        "{page}"
    );
    project.set("MARKETO_CLIENT_SECRET", "simulator");
    marketo.fault(Fault::code("607").on(CallOperation::Sync));
    drop(project.run(&format!("apply --yes {WRITES}")).exits(7));
    let (report, page) = reports(&project);
    assert_eq!(
        [&report["state"], &report["exit"]],
        [&Value::from("instance"), &Value::from(7)]
    );
    assert_eq!(
        title(&page),
        "### oppctl apply: **Nothing was changed**: 3 changes were not attempted"
    );
    assert!(
        page.contains("**The run ended early: create of opportunities"),
        "{page}"
    );
    let renewal = "the quota is renewed at";
    assert!(!page.contains(renewal), "{page}");
    assert!(page.contains("**Next:** wait until "), "{page}");
    let hints = report["hints"].as_array().expect("they are a list");
    let mut hints = hints.iter().filter_map(Value::as_str);
    assert!(hints.any(|hint| hint.starts_with(renewal)), "{report}");
    // Nothing was applied that could be taken back.
    assert!(!page.contains("oppctl undo"), "{page}");
}

#[test]
fn a_failed_canary_is_told_as_on_the_terminal() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    let field = "name".to_owned();
    let lose = Fault::new(FaultKind::Lose { field, kept: 2 });
    marketo.fault(lose.on(CallOperation::Sync));
    let run = project.run(&format!("apply --yes --canary 1 {WRITES}"));
    let (report, page) = reports(&project);
    let id = report["run"].as_str().expect("the run has a name");
    let way = format!("oppctl undo {id} --instance production --force-field name");
    assert!(run.stdout.contains(&way), "{}", run.text());
    let way = format!("`{way}`");
    assert!(page.contains("<summary>What was sent, and what is stored</summary>"));
    assert!(page.contains(&way), "{page}");
    assert_eq!(page.matches("oppctl undo").count(), 1, "{page}");
}

#[test]
fn a_report_that_cannot_be_written_hides_nothing() {
    let project = Project::simulated(MANIFEST);
    // No file system takes such a name, which shows only when it is written.
    let long = "a".repeat(300);
    let run = project
        .run(&format!(
            "plan --exit-code --write json={long} --write markdown=r.md"
        ))
        .exits(2);
    let told = format!("error: cannot write {long}\n");
    assert!(run.stderr.contains(&told), "{}", run.text());
    assert!(
        project
            .read("r.md")
            .contains("an apply creates 2 opportunities and 1 role")
    );
    drop(project.run(&format!("plan --write json={long}")).exits(1));
    project.write("pipeline/main.yaml", "version: 1\n");
    drop(project.run(&format!("plan --write json={long}")).exits(3));
}

#[test]
fn the_page_names_an_instance_that_wants_to_be_named() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    let page = || project.run("plan --format markdown").exits(0).stdout;
    assert!(!page().contains("--confirm"));
    project.write("oppctl.yaml", marketo.config("confirm: true"));
    let named = "`oppctl apply --instance production --confirm production --expect ";
    assert!(page().contains(named), "{}", page());
}

#[test]
fn a_folder_that_is_not_there_is_told_before_anything_is_done() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    for args in [
        "apply --yes --write markdown=r.md --write json=nowhere/a.json",
        "plan --out nowhere/a.json",
        "undo last --out nowhere/a.json",
    ] {
        let run = project.run(args).exits(1);
        let told =
            "error: cannot write nowhere/a.json\n  caused by: the folder nowhere does not exist\n";
        assert!(run.stderr.starts_with(told), "{}", run.text());
    }
    assert_eq!(marketo.calls().len(), 0);
    assert!(!project.root().join("r.md").exists());
}

#[test]
fn nothing_but_a_report_is_written_over_and_nothing_is_done_then() {
    let project = Project::simulated(MANIFEST);
    for (file, why) in [
        ("oppctl.yaml", "exists and is not a report"),
        ("pipeline/main.yaml", "exists and is not a report"),
        ("pipeline", "is a directory"),
    ] {
        let run = project
            .run(&format!("apply --yes --write markdown={file}"))
            .exits(1);
        assert!(run.stderr.contains(why), "{}", run.text());
    }
    project.write("empty", "");
    drop(
        project
            .run("plan --exit-code --write markdown=empty")
            .exits(2),
    );
    drop(
        project
            .run("plan --exit-code --write markdown=empty")
            .exits(2),
    );
    drop(project.run("plan --write json=/dev/null --quiet").exits(0));
    for wrong in [
        "text=a",
        "json",
        "json=",
        "json=a --write markdown=a",
        "sarif=a --drift",
        "json=a --out a",
    ] {
        drop(project.run(&format!("plan --write {wrong}")).exits(64));
    }
}

#[test]
fn a_page_says_outside_of_folds_what_a_reviewer_decides_by() {
    let deals = "\
version: 1
opportunities:
  - { externalOpportunityId: A-1, name: Wonka, amount: 362992.99, stage: Proposal }
  - { externalOpportunityId: A-2, name: Hooli, amount: 1000, stage: Proposal }
  - { externalOpportunityId: A-3, name: Stark, amount: 70, stage: Won, isClosed: true, isWon: true }
";
    let project = Project::simulated(deals).with("impact: { currency: EUR }");
    drop(project.run("apply --yes").exits(0));
    project.edit("pipeline/main.yaml", "362992.99", "3629.93");
    project.edit(
        "pipeline/main.yaml",
        "name: Stark",
        "ensure: absent, name: Stark",
    );
    let page = project.run("plan --format markdown").exits(0).stdout;
    let (outside, _) = page.split_once("<details>").expect("there is a fold");
    for told in [
        "**1 amount changes by a factor of 5 or more** (−359 k): Wonka `A-1` 362,992.99 → **3,629.93**",
        "**1 won opportunity is deleted** (70): Stark `A-3`",
        "**Updates and deletions lower the open pipeline of 364 k by 99 %** (−359 k)",
        "| Proposal | 2 | 364 k → 4,630 | −359 k |",
        "| won | 1 → 0 | 70 → 0 | −70 |",
        "> **Deleted: 1 opportunity, 70.** Why: declared as absent.",
        "> | Stark `A-3` | Won | 70 |",
        "| `amount` | ÷ 100 (−359 k) | 1 |",
    ] {
        assert!(outside.contains(told), "{told} is not in {outside}");
    }
    let json = project.run("plan --format json").exits(0).stdout;
    let json: Value = serde_json::from_str(&json).expect("it is JSON");
    let brief = &json["brief"];
    let codes: Vec<_> = brief["look_first"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|finding| finding["code"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(codes, ["amount-factor", "deletes-won", "amount-sum"]);
    assert_eq!(
        brief["verdict"],
        "an apply updates 1 opportunity and deletes 1 opportunity"
    );
    assert_eq!(brief["patterns"][0]["shape"], "divided");
}
