//! `--annotations`, and the formats of `--write` that forges show at the lines of a pull request.

use std::fs;
use std::path::Path;

use oppctl::simulator::{CallOperation, Fault, FaultKind};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::harness::{Marketo, Project};

const WRONG: &str = "\
version: 1
opportunities:
  - { nme: Chairs }
  - { externalOpportunityId: A-2, ensure: gone }
";

const DEALS: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: \"Wonka ::error::x\"
    amount: 362992.99
    stage: Proposal
  - { externalOpportunityId: A-2, name: Hooli, amount: 1000, stage: Proposal }
";

/// The lines with workflow commands.
fn commands(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with("::")).collect()
}

/// A project in a folder of a repository.
fn nested(manifest: &str) -> Project {
    let project = Project::simulated(manifest);
    let inner = project.root().join("sales team");
    fs::create_dir(&inner).expect("the folder can be written");
    for file in ["oppctl.yaml", "leads.yaml", "pipeline"] {
        fs::rename(project.root().join(file), inner.join(file)).expect("it can be moved");
    }
    fs::create_dir(project.root().join(".git")).expect("the folder can be written");
    project
}

const IN: [&str; 2] = ["-C", "sales team"];

fn run(project: &Project, args: &[&str]) -> crate::harness::Run {
    project.run_args(&[&IN, args].concat())
}

#[test]
fn problems_stand_at_their_lines_of_the_repository() {
    let project = nested(WRONG);
    let validated = run(&project, &["validate", "--annotations", "github"]).exits(3);
    assert_eq!(
        commands(&validated.stdout),
        [
            "::error file=sales team/pipeline/main.yaml,line=3,col=5,title=oppctl%3A missing-key::the opportunity has no `externalOpportunityId`%0AHelp: write `externalOpportunityId`; it is a part of the key",
            "::error file=sales team/pipeline/main.yaml,line=4,col=43,title=oppctl%3A unknown-word::`gone` is not a valid value: write `present`, `absent` or `forgotten`",
        ]
    );
    let planned = run(&project, &["plan", "--annotations", "github"]).exits(3);
    assert_eq!(planned.stdout, validated.stdout);
    let applied = run(&project, &["apply", "--yes", "--annotations", "github"]).exits(3);
    assert_eq!(applied.stdout, validated.stdout);
    for args in [&["validate"][..], &["validate", "--annotations", "auto"]] {
        assert_eq!(run(&project, args).exits(3).stdout, "");
    }
}

#[test]
fn the_environment_says_which_forge_it_is() {
    let mut project = nested(WRONG);
    project.set("GITHUB_ACTIONS", "false");
    project.set("GITLAB_CI", "true");
    let args = ["validate", "--annotations", "auto"];
    assert_eq!(run(&project, &args).exits(3).stdout, "");
    // A second report replaces the first.
    drop(run(&project, &args).exits(3));
    let report = project.read("sales team/gl-code-quality-report.json");
    let report: Value = serde_json::from_str(&report).expect("it is JSON");
    let first = &report[0];
    let hash = first["fingerprint"].as_str().expect("a text");
    assert_eq!(hash.len(), 32);
    assert_eq!(
        *first,
        json!({
            "description": "the opportunity has no `externalOpportunityId`\nwrite `externalOpportunityId`; it is a part of the key",
            "check_name": "oppctl/missing-key",
            "fingerprint": hash,
            "severity": "critical",
            "location": { "path": "sales team/pipeline/main.yaml", "lines": { "begin": 3 } },
        })
    );
    project.set("GITHUB_ACTIONS", "true");
    let printed = run(&project, &args).exits(3).stdout;
    assert_eq!(commands(&printed).len(), 2, "{printed}");
}

#[test]
fn what_to_look_at_first_stands_at_the_new_value() {
    let project = Project::simulated(DEALS).with("guards: { maxDeletes: 0 }");
    drop(project.run("apply --yes").exits(0));
    project.edit("pipeline/main.yaml", "362992.99", "3629.93");
    project.edit(
        "pipeline/main.yaml",
        "name: Hooli",
        "ensure: absent, name: Hooli",
    );
    let run = project.run("plan --annotations github").exits(5);
    assert_eq!(
        commands(&run.stdout),
        [
            "::error title=oppctl%3A too-many-deletes::the plan deletes 1 record: guards.maxDeletes is 0%0AHelp: if all of them should go, set guards.maxDeletes to 1 in oppctl.yaml in this change, so that the limit is reviewed too",
            "::warning file=pipeline/main.yaml,line=5,title=oppctl%3A amount-factor::1 amount changes by a factor of 5 or more (−359 k)%0AWonka ::error::x (opportunity A-1): amount 362,992.99 → 3,629.93",
            "::warning title=oppctl%3A amount-sum::Updates and deletions lower the open pipeline of 364 k by 99 %25 (−360 k)",
        ]
    );
    let last = run.stdout.lines().last().expect("it has lines");
    assert!(last.starts_with("::warning"), "they come last: {last}");
    // A document on standard output stays one.
    let run = project
        .run("plan --format json --annotations github --write codequality=cq.json")
        .exits(5);
    assert!(serde_json::from_str::<Value>(&run.stdout).is_ok());
    assert_eq!(commands(&run.stderr).len(), 3);
    let report: Value = serde_json::from_str(&project.read("cq.json")).expect("it is JSON");
    let told = report.as_array().expect("a list").iter().map(|entry| {
        let severity = entry["severity"].as_str().expect("a text");
        let location = &entry["location"];
        let path = location["path"].as_str().expect("a text");
        format!("{severity} {path}:{}", location["lines"]["begin"])
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            "critical oppctl.yaml:1",
            "minor pipeline/main.yaml:5",
            "minor oppctl.yaml:1"
        ]
    );
}

#[test]
fn rejected_records_stand_at_their_lines() {
    let marketo = Marketo::start();
    let project = marketo.project(DEALS);
    marketo.fault(
        Fault::new(FaultKind::SkipRecord {
            index: 0,
            code: "1014".to_owned(),
            message: "Simulated\n::error::y".to_owned(),
        })
        .on(CallOperation::Sync),
    );
    let run = project.run("apply --yes --annotations github").exits(4);
    let commands = commands(&run.stdout);
    assert_eq!(commands.len(), 1, "{commands:?}");
    let begin = "::error file=pipeline/main.yaml,line=3,title=oppctl%3A rejected::rejected: 1 record%0A1014 Simulated";
    assert!(commands[0].starts_with(begin), "{}", commands[0]);
    assert!(!Path::new(&project.root().join("gl-code-quality-report.json")).exists());
}

#[test]
fn a_failure_is_an_error_without_a_line() {
    let project = Project::simulated(DEALS);
    project.write("oppctl.yaml", "version: 7\n");
    let run = project.run("validate --annotations github").exits(3);
    let commands = commands(&run.stdout);
    assert_eq!(commands.len(), 1, "{commands:?}");
    let begin = "::error title=oppctl%3A failed::oppctl.yaml:1:10: ";
    assert!(commands[0].starts_with(begin), "{}", commands[0]);
}

#[test]
fn nothing_but_a_report_is_written_over() {
    let project = Project::simulated(DEALS);
    project.write("gl-code-quality-report.json", "{\"mine\": 1}");
    let run = project.run("plan --annotations gitlab").exits(1);
    assert!(run.stderr.contains("is not a report"), "{}", run.text());
    for wrong in ["markdown=r.md", "html=r.html"] {
        drop(project.run(&format!("validate --write {wrong}")).exits(64));
    }
    drop(project.run("plan --drift --annotations github").exits(64));
}

/// Warnings do not make manifests wrong.
#[test]
fn a_valid_project_may_have_warnings() {
    let project = Project::simulated(DEALS);
    project.edit(
        "oppctl.yaml",
        "pipeline/*.yaml",
        "pipeline/*.yaml, old/*.yaml",
    );
    project.write("pipeline/more.yml", DEALS);
    let run = project.run("validate --annotations github").exits(0);
    let (verdict, rest) = run.stdout.split_once('\n').expect("it has lines");
    assert_eq!(verdict, "Valid: 2 opportunities in 1 file.");
    assert_eq!(
        commands(rest),
        [
            "::warning file=pipeline/more.yml,line=1,col=1,title=oppctl%3A stray-manifest::pipeline/more.yml reads as a manifest, but no pattern of `manifests` matches it: nothing in it is declared. Rename it, or add it to `manifests` or `ignore` in oppctl.yaml.",
            "::warning file=oppctl.yaml,line=1,col=1,title=oppctl%3A idle-pattern::no file matches the pattern `old/*.yaml` of `manifests`.",
        ]
    );
}

/// What the schema of SARIF 2.1.0 requires, and what GitHub requires beside it.
#[test]
fn sarif_has_what_its_readers_require() {
    let project = nested(WRONG);
    drop(run(&project, &["validate", "--write", "sarif=a.sarif"]).exits(3));
    let printed = run(&project, &["validate", "--format", "sarif"])
        .exits(3)
        .stdout;
    assert_eq!(printed, project.read("sales team/a.sarif"));
    let log: Value = serde_json::from_str(&printed).expect("it is JSON");
    let hash = &log["runs"][0]["results"][0]["partialFingerprints"]["oppctl/v1"];
    assert_eq!(hash.as_str().map(str::len), Some(32));
    assert_eq!(
        log["$schema"],
        "https://json.schemastore.org/sarif-2.1.0.json"
    );
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    // The page of `oppctl explain`.
    let help = |rule: usize| {
        let help = &run["tool"]["driver"]["rules"][rule]["help"];
        let text = help["text"].as_str().expect("a rule has a help");
        assert!(text.contains("\n\nWhat to do: "), "{text}");
        help
    };
    assert_eq!(
        run["tool"]["driver"],
        json!({
            "name": "oppctl",
            "version": env!("CARGO_PKG_VERSION"),
            "rules": [
                { "id": "missing-key", "shortDescription": { "text": "An entry does not write a part of its key" }, "help": help(0) },
                { "id": "unknown-word", "shortDescription": { "text": "A word is not one of those allowed here" }, "help": help(1) },
            ],
        })
    );
    assert_eq!(
        run["results"][0],
        json!({
            "ruleId": "missing-key",
            "ruleIndex": 0,
            "level": "error",
            "message": { "text": "the opportunity has no `externalOpportunityId`\nwrite `externalOpportunityId`; it is a part of the key" },
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": { "uri": "sales%20team/pipeline/main.yaml", "uriBaseId": "%SRCROOT%" },
                    "region": { "startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 20 },
                },
            }],
            "partialFingerprints": { "oppctl/v1": hash },
        })
    );
}

#[test]
fn a_plan_as_sarif_has_its_refusals_and_findings() {
    let project = Project::simulated(DEALS).with("guards: { maxDeletes: 0 }");
    drop(project.run("apply --yes --write sarif=a.sarif").exits(0));
    let log: Value = serde_json::from_str(&project.read("a.sarif")).expect("it is JSON");
    assert_eq!(log["runs"][0]["results"], json!([]));
    project.edit("pipeline/main.yaml", "362992.99", "3629.93");
    project.edit(
        "pipeline/main.yaml",
        "name: Hooli",
        "ensure: absent, name: Hooli",
    );
    // A second log replaces the first.
    drop(project.run("plan --write sarif=a.sarif").exits(5));
    let log: Value = serde_json::from_str(&project.read("a.sarif")).expect("it is JSON");
    let told = log["runs"][0]["results"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|result| {
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().expect("a text");
            let words =
                [&result["level"], &result["ruleId"]].map(|word| word.as_str().expect("a text"));
            format!("{} {uri}:{}", words.join(" "), place["region"]["startLine"])
        });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            "error too-many-deletes oppctl.yaml:1",
            "warning amount-factor pipeline/main.yaml:5",
            "warning amount-sum oppctl.yaml:1",
        ]
    );
}

#[test]
fn later_steps_read_what_a_command_came_to() {
    let mut project = Project::simulated(DEALS).with_ledger();
    let file = project.root().join("out.txt");
    project.set("GITHUB_OUTPUT", file.to_str().expect("the path is UTF-8"));
    project.set("GITHUB_ACTIONS", "true");
    let outputs = |args: &str, exit: i32| {
        fs::write(&file, "status=1\n").expect("the file can be written");
        drop(project.run(args).exits(exit));
        let text = project.read("out.txt");
        text.strip_prefix("status=1\n")
            .expect("it is appended")
            .to_owned()
    };
    let digest = project.run("plan --digest").exits(0).stdout;
    assert_eq!(
        outputs("plan --exit-code --annotations auto", 2),
        format!(
            "verdict=an apply creates 2 opportunities\nexit=pending\ncreates=2\nadopts=0\nupdates=0\ndeletes=0\ndigest={digest}"
        )
    );
    let applied = outputs("apply --yes --annotations github --write json=r.json", 0);
    let report: Value = serde_json::from_str(&project.read("r.json")).expect("it is JSON");
    let run = report["run"].as_str().expect("the run has a name");
    assert_eq!(
        applied,
        format!(
            "verdict=Applied: 2 created.\nexit=done\ncreates=2\nadopts=0\nupdates=0\ndeletes=0\ndigest={digest}run={run}\n"
        )
    );
    assert_eq!(
        outputs("validate --annotations github", 0),
        "verdict=2 opportunities in 1 file\nexit=done\n"
    );
    // Without annotations, and for another forge, nothing is written.
    assert_eq!(outputs("plan", 0), "");
    assert_eq!(outputs("plan --annotations gitlab", 0), "");
    project.write("pipeline/main.yaml", WRONG);
    assert_eq!(
        outputs("plan --annotations github", 3),
        "verdict=2 problems in the manifests\nexit=invalid\n"
    );
}
