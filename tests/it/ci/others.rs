//! The scripts of the pages about other CI systems: those of GitLab with the fake forge, those of the others alone.

use std::env;
use std::fs;
use std::process::{Command, Stdio};

use pretty_assertions::assert_eq;
use serde_yaml::Value;
use tempfile::TempDir;

use super::team::is_equipped;
use super::{ONE, TWO, forged};
use crate::harness::{FakeForge, Marketo, Project, TOKEN};

const GITLAB: &str = include_str!("../../../docs/ci/gitlab.md");
const AZURE: &str = include_str!("../../../docs/ci/azure.md");
const BITBUCKET: &str = include_str!("../../../docs/ci/bitbucket.md");
const JENKINS: &str = include_str!("../../../docs/ci/jenkins.md");

/// A repository whose jobs run in its own folder.
struct Place {
    marketo: Marketo,
    project: Project,
    forge: FakeForge,
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let marketo = Marketo::start();
        let project = marketo.project(ONE);
        let folder = TempDir::new().expect("a temporary folder can be made");
        let ledger = folder.path().join("ledger");
        let config = marketo.config("confirm: true");
        project.write(
            "oppctl.yaml",
            format!(
                "{config}project: acme/pipeline\nownership: {{ ledger: {} }}\n",
                ledger.display()
            ),
        );
        project.write(".gitignore", ".oppctl/\ngl-code-quality-report.json\n");
        let bin = folder.path().join("bin");
        fs::create_dir(&bin).expect("the folder can be written");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_oppctl"), bin.join("oppctl"))
            .expect("the folder can be written");
        let place = Self {
            marketo,
            project,
            forge: FakeForge::start(&["api"]),
            folder,
        };
        drop(place.git(&["init", "--quiet", "--initial-branch", "main"]));
        place
    }

    fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.com"])
            .args(args)
            .current_dir(self.project.root())
            .env("HOME", self.project.root())
            .output()
            .expect("git is there");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout)
            .expect("hashes are ASCII")
            .trim()
            .to_owned()
    }

    fn commit(&self, manifest: &str) -> String {
        self.project.write("pipeline/main.yaml", manifest);
        drop(self.git(&["add", "--all"]));
        drop(self.git(&[
            "commit",
            "--quiet",
            "--allow-empty",
            "--message",
            "A change",
        ]));
        self.git(&["rev-parse", "HEAD"])
    }

    /// Runs a script; its exit and what it printed.
    fn run(&self, shell: &[&str], script: &str, variables: &[(&str, String)]) -> (i32, String) {
        let path = env::var("PATH").expect("there is a path");
        let mut command = Command::new(shell[0]);
        command
            .args(&shell[1..])
            .args(["-c", script])
            .current_dir(self.project.root())
            .env_clear()
            .env(
                "PATH",
                format!("{}:{path}", self.folder.path().join("bin").display()),
            )
            .env("HOME", self.folder.path())
            .env("MARKETO_CLIENT_ID", "simulator")
            .env("MARKETO_CLIENT_SECRET", "simulator")
            .env("PIPELINE_WORKSPACE", self.folder.path())
            .envs(
                variables
                    .iter()
                    .map(|(name, value)| (*name, value.as_str())),
            )
            .stdin(Stdio::null());
        let output = command.output().expect("the shell is there");
        let mut log = String::from_utf8_lossy(&output.stdout).into_owned();
        log.push_str(&String::from_utf8_lossy(&output.stderr));
        (output.status.code().expect("no signal ended it"), log)
    }

    fn somebody(&self, manifest: &str) {
        drop(self.marketo.project(manifest).run("apply --yes").exits(0));
    }
}

/// The text of the page's one block of YAML.
fn yaml(page: &str) -> Value {
    let (_, block) = page.split_once("```yaml\n").expect("the page has one");
    let text = block.split("```").next().unwrap_or_default();
    serde_yaml::from_str(text).expect("it is YAML")
}

#[test]
fn the_jobs_of_gitlab_plan_apply_and_watch() {
    if !is_equipped() {
        return;
    }
    let place = Place::new();
    let jobs = yaml(GITLAB);
    let job = |name: &str, variables: &[(&str, &str)]| {
        // Each job begins with an empty folder, but for its repository.
        drop(place.git(&["clean", "-ffdx", "--quiet"]));
        fs::create_dir_all(place.project.root().join(".oppctl/ci")).expect("it can be made");
        let script = jobs[name]["script"][0].as_str().expect("it has a script");
        let mut all = vec![
            ("CI_API_V4_URL", format!("{}/api/v4", place.forge.url())),
            ("CI_PROJECT_ID", "42".to_owned()),
            ("CI_COMMIT_BRANCH", "main".to_owned()),
            ("CI_COMMIT_SHA", place.git(&["rev-parse", "HEAD"])),
            ("GITLAB_TOKEN", TOKEN.to_owned()),
        ];
        all.extend(
            variables
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        let (exit, log) = place.run(&["bash", "-e", "-o", "pipefail"], script, &all);
        assert!(!log.contains(TOKEN), "{log}");
        exit
    };
    let request = [("CI_MERGE_REQUEST_IID", "7")];
    let plan = |manifest: &str, exit| {
        let head = place.commit(manifest);
        place.forge.push(7, &head);
        assert_eq!(job("oppctl-plan", &request), exit);
        let bytes = fs::read(place.project.root().join(".oppctl/ci/plan.json"));
        let files = vec![(
            ".oppctl/ci/plan.json".to_owned(),
            bytes.expect("it is there"),
        )];
        // GitLab hands out what the latest pipeline that succeeded has kept.
        if exit == 0 {
            let name = "oppctl-plan@refs%2Fmerge-requests%2F7%2Fhead";
            place.forge.keep(name, &head, files);
        }
        head
    };
    drop(place.commit("version: 1\n"));
    drop(place.git(&["checkout", "--quiet", "-b", "change"]));
    drop(plan(ONE, 0));
    place.forge.comment("mallory", 7, &forged());
    drop(plan(TWO, 0));
    assert_eq!(job("oppctl-validate", &[]), 0);
    drop(place.git(&["checkout", "--quiet", "main"]));
    drop(place.git(&[
        "merge",
        "--quiet",
        "--no-ff",
        "--message",
        "Merge",
        "change",
    ]));
    let merge = place.git(&["rev-parse", "HEAD"]);
    assert_eq!(job("oppctl-apply", &[]), 5);
    place.forge.merge(7, &merge);
    assert_eq!(job("oppctl-apply", &[]), 0);
    assert_eq!(job("oppctl-apply", &[]), 0);
    let comments = place.forge.comments(7).into_iter();
    let comments: Vec<_> = comments
        .map(|post| post.body.lines().nth(1).unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        comments,
        [
            "### oppctl plan for `production`: merging creates 2 opportunities",
            "Approve.",
            "### oppctl apply: **Applied**: 2 created",
        ]
    );
    assert_eq!(job("oppctl-drift", &[]), 0);
    assert_eq!(place.forge.issues(true), []);
    place.somebody(&TWO.replace("amount: 2", "amount: 7"));
    assert_eq!(job("oppctl-drift", &[]), 0);
    assert_eq!(place.forge.issues(true).len(), 1);
    place.somebody(&TWO.replace("amount: 7", "amount: 2"));
    assert_eq!(job("oppctl-drift", &[]), 0);
    assert_eq!(place.forge.issues(true), []);
}

/// The scripts of a pipeline in YAML, below these keys.
fn scripts(value: &Value, found: &mut Vec<String>) {
    for (key, value) in value.as_mapping().into_iter().flatten() {
        let is_script = key == "script" || key == "bash";
        let texts = value.as_sequence().into_iter().flatten();
        let texts = texts.chain([value]).filter_map(Value::as_str);
        if is_script {
            found.extend(texts.map(str::to_owned));
        } else {
            scripts(value, found);
        }
    }
    for value in value.as_sequence().into_iter().flatten() {
        scripts(value, found);
    }
}

#[test]
fn the_scripts_of_other_systems_plan_apply_and_watch() {
    if !is_equipped() {
        return;
    }
    let jenkins = JENKINS.split("'''").skip(1).step_by(2).map(str::to_owned);
    for (page, shell, scripts) in [
        // Azure's bash does not end with the first command that fails, unless the script says so.
        (
            "azure",
            &["bash", "--noprofile", "--norc"][..],
            of_yaml(AZURE),
        ),
        (
            "bitbucket",
            &["bash", "--noprofile", "--norc"],
            of_yaml(BITBUCKET),
        ),
        ("jenkins", &["sh", "-x", "-e"], jenkins.collect()),
    ] {
        let place = Place::new();
        drop(place.commit(ONE));
        fs::create_dir_all(place.project.root().join(".oppctl/ci")).expect("it can be made");
        std::os::unix::fs::symlink(
            place.project.root().join(".oppctl/ci"),
            place.folder.path().join("plan"),
        )
        .expect("the folder can be written");
        let run = |word: &str| {
            let mut of_word = scripts.iter().filter(|script| script.contains(word));
            let script = of_word.next().expect("the page has it");
            place.run(shell, script, &[]).0
        };
        // An archive with another checksum is not unpacked.
        if page != "jenkins" {
            let install = scripts.iter().find(|script| script.contains("sha256sum"));
            let install = install.expect("the page has it");
            let script = install.replace("curl ", "true ").replace("sudo ", "");
            assert_ne!(place.run(shell, &script, &[]).0, 0, "{page}");
        }
        if page != "bitbucket" {
            assert_eq!(run("oppctl validate"), 0, "{page}");
        }
        assert_eq!(run("oppctl plan --exit-code"), 0, "{page}");
        assert_eq!(run("oppctl apply"), 0, "{page}");
        assert_eq!(run("oppctl apply"), 0, "{page}: already applied");
        place.project.assert_plan_empty();
        assert_eq!(run("oppctl plan --drift"), 0, "{page}");
        place.somebody(&ONE.replace("amount: 1", "amount: 7"));
        assert_eq!(run("oppctl plan --drift"), 2, "{page}");
        drop(place.commit(TWO));
        assert_eq!(run("oppctl plan --exit-code"), 0, "{page}");
        place.somebody(&ONE.replace("amount: 1", "amount: 8"));
        assert_eq!(run("oppctl apply"), 6, "{page}");
        place
            .project
            .edit("pipeline/main.yaml", "amount: 2", "amount: many");
        assert_eq!(run("oppctl plan --exit-code"), 3, "{page}");
    }
}

fn of_yaml(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    scripts(&yaml(page), &mut found);
    found
}
