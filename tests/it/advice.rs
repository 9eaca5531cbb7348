//! What a run says to do next can be pasted as it is printed: each command of each ending is run.

#![cfg(unix)]

use std::fmt::Write as _;
use std::process::Command;

use oppctl::simulator::{Breakdown, CallOperation, Fault, FaultKind, Moment};
use pretty_assertions::assert_eq;

use crate::harness::{Marketo, Project, Run};

/// Twelve opportunities, of which the first two have a role.
fn manifest(stage: &str) -> String {
    let mut text = "version: 1\nopportunities:\n".to_owned();
    for number in 1..=12 {
        let roles = match number {
            1 => ", roles: [{ leadId: 1001, role: Champion }]",
            2 => ", roles: [{ leadId: 1002, role: Buyer }]",
            _ => "",
        };
        writeln!(
            text,
            "  - {{ externalOpportunityId: A-{number}, name: Chairs {number}, stage: {stage}{roles} }}"
        )
        .expect("strings take all text");
    }
    text
}

/// A project with more than a name that needs quotes.
fn project(marketo: &Marketo) -> Project {
    let project = marketo.project(&manifest("New")).with_ledger();
    project.edit(
        "oppctl.yaml",
        "  production:",
        "  \"the EU sandbox\":\n    confirm: true",
    );
    project
}

/// The commands of this program in a text: those in backticks, and those that have a line of their own, which may go on below.
fn commands(text: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let quoted = text.split('`').skip(1).step_by(2);
    commands.extend(
        quoted
            .filter(|code| code.starts_with("oppctl "))
            .map(str::to_owned),
    );
    let joined = text.replace(" \\\n", " ");
    for line in joined.lines() {
        let row = ["  Next ", "  Details ", "  Undo "];
        if row.iter().any(|row| line.starts_with(row))
            && let Some(at) = line.find("  oppctl ")
        {
            commands.push(line[at..].trim().to_owned());
        }
    }
    commands
}

/// Runs a command as a shell takes it; what sends is agreed to.
fn pasted(project: &Project, command: &str) -> Run {
    let words = Command::new("sh")
        .args(["-c", &format!("printf '%s\\n' {command}")])
        .output()
        .expect("sh is there");
    let words = String::from_utf8(words.stdout).expect("it is UTF-8");
    let mut words: Vec<&str> = words.lines().skip(1).collect();
    if ["apply", "undo"].contains(&words[0]) {
        words.push("--yes");
    }
    project.run_args(&words)
}

/// Runs what was printed, what takes back last: it has to take back the whole run.
#[track_caller]
fn assert_can_be_pasted(project: &Project, run: &Run, least: usize) {
    let text = format!("{}\n{}", run.stdout, run.stderr);
    let mut commands = commands(&text);
    commands.sort_by_key(|command| command.contains(" undo "));
    commands.dedup();
    assert!(commands.len() >= least, "{commands:?}\n{}", run.text());
    for command in commands {
        let ended = pasted(project, &command);
        assert_eq!(ended.exit, 0, "{command}\n{}", ended.text());
    }
}

/// Asserts that all of the manifest would have to be created.
#[track_caller]
fn assert_nothing_is_left(project: &Project) {
    let plan = project.run("plan").exits(0);
    let all = "Plan: 14 to create; 0 unchanged.";
    assert!(plan.stdout.contains(all), "{}", plan.text());
}

const APPLY: [&str; 4] = ["apply", "--yes", "--confirm", "the EU sandbox"];

#[test]
fn after_a_rejection() {
    let marketo = Marketo::start();
    let project = project(&marketo);
    let gone = FaultKind::SkipRecord {
        index: 0,
        code: "1004".to_owned(),
        message: "Lead not found".to_owned(),
    };
    marketo.fault(
        Fault::new(gone)
            .on(CallOperation::Sync)
            .suffix("/roles.json"),
    );
    let run = project.run_args(&APPLY).exits(4);
    assert_can_be_pasted(&project, &run, 2);
    assert_nothing_is_left(&project);
}

#[test]
fn after_the_daily_quota() {
    let marketo = Marketo::start();
    let project = project(&marketo);
    marketo.fault(Fault::code("607").on(CallOperation::Sync).after(1));
    let run = project.run_args(&APPLY).exits(7);
    assert_can_be_pasted(&project, &run, 2);
    assert_nothing_is_left(&project);
}

#[test]
fn after_an_answer_that_was_lost_for_good() {
    let marketo = Marketo::start();
    let project = project(&marketo);
    let lost = FaultKind::Break {
        how: Breakdown::Disconnect,
        when: Moment::AfterCommit,
    };
    marketo.fault(Fault::new(lost).on(CallOperation::Sync));
    let down = FaultKind::Break {
        how: Breakdown::BadGateway,
        when: Moment::BeforeCommit,
    };
    // The plan reads opportunities once.
    let down = Fault::new(down).on(CallOperation::Query);
    marketo.fault(down.suffix("/opportunities.json").after(1).times(50));
    let run = project.run_args(&APPLY).exits(7);
    marketo.heal();
    assert_can_be_pasted(&project, &run, 2);
    assert_nothing_is_left(&project);
}

#[test]
fn after_a_canary() {
    let marketo = Marketo::start();
    let project = project(&marketo);
    let lose = FaultKind::Lose {
        field: "name".to_owned(),
        kept: 3,
    };
    marketo.fault(Fault::new(lose).on(CallOperation::Sync));
    let canary = [&APPLY[..], &["--canary", "5"]].concat();
    let run = project.run_args(&canary).exits(4);
    assert_can_be_pasted(&project, &run, 2);
    assert_nothing_is_left(&project);
}

#[test]
fn after_a_plan_that_is_stale() {
    let marketo = Marketo::start();
    let project = project(&marketo);
    drop(project.run("plan --out plan.json").exits(0));
    project.write("pipeline/main.yaml", manifest("Won"));
    let plan = [&APPLY[..], &["--plan", "plan.json"]].concat();
    let run = project.run_args(&plan).exits(6);
    assert_can_be_pasted(&project, &run, 1);
}

#[test]
fn after_a_success() {
    let marketo = Marketo::start();
    let project = project(&marketo);
    let run = project.run_args(&APPLY).exits(0);
    assert_can_be_pasted(&project, &run, 1);
    assert_nothing_is_left(&project);
}
