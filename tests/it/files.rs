//! Files that a run reads and writes: nothing outside of the project is quoted, nothing of others is written over, nothing waits for ever.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Command;

use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::Project;

const MANIFEST: &str =
    "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: Chairs }\n";
/// What must not be told.
const SECRET: &str = "KEY-BYTES";

#[test]
fn what_lies_outside_of_the_project_is_not_quoted() {
    let outside = Project::empty();
    outside.write("key.yaml", format!("private_key: {SECRET}\n"));
    let project = Project::simulated(MANIFEST);
    project.write(".git/config.yaml", format!("token: {SECRET}\n"));
    let link = project.root().join("pipeline/x.yaml");
    for target in [
        outside.root().join("key.yaml"),
        project.root().join(".git/config.yaml"),
    ] {
        symlink(target, &link).expect("the folder can be written");
        for command in ["validate", "plan --write markdown=plan.md", "apply --yes"] {
            let run = project.run(command).exits(3);
            assert!(!run.text().contains(SECRET), "{}", run.text());
        }
        assert!(!project.read("plan.md").contains(SECRET));
        fs::remove_file(&link).expect("it is there");
    }
    project.run("validate").exits(0).shows(str![[r#"
exit: 0
---- stdout
Valid: 1 opportunity in 1 file.

"#]]);
    symlink("..", project.root().join("pipeline/up")).expect("the folder can be written");
    project.edit("oppctl.yaml", "pipeline/*.yaml", "pipeline/**/*.yaml");
    project.run("validate").shows(str![[r#"
exit: 3
---- stderr
error: `[ROOT]/pipeline/up` is a link to a folder, and such links are not followed
  hint: write a pattern for the folder that it leads to, and the link under `ignore` in oppctl.yaml

"#]]);
    fs::remove_file(project.root().join("pipeline/up")).expect("it is there");
    project.edit("oppctl.yaml", "pipeline/**/*.yaml", "../*.yaml");
    project.run("validate").shows(str![[r#"
exit: 3
---- stderr
error: oppctl.yaml:2:13: not a valid pattern: it leads out of the configuration's folder
  hint: write it relative to the configuration's folder, and move the configuration up if manifests lie beside it

"#]]);
    let absolute = outside.root().join("*.yaml");
    let absolute = absolute.to_str().expect("the path is UTF-8");
    project.edit("oppctl.yaml", "../*.yaml", absolute);
    for command in ["validate", "plan --write markdown=plan.md"] {
        let run = project.run(command).exits(3);
        assert!(run.stderr.contains("it leads out of the"), "{}", run.text());
        assert!(!run.text().contains(SECRET), "{}", run.text());
    }
    assert!(!project.read("plan.md").contains(SECRET));
    project.edit("oppctl.yaml", absolute, "\"!pipeline/x.yaml\"");
    project.run("validate").shows(str![[r#"
exit: 3
---- stderr
error: oppctl.yaml:2:13: not a valid pattern: a leading `!` has no meaning here
  hint: write what is to be left out under `ignore`, without the `!`

"#]]);
}

#[test]
fn a_pipe_keeps_nothing_waiting() {
    let project = Project::simulated(MANIFEST);
    let pipe = project.root().join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo is there").success());
    for command in [
        "plan --write markdown=pipe",
        "plan --out pipe",
        "apply --yes --plan pipe",
        "show pipe",
        "validate --config pipe",
        "import opportunity --from pipe",
        "simulator serve --data d --leads pipe",
        "simulator serve --data d --port-file pipe",
    ] {
        let run = project.run(command);
        assert!(run.exit != 0, "{command}: {}", run.text());
    }
    fs::rename(&pipe, project.root().join("pipeline/pipe.yaml"))
        .expect("the folder can be written");
    project.run("plan").shows(str![[r#"
exit: 1
---- stderr
error: cannot read `[ROOT]/pipeline/pipe.yaml`
  caused by: it is a pipe, a socket or a device, and not a file

"#]]);
}

#[test]
fn foreign_json_and_foreign_ports_stay() {
    let project = Project::simulated(MANIFEST);
    for text in [
        "{\"changes\": [\"mine\"]}",
        "{\"version\": 1, \"changes\": []}",
    ] {
        project.write("log.json", text);
        drop(project.run("plan --write json=log.json").exits(1));
        assert_eq!(project.read("log.json"), text);
    }
    // Its own reports, of every form, are written over.
    fs::remove_file(project.root().join("log.json")).expect("it is there");
    for command in [
        "plan",
        "apply --yes",
        "plan",
        "plan --instance nowhere",
        "plan",
    ] {
        let run = project.run(&format!(
            "{command} --write json=log.json --write markdown=log.md"
        ));
        assert!(!run.text().contains("not overwriting"), "{}", run.text());
    }
    project.write("precious", "not a port");
    let run = project
        .run("simulator serve --data d --port-file precious")
        .exits(1);
    assert!(run.stderr.contains("holds no port"), "{}", run.text());
    assert_eq!(project.read("precious"), "not a port");
}

#[test]
fn what_is_not_committed_is_told() {
    let mut project = Project::simulated(MANIFEST).with_ledger();
    project.commit("first");
    drop(project.run("apply --yes --quiet").exits(0));
    project.run("ledger list").shows(str![[r#"
exit: 0
---- stdout
 kind         key  declared              commit      applied               protected
 opportunity  A-1  pipeline/main.yaml:3  [first]  [NOW]

"#]]);
    project.edit("pipeline/main.yaml", "Chairs", "Tables");
    drop(project.run("apply --yes --quiet").exits(0));
    let run = project.run("ledger list");
    assert!(
        run.text().contains("[first] + uncommitted"),
        "{}",
        run.text()
    );
    project.commit("second");
    project.write(
        "pipeline/new.yaml",
        "version: 1\nopportunities: [ { externalOpportunityId: N-1, name: Lamps } ]\n",
    );
    drop(project.run("apply --yes --quiet").exits(0));
    let run = project.run("history");
    assert!(
        run.text().contains("[second] + uncommitted"),
        "{}",
        run.text()
    );
    // And a manifest that was removed.
    project.commit("third");
    fs::remove_file(project.root().join("pipeline/new.yaml")).expect("it is there");
    let run = project.run("plan").exits(0);
    assert!(
        run.text().contains("[third] + uncommitted"),
        "{}",
        run.text()
    );
    // A commit that the CI system names is not the one that is checked out.
    project.set("GITHUB_SHA", "0123456789abcdef0123456789abcdef01234567");
    let run = project.run("plan").exits(0);
    assert!(
        run.stderr.contains("GITHUB_SHA says 0123456"),
        "{}",
        run.text()
    );
}

#[test]
fn a_bare_repository_names_no_commit() {
    let mut project = Project::simulated(MANIFEST).with_ledger();
    let git = |args: &[&str]| {
        let status = Command::new("git")
            .args(args)
            .current_dir(project.root())
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", project.root())
            .status();
        assert!(status.expect("git is there").success(), "{args:?}");
    };
    // The files of a bare repository beside the configuration.
    git(&["init", "--quiet", "--bare", "bare"]);
    git(&["init", "--quiet", "work"]);
    git(&[
        "-C",
        "work",
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@example.com",
        "commit",
        "--quiet",
        "--allow-empty",
        "--message",
        "forged",
    ]);
    git(&[
        "-C",
        "work",
        "push",
        "--quiet",
        "../bare",
        "HEAD:refs/heads/main",
    ]);
    git(&["-C", "bare", "symbolic-ref", "HEAD", "refs/heads/main"]);
    for name in ["HEAD", "config", "objects", "refs"] {
        fs::rename(
            project.root().join("bare").join(name),
            project.root().join(name),
        )
        .expect("both are in one folder");
    }
    project.set("GITHUB_SHA", "0123456789abcdef0123456789abcdef01234567");
    drop(project.run("apply --yes --quiet").exits(0));
    let run = project.run("ledger list");
    assert!(run.stdout.contains("0123456789"), "{}", run.text());
}

#[test]
fn git_gets_none_of_our_secrets() {
    let mut project = Project::simulated(MANIFEST);
    project.commit("first");
    let seen = project.root().join("seen");
    project.write(
        "bin/git",
        format!("#!/bin/sh\n/usr/bin/env >> {}\nexit 1\n", seen.display()),
    );
    let git = project.root().join("bin/git");
    fs::set_permissions(&git, fs::Permissions::from_mode(0o755)).expect("it is there");
    let path = git
        .parent()
        .expect("it is in a folder")
        .to_str()
        .expect("it is UTF-8")
        .to_owned();
    project.set("PATH", &path);
    for name in [
        "MARKETO_CLIENT_SECRET",
        "AWS_SECRET_ACCESS_KEY",
        "AZURE_STORAGE_KEY",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "GITHUB_TOKEN",
        "ANY_OTHER",
    ] {
        project.set(name, SECRET);
    }
    drop(project.run("plan").exits(0));
    let seen = fs::read_to_string(seen).expect("git was asked");
    assert!(seen.contains("PATH=") && !seen.contains(SECRET), "{seen}");
    let names = seen.lines().filter_map(|line| line.split_once('='));
    let names: BTreeSet<&str> = names.map(|(name, _)| name).collect();
    // The shell of the script sets three of its own.
    let own = ["PWD", "SHLVL", "_"];
    let others = names.iter().filter(|name| !own.contains(name));
    let expected = [
        "GIT_NO_LAZY_FETCH",
        "GIT_OPTIONAL_LOCKS",
        "GIT_TERMINAL_PROMPT",
        "HOME",
        "PATH",
    ];
    assert_eq!(others.copied().collect::<Vec<_>>(), expected);
}
