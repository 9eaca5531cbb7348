//! Several reviewed plans, and one that was applied in part: nothing is sent that no reviewed plan contains.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use snapbox::str;

use crate::harness::{Marketo, Project};

const BASE: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A, name: Chairs, amount: 1 }
  - { externalOpportunityId: B, name: Tables, amount: 1 }
";

const FILE: &str = "pipeline/main.yaml";

/// A project whose first apply is done.
fn applied(marketo: &Marketo) -> Project {
    let project = marketo.project(BASE).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    project
}

/// Saves the plan of a pull request: of the base with one edit.
fn reviewed(project: &Project, edit: [&str; 2], plan: &str) {
    project.write(FILE, BASE.replace(edit[0], edit[1]));
    drop(project.run(&format!("plan --out {plan}")).exits(0));
    project.write(FILE, BASE);
}

const AMOUNT: [&str; 2] = ["Chairs, amount: 1", "Chairs, amount: 2"];
const NAME: [&str; 2] = ["name: Chairs", "name: Stools"];
const NEW: [&str; 2] = [
    "  - { externalOpportunityId: B",
    "  - { externalOpportunityId: C, name: Lamps }\n  - { externalOpportunityId: B",
];

#[test]
fn pull_requests_that_are_merged_together_are_applied_together() {
    let marketo = Marketo::start();
    let project = applied(&marketo);
    reviewed(&project, AMOUNT, "amount.json");
    reviewed(&project, NAME, "name.json");
    reviewed(&project, NEW, "new.json");
    let merged = "name: Stools, amount: 2 }\n  - { externalOpportunityId: C, name: Lamps }";
    project.write(FILE, BASE.replace("name: Chairs, amount: 1 }", merged));
    // One of them alone does not contain the others.
    project.run("apply --yes --quiet --plan new.json").shows(str![[r#"
exit: 6
---- stdout
Not as reviewed (1 record)
opportunity A  "Stools"
  reviewed  no change
  new       update
            name  Chairs → Stools
            amount  1 → 2  (+1)
---- stderr
error: not applied: the plan has changed since the review: plan [DIGITS] was reviewed, and today's is plan [DIGITS]; nothing was sent
  caused by: in the manifests: 1 record (amount, name of Stools)
  hint: if several pull requests were merged, apply their plans together: `oppctl apply --plan one.json --plan two.json`; else review a new plan with `oppctl plan`; in CI, make the plan again in the pull request

"#]]);
    let all = "apply --yes --quiet --plan amount.json --plan name.json --plan new.json";
    drop(project.run(all).exits(0));
    project.assert_plan_empty();
    // The job runs once more: there is nothing to do.
    drop(project.run(all).exits(0));
    // Somebody has taken it all back by hand: a reviewed change is good only once.
    project.write(
        FILE,
        BASE.replace(
            "name: Tables, amount: 1 }",
            "name: Tables, amount: 1 }\n  - { externalOpportunityId: C, name: Lamps }",
        ),
    );
    drop(project.run("apply --yes --quiet").exits(0));
    let merged = "name: Stools, amount: 2 }\n  - { externalOpportunityId: C, name: Lamps }";
    project.write(FILE, BASE.replace("name: Chairs, amount: 1 }", merged));
    drop(project.run(all).exits(6));
}

/// What people ask afterwards, and what the job of one of the merges does when it runs again.
#[test]
fn plans_that_were_applied_together_are_remembered_one_by_one() {
    let marketo = Marketo::start();
    let project = applied(&marketo);
    reviewed(&project, AMOUNT, "amount.json");
    reviewed(&project, NEW, "new.json");
    project.write(
        FILE,
        BASE.replace(AMOUNT[0], AMOUNT[1]).replace(NEW[0], NEW[1]),
    );
    let digest = |plan: &str| {
        let plan: Value = serde_json::from_str(&project.read(plan)).expect("plans are JSON");
        plan["digest"].as_str().expect("it has one").to_owned()
    };
    let reviewed_lines = || {
        let status = project.run("status --plan amount.json --plan new.json");
        let text = status.exits(0).text();
        let lines = text.lines().filter(|line| line.contains(".json:"));
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    snapbox::assert_data_eq!(
        reviewed_lines(),
        str![[r#"
  reviewed   amount.json: never applied as a whole, and no longer what an apply would do; an apply would change its 1 record
             new.json: never applied as a whole, and no longer what an apply would do; an apply would change its 1 record

"#]]
    );
    // A digest says nothing of parts.
    let expect = format!("apply --yes --quiet --expect {}", digest("new.json"));
    project.run(&expect).shows(str![[r#"
exit: 6
---- stderr
error: not applied: the plan has changed since the review: plan [DIGITS] was reviewed, and today's is plan [DIGITS]; nothing was sent
  hint: a digest does not tell whether Marketo, the manifests, the ledger or flags such as --allow-deletes differ: with the reviewed plan, `oppctl apply --plan plan.json`, the difference is shown. If several pull requests were merged, their plans are applied together: `oppctl apply --plan one.json --plan two.json`. Else review a new plan with `oppctl plan`

"#]]);
    let both = "apply --yes --quiet --plan amount.json --plan new.json";
    project
        .run(&format!("{both} --expect {}", digest("new.json")))
        .shows(str![[r#"
exit: 6
---- stderr
error: --expect names one plan, which is applied whole, and of 2 plan files each may be applied in part; nothing was sent
  hint: leave --expect out: each plan file has its digest under a seal, and nothing is sent that none of them has. `oppctl show FILE` shows the digest

"#]]);
    drop(project.run(both).exits(0));
    project.assert_plan_empty();
    snapbox::assert_data_eq!(
        reviewed_lines(),
        str![[r#"
  reviewed   amount.json: applied [WHEN] by run [RUN] together with 1 other plan; an apply would change none of its records
             new.json: applied [WHEN] by run [RUN] together with 1 other plan; an apply would change none of its records

"#]]
    );
    for plan in ["amount.json", "new.json"] {
        let expect = format!("--expect {}", digest(plan));
        let file = format!("--plan {plan}");
        for args in [&*expect, &*file, &*format!("{file} {expect}")] {
            let run = project.run(&format!("apply --yes {args}")).exits(0);
            assert!(run.text().contains("already applied"), "{}", run.text());
        }
    }
    let status = project.run("status --plan new.json --format json").exits(0);
    let status: Value = serde_json::from_str(&status.stdout).expect("it is JSON");
    let entry = &status["reviewed"][0];
    assert_eq!(
        (
            &entry["applied_with"],
            &entry["records"],
            &entry["records_left"],
            &entry["applied"]["run"]
        ),
        (
            &json!(1),
            &json!(1),
            &json!(0),
            &status["ledger"]["applied"]["run"]
        )
    );
    // Somebody takes one of them back.
    project.write(FILE, BASE.replace(NEW[0], NEW[1]));
    drop(project.run("apply --yes --quiet").exits(0));
    project.write(
        FILE,
        BASE.replace(AMOUNT[0], AMOUNT[1]).replace(NEW[0], NEW[1]),
    );
    snapbox::assert_data_eq!(
        reviewed_lines(),
        str![[r#"
  reviewed   amount.json: applied [WHEN] by run [RUN] together with 1 other plan; an apply would change its 1 record
             new.json: applied [WHEN] by run [RUN] together with 1 other plan; an apply would change none of its records

"#]]
    );
    let expect = format!("apply --yes --quiet --expect {}", digest("amount.json"));
    project.run(&expect).shows(str![[r#"
exit: 6
---- stderr
error: not applied: the plan has changed since the review: plan [DIGITS] was reviewed, and today's is plan [DIGITS]; nothing was sent
  hint: the reviewed plan was applied already, by the run [RUN], and what is planned now is not that: review a new plan with `oppctl plan`; do not run the job of an old commit again

"#]]);
}

#[test]
fn without_a_ledger_status_does_not_claim_that_a_plan_was_never_applied() {
    let marketo = Marketo::start();
    let project = marketo.project(BASE);
    drop(project.run("plan --out plan.json").exits(0));
    drop(project.run("apply --yes --quiet --plan plan.json").exits(0));
    let status = project.run("status --plan plan.json").exits(0).stdout;
    let line = status.lines().find(|line| line.contains(".json:"));
    snapbox::assert_data_eq!(
        line.unwrap_or_default(),
        str![
            "  reviewed   plan.json: without a ledger it is not known whether it was applied; an apply would change none of its records"
        ]
    );
}

#[test]
fn what_a_later_plan_replaces_is_superseded() {
    let marketo = Marketo::start();
    let project = applied(&marketo);
    reviewed(&project, AMOUNT, "two.json");
    reviewed(
        &project,
        ["Chairs, amount: 1", "Chairs, amount: 3"],
        "three.json",
    );
    project.write(FILE, BASE.replace("Chairs, amount: 1", "Chairs, amount: 3"));
    let run = project
        .run("apply --yes --plan two.json --plan three.json")
        .exits(0);
    assert!(
        run.stdout
            .contains("1 reviewed change is replaced by another reviewed plan."),
        "{}",
        run.text()
    );
    project.assert_plan_empty();
}

#[test]
fn a_plan_that_was_applied_in_part_is_applied_to_its_end() {
    let marketo = Marketo::start();
    let project = marketo.project(BASE).with_ledger();
    let two = [AMOUNT, ["Tables, amount: 1", "Tables, amount: 2"]];
    let both = two
        .iter()
        .fold(BASE.to_owned(), |text, [from, to]| text.replace(from, to));
    let (a, b) = ("pipeline/a.yaml", "pipeline/b.yaml");
    let split = |text: &str| {
        let lines: Vec<&str> = text.lines().collect();
        project.write(a, format!("version: 1\nopportunities:\n{}\n", lines[2]));
        project.write(b, format!("version: 1\nopportunities:\n{}\n", lines[3]));
    };
    std::fs::remove_file(project.root().join(FILE)).expect("it is there");
    split(BASE);
    drop(project.run("apply --yes --quiet").exits(0));
    split(&both);
    drop(project.run("plan --out plan.json").exits(0));
    drop(project.run("apply --yes --quiet pipeline/a.yaml").exits(0));
    let run = project.run("apply --yes --plan plan.json").exits(0);
    assert!(
        run.stdout.contains("1 reviewed change is there already."),
        "{}",
        run.text()
    );
    project.assert_plan_empty();
    // What was reviewed and is neither planned nor there stops it.
    split(BASE);
    drop(project.run("apply --yes --quiet").exits(0));
    let again = project.run("apply --yes --plan plan.json").exits(0);
    assert!(again.text().contains("already applied"), "{}", again.text());
    split(&both);
    drop(project.run("plan --out never.json").exits(0));
    split(BASE);
    drop(
        project
            .run("apply --yes --quiet --plan never.json")
            .exits(6),
    );
}

#[test]
fn an_edit_in_marketo_since_the_review_stops_several_plans_too() {
    let marketo = Marketo::start();
    let project = applied(&marketo);
    reviewed(&project, AMOUNT, "amount.json");
    reviewed(&project, NEW, "new.json");
    let other = marketo.project(
        "version: 1\nopportunities: [{ externalOpportunityId: A, name: Chairs, amount: 7 }]\n",
    );
    drop(other.run("apply --yes --quiet").exits(0));
    let merged = "name: Chairs, amount: 2 }\n  - { externalOpportunityId: C, name: Lamps }";
    project.write(FILE, BASE.replace("name: Chairs, amount: 1 }", merged));
    drop(
        project
            .run("apply --yes --quiet --plan amount.json --plan new.json")
            .exits(6),
    );
}

#[test]
fn plans_that_cannot_be_applied_together_are_refused() {
    let marketo = Marketo::start();
    let project = applied(&marketo);
    reviewed(&project, AMOUNT, "amount.json");
    drop(
        project
            .run(&format!("plan --out narrow.json {FILE}"))
            .exits(0),
    );
    let digest = "0123456789abcdef0123456789abcdef";
    for (flags, told) in [
        ("", "they cannot be applied together"),
        (
            &*format!("--expect {digest}"),
            "--expect names one plan, which is applied whole, and of 2 plan files each may be applied in part",
        ),
    ] {
        let apply = format!("apply --yes --plan amount.json --plan narrow.json {flags}");
        let run = project.run(&apply).exits(6);
        assert!(run.stderr.contains(told), "{}", run.text());
    }
}

/// The job of an older merge that runs again would have the ledger forget what a later apply has written into it.
#[test]
fn an_old_job_leaves_the_ledger_as_a_later_apply_has_left_it() {
    let marketo = Marketo::start();
    let project = marketo.project(BASE).with_ledger();
    drop(project.run("plan --out plan.json").exits(0));
    drop(project.run("apply --yes --quiet --plan plan.json").exits(0));
    let fewer = BASE.replace("Chairs, amount: 1", "Chairs");
    project.write(FILE, &fewer);
    drop(project.run("apply --yes --quiet").exits(0));
    let ledger = project.run("ledger list --format json").exits(0).stdout;
    project.write(FILE, BASE);
    let again = project.run("apply --yes --plan plan.json").exits(0);
    assert!(again.text().contains("already applied"), "{}", again.text());
    let after = project.run("ledger list --format json").exits(0).stdout;
    assert_eq!(after, ledger);
}
