//! A runner of GitHub: it takes the jobs of the page and the steps of the action, and runs their scripts, each job in a clone of its own
//! that is gone with it. `actions/checkout` and `actions/upload-artifact` are played.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;
use serde_yaml::Value;
use tempfile::TempDir;

use super::expression::Names;
use crate::harness::{FakeForge, TOKEN};

const PAGE: &str = include_str!("../../../docs/ci/github.md");
const ACTION: &str = include_str!("../../../action.yml");
const BOT: &str = "github-actions[bot]";

/// The texts of the page's blocks of YAML: the configuration, then the workflows.
pub(super) fn texts() -> impl Iterator<Item = &'static str> {
    let fences = PAGE.split("```yaml\n").skip(1);
    fences.filter_map(|fence| fence.split("```").next())
}

/// The commands of the page's block for a shell.
pub(super) fn shell() -> &'static str {
    let (_, block) = PAGE.split_once("```sh\n").expect("the page has one");
    block.split("```").next().unwrap_or_default()
}

/// A workflow of the page.
pub(super) fn workflow(name: &str) -> Value {
    let mut workflows = texts().map(yaml);
    let found = workflows.find(|workflow| workflow["name"] == name);
    found.expect("the page has it")
}

pub(super) fn action() -> Value {
    yaml(ACTION)
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).expect("it is YAML")
}

pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => yes.to_string(),
        Value::Null => String::new(),
        Value::Sequence(_) | Value::Mapping(_) | Value::Tagged(_) => panic!("{value:?} is no text"),
    }
}

/// What started a run.
pub(super) enum Event<'a> {
    /// A push to a pull request, with its head, and whether it comes from a fork.
    Pull {
        number: u64,
        head: &'a str,
        of_fork: bool,
    },
    Push {
        commit: &'a str,
    },
    Schedule {
        commit: &'a str,
    },
}

/// A run of a job that has ended.
pub(super) struct Ended {
    /// The exit of the first step that failed; none if the job was skipped.
    pub(super) exit: Option<i32>,
    /// What its steps printed.
    pub(super) log: String,
    pub(super) summary: String,
}

/// A runner.
pub(super) struct Runner<'f> {
    pub(super) forge: &'f FakeForge,
    /// The repository.
    pub(super) origin: &'f Path,
    /// The programs of the runner.
    pub(super) bin: &'f Path,
    /// The variables of secrets that the workflows use.
    pub(super) secrets: &'f [(&'static str, String)],
}

/// A job that runs.
struct Job<'r> {
    runner: &'r Runner<'r>,
    folder: TempDir,
    names: Names,
    commit: String,
    reference: &'static str,
    ended: Ended,
}

impl Runner<'_> {
    /// Runs a job of a workflow.
    pub(super) fn run(&self, workflow_name: &str, job_name: &str, event: &Event<'_>) -> Ended {
        let workflow = workflow(workflow_name);
        let job = &workflow["jobs"][job_name];
        let folder = TempDir::new().expect("a temporary folder can be made");
        let (commit, payload) = match event {
            Event::Pull { number, head, .. } => {
                let payload =
                    json!({ "pull_request": { "number": number, "head": { "sha": head } } });
                ((*head).to_owned(), payload)
            }
            Event::Push { commit } | Event::Schedule { commit } => {
                ((*commit).to_owned(), json!({}))
            }
        };
        for name in ["temp", "output", "summary", "path"] {
            let path = folder.path().join(name);
            match name {
                "temp" => fs::create_dir(path),
                _ => fs::write(path, ""),
            }
            .expect("the folder can be written");
        }
        fs::write(folder.path().join("event"), payload.to_string()).expect("it can be written");
        let mut names = Names::default();
        let of_fork = matches!(event, Event::Pull { of_fork: true, .. });
        let from = if of_fork {
            "mallory/pipeline"
        } else {
            "acme/pipeline"
        };
        for (name, value) in [
            ("github.repository", "acme/pipeline"),
            ("github.event.pull_request.head.repo.full_name", from),
            ("github.ref", "refs/heads/main"),
            ("github.token", TOKEN),
            ("github.run_attempt", "1"),
            ("github.action_repository", "OWNER/oppctl"),
        ] {
            names.set(name, value);
        }
        for (name, value) in self.secrets {
            names.set(&format!("secrets.{name}"), value);
        }
        let ended = Ended {
            exit: None,
            log: String::new(),
            summary: String::new(),
        };
        let mut running = Job {
            runner: self,
            folder,
            names,
            commit,
            reference: match event {
                Event::Pull { .. } => "refs/pull/7/merge",
                Event::Push { .. } | Event::Schedule { .. } => "refs/heads/main",
            },
            ended,
        };
        if !running.names.holds(job["if"].as_str(), false) {
            return running.ended;
        }
        self.grant(&job["permissions"]);
        running.ended.exit = Some(0);
        running.steps(job);
        running.ended.summary = running.read("summary");
        running.ended
    }

    /// The token of a job can do what the job says, and nothing else.
    fn grant(&self, permissions: &Value) {
        let permissions = permissions.as_mapping().expect("the job has some");
        let permissions = permissions
            .iter()
            .map(|(of, what)| format!("{}: {}", text(of), text(what)));
        let permissions: Vec<String> = permissions.collect();
        let permissions: Vec<&str> = permissions.iter().map(String::as_str).collect();
        self.forge.grant(TOKEN, BOT, &permissions);
    }
}

impl Job<'_> {
    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).expect("it is there")
    }

    fn checkout(&self) -> PathBuf {
        self.folder.path().join("checkout")
    }

    fn steps(&mut self, job: &Value) {
        for step in job["steps"].as_sequence().expect("it has steps") {
            let uses = step["uses"].as_str().unwrap_or_default();
            if uses.starts_with("actions/checkout@") {
                self.clone_commit();
            } else if uses.starts_with("OWNER/oppctl@") {
                self.action(step);
            } else {
                panic!("the step {step:?} is unknown here");
            }
        }
    }

    fn clone_commit(&self) {
        let (origin, to) = (self.runner.origin, self.checkout());
        let git = |args: &[&str]| {
            let mut git = Command::new("git");
            git.args(args).env("HOME", self.folder.path());
            let output = git.output().expect("git is there");
            assert!(output.status.success(), "{output:?}");
        };
        let (origin, to) = (origin.to_str().expect("UTF-8"), to.to_str().expect("UTF-8"));
        git(&["clone", "--quiet", origin, to]);
        git(&["-C", to, "checkout", "--quiet", "--detach", &self.commit]);
    }

    /// The steps of the action, with the inputs and variables of the step that uses it.
    fn action(&mut self, caller: &Value) {
        let action = action();
        let inputs = action["inputs"].as_mapping().expect("it has inputs");
        let given = caller["with"].as_mapping().expect("inputs are given");
        let unknown = given.keys().find(|name| !inputs.contains_key(*name));
        assert_eq!(unknown, None, "the action does not have this input");
        for (name, input) in inputs {
            let value = given.get(name).unwrap_or(&input["default"]);
            let value = self.names.text(&text(value));
            self.names.set(&format!("inputs.{}", text(name)), &value);
        }
        for step in action["runs"]["steps"].as_sequence().expect("it has steps") {
            let has_failed = self.ended.exit != Some(0);
            if !self.names.holds(step["if"].as_str(), has_failed) {
                continue;
            }
            if let Some(uses) = step["uses"].as_str() {
                assert!(uses.starts_with("actions/upload-artifact@"), "{uses}");
                self.upload(&step["with"]);
            } else {
                let exit = self.script(step, caller);
                if self.ended.exit == Some(0) {
                    self.ended.exit = Some(exit);
                }
            }
        }
    }

    fn script(&mut self, step: &Value, caller: &Value) -> i32 {
        let script = text(&step["run"]);
        let file = |name: &str| self.folder.path().join(name);
        let inside = self.names.text(&text(&step["working-directory"]));
        let path = env::var("PATH").expect("there is a path");
        let mut command = Command::new("bash");
        command
            .args([
                "--noprofile",
                "--norc",
                "-e",
                "-o",
                "pipefail",
                "-c",
                &script,
            ])
            .current_dir(self.checkout().join(inside))
            .env_clear()
            .env("PATH", format!("{}:{path}", self.runner.bin.display()))
            .env("HOME", self.folder.path())
            .env("CI", "true")
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_ARCH", "X64")
            .env("RUNNER_TEMP", file("temp"))
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_OUTPUT", file("output"))
            .env("GITHUB_STEP_SUMMARY", file("summary"))
            .env("GITHUB_EVENT_PATH", file("event"))
            .env("GITHUB_API_URL", self.runner.forge.url())
            .env("GITHUB_SERVER_URL", self.runner.forge.url())
            .env("GITHUB_RUN_ID", "1234")
            .env("GITHUB_REPOSITORY", "acme/pipeline")
            .env("GITHUB_SHA", &self.commit)
            .env("GITHUB_REF", self.reference)
            .stdin(Stdio::null());
        for variables in [&caller["env"], &step["env"]] {
            for (name, value) in variables.as_mapping().into_iter().flatten() {
                command.env(text(name), self.names.text(&text(value)));
            }
        }
        let output = command.output().expect("bash is there");
        for bytes in [&output.stdout, &output.stderr] {
            self.ended.log.push_str(&String::from_utf8_lossy(bytes));
        }
        if let Some(id) = step["id"].as_str() {
            for line in self.read("output").lines() {
                let (name, value) = line.split_once('=').expect("outputs have names");
                self.names.set(&format!("steps.{id}.outputs.{name}"), value);
            }
        }
        fs::write(self.folder.path().join("output"), "").expect("it can be written");
        output.status.code().expect("no signal ended it")
    }

    /// Keeps a file, or what is in a folder.
    fn upload(&self, with: &Value) {
        let name = self.names.text(&text(&with["name"]));
        let path = self.names.text(&text(&with["path"]));
        let path = self.checkout().join(path.trim());
        let mut files = Vec::new();
        let root = if path.is_dir() {
            path.clone()
        } else {
            path.parent().expect("it is in a folder").to_owned()
        };
        collect(&path, &root, &mut files);
        if files.is_empty() {
            assert_eq!(with["if-no-files-found"], "ignore", "{name}");
            return;
        }
        self.runner.forge.keep(&name, &self.commit, files);
    }
}

fn collect(path: &Path, root: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("it can be read") {
            collect(&entry.expect("it can be read").path(), root, files);
        }
    } else if let Ok(bytes) = fs::read(path) {
        let name = path
            .strip_prefix(root)
            .expect("it is below")
            .to_string_lossy();
        files.push((name.into_owned(), bytes));
    }
}
