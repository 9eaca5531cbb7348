//! The tables of `docs/simulator.md`: each switch and each fault, as the simulator has them. And those of `docs/safety.md`: each
//! promise, with tests that exist; and of `docs/testing.md`: each case, likewise.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use oppctl::simulator::{Answers, FAULTS, PRESETS, Preset};
use pretty_assertions::assert_eq;

/// A row of a table; a bar in a cell would end it.
fn row<const N: usize>(table: &mut String, cells: [&str; N]) {
    let cells = cells.map(|cell| cell.replace('|', "\\|"));
    writeln!(table, "| {} |", cells.join(" | ")).expect("a string takes text");
}

fn answers() -> String {
    let documented = Preset::named("documented").expect("there is this preset");
    let mut table = "| switch | values | `documented` | reason |\n|---|---|---|---|\n".to_owned();
    for switch in Answers::all() {
        let values: Vec<String> = switch.values.iter().map(|it| format!("`{it}`")).collect();
        let name = format!("`{}`", switch.name);
        let value = documented.value(switch);
        let other = if value == switch.default() {
            String::new()
        } else {
            format!("`{value}`")
        };
        row(
            &mut table,
            [&name, &values.join(", "), &other, switch.reason],
        );
    }
    table
}

fn presets() -> String {
    let mut table = "| preset | answers |\n|---|---|\n".to_owned();
    for preset in PRESETS {
        row(&mut table, [&format!("`{}`", preset.name), preset.summary]);
    }
    table
}

fn faults() -> String {
    let mut table = "| fault | what it does | its members |\n|---|---|---|\n".to_owned();
    for fault in FAULTS {
        let members = fault.members.iter();
        let members: Vec<String> = members
            .map(|(name, takes)| format!("`{name}`: {takes}"))
            .collect();
        let name = format!("`{}`", fault.name);
        row(&mut table, [&name, fault.effect, &members.join("; ")]);
    }
    table
}

/// The page with what stands between a mark and the next end replaced.
fn with(page: &str, mark: &str, table: &str) -> String {
    let (before, rest) = page.split_once(mark).expect("the page has the mark");
    let (_, after) = rest
        .split_once("<!-- end -->")
        .expect("the mark has an end");
    format!("{before}{mark}\n{table}<!-- end -->{after}")
}

#[test]
fn the_simulators_page_lists_every_switch_and_every_fault() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/simulator.md");
    let page = fs::read_to_string(&path).expect("the page can be read");
    let fresh = with(&page, "<!-- answers -->", &answers());
    let fresh = with(&fresh, "<!-- presets -->", &presets());
    let fresh = with(&fresh, "<!-- faults -->", &faults());
    if std::env::var_os("DOCS").is_some_and(|value| value == "overwrite") {
        fs::write(&path, &fresh).expect("the page is written");
        return;
    }
    assert_eq!(
        page, fresh,
        "run `DOCS=overwrite cargo test --test it pages`"
    );
}

#[test]
fn every_promise_names_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/safety.md")).expect("the page can be read");
    let (page, _) = page
        .split_once("\n## What it cannot promise")
        .expect("the page ends with what it cannot promise");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| "));
    let promises = rows.filter(|row| *row != "promise | shown by |");
    assert_eq!(without_tests(promises), Vec::<String>::new());
}

#[test]
fn every_case_names_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/testing.md")).expect("the page can be read");
    let (_, table) = page
        .split_once("| case | what happens | tests |\n|---|---|---|\n")
        .expect("the page has the table");
    let rows = table.lines().map_while(|line| line.strip_prefix("| "));
    let rows: Vec<&str> = rows.collect();
    let ids: Vec<&str> = rows
        .iter()
        .filter_map(|row| row.split(' ').next())
        .collect();
    assert_eq!(ids, CASES);
    assert_eq!(without_tests(rows.into_iter()), Vec::<String>::new());
}

/// The cases, by their ids; those that are missing in between were never cases of this program.
const CASES: [&str; 28] = [
    "b01", "b02", "b05", "b06", "b07", "b09", "b11", "b12", "b13", "b15", "b16", "b17", "b18",
    "b19", "b20", "s01", "s02", "s03", "s05", "s06", "s08", "s09", "s11", "s12", "s13", "s14",
    "s16", "s17",
];

/// The rows that name no test, and the tests of others that do not exist. A test is named by its file and its function.
fn without_tests<'r>(rows: impl Iterator<Item = &'r str>) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut missing = Vec::new();
    for row in rows {
        // Every other piece stands between backticks.
        let pieces = row.split('`').skip(1).step_by(2);
        let tests: Vec<_> = pieces.filter_map(|piece| piece.split_once("::")).collect();
        if tests.is_empty() {
            missing.push(row.to_owned());
        }
        for (file, test) in tests {
            let source = fs::read_to_string(root.join(file)).unwrap_or_default();
            let head = source.split_once(&format!("fn {test}("));
            let head = head.map(|(before, _)| before.trim_end_matches("async ").trim_end());
            let attribute = head
                .and_then(|head| head.lines().last())
                .unwrap_or_default();
            let is_there = ["#[test]", "#[tokio::test"]
                .iter()
                .any(|test| attribute.trim_start().starts_with(test));
            if !is_there {
                missing.push(format!("{file}::{test}"));
            }
        }
    }
    missing
}
