//! Two applies with different manifests, one instance and one ledger, in a folder and in S3: one writes after the other.
//!
//! What each has sent is told apart by its API user. A holder that is killed, or that sleeps for longer than its lease, is
//! taken over; when it wakes it writes no more, neither to Marketo nor to the ledger.
//!
//! An ordinary run has two rounds of the race; `ROUNDS=50 cargo test rivals -- --nocapture` has as many.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::env;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use pretty_assertions::assert_eq;
use tempfile::TempDir;

use crate::harness::{
    Caught, Line, Marketo, ObjectStorage, Passage, Project, Run, State, Tap, World,
};

const USERS: [&str; 2] = ["ada", "grace"];

#[test]
fn two_applies_at_once_with_a_ledger_in_a_folder() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    Rivals::in_folder(&folder).race();
}

#[test]
fn two_applies_at_once_with_a_ledger_in_object_storage() {
    let Some(storage) = ObjectStorage::open() else {
        return;
    };
    let latency = Duration::from_millis(20);
    let environment = storage.environment(storage.address());
    Rivals::new(storage.location(), environment, latency).race();
}

#[test]
fn a_killed_holder_is_taken_over() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let mut rivals = Rivals::in_folder(&folder);
    let (mut holder, held) = rivals.writing(is_write);
    let mut rival = rivals.rival();
    let mut told = String::new();
    BufReader::new(rival.stderr.as_mut().expect("it is piped"))
        .read_line(&mut told)
        .expect("it is text");
    assert!(told.starts_with("waiting for "), "{told}");
    let of_holder = format!("process {},", holder.id());
    assert!(told.contains(&of_holder), "{told}");
    holder.kill().expect("the process is ours");
    holder.wait().expect("the process is ours");
    held.forward();
    rivals.wins(rival);
}

#[test]
fn a_holder_that_slept_through_its_lease_sends_no_further_batch() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let mut rivals = Rivals::in_folder(&folder);
    let (holder, held) = rivals.writing(is_write);
    signal("STOP", &holder);
    held.forward();
    let rival = rivals.rival();
    let wanted = rivals.wins(rival);
    let slept = rivals.wakes(holder);
    assert!(
        slept.text().contains("because its lock was lost: "),
        "{}",
        slept.text()
    );
    rivals.nothing_came_after(&wanted);
}

#[test]
fn a_holder_that_slept_through_its_lease_does_not_send_a_lost_batch_again() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let mut rivals = Rivals::in_folder(&folder);
    let (holder, held) = rivals.writing(is_write);
    signal("STOP", &holder);
    drop(held);
    let rival = rivals.rival();
    let wanted = rivals.wins(rival);
    let slept = rivals.wakes(holder);
    assert!(
        slept.text().contains("because its lock was lost: "),
        "{}",
        slept.text()
    );
    rivals.nothing_came_after(&wanted);
}

#[test]
fn a_holder_that_slept_while_it_planned_sends_nothing() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let mut rivals = Rivals::in_folder(&folder);
    let (holder, held) = rivals.writing(|passage| passage.what.contains("_method=GET"));
    signal("STOP", &holder);
    held.forward();
    let rival = rivals.rival();
    let wanted = rivals.wins(rival);
    let slept = rivals.wakes(holder);
    assert!(
        slept.text().contains("the lock was lost"),
        "{}",
        slept.text()
    );
    rivals.nothing_came_after(&wanted);
}

/// Two projects that share an instance and a ledger.
struct Rivals {
    world: World,
    projects: [Project; 2],
    tap: Tap,
    to_marketo: Line,
    _marketo: Marketo,
}

impl Rivals {
    fn in_folder(folder: &TempDir) -> Self {
        let location = folder.path().to_str().expect("the path is UTF-8");
        Self::new(location, Vec::new(), Duration::from_millis(20))
    }

    /// Calls of Marketo take long enough for the two to meet.
    fn new(ledger: &str, environment: Vec<(String, String)>, latency: Duration) -> Self {
        let (marketo, tap) = (Marketo::of_users(&USERS, latency), Tap::new());
        let (to_marketo, instance) = tap.open(marketo.address());
        let seed = fastrand::u64(..);
        let mut world = World::new(seed, instance, Some(ledger));
        world.set(environment);
        Self {
            projects: USERS.map(|user| world.project(user)),
            world,
            tap,
            to_marketo,
            _marketo: marketo,
        }
    }

    fn race(mut self) {
        let rounds = env::var("ROUNDS").map_or(2, |rounds| rounds.parse().expect("a number"));
        let (mut waited, mut both) = (0, 0);
        for _ in 0..rounds {
            let states = self.world.either();
            for (project, state) in self.projects.iter().zip(&states) {
                state.write(project);
            }
            self.tap.clear();
            // Nobody reads the plans, which may be long.
            let racers = self.projects.each_ref();
            let racers = racers.map(|project| applying(project, Stdio::null()));
            for (racer, project) in racers.into_iter().zip(&self.projects) {
                let output = racer.wait_with_output().expect("the binary ends");
                let run = project.ended(output).exits(0);
                waited += usize::from(run.stderr.contains("waiting for "));
            }
            both += usize::from(self.writers_in_turn() == 2);
            let [first, second] = states;
            let [one, other] = &self.projects;
            self.world.assert_one_of([(one, first), (other, second)]);
        }
        if env::var_os("ROUNDS").is_some() {
            let told = format!("{rounds} rounds: both wrote in {both}, one waited in {waited}\n");
            io::stderr().write_all(told.as_bytes()).expect("it is open");
        }
    }

    /// How many have written; no write of one, from its first byte to its answer, fell between those of another.
    #[track_caller]
    fn writers_in_turn(&self) -> usize {
        let log = self.tap.log();
        let mut turns: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for (index, passage) in log.iter().enumerate() {
            if passage.line == self.to_marketo && is_write(passage) {
                let who = passage.who.as_deref().expect("each call has its bearer");
                turns.entry(who).or_insert((index, index)).1 = index;
            }
        }
        if let [(begins, ends), (other_begins, other_ends)] = turns.values().collect::<Vec<_>>()[..]
        {
            assert!(ends < other_begins || other_ends < begins, "{log:#?}");
        }
        turns.len()
    }

    /// An apply whose lease is short, held up at the first of such pieces.
    fn writing(&mut self, matches: fn(&Passage) -> bool) -> (Child, Caught) {
        let project = &self.projects[0];
        project.write("oppctl.yaml", self.world.config(1));
        let state = State::new(1..30);
        state.write(project);
        let held = self.tap.hold(0, matches);
        let child = applying(project, Stdio::piped());
        let held = held.recv().expect("it begins to write");
        (child, held)
    }

    /// An apply of other manifests.
    fn rival(&mut self) -> Child {
        self.tap.clear();
        self.world.state = State::new(20..50);
        self.world.state.write(&self.projects[1]);
        applying(&self.projects[1], Stdio::piped())
    }

    /// Waits for the rival to be done with all that it wants; the ledger after that.
    fn wins(&mut self, rival: Child) -> String {
        let output = rival.wait_with_output().expect("the binary ends");
        drop(self.projects[1].ended(output).exits(0));
        self.world.assert_converged(&self.projects[1]);
        self.tap.clear();
        self.ledger()
    }

    fn ledger(&self) -> String {
        self.projects[1].run("ledger list --format json").stdout
    }

    /// Lets a sleeping holder go on, to its end.
    fn wakes(&self, holder: Child) -> Run {
        signal("CONT", &holder);
        let output = holder.wait_with_output().expect("the binary ends");
        self.projects[0].ended(output).exits(4)
    }

    /// What the rival has made is as it was.
    #[track_caller]
    fn nothing_came_after(&mut self, wanted: &str) {
        let writes = self
            .tap
            .clear()
            .iter()
            .filter(|passage| is_write(passage))
            .count();
        assert_eq!(writes, 0);
        self.world.assert_converged(&self.projects[1]);
        assert_eq!(self.ledger(), wanted);
    }
}

fn is_write(passage: &Passage) -> bool {
    passage.is_write()
}

fn applying(project: &Project, stdout: Stdio) -> Child {
    project
        .command(&["apply", "--yes", "--quiet", "--lock-wait", "60s"])
        .stdout(stdout)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs")
}

fn signal(name: &str, child: &Child) {
    let status = Command::new("kill")
        .args(["-s", name, &child.id().to_string()])
        .status();
    assert!(status.expect("kill is there").success());
}
