//! `kill -9` in the middle of an apply: a rerun converges, whatever had been written and whatever the last answer was.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

use oppctl::simulator::{Breakdown, CallOperation, Fault, FaultKind, Moment};
use pretty_assertions::assert_eq;

use crate::harness::{Marketo, Project};

const OPPORTUNITIES: usize = 1000;

/// 3,000 records: each opportunity has two roles. An apply needs 4 + 7 calls.
fn manifest() -> String {
    let mut manifest = "version: 1\nopportunities:\n".to_owned();
    for number in 1..=OPPORTUNITIES {
        writeln!(
            manifest,
            "  - externalOpportunityId: A-{number}\n    name: Renewal {number}\n    amount: {number}.50\n    \
             roles: [{{ leadId: 1001, role: Champion }}, {{ leadId: 1002, role: Buyer, isPrimary: true }}]"
        )
        .expect("strings take all text");
    }
    manifest
}

/// Starts an apply whose output nobody needs.
fn applying(project: &Project) -> Child {
    project
        .command(&["apply", "--yes", "--quiet"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs")
}

/// Ends a process that has no say in it.
fn kill(mut child: Child) {
    child.kill().expect("the process is ours");
    child.wait().expect("the process is ours");
}

/// What every crash has to come to: all records, each once, and nothing left to do.
#[track_caller]
fn assert_converges(project: &Project) {
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
    project.assert_plan_empty();
    let keys: Vec<String> = (1..=OPPORTUNITIES)
        .map(|number| format!("A-{number}"))
        .collect();
    for (kind, records) in [("opportunity", OPPORTUNITIES), ("role", 2 * OPPORTUNITIES)] {
        let mut args = vec!["get", kind, "--format", "json"];
        args.extend(keys.iter().map(String::as_str));
        let got = project.run_args(&args).exits(0);
        let ids = got
            .stdout
            .lines()
            .filter_map(|line| line.split_once("\"marketoGUID\":\"")?.1.get(..36));
        let ids: Vec<&str> = ids.collect();
        assert_eq!(ids.len(), records, "{kind}");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), records, "{kind}");
    }
}

/// Kills an apply as soon as this many of its writes were answered, with others in flight.
fn killed_after(writes: usize) {
    let marketo = Marketo::start();
    let project = marketo.project(&manifest());
    let child = applying(&project);
    while marketo.answered(CallOperation::Sync) < writes {
        std::thread::yield_now();
    }
    kill(child);
    // What the dead process had sent is still being written: Marketo would be done before anyone reruns.
    let marketo = marketo.restarted();
    project.write("oppctl.yaml", marketo.config(""));
    assert_converges(&project);
}

#[test]
fn killed_while_opportunities_are_written() {
    killed_after(1);
}

#[test]
fn killed_while_roles_are_written() {
    killed_after(6);
}

#[test]
fn killed_before_a_lost_answer_could_be_read_back() {
    let marketo = Marketo::start();
    let project = marketo.project(&manifest());
    let lost = FaultKind::Break {
        how: Breakdown::Disconnect,
        when: Moment::AfterCommit,
    };
    marketo.fault(Fault::new(lost).on(CallOperation::Sync).after(1));
    // The plan reads opportunities in 4 calls; the fifth is the look at what became of the write.
    let stuck = FaultKind::Delay(Duration::from_secs(3600));
    marketo.fault(
        Fault::new(stuck)
            .on(CallOperation::Query)
            .suffix("/opportunities.json")
            .after(4),
    );
    let child = applying(&project);
    while marketo.has_faults() {
        std::thread::yield_now();
    }
    kill(child);
    assert_converges(&project);
}

#[test]
fn killed_together_with_the_embedded_simulator() {
    let project = Project::simulated(&manifest());
    let mut child = project
        .command(&["apply", "--yes"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let stderr = BufReader::new(child.stderr.take().expect("it is piped"));
    let mut lines = stderr.lines().map(|line| line.expect("output is UTF-8"));
    let first = lines.find(|line| line.starts_with("applying: "));
    let first = first.expect("it tells of progress");
    assert!(first.contains(" of 3,000 changes"), "{first}");
    kill(child);
    assert_converges(&project);
}
