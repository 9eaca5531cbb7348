//! What the binary says of itself: help, version, completions, schemas.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use pretty_assertions::assert_eq;
use snapbox::{Assert, Data, str};

use crate::harness::Project;

const COMMANDS: &[&str] = &[
    "",
    "init",
    "validate",
    "fmt",
    "plan",
    "snapshot",
    "show",
    "apply",
    "publish",
    "publish github",
    "publish gitlab",
    "doctor",
    "describe",
    "fields",
    "get",
    "import",
    "convert",
    "pull",
    "usage",
    "history",
    "why",
    "status",
    "undo",
    "ledger",
    "ledger list",
    "ledger show",
    "ledger forget",
    "ledger unlock",
    "ledger backup",
    "ledger restore",
    "ledger rebuild",
    "ledger upgrade",
    "explain",
    "schema",
    "simulator",
    "simulator serve",
    "completions",
    "man",
];

#[test]
fn every_command_has_its_help() {
    let project = Project::empty();
    let assert = Assert::new().action_env("SNAPSHOTS");
    for command in COMMANDS {
        let run = project.run(&format!("{command} --help")).exits(0);
        assert_eq!(run.stderr, "");
        let name = if command.is_empty() {
            "oppctl"
        } else {
            command
        };
        let file = format!("tests/data/help/{}.txt", name.replace(' ', "-"));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        assert.eq(run.stdout.as_str(), Data::read_from(&path, None).raw());
        drop(project.run(&format!("{command} -h")).exits(0));
    }
}

#[test]
fn the_list_of_commands_is_complete() {
    let help = Project::empty().run("-h").stdout;
    let (_, commands) = help.split_once("Commands:\n").expect("commands are listed");
    let (commands, _) = commands.split_once("\n\n").expect("the list ends");
    let listed: Vec<&str> = commands
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let mut known: Vec<&str> = COMMANDS
        .iter()
        .copied()
        .filter(|command| !command.is_empty() && !command.contains(' '))
        .collect();
    known.push("help");
    assert_eq!(listed, known);
}

#[test]
fn the_version_is_that_of_the_package() {
    let run = Project::empty().run("--version").exits(0);
    assert_eq!(
        run.stdout,
        concat!("oppctl ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn schemas_are_those_of_the_repository() {
    let project = Project::empty();
    for (name, version) in [("manifest", 1), ("config", 1), ("plan", 2), ("report", 1)] {
        let file = format!("schemas/{name}.v{version}.json");
        let committed = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file));
        let run = project.run(&format!("schema {name}")).exits(0);
        assert_eq!(run.stdout, committed.expect("the schema is committed"));
    }
}

#[test]
fn words_of_other_tools_get_a_hint() {
    let project = Project::empty();
    for (word, hint) in [
        ("diff", "`oppctl plan`"),
        ("rollback", "`oppctl undo RUN`"),
        ("destroy", "`ensure: absent`"),
        ("state", "`oppctl ledger list`"),
        ("lint", "`oppctl validate`"),
        ("format", "`oppctl fmt`"),
        ("apply --auto-approve", "`oppctl apply --yes`"),
        ("apply --dry-run", "`oppctl plan`"),
        ("plan --detailed-exitcode", "`oppctl plan --exit-code`"),
        ("plan --target=A-1", "`oppctl plan pipeline/emea.yaml`"),
    ] {
        let run = project.run(word).exits(64);
        assert!(run.stderr.contains(hint), "{}", run.text());
    }
    // What only looks like a command is corrected as ever.
    let run = project.run("plam").exits(64);
    assert!(run.stderr.contains("plan"), "{}", run.text());
}

#[test]
fn each_command_has_a_manual_page() {
    let project = Project::empty();
    let page = project.run("man").exits(0).stdout;
    assert!(page.contains(".TH oppctl 1"), "{page}");
    drop(project.run("man --out man").exits(0));
    for command in COMMANDS.iter().filter(|command| !command.is_empty()) {
        let page = project.read(&format!("man/oppctl-{}.1", command.replace(' ', "-")));
        assert!(page.contains(".SH NAME"), "{page}");
    }
}

#[test]
fn completions_load() {
    let project = Project::empty();
    let script = |shell: &str| {
        let run = project.run(&format!("completions {shell}")).exits(0);
        assert_eq!(run.stderr, "");
        for command in COMMANDS.iter().filter(|command| !command.contains(' ')) {
            assert!(run.stdout.contains(command), "{shell}: {command}");
        }
        run.stdout
    };
    let bash = script("bash") + "complete -p oppctl\n";
    let loaded = fed("bash", &["--norc", "-eu"], &bash);
    assert!(loaded.ends_with(" -F _oppctl oppctl\n"), "{loaded}");
    assert!(script("zsh").starts_with("#compdef oppctl\n"));
    assert!(script("fish").contains("complete -c oppctl "));
    project.run("completions csh").shows(str![[r#"
exit: 64
---- stderr
error: invalid value 'csh' for '<SHELL>'
  [possible values: bash, elvish, fish, powershell, zsh]

  tip: a similar value exists: 'zsh'

For more information, try '--help'.

"#]]);
}

/// Runs a program on this standard input and returns what it prints.
fn fed(program: &str, args: &[&str], input: &str) -> String {
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program is there");
    let mut stdin = child.stdin.take().expect("the input is piped");
    stdin
        .write_all(input.as_bytes())
        .expect("the program reads");
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    assert!(output.status.success(), "{program}: {}", output.status);
    String::from_utf8(output.stdout).expect("output is UTF-8")
}
