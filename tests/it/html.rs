//! The pages of `--write html` and `history --format html`: of every command, however it ends.

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

const WRITES: &str = "--write json=r.json --write html=r.html";

/// The text between two marks.
fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let (_, rest) = text.split_once(start).expect("the start is there");
    let (found, _) = rest.split_once(end).expect("the end is there");
    found
}

fn verdict(page: &str) -> &str {
    between(page, "<h1 id=\"verdict\">", "</h1>")
}

/// The data of the page: the verdict, and what is told of each change.
fn rows(page: &str) -> Vec<String> {
    let data: Value =
        serde_json::from_str(between(page, "id=\"data\">", "</script>")).expect("it is JSON");
    assert_eq!(data["verdict"], verdict(page));
    let rows = data["rows"].as_array().expect("a list").iter();
    let told = rows.map(|row| {
        let members = ["action", "key", "outcome"].map(|name| row[name].as_str().unwrap_or("-"));
        members.join(" ")
    });
    told.collect()
}

#[test]
fn a_plan_has_the_verdict_of_its_json() {
    let project = Project::simulated(MANIFEST);
    drop(project.run(&format!("plan {WRITES} --out p.json")).exits(0));
    let page = project.read("r.html");
    let json: Value = serde_json::from_str(&project.read("r.json")).expect("it is JSON");
    assert_eq!(json["brief"]["verdict"], verdict(&page));
    assert_eq!(
        rows(&page),
        [
            "create A-1 -",
            "create A-1 / 1001 / Champion -",
            "create A-2 -"
        ]
    );
    assert!(page.contains("Apply exactly this plan: <code>oppctl apply "));
    assert_eq!(page, project.run("plan --format html").exits(0).stdout);
    assert_eq!(
        page,
        project.run("show p.json --format html").exits(0).stdout
    );
    // A page may be written over another one, and over nothing else.
    drop(project.run("plan --write html=r.html").exits(0));
    project.write("mine.html", "<!doctype html>\n<p>mine\n");
    drop(project.run("plan --write html=mine.html").exits(1));
}

#[test]
fn a_refused_plan_says_why_and_what_to_do() {
    let project = Project::simulated(MANIFEST)
        .with_ledger()
        .with("guards: { maxDeletes: 1 }");
    drop(project.run("apply --yes").exits(0));
    project.write(
        "pipeline/main.yaml",
        "version: 1\nopportunities:\n  - { externalOpportunityId: A-2, name: Tables }\n",
    );
    drop(project.run(&format!("plan {WRITES}")).exits(5));
    let page = project.read("r.html");
    assert_eq!(verdict(&page), "refused: an apply changes nothing");
    let notice = between(&page, "<section class=\"notice\">", "</section>");
    assert!(notice.contains("guards.maxDeletes"), "{notice}");
    let deletions = between(&page, "<section class=\"panel deletions\"", "</section>");
    assert!(deletions.contains("Chairs") && deletions.contains("1 role"));
}

#[test]
fn a_run_has_outcomes_wherever_it_is_told() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST).with_ledger();
    marketo.fault(
        Fault::new(FaultKind::SkipRecord {
            index: 0,
            code: "1014".to_owned(),
            message: "Simulated".to_owned(),
        })
        .on(CallOperation::Sync),
    );
    drop(project.run(&format!("apply --yes {WRITES}")).exits(4));
    let page = project.read("r.html");
    assert_eq!(
        verdict(&page),
        "Partly applied: 1 of 3 changes is in Marketo, 1 was rejected, 1 was not attempted"
    );
    let told = [
        "create A-1 rejected",
        "create A-1 / 1001 / Champion not attempted",
        "create A-2 applied",
    ];
    assert_eq!(rows(&page), told);
    let causes = between(&page, "<h2 id=\"causes\">", "</section>");
    assert!(causes.contains("1014 Simulated"), "{causes}");
    assert!(
        causes.contains("its opportunity A-1 was rejected"),
        "{causes}"
    );
    let past = project.run("history last --format html").exits(0).stdout;
    assert_eq!(verdict(&past), verdict(&page));
    assert_eq!(rows(&past), told);
    drop(project.run("history --format html").exits(64));

    drop(project.run(&format!("apply --yes {WRITES}")).exits(0));
    let page = project.read("r.html");
    assert_eq!(verdict(&page), "Applied: 2 created");
    assert!(page.contains("Undo: <code>oppctl undo "));
    drop(
        project
            .run(&format!("undo last --out undo.json {WRITES}"))
            .exits(0),
    );
    let page = project.read("r.html");
    assert_eq!(verdict(&page), "the undo deletes 1 opportunity and 1 role");
    assert_eq!(rows(&page).len(), 2);
    drop(project.run(&format!("undo last --yes {WRITES}")).exits(0));
    assert_eq!(verdict(&project.read("r.html")), "Applied: 2 deleted");
}

#[test]
fn a_drift_has_what_others_changed() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST).with_ledger();
    drop(project.run("apply --yes").exits(0));
    drop(project.run("plan --drift --write html=r.html").exits(0));
    assert_eq!(
        verdict(&project.read("r.html")),
        "no drift: Marketo still has what the last apply wrote"
    );
    let other = marketo.project(&MANIFEST.replace("1604.47", "5"));
    drop(other.run("apply --yes").exits(0));
    drop(project.run("plan --drift --write html=r.html").exits(2));
    let page = project.read("r.html");
    assert_eq!(
        verdict(&page),
        "drift: 1 record changed in Marketo since the last apply"
    );
    assert_eq!(rows(&page), ["drift A-1 -"]);
    assert!(page.contains("amount 1,604.47 → 5"));
    drop(project.run("plan --drift --write sarif=r").exits(64));
}

#[test]
fn mistakes_in_manifests_are_told_with_their_places() {
    let project = Project::simulated(&MANIFEST.replace("1604.47", "many"));
    drop(project.run(&format!("plan {WRITES}")).exits(3));
    let page = project.read("r.html");
    assert_eq!(verdict(&page), "1 problem in the manifests");
    assert!(page.contains("pipeline/main.yaml:5:13"));
    assert!(!page.contains("id=\"changes\""));
}
