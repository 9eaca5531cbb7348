//! Signals at every stage of an apply and of an undo: the first lets the call in flight finish, the second does not; journal, ledger
//! and lock are as they should be, and a rerun does the rest.
//!
//! Nothing here waits for time: a reply is held on the wire, or a fault holds a call, until the signal was heard.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use oppctl::simulator::{CallOperation, Fault, FaultKind};
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Caught, Marketo, ObjectStorage, Passage, Project, Run, Tap, Way, shows};

/// Two calls, of which the second waits for the first.
const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    roles: [{ leadId: 1001, role: Champion }]
";

const FINISHING: &str = "finishing the calls in flight; interrupt again to stop at once";

const SIGNALS: [(&str, i32); 2] = [("INT", 130), ("TERM", 143)];

/// A Marketo whose replies can be held up, and a project for it with a ledger.
struct Stage {
    tap: Tap,
    project: Project,
    marketo: Marketo,
}

impl Stage {
    fn new() -> Self {
        let (marketo, tap) = (Marketo::start(), Tap::new());
        let (_, address) = tap.open(marketo.address());
        let project = marketo.project(MANIFEST).with_ledger();
        let config = project.read("oppctl.yaml");
        let config = config.replace(&marketo.url(), &format!("http://{address}"));
        project.write("oppctl.yaml", config);
        Self {
            tap,
            project,
            marketo,
        }
    }

    /// Starts a run, and returns when the reply to its first call of this sort is held up.
    fn held(&self, args: &[&str], is_it: fn(&Passage) -> bool) -> (Child, Caught) {
        let matches = move |passage: &Passage| passage.way == Way::Reply && is_it(passage);
        let held = self.tap.hold(0, matches);
        let child = start(&self.project, args);
        (child, held.recv().expect("it calls"))
    }

    fn ended(&self, child: Child) -> Run {
        let output = child.wait_with_output().expect("the binary ends");
        self.project.ended(output)
    }

    /// How the last run ended, by its journal.
    fn state(&self) -> String {
        let history = self.project.run("history --format json").exits(0).stdout;
        let (_, state) = history.split_once("\"state\": \"").expect("there is a run");
        state.split('"').next().unwrap_or_default().to_owned()
    }

    /// Asserts that nobody holds the lock, and that what is left to do is done.
    #[track_caller]
    fn assert_goes_on(&self) {
        drop(self.project.run("apply --yes --quiet").exits(0));
        self.project.assert_plan_empty();
    }
}

fn start(project: &Project, args: &[&str]) -> Child {
    let mut command = project.command(args);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the binary runs")
}

fn send(signal: &str, child: &Child) {
    send_to(signal, child.id());
}

fn send_to(signal: &str, process: u32) {
    let status = Command::new("kill")
        .args(["-s", signal, &process.to_string()])
        .status();
    assert!(status.expect("kill is there").success());
}

/// Sends a signal, and returns when the run has heard it.
fn heard(signal: &str, child: &mut Child) -> BufReader<ChildStderr> {
    let mut stderr = BufReader::new(child.stderr.take().expect("it is piped"));
    send(signal, child);
    loop {
        match line(&mut stderr).as_str() {
            "" => panic!("it has not heard"),
            FINISHING => return stderr,
            _ => {}
        }
    }
}

fn line(stderr: &mut BufReader<ChildStderr>) -> String {
    let mut line = String::new();
    stderr.read_line(&mut line).expect("output is UTF-8");
    line.trim_end().to_owned()
}

#[test]
fn the_call_in_flight_is_finished_and_written_down() {
    for (signal, exit) in SIGNALS {
        let stage = Stage::new();
        let (mut child, reply) = stage.held(&["apply", "--yes"], Passage::is_write);
        drop(heard(signal, &mut child));
        reply.forward();
        let run = stage.ended(child).exits(exit);
        if exit == 130 {
            run.shows(str![[r#"
exit: 130
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"          :3
  + role        A-1 / 1001 / Champion  :5

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 0.004 % of 50,000 a day (49,993 left today).

Not attempted (1)
  1 role, because the run was interrupted
      pipeline/main.yaml:5:23  role A-1 / 1001 / Champion

Interrupted.

Stopped early: 1 of 2 changes is in Marketo, 1 was not attempted.  1 call in [SECONDS] s.
  Next      run the same command again: only what is left is sent
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production

"#]]);
        }
        assert_eq!(stage.marketo.answered(CallOperation::Sync), 1);
        assert_eq!(stage.state(), "interrupted");
        stage.project.run("ledger list").shows(str![[r#"
exit: 0
---- stdout
 kind         key  declared              commit  applied               protected
 opportunity  A-1  pipeline/main.yaml:3          [NOW]

"#]]);
        stage.assert_goes_on();
    }
}

#[test]
fn an_undo_is_interrupted_like_an_apply() {
    for (signal, exit) in SIGNALS {
        let stage = Stage::new();
        stage.assert_goes_on();
        // The role goes first, and its opportunity in a call of its own.
        let (mut child, reply) = stage.held(&["undo", "last", "--yes"], Passage::is_write);
        drop(heard(signal, &mut child));
        reply.forward();
        let run = stage.ended(child).exits(exit);
        let verdict = "Stopped early: 1 of 2 changes is in Marketo, 1 was not attempted.";
        assert!(run.stdout.contains(verdict), "{}", run.text());
        assert_eq!(stage.marketo.answered(CallOperation::Delete), 1);
        assert_eq!(stage.state(), "interrupted");
        stage.assert_goes_on();
    }
}

#[test]
fn a_second_signal_ends_the_run_at_once() {
    let stage = Stage::new();
    let (mut child, reply) = stage.held(&["apply", "--yes"], Passage::is_write);
    drop(heard("INT", &mut child));
    send("INT", &child);
    stage.ended(child).shows(str![[r#"
exit: 130
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"          :3
  + role        A-1 / 1001 / Champion  :5

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 0.004 % of 50,000 a day (49,993 left today).

Unknown: may or may not have been written (1)
  interrupted before the answer came
      pipeline/main.yaml:3:28  opportunity A-1

Not attempted (1)
  1 role, because the run was interrupted
      pipeline/main.yaml:5:23  role A-1 / 1001 / Champion

Interrupted.

Stopped early: 0 of 2 changes are in Marketo, 1 is unknown, 1 was not attempted.  1 call in [SECONDS] s.
  Next      run the same command again: it reads what is unknown, and sends what is left
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production

"#]]);
    // It would have arrived in time.
    drop(reply);
    assert_eq!(stage.state(), "interrupted");
    stage.project.run("history last").shows(str![[r#"
exit: 0
---- stdout
Run [RUN] on production ([INSTANCE])
  by ada on [HOST], oppctl 0.1.0
  the plan with the digest [DIGEST]
  began [NOW], ended [NOW]

Stopped early: 0 of 2 changes are in Marketo, 1 is unknown, 1 was not attempted.  1 call in [SECONDS] s.
  Next      run the same command again: it reads what is unknown, and sends what is left
  Undo      oppctl undo [RUN] --instance production

Unknown: may or may not have been written (1)
  no answer was written down
      pipeline/main.yaml:3  opportunity A-1

Not attempted (1)
  1 role, because the run was interrupted
      pipeline/main.yaml:5  role A-1 / 1001 / Champion

Interrupted.

"#]]);
    stage.assert_goes_on();
}

#[test]
fn a_run_that_waits_for_the_lock_goes_home() {
    for (signal, exit) in SIGNALS {
        let stage = Stage::new();
        let (holder, reply) = stage.held(&["apply", "--yes", "--quiet"], Passage::is_write);
        let mut waiting = start(&stage.project, &["apply", "--yes", "--lock-wait", "1h"]);
        let mut stderr = BufReader::new(waiting.stderr.take().expect("it is piped"));
        let first = line(&mut stderr);
        assert!(first.starts_with("waiting for "), "{first}");
        send(signal, &waiting);
        let mut rest = String::new();
        stderr.read_to_string(&mut rest).expect("output is UTF-8");
        assert_eq!(rest, "error: interrupted; nothing was changed\n");
        drop(stage.ended(waiting).exits(exit));
        reply.forward();
        drop(stage.ended(holder).exits(0));
        stage.project.assert_plan_empty();
    }
}

#[test]
fn a_run_that_reads_changes_nothing_and_lets_go_of_its_lock() {
    for (signal, exit) in SIGNALS {
        for command in ["apply", "plan"] {
            let stage = Stage::new();
            let args = [command, "--yes"];
            let args = if command == "apply" {
                &args[..]
            } else {
                &args[..1]
            };
            let (child, reply) = stage.held(args, Passage::is_query);
            send(signal, &child);
            let run = stage.ended(child).exits(exit);
            assert_eq!(
                run.stderr,
                "error: interrupted; nothing was changed\n",
                "{}",
                run.text()
            );
            drop(reply);
            assert_eq!(stage.marketo.answered(CallOperation::Sync), 0);
            stage.assert_goes_on();
        }
    }
}

#[test]
fn a_run_that_looks_at_its_canary_stops_there() {
    let stage = Stage::new();
    // The plan reads twice, and looks for the leads; the fourth query is the look.
    let stuck = Fault::new(FaultKind::Delay(Duration::from_secs(3600)));
    stage.marketo.fault(stuck.on(CallOperation::Query).after(3));
    let child = start(&stage.project, &["apply", "--yes", "--canary", "1"]);
    while stage.marketo.has_faults() {
        std::thread::yield_now();
    }
    send("INT", &child);
    stage.ended(child).shows(str![[r#"
exit: 130
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"          :3
  + role        A-1 / 1001 / Champion  :5

Plan: 2 to create; 0 unchanged.  Apply needs 4 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 0.008 % of 50,000 a day (49,993 left today).

Interrupted.

Ended early, with all changes in Marketo: 2 created.  4 calls in [SECONDS] s.
  Next      run the same command again, to see that nothing is left
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production
---- stderr
reading the canary of 2 changes back
error: Ended early, with all changes in Marketo: 2 created.

"#]]);
    assert_eq!(stage.state(), "interrupted");
    stage.assert_goes_on();
}

#[test]
fn a_third_signal_ends_a_run_whose_store_does_not_answer() {
    let Some(storage) = ObjectStorage::open() else {
        return;
    };
    let Some(server) = storage.address() else {
        return;
    };
    let mut stage = Stage::new();
    let (to_store, address) = stage.tap.open(server);
    for (name, value) in storage.environment(Some(address)) {
        stage.project.set(&name, &value);
    }
    let config = stage.project.read("oppctl.yaml");
    let config = config.replace(".ledger", storage.location()) + "project: acme/pipeline\n";
    stage.project.write("oppctl.yaml", config);
    let (mut child, reply) = stage.held(&["apply", "--yes", "--quiet"], Passage::is_write);
    let mut stderr = child.stderr.take().expect("it is piped");
    let is_ledger =
        move |passage: &Passage| passage.line == to_store && passage.what.contains("/ledger/");
    let stuck = stage.tap.hold(0, is_ledger);
    send("INT", &child);
    reply.forward();
    let stuck = stuck.recv().expect("it keeps what it has done");
    // Two more, and who knows which of them are heard as one. The limit is for a run that hears none of them: it would wait for ever.
    let began = Instant::now();
    while child.try_wait().expect("the process is ours").is_none() {
        if began.elapsed() > Duration::from_secs(60) {
            drop(child.kill());
            panic!("it goes on after the third signal");
        }
        send("INT", &child);
        std::thread::yield_now();
    }
    let mut told = String::new();
    stderr.read_to_string(&mut told).expect("output is UTF-8");
    shows(
        &told,
        str![[r#"
error: stopped at the third signal; the ledger and the lock may be out of date
  hint: `oppctl history last --instance production` shows what is known; the run's lock expires by itself, and the next apply corrects the ledger

"#]],
    );
    drop(stage.ended(child).exits(130));
    drop(stuck);
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_waits_for_an_answer_changes_nothing() {
    for (signal, exit) in SIGNALS {
        let stage = Stage::new();
        let command = format!(
            "echo $$ > process; exec {} apply",
            env!("CARGO_BIN_EXE_oppctl")
        );
        // A terminal of its own: without one nobody is asked.
        let terminal = Command::new("script")
            .args(["--quiet", "--return", "--command", &command, "/dev/null"])
            .current_dir(stage.project.root())
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", stage.project.root())
            .env("MARKETO_CLIENT_ID", "simulator")
            .env("MARKETO_CLIENT_SECRET", "simulator")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut terminal) = terminal else {
            writeln!(std::io::stderr(), "SKIPPED: there is no script").expect("it is open");
            return;
        };
        let mut stdout = terminal.stdout.take().expect("it is piped");
        let mut shown = Vec::new();
        while !shown.ends_with(b"\"d\" for every detail: ") {
            let mut byte = [0];
            stdout.read_exact(&mut byte).expect("it asks");
            shown.push(byte[0]);
        }
        let process = stage.project.read("process");
        send_to(signal, process.trim().parse().expect("it is a number"));
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).expect("output is UTF-8");
        assert!(rest.contains("interrupted; nothing was changed"), "{rest}");
        let status = terminal.wait().expect("it ends");
        assert_eq!(status.code(), Some(exit));
        assert_eq!(stage.marketo.answered(CallOperation::Sync), 0);
        stage.assert_goes_on();
    }
}
