//! `kill -9` at random moments of applies that create, adopt, change and remove records, with a ledger in a folder and in S3.
//!
//! A moment is a piece on the wire to Marketo or to the store, which arrives or is lost after the kill, or the n-th new
//! file of the folder. Some applies are killed one after another, each with other manifests. Then one apply without a kill
//! has to bring everything to what is declared; its lock is the only one that is good for long.
//!
//! An ordinary run kills a few times; `KILLS=200 cargo test crash_ledger -- --nocapture` kills each of the two as often, and
//! says where. `SEED` repeats the manifests and the moments of a failure, as far as processes run alike.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use oppctl::simulator::CallOperation;
use tempfile::TempDir;

use crate::harness::{
    Line, Marketo, ObjectStorage, Passage, Project, Tap, Way, World, label, names, number, wait_for,
};

#[test]
fn kills_with_a_ledger_in_a_folder() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    // Its real name: the ledger is looked at by that.
    let path = fs::canonicalize(folder.path()).expect("it is there");
    Killings::new(Store::Folder(path)).go();
}

#[test]
fn kills_with_a_ledger_in_object_storage() {
    let Some(storage) = ObjectStorage::open() else {
        return;
    };
    Killings::new(Store::Objects(storage)).go();
}

enum Store {
    Folder(PathBuf),
    Objects(ObjectStorage),
}

/// What an apply is killed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// Any piece to or from Marketo.
    Marketo,
    /// Any piece of a call that changes records.
    Write,
    /// Any piece to or from the store, or any new file in the folder.
    Store,
    /// Any piece of a ledger that is written.
    Ledger,
}

const TARGETS: [Target; 4] = [
    Target::Marketo,
    Target::Write,
    Target::Store,
    Target::Ledger,
];

struct Killings {
    kills: usize,
    world: World,
    project: Project,
    store: Store,
    tap: Tap,
    to_marketo: Line,
    to_store: Option<Line>,
    /// About how many pieces an apply has, by target.
    lengths: [usize; TARGETS.len()],
    hits: BTreeMap<String, usize>,
    marketo: Marketo,
}

impl Killings {
    fn new(store: Store) -> Self {
        let seed = number("SEED").unwrap_or_else(|| fastrand::u64(..));
        say(&format!("SEED={seed}"));
        let (marketo, tap) = (Marketo::of_accounts(), Tap::new());
        let (to_marketo, instance) = tap.open(marketo.address());
        let (location, to_store, environment) = match &store {
            Store::Folder(folder) => {
                let location = folder.to_str().expect("the path is UTF-8").to_owned();
                (location, None, Vec::new())
            }
            Store::Objects(storage) => {
                let line = storage.address().map(|address| tap.open(address));
                let environment = storage.environment(line.map(|(_, address)| address));
                let line = line.map(|(line, _)| line);
                (storage.location().to_owned(), line, environment)
            }
        };
        let mut world = World::new(seed, instance, Some(&location));
        world.set(environment);
        world.invite_strangers();
        Self {
            kills: number("KILLS").map_or(2, |kills| kills as usize),
            project: world.project("simulator"),
            world,
            store,
            tap,
            to_marketo,
            to_store,
            lengths: [60, 10, 60, 6],
            hits: BTreeMap::new(),
            marketo,
        }
    }

    fn go(mut self) {
        let mut killed = 0;
        while killed < self.kills {
            self.world.state = self.world.next();
            self.world.state.write(&self.project);
            self.project.write("oppctl.yaml", self.world.config(1));
            killed += usize::from(self.kill());
            if killed == self.kills || self.world.draw(3) > 0 {
                self.converge();
            }
        }
        let Self { kills, hits, .. } = &self;
        let writes = self.writes();
        say(&format!("{kills} kills, {writes} writes to Marketo"));
        for (label, count) in hits {
            say(&format!("{count:5}  {label}"));
        }
    }

    /// Starts an apply and kills it at a random moment; whether it was still running then.
    fn kill(&mut self) -> bool {
        let targets = match (&self.store, self.to_store) {
            (Store::Objects(_), None) => 2,
            (Store::Objects(_), Some(_)) | (Store::Folder(_), _) => TARGETS.len(),
        };
        let drawn = self.world.draw(targets);
        let (target, length) = (TARGETS[drawn], self.lengths[drawn]);
        let after = self.world.draw(length);
        let before = self.writes();
        let hit = match &self.store {
            Store::Folder(folder) if [Target::Store, Target::Ledger].contains(&target) => {
                killed_at_file(&self.project, folder, target, after)
            }
            Store::Folder(_) | Store::Objects(_) => self.killed_at_piece(target, after),
        };
        match hit {
            Ok(label) => {
                let when = match self.writes() - before {
                    0 => "before the first write",
                    _ => "after the first write",
                };
                *self.hits.entry(format!("{when}: {label}")).or_default() += 1;
                self.lengths[drawn] += length / 8;
                true
            }
            Err(seen) => {
                self.lengths[drawn] = usize::midpoint(length, seen).max(1);
                false
            }
        }
    }

    /// How many writes Marketo has answered.
    fn writes(&self) -> usize {
        let operations = [CallOperation::Sync, CallOperation::Delete];
        operations
            .map(|operation| self.marketo.answered(operation))
            .iter()
            .sum()
    }

    /// The label of the piece, or how many there were of its kind.
    fn killed_at_piece(&mut self, target: Target, after: usize) -> Result<String, usize> {
        let (to_marketo, to_store) = (self.to_marketo, self.to_store);
        let matches = move |passage: &Passage| match target {
            Target::Marketo => passage.line == to_marketo,
            Target::Write => passage.line == to_marketo && passage.is_write(),
            Target::Store => Some(passage.line) == to_store,
            Target::Ledger => {
                let is_object = passage.what.contains("/ledger/") && !passage.what.contains('?');
                Some(passage.line) == to_store && is_object && !passage.what.starts_with("GET")
            }
        };
        self.tap.clear();
        let held = self.tap.hold(after, matches);
        let mut child = applying(&self.project);
        let caught = wait_for(&held, &mut child);
        let log = self.tap.clear();
        let Some(caught) = caught else {
            ended_well(&mut child);
            return Err(log.into_iter().filter(matches).count());
        };
        child.kill().expect("the process is ours");
        child.wait().expect("the process is ours");
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

    /// One apply that nobody disturbs.
    fn converge(&mut self) {
        self.project.write("oppctl.yaml", self.world.config(60));
        let rerun = self.project.run("apply --yes --quiet --lock-wait 60s");
        drop(rerun.exits(0));
        self.world.assert_converged(&self.project);
    }
}

/// Kills an apply when its n-th new file appears; the label of that file, or how many there were.
fn killed_at_file(
    project: &Project,
    folder: &Path,
    target: Target,
    after: usize,
) -> Result<String, usize> {
    let wanted = |name: &String| target == Target::Store || name.contains("/ledger/");
    let old = names(folder);
    let mut seen = BTreeSet::new();
    let mut child = applying(project);
    loop {
        for name in names(folder).difference(&old).filter(|name| wanted(name)) {
            if !seen.insert(name.clone()) || seen.len() <= after {
                continue;
            }
            child.kill().expect("the process is ours");
            child.wait().expect("the process is ours");
            return Ok(label(name));
        }
        if child.try_wait().expect("the process is ours").is_some() {
            ended_well(&mut child);
            return Err(seen.len());
        }
        std::thread::yield_now();
    }
}

/// Starts an apply whose output nobody needs.
fn applying(project: &Project) -> Child {
    project
        .command(&["apply", "--yes", "--quiet", "--lock-wait", "60s"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs")
}

/// An apply that nobody killed is done, or has lost its lock: its lease is short, and the machine may be slow.
fn ended_well(child: &mut Child) {
    let status = child.wait().expect("the process is ours");
    assert!([Some(0), Some(4)].contains(&status.code()), "{status}");
}

/// Tells who asked for many kills what became of them.
fn say(line: &str) {
    if env::var_os("KILLS").is_some() || env::var_os("SEED").is_some() {
        writeln!(io::stderr(), "{line}").expect("it is open");
    }
}
