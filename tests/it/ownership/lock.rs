//! Two runs at once: one writes, the other waits or is refused; and a holder that is gone.

#![cfg(unix)]

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use oppctl::simulator::{CallOperation, Fault, FaultKind};
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project, Run};

const CHAIRS: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A, name: Chairs, roles: [{ leadId: 1001, role: Buyer }] }
";

/// A project of Ada's whose first write takes so long.
fn slow(marketo: &Marketo, delay: Duration) -> Project {
    marketo.fault(Fault::new(FaultKind::Delay(delay)).on(CallOperation::Sync));
    let mut project = marketo.project(CHAIRS).with_ledger();
    project.set("USER", "ada");
    project
}

/// Starts an apply, and returns when its first write has arrived.
fn writing(marketo: &Marketo, project: &Project) -> Child {
    let child = project
        .command(&["apply", "--yes", "--quiet"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    while marketo.has_faults() {
        std::thread::yield_now();
    }
    child
}

/// The owner of the lock, as a refused run names it.
fn owner(refused: &Run) -> String {
    let (_, owner) = refused
        .stderr
        .split_once("--owner ")
        .expect("the hint names the owner");
    owner.chars().take_while(char::is_ascii_hexdigit).collect()
}

fn ended(project: &Project, child: Child) -> Run {
    project.ended(child.wait_with_output().expect("the binary ends"))
}

#[test]
fn a_second_apply_is_refused_and_told_who_holds_the_lock() {
    let marketo = Marketo::start();
    // Longer than any test: the holder dies in the middle of its write.
    let project = slow(&marketo, Duration::from_secs(600));
    let mut holder = writing(&marketo, &project);
    let refused = project.run("apply --yes --quiet");
    refused.shows(str![[r#"
exit: 7
---- stderr
error: ada on [HOST] (process [PID], owner [OWNER]) holds the lock until [NOW]
  hint: wait for it: add `--lock-wait 5m`. If that run is dead, its lock expires by itself; to release it now: `oppctl ledger unlock --owner [OWNER] --instance production`

"#]]);
    drop(project.run("ledger forget opportunity A").exits(7));
    project.run("plan --quiet").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 0.004 % of 50,000 a day (49,985 left today).

"#]]);
    // Nobody else's lock is let go.
    project
        .run("ledger unlock --owner 0123456789abcdef")
        .shows(str![[r#"
exit: 7
---- stderr
error: the lock belongs to another run: ada on [HOST] (process [PID], owner [OWNER])
  hint: to release it: `oppctl ledger unlock --owner [OWNER] --instance production`

"#]]);
    holder.kill().expect("the holder runs");
    holder.wait().expect("the holder ends");
    let unlock = format!("ledger unlock --owner {}", owner(&refused));
    project.run(&unlock).shows(str![[r#"
exit: 0
---- stderr
released the lock of ada on [HOST] (process [PID], owner [OWNER])

"#]]);
    project.run(&unlock).shows(str![[r#"
exit: 1
---- stderr
error: no run holds the lock

"#]]);
    // It claimed what it was about to create, and a further run finds out.
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
    project.run("ledger list").shows(str![[r#"
exit: 0
---- stdout
 kind         key               declared              commit  applied               protected
 opportunity  A                 pipeline/main.yaml:3          [NOW]
 role         A / 1001 / Buyer  pipeline/main.yaml:3          [NOW]

"#]]);
}

#[test]
fn a_second_apply_that_waits_goes_on_where_the_first_has_ended() {
    let marketo = Marketo::start();
    let project = slow(&marketo, Duration::from_secs(1));
    let first = writing(&marketo, &project);
    project.run("apply --yes --lock-wait 5m").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

No changes. 2 unchanged.
Read 1 opportunity, 1 role in 5 calls.
---- stderr
waiting for the lock, held by ada on [HOST] (process [PID], owner [OWNER]) until [TIME] or longer

"#]]);
    ended(&project, first).shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 0.004 % of 50,000 a day (49,993 left today).

Applied: 2 created.  2 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production

"#]]);
    assert_eq!(marketo.answered(CallOperation::Sync), 2);
    project.assert_plan_empty();
}

#[test]
fn an_interrupted_apply_lets_go_of_its_lock() {
    let marketo = Marketo::start();
    let project = slow(&marketo, Duration::from_secs(1));
    let first = writing(&marketo, &project);
    let kill = Command::new("kill")
        .args(["-s", "TERM", &first.id().to_string()])
        .status();
    assert!(kill.expect("kill is there").success());
    drop(ended(&project, first).exits(143));
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
}

#[test]
fn a_run_whose_lock_was_ended_by_hand_does_not_overwrite_the_ledger_of_the_next() {
    let marketo = Marketo::start();
    let project = slow(&marketo, Duration::from_secs(2));
    let first = writing(&marketo, &project);
    let refused = project.run("apply --yes --quiet").exits(7);
    let unlock = format!("ledger unlock --owner {}", owner(&refused));
    drop(project.run(&unlock).exits(0));
    drop(project.run("apply --yes --quiet").exits(0));
    ended(&project, first).shows(str![[r#"
exit: 6
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 0.004 % of 50,000 a day (49,993 left today).

Rejected (1)
  1017 Object already exists: the record already exists
      pipeline/main.yaml:3:30  opportunity A
    → plan again: somebody created the record meanwhile
    For Adobe Support: request [REQUEST]

Not attempted (1)
  1 role, because its opportunity A was rejected
      pipeline/main.yaml:3:65  role A / 1001 / Buyer

Nothing was changed: 1 change was rejected, 1 was not attempted.  1 call in [SECONDS] s.
  Next      correct what was rejected, then run the same command again: only what is left is sent
  Details   oppctl history [RUN] --instance production
---- stderr
the lock had been lost: ada on [HOST] (process [PID], owner [OWNER]) took it over
error: another run changed [ROOT]/.ledger/[INSTANCE] after this run had read it
  hint: run the command again
  hint: the report is right; the next apply corrects the ledger

"#]]);
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
    project.run("ledger list").shows(str![[r#"
exit: 0
---- stdout
 kind         key               declared              commit  applied               protected
 opportunity  A                 pipeline/main.yaml:3          [NOW]
 role         A / 1001 / Buyer  pipeline/main.yaml:3          [NOW]

"#]]);
}

#[test]
fn a_lock_is_not_held_by_a_plan() {
    let marketo = Marketo::start();
    let project = marketo.project(CHAIRS).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    marketo.fault(Fault::new(FaultKind::Delay(Duration::from_secs(600))).on(CallOperation::Query));
    let mut plan = project
        .command(&["plan"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");
    while marketo.has_faults() {
        std::thread::yield_now();
    }
    drop(project.run("ledger forget opportunity A").exits(0));
    plan.kill().expect("the plan runs");
    let mut said = String::new();
    let stdout = plan.stdout.as_mut().expect("it is piped");
    stdout.read_to_string(&mut said).expect("it is text");
    plan.wait().expect("the plan ends");
    assert_eq!(said, "");
}
