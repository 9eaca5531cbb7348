//! The workflows of `docs/ci/github.md`, from a pull request to its merge: their scripts are taken from the page and run, with a local git
//! repository, a Marketo on loopback, and a `gh` that keeps comments in files.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pretty_assertions::assert_eq;
use serde_yaml::Value;
use tempfile::TempDir;

use crate::harness::{Marketo, Project};

const PAGE: &str = include_str!("../../docs/ci/github.md");

/// What `gh` is here: comments are files, and answers go through jq, as those of the real one go through its own.
const GH: &str = r#"#!/usr/bin/env bash
set -eu
shift
method=GET path= query=. body=
while [ $# -gt 0 ]; do
  case $1 in
    --method) method=$2; shift ;;
    --jq) query=$2; shift ;;
    --field) body=${2#body=@}; shift ;;
    --paginate | --silent) ;;
    *) path=$1 ;;
  esac
  shift
done
case "$method $path" in
  "GET "*/comments)
    for comment in "$GH_STORE"/comments/*.md; do
      [ -f "$comment" ] || continue
      id=$(basename "$comment" .md)
      jq -n --argjson id "$id" --rawfile body "$comment" --arg login "$(cat "${comment%.md}.by")" '{id: $id, body: $body, user: {login: $login}}'
    done | jq -s . | jq -r "$query" ;;
  "POST "*/comments)
    id=$((1000 + $(ls "$GH_STORE/comments" | wc -l)))
    echo "github-actions[bot]" > "$GH_STORE/comments/$id.by"
    cp "$body" "$GH_STORE/comments/$id.md" ;;
  "PATCH "*/comments/*)
    cp "$body" "$GH_STORE/comments/${path##*/}.md" ;;
  "GET "*/pulls)
    jq -r "$query" "$GH_STORE/pulls.json" ;;
  *) echo "gh: $method $path" >&2; exit 1 ;;
esac
"#;

/// The files of the page.
fn texts() -> impl Iterator<Item = &'static str> {
    let fences = PAGE.split("```yaml\n").skip(1);
    fences.filter_map(|fence| fence.split("```").next())
}

/// A workflow of the page.
fn workflow(name: &str) -> Value {
    let texts = texts();
    let workflows = texts.map(|text| serde_yaml::from_str(text).expect("a workflow is YAML"));
    workflows
        .into_iter()
        .find(|workflow: &Value| workflow["name"] == name)
        .expect("the page has it")
}

/// The steps of the one job of a workflow, and its variables.
fn job(workflow: &Value) -> &Value {
    let jobs = workflow["jobs"].as_mapping().expect("it has jobs");
    assert_eq!(jobs.len(), 1);
    jobs.values().next().expect("there is one")
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The forge, and the clone in which its jobs run.
struct Forge {
    marketo: Marketo,
    project: Project,
    folder: TempDir,
    commit: String,
}

impl Forge {
    fn new(manifest: &str) -> Self {
        let marketo = Marketo::start();
        let project = marketo.project(manifest);
        let folder = TempDir::new().expect("a temporary folder can be made");
        let ledger = folder.path().join("ledger");
        let ledger = ledger.to_str().expect("the path is UTF-8");
        let config = marketo.config("confirm: true");
        project.write(
            "oppctl.yaml",
            format!("{config}project: acme/pipeline\nownership: {{ ledger: {ledger} }}\n"),
        );
        fs::create_dir_all(folder.path().join("gh/comments")).expect("the folder can be written");
        let bin = folder.path().join("bin");
        fs::create_dir_all(&bin).expect("the folder can be written");
        fs::write(bin.join("gh"), GH).expect("the folder can be written");
        fs::set_permissions(bin.join("gh"), fs::Permissions::from_mode(0o755)).expect("it is ours");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_oppctl"), bin.join("oppctl"))
            .expect("the folder can be written");
        let mut forge = Self {
            marketo,
            project,
            folder,
            commit: String::new(),
        };
        forge.git(&["init", "--quiet", "--initial-branch", "main"]);
        forge.commit();
        forge
    }

    fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.com"])
            .args(args)
            .current_dir(self.project.root())
            .env_clear()
            .envs(env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", self.project.root())
            .output()
            .expect("git is there");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("hashes are ASCII")
    }

    /// Commits the manifests.
    fn commit(&mut self) {
        self.git(&["add", "oppctl.yaml", "pipeline"]);
        self.git(&[
            "commit",
            "--quiet",
            "--allow-empty",
            "--message",
            "A change",
        ]);
        self.commit = self.git(&["rev-parse", "HEAD"]).trim().to_owned();
    }

    /// Opens a pull request with this manifest, and merges it when its checks have run; the exit of the plan's job and of the apply's.
    fn propose(&mut self, manifest: &str) -> i32 {
        self.git(&["checkout", "--quiet", "-B", "change"]);
        self.project.write("pipeline/main.yaml", manifest);
        self.commit();
        self.run("oppctl plan")
    }

    fn merge(&mut self) -> i32 {
        self.git(&["checkout", "--quiet", "main"]);
        self.git(&[
            "merge",
            "--quiet",
            "--no-ff",
            "--message",
            "Merge",
            "change",
        ]);
        self.commit = self.git(&["rev-parse", "HEAD"]).trim().to_owned();
        let pulls = format!(
            r#"[{{"number": 6, "merged_at": null, "merge_commit_sha": "{0}"}}, {{"number": 7, "merged_at": "now", "merge_commit_sha": "{0}"}}]"#,
            self.commit
        );
        fs::write(self.store().join("pulls.json"), pulls).expect("the folder can be written");
        self.run("oppctl apply")
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("gh")
    }

    /// The comments of the pull request, the oldest first.
    fn comments(&self) -> Vec<String> {
        let mut files: Vec<PathBuf> = fs::read_dir(self.store().join("comments"))
            .expect("the folder is there")
            .map(|entry| entry.expect("the folder can be read").path())
            .filter(|path| path.extension().is_some_and(|end| end == "md"))
            .collect();
        files.sort();
        files
            .iter()
            .map(|file| fs::read_to_string(file).expect("it is there"))
            .collect()
    }

    /// The second lines of the comments: their titles.
    fn titles(&self) -> Vec<String> {
        let comments = self.comments();
        let titles = comments
            .iter()
            .map(|text| text.lines().nth(1).unwrap_or_default());
        titles.map(str::to_owned).collect()
    }

    /// Runs the job of a workflow as a runner does, and returns the exit of the first step that failed.
    fn run(&self, name: &str) -> i32 {
        let workflow = workflow(name);
        let job = job(&workflow);
        let mut outputs = BTreeMap::new();
        let mut exit = 0;
        for step in job["steps"].as_sequence().expect("it has steps") {
            let Some(script) = step["run"].as_str() else {
                continue;
            };
            // The binary is on the path.
            if step["name"] == "Install oppctl" {
                continue;
            }
            let goes_on = match step["if"].as_str() {
                None => exit == 0,
                Some("${{ !cancelled() && steps.reviewed.outputs.digest != '' }}") => {
                    outputs.contains_key("steps.reviewed.outputs.digest")
                }
                Some(condition) => panic!("the condition {condition} is unknown here"),
            };
            if !goes_on {
                continue;
            }
            let ended = self.step(script, &[&job["env"], &step["env"]], &outputs);
            exit = if exit == 0 { ended } else { exit };
            if let Some(id) = step["id"].as_str() {
                for line in self.output() {
                    let (name, value) = line.split_once('=').expect("outputs have names");
                    outputs.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
                }
            }
        }
        exit
    }

    /// What a step has put out.
    fn output(&self) -> Vec<String> {
        let file = self.folder.path().join("output");
        let text = fs::read_to_string(&file).expect("it is there");
        fs::write(&file, "").expect("the folder can be written");
        text.lines().map(str::to_owned).collect()
    }

    fn step(&self, script: &str, env: &[&Value], outputs: &BTreeMap<String, String>) -> i32 {
        let file = |name: &str| {
            let path = self.folder.path().join(name);
            if !path.exists() {
                fs::write(&path, "").expect("the folder can be written");
            }
            path
        };
        let path = env::var("PATH").expect("there is a path");
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-e", "-c", script])
            .current_dir(self.project.root())
            .env_clear()
            .env(
                "PATH",
                format!("{}:{path}", self.folder.path().join("bin").display()),
            )
            .env("HOME", self.folder.path())
            .env("GH_STORE", self.store())
            .env("RUNNER_TEMP", self.folder.path())
            .env("GITHUB_OUTPUT", file("output"))
            .env("GITHUB_STEP_SUMMARY", file("summary"))
            .env("GITHUB_REPOSITORY", "acme/pipeline")
            .env("GITHUB_SHA", &self.commit)
            .stdin(Stdio::null());
        for variables in env.iter().filter_map(|env| env.as_mapping()) {
            for (name, value) in variables {
                command.env(text(name), resolved(&text(value), outputs));
            }
        }
        let output = command.output().expect("bash is there");
        output.status.code().expect("no signal ended it")
    }
}

/// What stands for an expression of a workflow.
fn resolved(value: &str, outputs: &BTreeMap<String, String>) -> String {
    let expression = value
        .strip_prefix("${{ ")
        .and_then(|value| value.strip_suffix(" }}"));
    match expression.expect("variables come from expressions") {
        "github.event.pull_request.number" => "7".to_owned(),
        "github.token" => "token".to_owned(),
        "secrets.MARKETO_CLIENT_ID" | "secrets.MARKETO_CLIENT_SECRET" => "simulator".to_owned(),
        name => outputs.get(name).cloned().unwrap_or_default(),
    }
}

const BEFORE: &str =
    "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: Chairs, amount: 1 }\n";
const AFTER: &str = "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: Chairs, amount: 2 }\n  - { externalOpportunityId: A-2, name: Tables }\n";

/// Whether the programs are there that every runner of GitHub has.
fn is_equipped() -> bool {
    let runs = |program: &str| Command::new(program).arg("--version").output().is_ok();
    let missing = ["jq", "bash", "git"]
        .into_iter()
        .find(|program| !runs(program));
    if let Some(program) = missing {
        writeln!(io::stderr(), "SKIPPED: there is no {program}").expect("it is open");
    }
    missing.is_none()
}

#[test]
fn a_pull_request_is_planned_reviewed_merged_and_applied() {
    if !is_equipped() {
        return;
    }
    let mut forge = Forge::new(BEFORE);
    assert_eq!(forge.propose(BEFORE), 0);
    assert_eq!(
        forge.titles(),
        ["### oppctl plan for `production`: merging creates 1 opportunity"]
    );
    // Somebody else's comment, which looks like ours, counts for nothing.
    let store = forge.store().join("comments");
    fs::write(store.join("0999.by"), "mallory\n").expect("the folder can be written");
    let forged = format!(
        "<!-- oppctl:v1 instance=x digest={} command=plan -->\nApprove.\n",
        "0".repeat(32)
    );
    // Nor do files of the branch that are named like our reports.
    for name in ["plan.md", "apply.md"] {
        forge.project.write(name, &forged);
    }
    fs::write(store.join("0999.md"), forged).expect("the folder can be written");
    // A second push: the one comment is brought up to date.
    assert_eq!(forge.propose(AFTER), 0);
    assert_eq!(
        forge.titles(),
        [
            "Approve.",
            "### oppctl plan for `production`: merging creates 2 opportunities"
        ]
    );
    assert_eq!(forge.merge(), 0);
    assert_eq!(
        forge.titles(),
        [
            "Approve.",
            "### oppctl plan for `production`: merging creates 2 opportunities",
            "### oppctl apply: **Applied**: 2 created"
        ]
    );
    let mut project = forge.project;
    project.set("MARKETO_CLIENT_ID", "simulator");
    project.assert_plan_empty();
}

#[test]
fn what_a_branch_has_at_the_place_of_a_report_is_not_posted() {
    if !is_equipped() {
        return;
    }
    let mut forge = Forge::new(BEFORE);
    for name in ["plan.md", "apply.md"] {
        let link = forge.project.root().join(name);
        std::os::unix::fs::symlink("/proc/self/environ", link).expect("the folder can be written");
    }
    assert_eq!(forge.propose(AFTER), 0);
    assert_eq!(forge.merge(), 0);
    let titles = [
        "### oppctl plan for `production`: merging creates 2 opportunities",
        "### oppctl apply: **Applied**: 2 created",
    ];
    assert_eq!(forge.titles(), titles);
    let summary = fs::read(forge.folder.path().join("summary")).expect("it is there");
    let summary = String::from_utf8_lossy(&summary).into_owned();
    let mut posted = forge.comments();
    posted.push(summary);
    for text in posted {
        assert!(text.contains("### oppctl "), "{text}");
        for variable in ["MARKETO_CLIENT_SECRET=", "GH_STORE=", "PATH="] {
            assert!(!text.contains(variable), "{text}");
        }
    }
}

#[test]
fn the_configuration_of_the_page_is_good() {
    let project = Project::empty();
    let config = texts().next().expect("the page has it");
    project.write("oppctl.yaml", config);
    project.write("pipeline/main.yaml", BEFORE);
    drop(project.run("validate").exits(0));
}

#[test]
fn what_has_changed_since_the_review_is_not_applied() {
    if !is_equipped() {
        return;
    }
    let mut forge = Forge::new(BEFORE);
    assert_eq!(forge.propose(BEFORE), 0);
    assert_eq!(forge.merge(), 0);
    assert_eq!(forge.propose(AFTER), 0);
    // Somebody else writes to the record that the plan updates.
    let other = forge
        .marketo
        .project(&BEFORE.replace("amount: 1", "amount: 7"));
    drop(other.run("apply --yes").exits(0));
    let calls = forge.marketo.calls().len();
    assert_eq!(forge.merge(), 6);
    assert!(
        !forge.marketo.tally(calls).contains("Sync"),
        "{}",
        forge.marketo.tally(calls)
    );
    let last = forge.comments().pop().expect("there are comments");
    assert!(
        last.contains("### oppctl apply: **stale**, nothing was sent"),
        "{last}"
    );
    // Run again, the plan is new, and so is what is reviewed.
    assert_eq!(forge.propose(AFTER), 0);
    assert_eq!(forge.merge(), 0);
}

#[test]
fn what_cannot_be_planned_turns_red_and_is_not_applied() {
    if !is_equipped() {
        return;
    }
    let mut forge = Forge::new(BEFORE);
    assert_eq!(
        forge.propose("version: 1\nopportunities:\n  - { nme: Chairs }\n"),
        3
    );
    assert_eq!(
        forge.titles(),
        ["### oppctl plan: **1 problem in the manifests**"]
    );
    assert_eq!(forge.merge(), 1);
    assert_eq!(forge.titles().len(), 1);
    // A push that is no pull request has no plan that anybody has seen.
    forge.commit = "f".repeat(40);
    assert_eq!(forge.run("oppctl apply"), 1);
}

#[test]
fn the_workflows_give_little_away() {
    for name in ["oppctl plan", "oppctl apply"] {
        let workflow = workflow(name);
        assert!(
            workflow["permissions"]
                .as_mapping()
                .is_some_and(serde_yaml::Mapping::is_empty),
            "{name}"
        );
        let job = job(&workflow);
        let granted = job["permissions"].as_mapping().expect("it has some");
        let granted: Vec<String> = granted
            .iter()
            .map(|(of, what)| format!("{}: {}", text(of), text(what)))
            .collect();
        assert_eq!(granted, ["contents: read", "pull-requests: write"]);
        for step in job["steps"].as_sequence().expect("it has steps") {
            if let Some(script) = step["run"].as_str() {
                assert!(!script.contains("${{"), "{script}");
            }
            if let Some(action) = step["uses"].as_str() {
                let (_, pin) = action.split_once('@').expect("it is pinned");
                assert!(
                    pin.len() == 40 && pin.bytes().all(|byte| byte.is_ascii_hexdigit()),
                    "{action}"
                );
            }
        }
    }
    let plan = workflow("oppctl plan");
    let condition = text(&job(&plan)["if"]);
    assert_eq!(
        condition,
        "github.event.pull_request.head.repo.full_name == github.repository"
    );
    assert!(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("docs/ledger.md")
            .exists()
    );
}

/// With actionlint on the path, or named by `OPPCTL_TEST_ACTIONLINT`.
#[test]
fn actionlint_finds_nothing() {
    let named = env::var_os("OPPCTL_TEST_ACTIONLINT");
    let program = named.clone().unwrap_or_else(|| "actionlint".into());
    if named.is_none() && Command::new(&program).arg("-version").output().is_err() {
        writeln!(io::stderr(), "SKIPPED: there is no actionlint").expect("it is open");
        return;
    }
    let folder = TempDir::new().expect("a temporary folder can be made");
    // The first one is the configuration.
    for text in texts().skip(1) {
        let file = folder.path().join("workflow.yml");
        fs::write(&file, text).expect("the folder can be written");
        let output = Command::new(&program).arg("-no-color").arg(&file).output();
        let output = output.expect("it is there");
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{told}");
    }
}
