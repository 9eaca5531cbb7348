//! `oppctl usage`: what everybody's calls and errors come to, as the instance counts them.

use oppctl::simulator::{CallOperation, Fault};
use pretty_assertions::assert_eq;

use crate::harness::Marketo;

const MANIFEST: &str =
    "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: Chairs }\n";

#[test]
fn calls_and_errors_of_the_day_and_of_the_week() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    // Describe, fields, query, usage and create count, and so does the look itself; a describe that is refused does not.
    drop(project.run("apply --yes").exits(0));
    marketo.fault(Fault::code("616").on(CallOperation::Describe));
    drop(project.run("describe").exits(1));
    let shown = project.run("usage").exits(0);
    let lines: Vec<Vec<&str>> = shown
        .stdout
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(lines[1][1..], ["all", "6", "0.01", "%", "of", "50000"]);
    assert_eq!(lines[5][1..], ["all", "1"]);
    assert_eq!(lines[6][..2], ["616", "1"]);
    let week = project.run("usage --week --format json").exits(0);
    let week: serde_json::Value = serde_json::from_str(&week.stdout).expect("JSON");
    let days = |what: &str| week[what].as_array().map(Vec::len);
    assert_eq!((days("calls"), days("errors")), (Some(7), Some(7)));
    assert_eq!(week["errors"][6]["codes"][0]["code"], "616");
}
