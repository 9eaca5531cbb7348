//! Ledger and lock on a real server of object storage, by processes that know nothing of each other.
//!
//! Which server that is `harness/object_storage.rs` says; without one nothing is tested here, and a line says so.
//!
//! The environment of a process cannot be changed safely while it runs, so each run is this test binary once more.

use std::env;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use oppctl::ledger::{
    Applied, Clock, Entry, Fingerprint, Ledger, LedgerError, LoadedLedger, LockError, Origin,
    Owner, Place, Replaced, Store, Terms,
};
use oppctl::model::kind::KINDS;
use oppctl::model::{Key, KeyValue};
use oppctl::store::{Location, StoreError};
use pretty_assertions::assert_eq;
use tempfile::TempDir;

use crate::harness::ObjectStorage;

const JOB: &str = "OPPCTL_TEST_JOB";
const STORE: &str = "OPPCTL_TEST_JOB_STORE";
/// A file that is there while somebody has the lock.
const WITNESS: &str = "OPPCTL_TEST_WITNESS";

const ROUNDS: usize = 10;

#[test]
fn runs_on_one_store_never_meet_and_lose_nothing() {
    let Some(store) = Shared::open() else {
        return;
    };
    let racers = ["save", "save"].map(|job| store.job(job).start());
    racers.into_iter().for_each(ends_well);
    store.job("count 20").succeeds();

    let racers = ["lock", "lock"].map(|job| store.job(job).start());
    racers.into_iter().for_each(ends_well);
    store.job("count 40").succeeds();

    let mut holder = store.job("hold").start();
    let lines = BufReader::new(holder.stdout.take().expect("it is piped")).lines();
    let held = lines.map(|line| line.expect("it is text"));
    assert!(held.into_iter().any(|line| line == "held"));
    store.job("refused").succeeds();
    holder.kill().expect("it runs");
    holder.wait().expect("it ends");
    store.job("take over").succeeds();
}

/// What one of the processes does; nothing where no test asked for it.
#[test]
fn a_run_of_its_own() {
    let Ok(job) = env::var(JOB) else {
        return;
    };
    let location = env::var(STORE).expect("it is set with the job");
    let location = Location::parse(&location, Path::new("")).expect("it is one");
    let instance = Fingerprint::remote("https://123-abc-456.mktorest.com");
    let store = Store::open(&location, instance).expect("it opens");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime starts").block_on(async {
        match job.as_str() {
            "save" => save(&store).await,
            "lock" => lock(&store).await,
            "hold" => hold(&store).await,
            "refused" => refused(&store).await,
            "take over" => take_over(&store).await,
            count => {
                let expected = count.strip_prefix("count ").expect("it is a job");
                let LoadedLedger { ledger, .. } = store.load().await.expect("it reads");
                assert_eq!(ledger.len().to_string(), expected);
            }
        }
    });
}

/// Adds entries without a lock: whoever loses reads again.
async fn save(store: &Store) {
    for round in 0..ROUNDS {
        loop {
            let LoadedLedger { mut ledger, number } = store.load().await.expect("it reads");
            add(&mut ledger, round);
            match store.save(&ledger, number).await {
                Ok(_) => break,
                Err(LedgerError::Store(StoreError::Changed { .. })) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
    }
}

/// Adds entries under the lock: nobody else writes meanwhile.
async fn lock(store: &Store) {
    let witness = PathBuf::from(env::var_os(WITNESS).expect("it is set with the job"));
    let lock = store.lock(Clock::system());
    for round in 0..ROUNDS {
        let held = lock.acquire(Owner::here(), terms(30, 60), |_| {}).await;
        let held = held.expect("it is let go within a minute");
        File::create_new(&witness).expect("nobody else has the lock");
        let LoadedLedger { mut ledger, number } = store.load().await.expect("it reads");
        add(&mut ledger, ROUNDS + round);
        store
            .save(&ledger, number)
            .await
            .expect("nobody else writes");
        held.watch().check().expect("it is held");
        fs::remove_file(&witness).expect("it is there");
        held.release().await.expect("it is held");
    }
}

/// Holds the lock until it is killed.
async fn hold(store: &Store) {
    let lock = store.lock(Clock::system());
    // Long enough for a busy machine to look in vain before it is over.
    let held = lock.acquire(Owner::here(), terms(4, 0), |_| {}).await;
    let held = held.expect("it is free");
    io::stdout().write_all(b"\nheld\n").expect("it is read");
    held.watch().lost().await;
}

async fn refused(store: &Store) {
    let lock = store.lock(Clock::system());
    let outcome = lock.acquire(Owner::here(), terms(1, 0), |_| {}).await;
    let Err(LockError::Held { lease }) = outcome else {
        panic!("{outcome:?}");
    };
    assert_ne!(lease.owner.pid, std::process::id());
}

async fn take_over(store: &Store) {
    let lock = store.lock(Clock::system());
    let held = lock.acquire(Owner::here(), terms(1, 30), |_| {}).await;
    held.expect("it is over")
        .release()
        .await
        .expect("it is held");
}

fn terms(lease: u64, wait: u64) -> Terms {
    Terms {
        lease: Duration::from_secs(lease),
        wait: Duration::from_secs(wait),
    }
}

/// Adds an entry that only this process has.
fn add(ledger: &mut Ledger, round: usize) {
    let key = format!("P{}-{round}", std::process::id());
    let entry = Entry {
        key: Key::new(vec![KeyValue::Text(key.into())]),
        id: None,
        fields: Applied::default(),
        written: None,
        replaced: Replaced::Nothing,
        protected: None,
        declared: Place {
            file: "a.yaml".into(),
            line: 1,
        },
        origin: Arc::new(Origin {
            time: jiff::Timestamp::UNIX_EPOCH,
            commit: None,
        }),
    };
    let parents = KINDS.into_iter().find(|kind| kind.parent().is_none());
    ledger.insert(parents.expect("there is a kind that hangs on none"), entry);
}

fn ends_well(mut child: Child) {
    assert!(child.wait().expect("it ends").success());
}

/// The store, and a folder that the jobs share.
struct Shared {
    storage: ObjectStorage,
    folder: TempDir,
}

struct Job(Command);

impl Shared {
    fn open() -> Option<Self> {
        Some(Self {
            storage: ObjectStorage::open()?,
            folder: tempfile::tempdir().expect("a folder for the test"),
        })
    }

    fn job(&self, job: &str) -> Job {
        let mut command = Command::new(env::current_exe().expect("it runs"));
        command
            .args(["--exact", "object_store::a_run_of_its_own", "--nocapture"])
            .env(JOB, job)
            .env(STORE, self.storage.location())
            .env(WITNESS, self.folder.path().join("witness"))
            .envs(self.storage.environment(self.storage.address()))
            .stdout(Stdio::piped());
        Job(command)
    }
}

impl Job {
    fn start(mut self) -> Child {
        self.0.spawn().expect("it starts")
    }

    fn succeeds(self) {
        let output = self.start().wait_with_output().expect("it ends");
        assert!(output.status.success());
    }
}
