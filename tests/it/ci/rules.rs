//! What the page and the action must not do, whatever they do.

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;

use pretty_assertions::assert_eq;
use serde_yaml::Value;
use tempfile::TempDir;

use super::ONE;
use super::runner::{action, text, texts, workflow};
use crate::harness::Project;

/// The pages that install oppctl; agents of Jenkins have it.
const PAGES: [&str; 4] = [
    include_str!("../../../docs/ci/azure.md"),
    include_str!("../../../docs/ci/bitbucket.md"),
    include_str!("../../../docs/ci/github.md"),
    include_str!("../../../docs/ci/gitlab.md"),
];

#[test]
fn the_configuration_of_the_page_is_good() {
    let project = Project::empty();
    let config = texts().next().expect("the page has it");
    project.write("oppctl.yaml", config);
    project.write("pipeline/main.yaml", ONE);
    drop(project.run("validate").exits(0));
}

/// Whoever makes a release writes its version into the pages.
#[test]
fn the_pages_install_this_version() {
    let version = env!("CARGO_PKG_VERSION");
    for page in PAGES {
        let of_action = page.matches("uses: OWNER/oppctl@0").count();
        assert_eq!(
            page.matches(&format!("version: {version}\n")).count(),
            of_action
        );
        assert_eq!(page.matches(&format!(" # v{version}\n")).count(), of_action);
        let downloads = page.matches("/releases/download/").count();
        let path = format!("/releases/download/v{version}/");
        assert_eq!(page.matches(&path).count(), downloads);
        assert!(of_action + downloads > 0, "{page}");
    }
}

/// The steps of a sequence are pinned, and no script has an expression in it.
#[track_caller]
fn harmless(steps: &Value) {
    for step in steps.as_sequence().expect("there are steps") {
        if let Some(script) = step["run"].as_str() {
            assert!(!script.contains("${{"), "{script}");
        }
        if let Some(action) = step["uses"].as_str() {
            let (_, pin) = action.split_once('@').expect("it is pinned");
            let is_hash = pin.len() == 40 && pin.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_hash, "{action}");
        }
    }
}

#[test]
fn the_workflows_give_little_away() {
    let mut granted = Vec::new();
    for name in ["oppctl plan", "oppctl apply", "oppctl drift"] {
        let workflow = workflow(name);
        let all = workflow["permissions"].as_mapping();
        assert!(all.is_some_and(serde_yaml::Mapping::is_empty), "{name}");
        for (job_name, job) in workflow["jobs"].as_mapping().expect("it has jobs") {
            let permissions = job["permissions"].as_mapping().expect("it has some");
            let permissions = permissions.iter();
            let permissions: Vec<String> = permissions
                .map(|(of, what)| format!("{}: {}", text(of), text(what)))
                .collect();
            granted.push(format!("{}: {}", text(job_name), permissions.join(", ")));
            harmless(&job["steps"]);
            let has_secrets = serde_yaml::to_string(job)
                .expect("it is YAML")
                .contains("secrets.");
            let condition = job["if"].as_str().unwrap_or_default();
            let is_trusted = matches!(
                condition,
                "github.event.pull_request.head.repo.full_name == github.repository"
                    | "github.ref == 'refs/heads/main'"
            ) || job["environment"] == "production";
            assert_eq!(has_secrets, is_trusted, "{job_name:?}");
        }
    }
    assert_eq!(
        granted,
        [
            "validate: contents: read",
            "plan: contents: read, pull-requests: write, checks: write",
            "apply: contents: read, actions: read, pull-requests: write, checks: write",
            "drift: contents: read, issues: write, checks: write",
        ]
    );
    harmless(&action()["runs"]["steps"]);
}

/// The files that linters look at: the workflows of the page and, for some, the action.
fn linted(program: &str, variable: &str, arguments: &[&str], has_action: bool) {
    let named = env::var_os(variable);
    let command = named.clone().unwrap_or_else(|| program.into());
    if named.is_none() && Command::new(&command).arg("--help").output().is_err() {
        writeln!(io::stderr(), "SKIPPED: there is no {program}").expect("it is open");
        return;
    }
    let folder = TempDir::new().expect("a temporary folder can be made");
    let mut files = Vec::new();
    // The first one is the configuration.
    for (number, text) in texts().skip(1).enumerate() {
        let file = folder.path().join(format!("workflow-{number}.yml"));
        fs::write(&file, text).expect("the folder can be written");
        files.push(file);
    }
    if has_action {
        files.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml"));
    }
    let output = Command::new(&command).args(arguments).args(&files).output();
    let output = output.expect("it is there");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}");
}

/// With actionlint on the path, or named by `OPPCTL_TEST_ACTIONLINT`.
#[test]
fn actionlint_finds_nothing() {
    linted(
        "actionlint",
        "OPPCTL_TEST_ACTIONLINT",
        &["-no-color"],
        false,
    );
}

/// With zizmor on the path, or named by `OPPCTL_TEST_ZIZMOR`.
#[test]
fn zizmor_finds_nothing() {
    linted(
        "zizmor",
        "OPPCTL_TEST_ZIZMOR",
        &["--offline", "--quiet"],
        true,
    );
}
