//! Fields that the configuration calls sensitive: they are treated as if the instance had marked them.

use oppctl::model::kind::KINDS;
use oppctl::simulator::{CallOperation, Fault};
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project};

const MANIFEST: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A-1, name: Chairs, description: the mermaid }
";

fn project(marketo: &Marketo, sensitive: &str) -> Project {
    marketo.project(MANIFEST).with(sensitive)
}

#[test]
fn no_output_has_their_values() {
    let marketo = Marketo::start();
    let project = project(&marketo, "sensitive: [Description]\n").with_ledger();
    let mut told = vec![project.run("plan").exits(0).text()];
    let apply = "apply --yes -v --write json=report.json --write markdown=report.md";
    told.push(project.run(apply).exits(0).text());
    project.edit("pipeline/main.yaml", "the mermaid", "a mermaid");
    told.push(project.run("plan --out plan.json").exits(0).text());
    told.push(project.run("get opportunity A-1").exits(0).text());
    told.push(project.run("history last").exits(0).text());
    let files = ["report.json", "report.md", "plan.json"];
    told.extend(files.map(|file| project.read(file)));
    let leaks = told.iter().filter(|text| text.contains("mermaid"));
    assert_eq!(leaks.collect::<Vec<_>>(), Vec::<&String>::new());
    let told = |index: usize| told[index].contains("(sensitive)");
    assert!(told(2) && told(3));
}

#[test]
fn an_import_leaves_them_out() {
    let marketo = Marketo::start();
    drop(marketo.project(MANIFEST).run("apply --yes").exits(0));
    let importing = marketo.project("").with("sensitive: [description]\n");
    drop(
        importing
            .run("import opportunity A-1 --out pipeline/new.yaml")
            .exits(0),
    );
    let imported = importing.read("pipeline/new.yaml");
    assert!(
        imported.contains("Chairs") && !imported.contains("mermaid"),
        "{imported}"
    );
}

#[test]
fn a_name_that_no_kind_has_is_refused_before_a_record_is_read() {
    let marketo = Marketo::start();
    let project = project(&marketo, "sensitive: [descripton]\n");
    project.run("plan").shows(str![[r#"
exit: 3
---- stderr
error: no kind of this instance has a field `descripton`, which `sensitive` in the configuration names
  hint: list the fields with `oppctl describe`, and correct the name

"#]]);
    for command in [
        "apply --yes",
        "get opportunity A-1",
        "import opportunity A-1",
    ] {
        drop(project.run(command).exits(3));
    }
    assert_eq!(marketo.answered(CallOperation::Query), 0);
}

/// Whether the name is a slip cannot be told where a kind does not tell its fields.
#[test]
fn a_name_is_not_called_wrong_where_the_fields_of_a_kind_are_not_known() {
    let marketo = Marketo::start();
    marketo.fault(
        Fault::code("603")
            .on(CallOperation::Describe)
            .suffix("/companies/describe.json")
            .times(1000),
    );
    let project = project(&marketo, "sensitive: [annualRevenue]\n").with_ledger();
    project.run("plan").shows(str![[r#"
exit: 3
---- stderr
error: it is not known whether this instance has a field `annualRevenue`, which `sensitive` in the configuration names: the fields of companies are not known, and no other kind has it
  caused by: describe of companies: access denied (the API user's role needs "Read-Only Company"): 603 "Access denied", request [REQUEST]
  hint: correct the name, or make these fields known; `oppctl doctor` says which permission is missing, and `oppctl describe --save` renews the file

"#]]);
    // What another kind has is known all the same.
    let config = project.read("oppctl.yaml");
    project.write("oppctl.yaml", config.replace("annualRevenue", "isPrimary"));
    drop(project.run("plan").exits(0));
    // The same where the fields come from a file.
    drop(project.run("describe --save").exits(0));
    let config = project.read("oppctl.yaml");
    project.write("oppctl.yaml", config.replace("isPrimary", "annualRevenue"));
    project.run("plan --refresh ledger").shows(str![[r#"
exit: 3
---- stderr
error: it is not known whether this instance has a field `annualRevenue`, which `sensitive` in the configuration names: the fields of companies are not known, and no other kind has it
  caused by: the file of the fields does not have them
  hint: correct the name, or make these fields known; `oppctl doctor` says which permission is missing, and `oppctl describe --save` renews the file

"#]]);
}

#[test]
fn a_field_of_another_kind_is_found_there() {
    let marketo = Marketo::start();
    let run = project(&marketo, "sensitive: [isPrimary]\n").run("plan");
    drop(run.exits(0));
    assert!(marketo.answered(CallOperation::Describe) <= KINDS.len());
}

#[test]
fn what_an_older_plan_file_knows_is_not_told() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST).with_ledger();
    drop(project.run("apply --yes").exits(0));
    project.edit("pipeline/main.yaml", "the mermaid", "a mermaid");
    drop(project.run("plan --out plan.json").exits(0));
    project.edit("pipeline/main.yaml", "Chairs", "Tables");
    let project = project.with("sensitive: [description]");
    let run = project.run("apply --plan plan.json --yes --write markdown=report.md");
    let run = run.exits(6);
    for text in [run.text(), project.read("report.md")] {
        assert!(text.contains("Tables"), "{text}");
        assert!(!text.contains("mermaid"), "{text}");
    }
}

#[test]
fn the_name_that_an_older_run_shows_is_not_told() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST).with_ledger();
    drop(project.run("apply --yes").exits(0));
    project.edit("pipeline/main.yaml", "Chairs", "Mermaids");
    drop(project.run("apply --yes").exits(0));
    let project = project.with("sensitive: [name]");
    let run = project.run("undo last --yes --write markdown=report.md --write json=report.json");
    let files = ["report.md", "report.json"].map(|file| project.read(file));
    for text in [run.text(), files.concat()] {
        assert!(
            !text.contains("Mermaids") && !text.contains("Chairs"),
            "{text}"
        );
    }
}
