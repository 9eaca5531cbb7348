//! Signals during an apply: the first lets the call in flight finish, the second does not; and a rerun does the rest.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use oppctl::simulator::{Fault, FaultKind, Operation};
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project, Run};

/// Two calls, of which the second waits for the first.
const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    roles: [{ leadId: 1001, role: Champion }]
";

/// A project whose first write takes so long.
fn slow(marketo: &Marketo, delay: Duration) -> Project {
    marketo.fault(Fault::new(FaultKind::Delay(delay)).on(Operation::Sync));
    marketo.project(MANIFEST)
}

/// Starts an apply, and returns when its first write has arrived.
fn writing(marketo: &Marketo, project: &Project) -> Child {
    let child = project
        .command(&["apply", "--yes"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    while marketo.has_faults() {
        std::thread::yield_now();
    }
    child
}

fn send(signal: &str, child: &Child) {
    let status = Command::new("kill")
        .args(["-s", signal, &child.id().to_string()])
        .status();
    assert!(status.expect("kill is there").success());
}

/// Sends a signal while the first call is in flight, and waits for the end.
fn interrupted(marketo: &Marketo, project: &Project, signal: &str) -> Run {
    let child = writing(marketo, project);
    send(signal, &child);
    project.ended(child.wait_with_output().expect("the binary ends"))
}

#[test]
fn an_interrupt_finishes_the_call_in_flight() {
    let marketo = Marketo::start();
    let project = slow(&marketo, Duration::from_secs(2));
    interrupted(&marketo, &project, "INT").shows(str![[r#"
exit: 130
---- stdout
Marketo production (http://127.0.0.1:[PORT])   0 opportunities, 0 roles read in 2 calls

pipeline/main.yaml
  + opportunity A-1  "Chairs"          :3   1 field
  + role        A-1 / 1001 / Champion  :5   0 fields

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Planning took 5 calls; the apply is 0.004 % of the day's 50000.

Applied: 1 created.  1 call in [SECONDS] s.

Not attempted (1)
  pipeline/main.yaml:5:23  role A-1 / 1001 / Champion
      the run had ended

Interrupted. Run apply again: what is done is done, and only the rest will be planned.
---- stderr
finishing the calls in flight; interrupt again to stop at once
1 of 2 changes settled

"#]]);
    assert_eq!(marketo.answered(Operation::Sync), 1);
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   1 opportunity, 0 roles read in 2 calls

Plan: 1 to create; 1 unchanged.  Apply needs 1 call.
Planning took 5 calls; the apply is 0.002 % of the day's 50000.

Applied: 1 created.  1 call in [SECONDS] s.

"#]]);
    project.assert_plan_empty();
}

#[test]
fn a_termination_finishes_the_call_in_flight() {
    let marketo = Marketo::start();
    let project = slow(&marketo, Duration::from_secs(2));
    let run = interrupted(&marketo, &project, "TERM").exits(143);
    assert!(run.stdout.contains("Applied: 1 created."), "{}", run.text());
    assert_eq!(marketo.answered(Operation::Sync), 1);
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
}

#[test]
fn a_second_interrupt_ends_the_run_at_once() {
    let marketo = Marketo::start();
    // Longer than anyone waits.
    let project = slow(&marketo, Duration::from_secs(3600));
    let mut child = writing(&marketo, &project);
    let stderr = BufReader::new(child.stderr.take().expect("it is piped"));
    send("INT", &child);
    let mut lines = stderr.lines().map(|line| line.expect("output is UTF-8"));
    assert_eq!(
        lines.next().as_deref(),
        Some("finishing the calls in flight; interrupt again to stop at once")
    );
    send("INT", &child);
    project
        .ended(child.wait_with_output().expect("the binary ends"))
        .shows(str![[r#"
exit: 130
---- stdout
Marketo production (http://127.0.0.1:[PORT])   0 opportunities, 0 roles read in 2 calls

pipeline/main.yaml
  + opportunity A-1  "Chairs"          :3   1 field
  + role        A-1 / 1001 / Champion  :5   0 fields

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Planning took 5 calls; the apply is 0.004 % of the day's 50000.

Applied: nothing.  1 call in [SECONDS] s.

Unknown (1)
  pipeline/main.yaml:3:28  opportunity A-1
      interrupted before the answer came
      It may or may not have been written. A further plan reads it and shows what is left to do.

Not attempted (1)
  pipeline/main.yaml:5:23  role A-1 / 1001 / Champion
      the run had ended

Interrupted. Run apply again: what is done is done, and only the rest will be planned.

"#]]);
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
}
