//! Text of others does no harm in any output: not in a terminal, not in the log of a CI system, not in a pull request.
//!
//! That pages of Markdown have it as text alone is shown beside their renderer; here it is what every command prints.

use std::fs;
use std::path::Path;

use oppctl::simulator::{CallOperation, Fault, FaultKind};

use crate::harness::{Marketo, Project, Run};

/// Terminal escapes, directions, HTML, Markdown and commands of CI systems, on lines of their own and inside of others.
const HOSTILE: &str = "::error::a ##[add-mask]b \u{1b}[31mred \u{1b}]0;title\u{7} \u{9b}2J \u{202e}txet \u{200b}\u{2028}<script>x</script> --> `` @ada #1 https://evil.example\n::set-output name=a::b\n  ::stop-commands::x\n##[group]z\n##vso[task.setvariable variable=a]b\n\r\n```\n</details>\n# Title\n";

/// The same for places where Marketo takes one line of few characters.
const SHORT: &str = "::warning::`<b>@ada##[group]x";

/// A text for YAML, which lets nothing but ASCII stand for itself.
fn quoted(text: &str) -> String {
    let json = serde_json::to_string(text).expect("text is JSON");
    let ascii = json.chars().map(|c| match c {
        ' '..='~' => c.to_string(),
        _ => format!("\\u{:04x}", u32::from(c)),
    });
    ascii.collect()
}

fn manifest(text: &str) -> String {
    let (text, short) = (quoted(text), quoted(SHORT));
    format!(
        "version: 1\n\
         opportunities:\n\
         - externalOpportunityId: {short}\n  \
           name: {text}\n  \
           description: {text}\n  \
           amount: 1\n  \
           roles: [{{ lead: {{ email: {email} }}, role: {short} }}]\n\
         - {{ externalOpportunityId: A-2, name: {text} }}\n",
        email = quoted(EMAIL)
    )
}

/// What an address of a lead may look like in a database that nobody has checked.
const EMAIL: &str = "::error::`<i>##[x]-->@evil.example";

/// What no line of an output may be, wherever it goes.
#[track_caller]
fn harmless(what: &str, text: &str) {
    let hidden = |c: char| {
        c.is_control()
            || ('\u{200b}'..='\u{200f}').contains(&c)
            || ('\u{2028}'..='\u{202e}').contains(&c)
    };
    for line in text.lines() {
        assert!(!line.chars().any(hidden), "{what}: {line:?}");
        assert!(!line.trim_start().starts_with("::"), "{what}: {line}");
        for (start, _) in line.match_indices("##") {
            let name = line[start + 2..].trim_start_matches(char::is_alphanumeric);
            assert!(!name.starts_with('['), "{what}: {line}");
        }
    }
    assert!(!text.contains('\r'), "{what}");
}

#[track_caller]
fn run(project: &Project, args: &[&str]) -> Run {
    let run = project.run_args(args);
    let what = args.join(" ");
    harmless(&what, &run.stdout);
    harmless(&what, &run.stderr);
    run
}

/// Every file below this folder that has text for people: reports.
fn reports(folder: &Path) {
    for file in [
        "r.md",
        "r.json",
        "r.html",
        "r.sarif",
        "r.quality",
        "r.ndjson",
        "plan.json",
    ] {
        if let Ok(text) = fs::read_to_string(folder.join(file)) {
            harmless(file, &text);
        }
    }
}

const WRITES: [&str; 10] = [
    "--write",
    "json=r.json",
    "--write",
    "markdown=r.md",
    "--write",
    "html=r.html",
    "--write",
    "sarif=r.sarif",
    "--write",
    "codequality=r.quality",
];

fn with<'a>(args: &[&'a str]) -> Vec<&'a str> {
    args.iter().copied().chain(WRITES).collect()
}

/// An instance with a lead of that address, and a project that declares everything with a ledger.
fn hostile() -> (Marketo, Project) {
    let leads = format!("leads:\n  - {{ id: 1001, email: {} }}\n", quoted(EMAIL));
    let marketo = Marketo::secret("opportunity:\n  fields: []\n", &leads, "simulator");
    let project = marketo
        .project(&manifest(HOSTILE))
        .with("ownership: { ledger: .ledger }");
    (marketo, project)
}

#[test]
fn plans_and_applies() {
    let (marketo, mut project) = hostile();
    project.set("USER", SHORT);
    project.set("BUILD_URL", HOSTILE);
    for format in ["text", "json", "markdown", "html"] {
        let planned = run(&project, &with(&["plan", "-v", "--format", format])).exits(0);
        // A page has the name alone of a new record, and of that the beginning.
        let told = if format == "markdown" {
            "add-mask"
        } else {
            "evil.example"
        };
        assert!(planned.stdout.contains(told), "{}", planned.text());
        reports(project.root());
    }
    drop(run(&project, &["plan", "--out", "plan.json"]).exits(0));
    for format in ["text", "json", "markdown", "html"] {
        drop(run(&project, &["show", "plan.json", "--format", format]).exits(0));
    }
    let skip = FaultKind::SkipRecord {
        index: 1,
        code: "1003".to_owned(),
        message: HOSTILE.to_owned(),
    };
    marketo.fault(Fault::new(FaultKind::Warn(HOSTILE.to_owned())).on(CallOperation::Query));
    marketo.fault(Fault::new(skip).on(CallOperation::Sync));
    let applied = run(&project, &with(&["apply", "--yes", "-v"])).exits(4);
    assert!(
        applied.stdout.contains("1003 \\u{3a}:error"),
        "{}",
        applied.text()
    );
    assert!(
        applied.stderr.contains("warning from Marketo"),
        "{}",
        applied.text()
    );
    reports(project.root());
    drop(run(&project, &["apply", "--yes"]).exits(0));
    // Now the instance holds it, and the manifests ask for something else.
    project.write(
        "pipeline/main.yaml",
        manifest(&format!("{HOSTILE}::more::\n")),
    );
    for format in ["text", "json", "markdown", "html"] {
        drop(run(&project, &with(&["plan", "-v", "--format", format])).exits(0));
        reports(project.root());
    }
    let stale = with(&["apply", "--yes", "--plan", "plan.json"]);
    drop(run(&project, &stale).exits(6));
    reports(project.root());
    drop(run(&project, &["plan", "--drift"]).exits(0));
}

/// Annotations are commands: those of this program, one a line, whatever they tell.
#[test]
fn annotations() {
    let (marketo, mut project) = hostile();
    let outputs = project.root().join("outputs");
    project.set(
        "GITHUB_OUTPUT",
        outputs.to_str().expect("the path is UTF-8"),
    );
    let annotated = |args: &[&str], exit: i32| {
        let args = [args, &["--annotations", "github"]].concat();
        let run = project.run_args(&args).exits(exit);
        harmless("annotations", &run.stderr);
        let mut count = 0;
        for line in run.stdout.lines() {
            let Some(command) = line.strip_prefix("::") else {
                harmless("annotations", line);
                continue;
            };
            count += 1;
            let (command, message) = command.split_once("::").expect("it has a message");
            let (level, properties) = command.split_once(' ').expect("it has properties");
            assert!(["error", "warning"].contains(&level), "{line}");
            for property in properties.split(',') {
                let (name, _) = property.split_once('=').expect("it has a value");
                assert!(["file", "line", "col", "title"].contains(&name), "{line}");
            }
            harmless("annotations", &message.replace("%0A", "\n"));
        }
        reports(project.root());
        count
    };
    let skip = FaultKind::SkipRecord {
        index: 0,
        code: "1003".to_owned(),
        message: HOSTILE.to_owned(),
    };
    marketo.fault(Fault::new(skip).on(CallOperation::Sync));
    let apply = ["apply", "--yes", "--events", "r.ndjson"];
    assert_eq!(annotated(&apply, 4), 1);
    assert_eq!(annotated(&apply, 0), 0);
    // An amount that becomes five times larger is looked at.
    project.edit("pipeline/main.yaml", "amount: 1\n", "amount: 70\n");
    assert!(annotated(&["plan", "--exit-code"], 2) > 0);
    let name = quoted(HOSTILE);
    let wrong = format!("version: 1\nopportunities:\n- {{ {name}: 1, ensure: {name} }}\n");
    project.write("pipeline/main.yaml", wrong);
    assert!(annotated(&["validate"], 3) > 0);
    let read = project.read("outputs");
    harmless("outputs", &read);
    for line in read.lines() {
        let (name, _) = line.split_once('=').expect("it has a value");
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase()), "{line}");
    }
}

#[test]
fn answers_of_an_instance() {
    let (marketo, project) = hostile();
    let answer = || FaultKind::Answer {
        code: "1099".to_owned(),
        message: Some(HOSTILE.to_owned()),
    };
    marketo.fault(Fault::new(answer()).on(CallOperation::Query));
    let refused = run(&project, &with(&["plan", "-v"]));
    // It is the question for the lead that was refused.
    assert_eq!(refused.exit, 3, "{}", refused.text());
    reports(project.root());
    marketo.heal();
    // A call that is refused as a whole is sent again in parts.
    marketo.fault(Fault {
        times: 99,
        ..Fault::new(answer()).on(CallOperation::Sync)
    });
    let refused = run(&project, &with(&["apply", "--yes", "-v"]));
    assert_eq!(refused.exit, 4, "{}", refused.text());
    reports(project.root());
    for args in [
        &["history", "last", "-v"][..],
        &["history", "last", "--format", "json"],
    ] {
        drop(run(&project, args).exits(0));
    }
}

#[test]
fn histories_undos_and_ledgers() {
    let (_marketo, mut project) = hostile();
    project.set("USER", HOSTILE);
    drop(run(&project, &["apply", "--yes", "-v"]).exits(0));
    for args in [
        &["history"][..],
        &["history", "--format", "json"],
        &["history", "last", "-v"],
        &["history", "last", "--format", "json"],
        &["ledger", "list"],
        &["ledger", "list", "--format", "json"],
        &["ledger", "show", "opportunity", SHORT],
        &["get", "opportunity", SHORT, "A-2"],
        &["get", "opportunity", SHORT, "A-2", "--format", "json"],
        &["get", "role", SHORT],
        &["get", "role", SHORT, "--format", "json"],
        &["describe"],
        &["usage"],
    ] {
        drop(run(&project, args).exits(0));
    }
    drop(run(&project, &["get", "opportunity", HOSTILE]).exits(1));
    drop(run(&project, &["ledger", "show", "opportunity", HOSTILE]));
    drop(run(&project, &["history", HOSTILE]).exits(1));
    drop(
        run(
            &project,
            &with(&["undo", "last", "--out", "undo.json", "-v"]),
        )
        .exits(0),
    );
    drop(run(&project, &["show", "undo.json", "--format", "markdown"]).exits(0));
    drop(run(&project, &with(&["undo", "last", "--yes", "-v"])).exits(0));
    reports(project.root());
}

#[test]
fn imports() {
    let (_marketo, project) = hostile();
    drop(run(&project, &["apply", "--yes"]).exits(0));
    fs::remove_file(project.root().join("pipeline/main.yaml")).expect("it was there");
    let keys = [
        "import",
        "opportunity",
        SHORT,
        "A-2",
        "gone\u{1b}[1m",
        "--with-roles",
        "--out",
        "pipeline/new.yaml",
    ];
    drop(run(&project, &keys));
    drop(run(
        &project,
        &[
            "import",
            "opportunity",
            SHORT,
            "A-2",
            "--with-roles",
            "--out",
            "pipeline/new.yaml",
        ],
    ));
    let file = project.read("pipeline/new.yaml");
    assert!(
        !file.contains(['\u{1b}', '\u{202e}', '\u{9b}', '\r']),
        "{file}"
    );
    drop(run(&project, &["plan", "--exit-code"]).exits(0));
}

#[test]
fn diagnostics() {
    let (_marketo, project) = hostile();
    let text = quoted(HOSTILE);
    // As it stands in the file too, where YAML lets it.
    let raw: String = HOSTILE
        .replace(['\n', '\r'], " ")
        .chars()
        .filter(|c| !c.is_control())
        .collect();
    for manifest in [
        format!("version: 1\nopportunities:\n  - {{ {text}: 1 }}\n"),
        format!(
            "version: 1\nopportunities:\n  - {{ externalOpportunityId: {text}, ensure: {text} }}\n"
        ),
        format!("version: {text}\n"),
        format!("version: 1\nopportunities: {text}\n"),
        format!("version: 1\n# {raw}\nopportunities: !<{raw}>\n"),
        format!(
            "version: 1\nopportunities:\n  - externalOpportunityId: |\n      {raw}\n::error::x\n##[group]y\n"
        ),
        format!(
            "version: 1\nopportunities:\n  - {{ externalOpportunityId: A, name: B, {text}: C }}\n"
        ),
        format!(
            "version: 1\nroles:\n  - {{ externalOpportunityId: A, lead: {{ email: {} }}, role: x }}\n",
            quoted("::x\u{1b}@y ##[z]")
        ),
    ] {
        project.write("pipeline/main.yaml", &manifest);
        let validated = run(&project, &["validate"]);
        assert!([0, 3].contains(&validated.exit), "{}", validated.text());
        drop(run(&project, &with(&["plan"])).exits(3));
        reports(project.root());
    }
}

#[test]
fn names_of_files_and_instances() {
    let project = Project::simulated(
        "version: 1\nopportunities:\n  - { externalOpportunityId: A, name: B }\n",
    );
    let name = "pipeline/\u{1b}[1m::x ##[group]\u{202e}`<b>.yaml";
    fs::rename(
        project.root().join("pipeline/main.yaml"),
        project.root().join(name),
    )
    .expect("any name will do");
    drop(run(&project, &with(&["plan", "-v"])).exits(0));
    reports(project.root());
    drop(run(&project, &["-i", HOSTILE, "plan"]).exits(3));
    drop(run(&project, &["plan", HOSTILE]).exits(1));
    drop(run(&project, &with(&["apply", "--yes", "-v"])).exits(0));
    drop(run(&project, &["history", "last", "-v"]).exits(0));
    reports(project.root());
    project.write(
        name,
        "version: 1\nopportunities:\n  - { externalOpportunityId: A, nme: B }\n  - []\n",
    );
    drop(run(&project, &with(&["plan", "-v"])).exits(3));
    reports(project.root());
}
