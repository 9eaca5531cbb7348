//! A team with a repository, an instance and a forge.

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use oppctl::simulator::CallOperation;
use tempfile::TempDir;

use super::runner::{Ended, Event, Runner, shell};
use crate::harness::{FakeForge, Marketo, Project, TOKEN};

const LEADS: &str = "leads:\n  - { id: 1001, email: ada@example.com }\n";
const SECRET: &str = "hush-of-marketo";
/// The archive that the action downloads for the runner of these tests.
const TARGET: &str = "x86_64-unknown-linux-musl";

pub(super) struct Team {
    marketo: Marketo,
    project: Project,
    pub(super) forge: FakeForge,
    folder: TempDir,
    /// What the last job printed.
    pub(super) log: String,
}

impl Team {
    /// A team whose `main` declares no record yet.
    pub(super) fn new() -> Self {
        let marketo = Marketo::secret("", LEADS, SECRET);
        let mut project = marketo.project("version: 1\n");
        project.set("MARKETO_CLIENT_SECRET", SECRET);
        let folder = TempDir::new().expect("a temporary folder can be made");
        let ledger = folder.path().join("ledger");
        let ledger = ledger.to_str().expect("the path is UTF-8");
        let config = marketo.config("confirm: true");
        project.write(
            "oppctl.yaml",
            format!("{config}project: acme/pipeline\nownership: {{ ledger: {ledger} }}\n"),
        );
        project.write(".gitignore", ".oppctl/\n");
        fs::create_dir(folder.path().join("bin")).expect("the folder can be written");
        let team = Self {
            marketo,
            project,
            forge: FakeForge::start(&[]),
            folder,
            log: String::new(),
        };
        let binary = env!("CARGO_BIN_EXE_oppctl");
        team.release(&format!("#!/bin/sh\nexec {binary} \"$@\"\n"), true);
        team.git(&["init", "--quiet", "--initial-branch", "main"]);
        team.git(&["add", "--all"]);
        team.git(&["commit", "--quiet", "--message", "The first"]);
        team
    }

    /// Releases a program, with its checksum or with that of the one before.
    pub(super) fn release(&self, program: &str, has_checksum: bool) {
        let archive = format!("oppctl-{TARGET}");
        let folder = self.folder.path().join(&archive);
        fs::create_dir_all(&folder).expect("the folder can be written");
        let file = folder.join("oppctl");
        fs::write(&file, program).expect("the folder can be written");
        let sh = |script: &str| {
            let mut sh = Command::new("sh");
            sh.args(["-e", "-c", script])
                .current_dir(self.folder.path());
            let output = sh.output().expect("sh is there");
            assert!(output.status.success(), "{output:?}");
            output.stdout
        };
        drop(sh(&format!(
            "chmod 755 {archive}/oppctl; tar --create --gzip --file {archive}.tar.gz {archive}"
        )));
        let release = concat!(
            "/OWNER/oppctl/releases/download/v",
            env!("CARGO_PKG_VERSION")
        );
        let bytes = fs::read(self.folder.path().join(format!("{archive}.tar.gz")));
        let path = format!("{release}/{archive}.tar.gz");
        self.forge.release(&path, bytes.expect("it is there"));
        if has_checksum {
            let sums = sh(&format!("sha256sum {archive}.tar.gz"));
            self.forge.release(&format!("{release}/SHA256SUMS"), sums);
        }
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
        let text = String::from_utf8(output.stdout).expect("hashes are ASCII");
        text.trim().to_owned()
    }

    pub(super) fn write(&self, file: &str, text: &str) {
        self.project.write(file, text);
    }

    pub(super) fn link(&self, file: &str, to: &str) {
        let link = self.project.root().join(file);
        std::os::unix::fs::symlink(to, link).expect("the folder can be written");
    }

    /// Commits the manifest to the branch that is checked out.
    pub(super) fn commit(&self, manifest: &str) -> String {
        self.write("pipeline/main.yaml", manifest);
        self.git(&["add", "--all"]);
        self.git(&[
            "commit",
            "--quiet",
            "--allow-empty",
            "--message",
            "A change",
        ]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Pushes a change to a pull request, without its job.
    pub(super) fn change(&self, number: u64, manifest: &str) -> String {
        let branch = format!("change-{number}");
        if self.git(&["branch", "--list", &branch]).is_empty() {
            self.git(&["checkout", "--quiet", "-b", &branch, "main"]);
        } else {
            self.git(&["checkout", "--quiet", &branch]);
        }
        let head = self.commit(manifest);
        self.git(&["checkout", "--quiet", "main"]);
        self.forge.push(number, &head);
        head
    }

    fn runs(&mut self, workflow: &str, job: &str, event: &Event<'_>) -> Option<i32> {
        let secrets = [
            ("MARKETO_CLIENT_ID", "simulator".to_owned()),
            ("MARKETO_CLIENT_SECRET", SECRET.to_owned()),
        ];
        let bin = self.folder.path().join("bin");
        let runner = Runner {
            forge: &self.forge,
            origin: self.project.root(),
            bin: &bin,
            secrets: &secrets,
        };
        let Ended { exit, log, summary } = runner.run(workflow, job, event);
        let posts = self.forge.everything();
        for text in [&log, &summary, &posts] {
            for secret in [TOKEN, SECRET] {
                assert!(!text.contains(secret), "{text}");
            }
        }
        self.log = log;
        exit
    }

    /// Pushes a change to a pull request; the exit of its plan.
    pub(super) fn push(&mut self, number: u64, manifest: &str) -> i32 {
        drop(self.change(number, manifest));
        self.plan_again(number)
    }

    /// Runs the job of its last plan again; the exit.
    pub(super) fn plan_again(&mut self, number: u64) -> i32 {
        let head = self.git(&["rev-parse", &format!("change-{number}")]);
        let event = Event::Pull {
            number,
            head: &head,
            of_fork: false,
        };
        let exit = self.runs("oppctl plan", "plan", &event);
        exit.expect("it runs")
    }

    /// Pushes a change from a fork: the exits of both jobs.
    pub(super) fn fork(&mut self, number: u64, manifest: &str) -> (Option<i32>, Option<i32>) {
        let head = self.change(number, manifest);
        let event = Event::Pull {
            number,
            head: &head,
            of_fork: true,
        };
        let plan = self.runs("oppctl plan", "plan", &event);
        (self.runs("oppctl plan", "validate", &event), plan)
    }

    /// Merges a pull request; the commit.
    pub(super) fn merge(&mut self, number: u64) -> String {
        let branch = format!("change-{number}");
        self.git(&["merge", "--quiet", "--no-ff", "--message", "Merge", &branch]);
        let commit = self.git(&["rev-parse", "HEAD"]);
        self.forge.merge(number, &commit);
        commit
    }

    /// The exit of the job of a commit of `main`.
    pub(super) fn apply(&mut self, commit: &str) -> i32 {
        let exit = self.runs("oppctl apply", "apply", &Event::Push { commit });
        exit.expect("it runs")
    }

    /// The exit of the nightly job.
    pub(super) fn night(&mut self, commit: &str) -> i32 {
        let exit = self.runs("oppctl drift", "drift", &Event::Schedule { commit });
        exit.expect("it runs")
    }

    /// Somebody else writes to Marketo.
    pub(super) fn somebody(&self, manifest: &str) {
        let mut other = self.marketo.project(manifest);
        other.set("MARKETO_CLIENT_SECRET", SECRET);
        drop(other.run("apply --yes").exits(0));
    }

    /// How many writes Marketo has answered.
    pub(super) fn writes(&self) -> usize {
        self.marketo.answered(CallOperation::Sync) + self.marketo.answered(CallOperation::Delete)
    }

    /// The second lines of the comments: their titles.
    pub(super) fn titles(&self, number: u64) -> Vec<String> {
        let comments = self.forge.comments(number).into_iter();
        let titles = comments.map(|post| post.body.lines().nth(1).unwrap_or_default().to_owned());
        titles.collect()
    }

    /// The name of a record in Marketo.
    pub(super) fn record(&self, key: &str) -> Option<String> {
        let run = self
            .project
            .run(&format!("get opportunity {key} --format json"));
        let document: serde_json::Value = serde_json::from_str(&run.stdout).ok()?;
        let record = document["records"].as_array()?.first()?;
        record["name"].as_str().map(str::to_owned)
    }

    /// Commits what the instance says of its fields.
    pub(super) fn keep_fields(&self) {
        drop(self.project.run("describe --save").exits(0));
        drop(self.commit("version: 1\n"));
    }

    pub(super) fn assert_plan_empty(&self) {
        self.project.assert_plan_empty();
    }

    /// What the page says of an undo, in a clone of the applied commit, by hand; `gh` takes what the forge has kept.
    pub(super) fn undo(&self, commit: &str) {
        let clone = self.folder.path().join("clone");
        let to = clone.to_str().expect("the path is UTF-8");
        let from = self.project.root().to_str().expect("the path is UTF-8");
        self.git(&["clone", "--quiet", from, to]);
        self.git(&["-C", to, "checkout", "--quiet", "--detach", commit]);
        let script = shell().lines();
        let mut run = String::new();
        for line in script {
            if let Some(rest) = line.strip_prefix("gh run download RUN_ID --name ") {
                let (name, folder) = rest.split_once(" --dir ").expect("it names a folder");
                self.download(name, &clone.join(folder));
                continue;
            }
            let line = line
                .replace("RUN ", &format!("{run} "))
                .replace("oppctl ", "");
            // A person answers yes.
            let yes = if line.starts_with("undo") {
                " --yes"
            } else {
                ""
            };
            let output = Command::new(env!("CARGO_BIN_EXE_oppctl"))
                .args(format!("{line}{yes}").split_whitespace())
                .current_dir(&clone)
                .env_clear()
                .envs(env::var_os("PATH").map(|path| ("PATH", path)))
                .env("HOME", &clone)
                .env("MARKETO_CLIENT_ID", "simulator")
                .env("MARKETO_CLIENT_SECRET", SECRET)
                .stdin(Stdio::null())
                .output()
                .expect("the binary runs");
            assert!(output.status.success(), "{line}: {output:?}");
            if line.starts_with("history") {
                let text = String::from_utf8_lossy(&output.stdout).into_owned();
                let row = text.lines().nth(1).unwrap_or_default();
                run = row.split_whitespace().next().unwrap_or_default().to_owned();
            }
        }
    }

    fn download(&self, name: &str, folder: &std::path::Path) {
        let kept = self.forge.kept();
        let found = kept.into_iter().find(|(kept, _)| kept == name);
        let (_, files) = found.expect("a job has kept it");
        for (file, bytes) in files {
            let path: PathBuf = folder.join(file);
            fs::create_dir_all(path.parent().expect("it is in a folder")).expect("it can be made");
            fs::write(path, bytes).expect("it can be written");
        }
    }
}

/// Whether the programs are there that every runner of GitHub has.
pub(super) fn is_equipped() -> bool {
    let runs = |program: &str| Command::new(program).arg("--version").output().is_ok();
    let programs = ["bash", "git", "curl", "tar", "sha256sum"];
    let missing = programs.into_iter().find(|program| !runs(program));
    if let Some(program) = missing {
        writeln!(io::stderr(), "SKIPPED: there is no {program}").expect("it is open");
    }
    missing.is_none()
}
