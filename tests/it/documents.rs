//! The JSON of `validate` and of `plan --drift`, and what all documents have in common.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use snapbox::str;

use crate::harness::{Marketo, Project};

const MANIFEST: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A-1, name: Chairs, amount: 5 }
  - { externalOpportunityId: A-2, name: Tables }
";

/// A document that keeps to this schema.
#[track_caller]
fn document(project: &Project, text: &str, schema: &str) -> Value {
    let document = serde_json::from_str(text).expect("it is JSON");
    let schema = project.run(&format!("schema {schema}")).exits(0).stdout;
    let schema = serde_json::from_str(&schema).expect("it is JSON");
    let schema = jsonschema::draft7::new(&schema).expect("a schema");
    let errors = schema.iter_errors(&document).map(|error| error.to_string());
    assert_eq!(errors.collect::<Vec<_>>(), Vec::<String>::new());
    document
}

#[test]
fn a_check_is_a_document_however_it_ends() {
    let project = Project::simulated(MANIFEST);
    let check = |exit| {
        let run = project
            .run("validate --format json --write json=v.json")
            .exits(exit);
        assert_eq!(run.stdout, project.read("v.json"));
        document(&project, &run.stdout, "validation")
    };
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        check(0),
        json!({
            "format_version": "1.1", "oppctl": version, "verdict": "2 opportunities in 1 file", "exit": 0, "problems": [],
            "error": null,
        })
    );
    project.edit("pipeline/main.yaml", "name: Tables", "ensure: gone");
    let wrong = check(3);
    assert_eq!(wrong["verdict"], "1 problem in 1 file");
    let mut problem = wrong["problems"][0].clone();
    let excerpt = problem
        .as_object_mut()
        .and_then(|members| members.remove("excerpt"));
    assert!(excerpt.is_some_and(|excerpt| excerpt.is_string()));
    assert_eq!(
        problem,
        json!({
            "code": "unknown-word", "severity": "error", "file": "pipeline/main.yaml", "line": 4, "column": 43, "end_line": 4,
            "end_column": 47, "message": "`gone` is not a valid value: write `present`, `absent` or `forgotten`", "help": null,
        })
    );
    project.edit("pipeline/main.yaml", "ensure: gone", "name: Tables");
    project.write("pipeline/more.yml", MANIFEST);
    let warned = check(0);
    assert_eq!(warned["problems"][0]["severity"], "warning");
    project.write("oppctl.yaml", "version: 7\n");
    let failed = check(3);
    assert_eq!(
        [&failed["verdict"], &failed["exit"]],
        [&json!("failed"), &json!(3)]
    );
    assert!(failed["error"]["message"].is_string(), "{failed}");
}

#[test]
fn a_drift_is_a_document_however_it_ends() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST).with_ledger();
    drop(project.run("apply --yes").exits(0));
    let drift = |exit| {
        let run = project
            .run("plan --drift --format json --write json=d.json")
            .exits(exit);
        assert_eq!(run.stdout, project.read("d.json"));
        document(&project, &run.stdout, "drift")
    };
    let none = drift(0);
    assert_eq!(
        none["verdict"],
        "no drift: Marketo still has what the last apply wrote"
    );
    assert_eq!(none["records"], json!([]));
    let other = marketo.project(&MANIFEST.replace("amount: 5", "amount: 7"));
    drop(other.run("apply --yes").exits(0));
    let found = drift(2);
    assert_eq!(
        found["verdict"],
        "drift: 1 record changed in Marketo since the last apply"
    );
    assert_eq!(
        [&found["format_version"], &found["exit"]],
        [&json!("1.2"), &json!(2)]
    );
    assert_eq!(
        found["records"],
        json!([{
            "kind": "opportunity", "key": "A-1", "file": "pipeline/main.yaml", "line": 3, "column": 30, "what": "changed",
            "fields": [{ "name": "amount", "sensitive": false, "declared": 5, "in_marketo": 7, "changed_by": "marketo" }],
        }])
    );
    let page = project.run("plan --drift --format html").exits(2).stdout;
    assert!(page.contains("1 record changed in Marketo"), "{page}");
    let page = project.run("plan --drift --format markdown --write markdown=d.md");
    assert_eq!(page.stdout, project.read("d.md"));
    page.shows(str![[r#"
exit: 2
---- stdout
<!-- oppctl:v1 instance=[INSTANCE] digest=none command=drift -->
### oppctl drift for `production`: drift: 1 record changed in Marketo since the last apply

| record | declared → in Marketo | place |
|:--|:--|:--|
| opportunity `A-1` | `amount` 5 → 7 | pipeline/main.yaml:3 |

To take what Marketo has into the manifests: `oppctl pull --drift --instance production`. To see what an apply would set back: `oppctl plan --instance production`

"#]]);
    project.write("pipeline/main.yaml", "version: 1\n");
    drop(project.run("plan --drift --write json=d.json").exits(3));
    let failed = document(&project, &project.read("d.json"), "drift");
    assert_eq!(failed["verdict"], "failed");
    assert!(failed["error"]["message"].is_string(), "{failed}");
}

/// Documents say which format they have, and those that judge something say it in a sentence.
#[test]
fn every_document_has_a_version() {
    let project = Project::simulated(MANIFEST).with_ledger();
    drop(project.run("apply --yes").exits(0));
    for (command, has_verdict) in [
        ("plan --format json", true),
        ("validate --format json", true),
        ("plan --drift --format json", true),
        ("history last --format json", true),
        ("history --format json", false),
        ("describe --format json", false),
        ("fields --format json", false),
        ("get opportunity A-1 --format json", false),
        ("usage --format json", false),
        ("ledger list --format json", false),
        ("ledger show opportunity A-1", false),
        ("simulator answers --format json", false),
        ("simulator faults --format json", false),
    ] {
        let text = project.run(command).exits(0).stdout;
        let document: Value = serde_json::from_str(&text).expect("it is JSON");
        assert!(document["format_version"].is_string(), "{command}: {text}");
        assert_eq!(document["verdict"].is_string(), has_verdict, "{command}");
    }
    let runs = project.run("history --format json").exits(0).stdout;
    let runs: Value = serde_json::from_str(&runs).expect("it is JSON");
    assert_eq!(runs["runs"][0]["verdict"], "Applied: 2 created.");
}

#[test]
fn records_link_to_the_lines_of_the_forge_that_is_named() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    project.commit("first");
    let linked = |base: &str| {
        let run = project
            .run_args(&["plan", "--format", "markdown", "--link-base", base])
            .exits(0);
        let line = run.stdout.lines().find(|line| line.contains("Chairs"));
        line.expect("it is shown").to_owned()
    };
    let address = linked("https://forge.example/acme/pipeline/src");
    let (_, rest) = address
        .split_once("[Chairs](https://forge.example/acme/pipeline/src/")
        .expect("it is a link");
    let (commit, rest) = rest.split_once('/').expect("it has a commit");
    assert_eq!((commit.len(), &rest[..21]), (10, "pipeline/main.yaml#L3"));
    let bitbucket = "https://bitbucket.org/acme/pipeline/src/{commit}/{path}#lines-{line}";
    assert!(linked(bitbucket).contains("/pipeline/main.yaml#lines-3)"));
    for wrong in ["plan --link-base ftp://x", "plan --markdown-limit 10"] {
        drop(project.run(wrong).exits(64));
    }
}
