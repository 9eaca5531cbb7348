//! What people read fits into their terminals.

use std::fmt::Write as _;

use oppctl::simulator::{CallOperation, Fault, FaultKind};
use pretty_assertions::assert_eq;

use crate::harness::{Marketo, Project, Run};

const WIDTHS: [usize; 3] = [60, 80, 120];

/// A project with names that are long, and texts in languages without blanks.
fn manifest(records: usize, stage: &str) -> String {
    let mut manifest = "version: 1\nopportunities:\n".to_owned();
    for number in 0..records {
        writeln!(
            manifest,
            "  - externalOpportunityId: SO-2026-{number:06}-{stage}\n    name: Vereinigte Elektrizitätswerke {number} – 東京オフィスは2027年4月に開始予定です\n    stage: {stage}\n    amount: {number}000.50\n    description: |\n      {} {stage}\n      担当者は佐藤さん担当者は佐藤さん担当者は佐藤さん担当者は佐藤さん担当者は佐藤さん",
            "a phased roll-out ".repeat(12)
        )
        .expect("strings take all text");
    }
    manifest
}

/// The lines that are wider than this.
fn too_wide(text: &str, width: usize) -> Vec<&str> {
    let columns = |line: &str| -> usize {
        line.chars()
            .map(|c| {
                if ('\u{3000}'..='\u{9fff}').contains(&c) {
                    2
                } else {
                    1
                }
            })
            .sum()
    };
    text.lines().filter(|line| columns(line) > width).collect()
}

#[track_caller]
fn assert_fits(project: &mut Project, args: &str) {
    for width in WIDTHS {
        project.set("COLUMNS", &width.to_string());
        let run = project.run(args);
        let found = too_wide(&run.stdout, width);
        assert_eq!(
            found,
            Vec::<&str>::new(),
            "{args} at {width}: {}",
            run.text()
        );
    }
}

#[test]
fn no_line_of_a_plan_or_of_a_report_is_wider_than_the_terminal() {
    let marketo = Marketo::start();
    let guards = "guards: { maxDeletes: 100, maxDeletePercent: 100 }";
    let mut project = marketo
        .project(&manifest(50, "Open"))
        .with_ledger()
        .with(guards);
    for args in ["plan", "plan -v"] {
        assert_fits(&mut project, args);
    }
    drop(project.run("apply --yes --quiet").exits(0));
    // Some stay, some go, and some are new.
    let (kept, new) = (manifest(45, "Open"), manifest(3, "Won"));
    let kept = kept
        .replace("stage: Open", "stage: Closed")
        .replace("phased", "staged");
    let new = new.replace("version: 1\nopportunities:\n", "");
    project.write("pipeline/main.yaml", format!("{kept}{new}"));
    for args in ["plan", "plan -v", "plan --drift"] {
        assert_fits(&mut project, args);
    }
    let refused = FaultKind::SkipRecord {
        index: 1,
        code: "1003".to_owned(),
        message:
            "Value 'Vereinigte Elektrizitätswerke' of the field 'name' is longer than the field"
                .to_owned(),
    };
    marketo.fault(Fault::new(refused).on(CallOperation::Sync));
    project.set("COLUMNS", "60");
    let run = project.run("apply --yes").exits(4);
    assert_eq!(
        too_wide(&run.stdout, 60),
        Vec::<&str>::new(),
        "{}",
        run.text()
    );
    for args in [
        "history",
        "history last",
        "history last -v",
        "ledger list",
        "undo last --out undo.json",
    ] {
        assert_fits(&mut project, args);
    }
    assert_fits(&mut project, "show undo.json");
}

/// Where no width is known, such as in a pipe, each record stands in one line: so `grep` finds it with all that belongs to it.
#[test]
fn in_a_pipe_lines_stay_whole() {
    let marketo = Marketo::start();
    let mut project = marketo.project(&manifest(1, "Open")).with_ledger();
    project.set("COLUMNS", "");
    let has_row = |run: &Run, words: &[&str]| {
        let mut lines = run.stdout.lines();
        let row = lines.find(|line| words.iter().all(|word| line.contains(word)));
        assert!(row.is_some(), "{words:?}: {}", run.text());
    };
    let key = "SO-2026-000000-Open";
    has_row(
        &project.run("plan").exits(0),
        &[key, "2027年4月に開始予定です", ":3"],
    );
    drop(project.run("apply --yes").exits(0));
    has_row(
        &project.run("ledger list").exits(0),
        &[key, "pipeline/main.yaml:3", "Z"],
    );
    let history = project.run("history").exits(0);
    has_row(&history, &["ada", "1 created"]);
    assert_eq!(history.stdout.lines().count(), 2, "{}", history.text());
    has_row(
        &project.run("history last").exits(0),
        &["Undo", "oppctl undo", "--instance production"],
    );
    let why = project.run(&format!("why {key}")).exits(0);
    has_row(&why, &["declared", "pipeline/main.yaml:3"]);
}

/// A command that is parted is still one command for a shell.
#[test]
fn a_command_that_is_parted_can_be_pasted() {
    let marketo = Marketo::start();
    let mut project = marketo.project(&manifest(1, "Open"));
    project.edit(
        "oppctl.yaml",
        "  production:",
        "  \"the sandbox of the marketing department\":",
    );
    project.set("COLUMNS", "60");
    let run = project.run("apply --yes").exits(0);
    let (_, undo) = run
        .stdout
        .split_once("  Undo      oppctl ")
        .expect("it is told");
    let undo = undo.trim_end();
    assert!(undo.contains(" \\\n"), "{undo}");
    let words = std::process::Command::new("sh")
        .args(["-c", &format!("printf '%s\\n' {undo} --yes --quiet")])
        .output();
    let words = String::from_utf8(words.expect("sh is there").stdout).expect("it is UTF-8");
    drop(
        project
            .run_args(&words.lines().collect::<Vec<_>>())
            .exits(0),
    );
}
