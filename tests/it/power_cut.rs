//! The power cut: `kill -9` at random moments of applies and of undos, with a ledger and without one. Whatever it hits, the
//! history can be read and is true, a rerun converges, and an undo brings back what was before.
//!
//! A moment is a piece on the wire, which arrives or is lost after the cut, a file of the ledger that appears, or a length of the
//! journal. An ordinary run cuts a few times; `CUTS=300 cargo test power_cut -- --nocapture` cuts each of the two as often, and
//! says where. `SEED` repeats the manifests and the moments of a failure, as far as processes run alike.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Child, Stdio};

use oppctl::simulator::CallOperation;
use pretty_assertions::assert_eq;
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::{
    Line, Marketo, Passage, Project, Records, Tap, Way, World, label, names, number, values,
    wait_for,
};

#[test]
fn cuts_without_a_ledger() {
    Cuts::new(None).go();
}

#[test]
fn cuts_with_a_ledger() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    // Its real name: the ledger is looked at by that.
    let path = fs::canonicalize(folder.path()).expect("it is there");
    Cuts::new(Some(path)).go();
}

/// What a run is cut at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// Any piece to or from Marketo.
    Marketo,
    /// Any piece of a call that changes records.
    Write,
    /// A length of the journal, in steps.
    Journal,
    /// Any new file of the ledger.
    Ledger,
}

const TARGETS: [Target; 4] = [
    Target::Marketo,
    Target::Write,
    Target::Journal,
    Target::Ledger,
];

/// Journals are cut at lengths so many bytes apart.
const STEP: u64 = 512;

struct Cuts {
    cuts: usize,
    world: World,
    project: Project,
    ledger: Option<PathBuf>,
    tap: Tap,
    line: Line,
    /// About how many moments a run has, by target.
    lengths: [usize; TARGETS.len()],
    hits: BTreeMap<String, usize>,
    marketo: Marketo,
}

/// A run as the history tells it.
struct Told {
    run: String,
    /// Each change by kind and key: the action and the outcome.
    changes: BTreeMap<(String, String), (String, String)>,
}

impl Cuts {
    fn new(ledger: Option<PathBuf>) -> Self {
        let seed = number("SEED").unwrap_or_else(|| fastrand::u64(..));
        say(&format!("SEED={seed}"));
        let (marketo, tap) = (Marketo::of_accounts(), Tap::new());
        let (line, instance) = tap.open(marketo.address());
        let location = ledger
            .as_ref()
            .map(|path| path.to_str().expect("it is UTF-8"));
        let mut world = World::new(seed, instance, location);
        world.invite_strangers();
        Self {
            cuts: number("CUTS").map_or(2, |cuts| cuts as usize),
            project: world.project("simulator"),
            world,
            ledger,
            tap,
            line,
            lengths: [60, 10, 60, 6],
            hits: BTreeMap::new(),
            marketo,
        }
    }

    fn go(mut self) {
        self.world.state = self.world.next();
        self.world.write(&self.project);
        self.converge();
        let mut cut = 0;
        while cut < self.cuts {
            cut += self.round();
        }
        let writes = self.writes();
        say(&format!("{cut} cuts, {writes} writes to Marketo"));
        for (label, count) in &self.hits {
            say(&format!("{count:5}  {label}"));
        }
    }

    /// Cuts an apply, and perhaps the undo of it; how many cuts there were.
    fn round(&mut self) -> usize {
        let before = self.world.instance(&self.project);
        self.world.state = self.world.next();
        self.world.write(&self.project);
        let mut deleted = BTreeSet::new();
        let mut undone = Vec::new();
        let canary = self.canary();
        let args = ["apply", "--canary", &canary];
        let (name, args) = if canary.is_empty() {
            ("apply", &args[..1])
        } else {
            ("apply with a canary", &args[..])
        };
        let (mut cuts, told) = self.cut(name, args);
        let after = self.world.instance(&self.project);
        match &told {
            Some(told) => {
                self.assert_true(told, &before, &after);
                deleted.extend(told.deleted());
                undone.push(told.run.clone());
            }
            // What has no journal has sent nothing.
            None => assert_eq!(after, before),
        }
        if self.world.draw(2) == 0 {
            let runs = self.runs().len();
            self.converge();
            if self.runs().len() > runs {
                let rerun = self.told("last");
                deleted.extend(rerun.deleted());
                undone.push(rerun.run);
            }
        }
        for run in undone.iter().rev() {
            if self.world.draw(3) == 0 {
                let (permits, mut args) = (World::permits(), vec!["undo", run]);
                args.extend(permits.iter().map(String::as_str));
                let (cut, told) = self.cut("undo", &args);
                cuts += cut;
                // What it had created again goes with the further undo.
                deleted.extend(told.iter().flat_map(Told::deleted));
            }
            self.undo(run);
        }
        let restored = self.world.instance(&self.project);
        assert_eq!(values(&restored), values(&before));
        for (key, record) in before.iter().filter(|(key, _)| !deleted.contains(*key)) {
            assert_eq!(restored.get(key), Some(record), "{key:?} is another record");
        }
        self.converge();
        cuts
    }

    /// Runs a command and cuts it at a random moment. Whether it was cut, and what the history tells of it; nothing where it
    /// had not begun.
    fn cut(&mut self, name: &str, args: &[&str]) -> (usize, Option<Told>) {
        let runs = self.runs();
        let drawn = self.world.draw(match self.ledger {
            Some(_) => TARGETS.len(),
            None => TARGETS.len() - 1,
        });
        let (target, length) = (TARGETS[drawn], self.lengths[drawn]);
        let after = self.world.draw(length);
        self.project.write("oppctl.yaml", self.world.config(1));
        let writes = self.writes();
        let hit = match target {
            Target::Marketo | Target::Write => self.cut_at_piece(target, after, args),
            Target::Journal | Target::Ledger => self.cut_at_file(target, after, args),
        };
        self.project.write("oppctl.yaml", self.world.config(60));
        self.tap.calm();
        let cuts = match hit {
            Ok(label) => {
                let when = match self.writes() - writes {
                    0 => "before the first write",
                    _ => "after the first write",
                };
                let label = format!("{name} {when}: {label}");
                *self.hits.entry(label).or_default() += 1;
                self.lengths[drawn] += length / 8;
                1
            }
            Err(seen) => {
                self.lengths[drawn] = usize::midpoint(length, seen).max(1);
                0
            }
        };
        let new = self.runs().split_off(runs.len());
        assert!(new.len() < 2, "{new:?}");
        let Some((run, state)) = new.into_iter().next() else {
            return (cuts, None);
        };
        assert!(
            cuts == 0 || ["died", "finished"].contains(&state.as_str()),
            "{state}"
        );
        let told = self.told(&run);
        drop(self.project.run_args(&["history", &run, "-v"]).exits(0));
        (cuts, Some(told))
    }

    /// The label of the piece, or how many there were of its kind.
    fn cut_at_piece(
        &mut self,
        target: Target,
        after: usize,
        args: &[&str],
    ) -> Result<String, usize> {
        let line = self.line;
        let matches = move |passage: &Passage| {
            passage.line == line && (target == Target::Marketo || passage.is_write())
        };
        self.tap.clear();
        let held = self.tap.hold(after, matches);
        let mut child = self.start(args);
        let caught = wait_for(&held, &mut child);
        let log = self.tap.clear();
        let Some(caught) = caught else {
            ended_well(&mut child);
            return Err(log.into_iter().filter(matches).count());
        };
        kill(&mut child);
        let mut label = caught.passage().label();
        if caught.passage().way == Way::Request {
            if self.world.draw(2) == 0 {
                label.push_str(", which arrives");
                caught.forward();
            } else {
                label.push_str(", which is lost");
            }
        }
        Ok(label)
    }

    /// The label of the file, or how many moments there were.
    fn cut_at_file(&self, target: Target, after: usize, args: &[&str]) -> Result<String, usize> {
        let folder = match (target, &self.ledger) {
            (Target::Ledger, Some(folder)) => folder.clone(),
            _ => self.project.root().join(".oppctl/journal"),
        };
        let old = names(&folder);
        let mut child = self.start(args);
        let (mut files, mut newest) = (BTreeSet::new(), None);
        loop {
            let new: Vec<String> = names(&folder).difference(&old).cloned().collect();
            let (seen, label) = match target {
                Target::Ledger => {
                    let unseen = new.into_iter().filter(|name| files.insert(name.clone()));
                    newest = unseen.last().or(newest);
                    (files.len(), newest.as_deref().map(label))
                }
                Target::Marketo | Target::Write | Target::Journal => {
                    let length = |name| fs::metadata(folder.join(name)).map_or(0, |it| it.len());
                    let steps = new.first().map_or(0, |name| 1 + length(name) / STEP);
                    (steps as usize, Some("Journal".to_owned()))
                }
            };
            if seen > after {
                kill(&mut child);
                return Ok(label.unwrap_or_default());
            }
            if child.try_wait().expect("the process is ours").is_some() {
                ended_well(&mut child);
                return Err(seen);
            }
            std::thread::yield_now();
        }
    }

    fn start(&self, args: &[&str]) -> Child {
        let mut args = args.to_vec();
        args.extend(["--yes", "--quiet", "--lock-wait", "60s"]);
        let mut command = self.project.command(&args);
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the binary runs")
    }

    /// One apply that nobody disturbs.
    fn converge(&mut self) {
        let canary = self.canary();
        let mut args = vec!["apply", "--yes", "--quiet", "--lock-wait", "60s"];
        if !canary.is_empty() {
            args.extend(["--canary", &canary]);
        }
        drop(self.project.run_args(&args).exits(0));
        self.world.assert_converged(&self.project);
    }

    /// How many changes of each sort go first, or nothing.
    fn canary(&mut self) -> String {
        match self.world.draw(3) {
            0 => (1 + self.world.draw(5)).to_string(),
            _ => String::new(),
        }
    }

    fn undo(&self, run: &str) {
        let (permits, mut args) = (World::permits(), vec!["undo", run]);
        args.extend(permits.iter().map(String::as_str));
        args.extend(["--yes", "--quiet", "--lock-wait", "60s"]);
        drop(self.project.run_args(&args).exits(0));
    }

    /// How many writes Marketo has answered.
    fn writes(&self) -> usize {
        let operations = [CallOperation::Sync, CallOperation::Delete];
        let answered = operations.map(|operation| self.marketo.answered(operation));
        answered.iter().sum()
    }

    /// All runs with how they ended, the oldest first.
    fn runs(&self) -> Vec<(String, String)> {
        let history = self.project.run("history --format json").exits(0);
        let document: Value = serde_json::from_str(&history.stdout).expect("it is JSON");
        let runs = document["runs"].as_array().expect("it is a list").iter();
        runs.rev()
            .map(|run| (text(&run["run"]), text(&run["state"])))
            .collect()
    }

    fn told(&self, run: &str) -> Told {
        let args = ["history", run, "--format", "json"];
        let history = self.project.run_args(&args).exits(0);
        let document: Value = serde_json::from_str(&history.stdout).expect("it is JSON");
        let changes = document["changes"].as_array().expect("it is a list").iter();
        Told {
            run: text(&document["run"]),
            changes: changes
                .map(|change| {
                    let key = (text(&change["kind"]), text(&change["key"]));
                    (key, (text(&change["action"]), text(&change["outcome"])))
                })
                .collect(),
        }
    }

    /// Asserts that the journal of an apply says of each record what became of it, and of every record that has changed.
    #[track_caller]
    fn assert_true(&self, told: &Told, before: &Records, after: &Records) {
        let wanted = self.world.state.records();
        let is_as_before = |key: &(String, String)| after.get(key) == before.get(key);
        for (key, (action, outcome)) in &told.changes {
            let found = after.get(key).map(|(values, _)| values);
            let is_done = match action.as_str() {
                "delete" => found.is_none(),
                _ => found == wanted.get(key),
            };
            let is_true = match outcome.as_str() {
                "applied" => is_done,
                "unknown" => is_done || is_as_before(key),
                "notAttempted" => is_as_before(key),
                other => panic!("{key:?} is {other}"),
            };
            assert!(is_true, "{key:?}: {action} is not {outcome}: {found:?}");
        }
        let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        for key in keys.iter().filter(|key| !told.changes.contains_key(**key)) {
            assert!(
                is_as_before(key),
                "{key:?} has changed, and no journal says so"
            );
        }
    }
}

impl Told {
    /// The records that it deletes: they have another id when they come back.
    fn deleted(&self) -> impl Iterator<Item = (String, String)> {
        let changes = self.changes.iter();
        let deleted = changes.filter(|(_, (action, _))| action == "delete");
        deleted.map(|(key, _)| key.clone())
    }
}

fn kill(child: &mut Child) {
    child.kill().expect("the process is ours");
    child.wait().expect("the process is ours");
}

/// A run that nobody cut is done, or has lost its lock: its lease is short, and the machine may be slow.
fn ended_well(child: &mut Child) {
    let status = child.wait().expect("the process is ours");
    assert!([Some(0), Some(4)].contains(&status.code()), "{status}");
}

fn text(value: &Value) -> String {
    value.as_str().expect("it is text").to_owned()
}

/// Tells who asked for many cuts what became of them.
fn say(line: &str) {
    if env::var_os("CUTS").is_some() || env::var_os("SEED").is_some() {
        writeln!(io::stderr(), "{line}").expect("it is open");
    }
}
