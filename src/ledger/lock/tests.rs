//! The lock: one holder at a time, whatever happens. The time is that of the runtime, which jumps ahead when all tasks wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use object_store::ObjectStore;
use pretty_assertions::assert_eq;
use tokio::time::Instant;

use super::*;
use crate::ledger::LedgerError;
use crate::ledger::Owner;
use crate::ledger::damage::Flaw;
use crate::ledger::tests::{memory, store_in};
use crate::store::StoreError;
use crate::store::tests::altered::{Altered, Fate};

const LEASE: Duration = Duration::from_secs(60);

fn terms(wait: u64) -> Terms {
    Terms {
        lease: LEASE,
        wait: Duration::from_secs(wait),
    }
}

fn owner(id: &str) -> Owner {
    Owner {
        id: id.to_owned(),
        host: "ci-7".to_owned(),
        user: "ada".to_owned(),
        pid: 4711,
        run: None,
    }
}

/// A clock that follows the runtime's time with this difference in seconds.
fn clock(off: i64) -> Clock {
    let start = Instant::now();
    let base = Timestamp::now() + SignedDuration::from_secs(off);
    Clock::new(move || {
        let passed = SignedDuration::try_from(start.elapsed()).expect("it is not that long");
        base + passed
    })
}

/// The lock of a run, which has its own store among these objects.
fn lock(objects: &Arc<dyn ObjectStore>, clock: &Clock) -> Lock {
    store_in(objects).lock(clock.clone())
}

/// Takes the lock for a run with this id.
async fn take(
    objects: &Arc<dyn ObjectStore>,
    clock: &Clock,
    id: &str,
    wait: u64,
) -> Result<HeldLock, LockError> {
    let lock = lock(objects, clock);
    lock.acquire(owner(id), terms(wait), |_| {}).await
}

async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// The holder that an error names.
fn holder(outcome: Result<HeldLock, LockError>) -> String {
    match outcome {
        Err(LockError::Held { lease }) => lease.owner.id,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_lock_is_taken_renewed_and_released() {
    let (objects, clock) = (memory(), clock(0));
    let lock = lock(&objects, &clock);
    assert_eq!(lock.status().await.expect("it reads"), None);
    let held = lock.acquire(owner("a"), terms(0), |_| {}).await;
    let held = held.expect("it is free");
    let first = lock.status().await.expect("it reads").expect("it is held");
    assert_eq!((&first.owner, first.released), (&owner("a"), None));
    assert_eq!(first.length(), LEASE);

    pass(600).await;
    assert_eq!(held.watch().check(), Ok(()));
    let later = lock.status().await.expect("it reads").expect("it is held");
    assert_eq!((later.started, later.length()), (first.started, LEASE));
    assert!(later.expires > first.expires + SignedDuration::from_secs(570));

    held.release().await.expect("it is held");
    let last = lock.status().await.expect("it reads").expect("it was held");
    assert_eq!(last.released, Some(clock.now()));
    let next = lock.acquire(owner("b"), terms(0), |_| {}).await;
    next.expect("it is free")
        .release()
        .await
        .expect("it is held");
}

#[tokio::test(start_paused = true)]
async fn a_second_run_waits_or_learns_who_holds_the_lock() {
    let (objects, clock) = (memory(), clock(0));
    let first = take(&objects, &clock, "a", 0).await;
    let first = first.expect("it is free");
    let other = lock(&objects, &clock);
    assert_eq!(
        holder(other.acquire(owner("b"), terms(0), |_| {}).await),
        "a"
    );

    let begun = Instant::now();
    assert_eq!(
        holder(other.acquire(owner("b"), terms(300), |_| {}).await),
        "a"
    );
    assert_eq!(begun.elapsed().as_secs(), 300);

    let mut told = Vec::new();
    let waiting = other.acquire(owner("b"), terms(300), |lease| {
        told.push(lease.owner.id.clone());
    });
    let releasing = async {
        pass(100).await;
        first.release().await.expect("it is held");
    };
    let begun = Instant::now();
    let (second, ()) = tokio::join!(waiting, releasing);
    let second = second.expect("it was let go");
    assert!((100..=107).contains(&begun.elapsed().as_secs()));
    assert_eq!(told, ["a"]);
    assert_eq!(second.watch().check(), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn the_lock_of_a_dead_run_is_taken_over_after_its_end_when_it_was_watched() {
    let (objects, clock) = (memory(), clock(0));
    let dead = take(&objects, &clock, "dead", 0).await;
    // A dropped lock is not renewed.
    drop(dead.expect("it is free"));
    let other = lock(&objects, &clock);
    pass(89).await;
    assert_eq!(
        holder(other.acquire(owner("b"), terms(0), |_| {}).await),
        "dead"
    );
    pass(2).await;
    // It does not want to wait, but a clock alone does not end a lease.
    let begun = Instant::now();
    let taken = other.acquire(owner("b"), terms(0), |_| {}).await;
    assert_eq!(taken.expect("it is over").owner().id, "b");
    assert_eq!(begun.elapsed().as_secs(), LEASE.as_secs());
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_wrong_takes_no_lock_of_a_living_run() {
    let objects = memory();
    let held = take(&objects, &clock(0), "a", 0).await;
    let held = held.expect("it is free");
    for wait in [0, 30, 300] {
        for ahead in [300, 86_400, 315_360_000] {
            let begun = Instant::now();
            let refused = take(&objects, &clock(ahead), "b", wait).await;
            assert_eq!(holder(refused), "a", "{wait} {ahead}");
            // The first renewal that it sees tells it that the owner is alive.
            let waited = begun.elapsed().as_secs();
            assert!((wait..=wait.max(40)).contains(&waited), "{waited}");
            assert_eq!(held.watch().check(), Ok(()));
        }
    }
    held.release().await.expect("it is held");
    drop(
        take(&objects, &clock(300), "b", 0)
            .await
            .expect("it is free"),
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_that_waits_takes_over_a_silent_lease() {
    let (objects, clock) = (memory(), clock(0));
    let dead = take(&objects, &clock, "dead", 0).await;
    drop(dead.expect("it is free"));
    let begun = Instant::now();
    let taken = take(&objects, &clock, "b", 300).await;
    drop(taken.expect("it ends"));
    assert!((90..=97).contains(&begun.elapsed().as_secs()));
}

#[tokio::test(start_paused = true)]
async fn whatever_its_clock_said_a_silent_run_is_dead() {
    let objects = memory();
    // By its own clock, it wrote ten years later.
    let dead = take(&objects, &clock(315_360_000), "dead", 0).await;
    drop(dead.expect("it is free"));
    let begun = Instant::now();
    let taken = take(&objects, &clock(0), "b", 300).await;
    drop(taken.expect("it is silent"));
    assert!((90..=97).contains(&begun.elapsed().as_secs()));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_was_stopped_for_long_sends_nothing_before_it_has_renewed_its_lock() {
    let objects = memory();
    // The clock goes on while the machine sleeps, and the runtime's time does not.
    let slept = Arc::new(AtomicI64::new(0));
    let wall = {
        let (clock, slept) = (clock(0), Arc::clone(&slept));
        Clock::new(move || clock.now() + SignedDuration::from_secs(slept.load(Ordering::Relaxed)))
    };
    let held = take(&objects, &wall, "a", 0).await;
    let held = held.expect("it is free");
    let watch = held.watch();
    slept.store(91, Ordering::Relaxed);
    assert_eq!(watch.check(), Err(Lost::Expired));
    // Whoever watches the lease meanwhile sees that its owner has come back.
    assert_eq!(holder(take(&objects, &wall, "b", 0).await), "a");
    assert_eq!(watch.check(), Ok(()));
    let unlocked = lock(&objects, &wall).unlock("a").await;
    unlocked.expect("it is that one's");
    let other = take(&objects, &wall, "b", 0).await;
    let other = other.expect("it is free");
    let lost = watch.lost().await;
    assert_eq!(
        lost,
        Lost::TakenOver {
            owner: "ada on ci-7 (process 4711, owner b)".to_owned()
        }
    );
    assert_eq!(watch.check(), Err(lost));
    assert!(matches!(
        held.release().await,
        Err(LockError::Lost(Lost::TakenOver { .. }))
    ));
    assert_eq!(other.watch().check(), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_cannot_be_renewed_is_lost_at_its_end_and_not_before() {
    let down = Arc::new(AtomicBool::new(false));
    let objects = Altered::store({
        let down = Arc::clone(&down);
        move |_| match down.load(Ordering::Relaxed) {
            true => Fate::Lost,
            false => Fate::Done,
        }
    });
    let held = take(&objects, &clock(0), "a", 0).await;
    let held = held.expect("it is free");
    let watch = held.watch();
    // An outage that is shorter than the lease is harmless.
    down.store(true, Ordering::Relaxed);
    pass(50).await;
    assert_eq!(watch.check(), Ok(()));
    down.store(false, Ordering::Relaxed);
    pass(200).await;
    assert_eq!(watch.check(), Ok(()));

    down.store(true, Ordering::Relaxed);
    let begun = Instant::now();
    assert_eq!(watch.lost().await, Lost::Expired);
    assert!((40..=60).contains(&begun.elapsed().as_secs()));
    assert_eq!(watch.check(), Err(Lost::Expired));
}

#[tokio::test(start_paused = true)]
async fn a_renewal_without_an_answer_leaves_time_for_another() {
    let hangs = Arc::new(AtomicBool::new(false));
    let objects = Altered::store({
        let hangs = Arc::clone(&hangs);
        move |_| match hangs.swap(false, Ordering::Relaxed) {
            true => Fate::Hanging,
            false => Fate::Done,
        }
    });
    let held = take(&objects, &clock(0), "a", 0).await;
    let held = held.expect("it is free");
    hangs.store(true, Ordering::Relaxed);
    pass(100).await;
    assert_eq!(held.watch().check(), Ok(()));
    held.release().await.expect("it is held");
}

#[tokio::test(start_paused = true)]
async fn renewals_whose_answers_are_lost_count() {
    let writes = AtomicU32::new(0);
    let objects = Altered::store(move |_| match writes.fetch_add(1, Ordering::Relaxed) % 2 {
        0 => Fate::Done,
        _ => Fate::AnswerLost,
    });
    let held = take(&objects, &clock(0), "a", 0).await;
    let held = held.expect("it is free");
    pass(600).await;
    assert_eq!(held.watch().check(), Ok(()));
    held.release().await.expect("it is held");
}

#[tokio::test(start_paused = true)]
async fn only_the_named_lock_is_unlocked() {
    let (objects, clock) = (memory(), clock(0));
    let other = lock(&objects, &clock);
    assert!(matches!(other.unlock("a").await, Err(LockError::Free)));
    let held = other.acquire(owner("a"), terms(0), |_| {}).await;
    let held = held.expect("it is free");
    let refused = other.unlock("b").await;
    // The id in the error releases the lock.
    let hint = refused.as_ref().err().and_then(|error| error.hint("local"));
    assert!(hint.is_some_and(|hint| hint.ends_with("--owner a --instance local`")));
    match refused {
        Err(LockError::Held { lease }) => assert_eq!(lease.owner, owner("a")),
        unexpected => panic!("{unexpected:?}"),
    }
    assert_eq!(held.watch().check(), Ok(()));
    let lease = other.unlock("a").await.expect("it is that one's");
    assert_eq!(lease.owner, owner("a"));
    assert!(matches!(other.unlock("a").await, Err(LockError::Free)));
    // The holder notices at its next renewal, whether or not another run has the lock by then.
    assert_eq!(held.watch().lost().await, Lost::Unlocked);
    assert!(matches!(
        held.release().await,
        Err(LockError::Lost(Lost::Unlocked))
    ));
}

#[tokio::test(start_paused = true)]
async fn of_many_runs_one_at_a_time_has_the_lock() {
    let (objects, clock) = (memory(), clock(0));
    let (inside, done) = (AtomicU32::new(0), AtomicU32::new(0));
    let runs = (0..10).map(|run| {
        let lock = lock(&objects, &clock);
        let (inside, done) = (&inside, &done);
        async move {
            for round in 0..5 {
                let id = format!("{run}-{round}");
                let held = lock.acquire(owner(&id), terms(100_000), |_| {}).await;
                let held = held.expect("it is let go some time");
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                pass(fastrand::u64(..100)).await;
                assert_eq!(held.watch().check(), Ok(()));
                inside.fetch_sub(1, Ordering::SeqCst);
                held.release().await.expect("it is held");
                done.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    join_all(runs).await;
    assert_eq!(done.into_inner(), 50);
}

#[tokio::test(start_paused = true)]
async fn an_untrusted_store_has_no_lock() {
    let objects = Altered::store(|_| Fate::Overwritten);
    let outcome = take(&objects, &clock(0), "a", 0).await;
    assert!(matches!(
        outcome,
        Err(LockError::Store(LedgerError::Store(
            StoreError::Unconditional { .. }
        )))
    ));
}

#[test]
fn a_lease_is_respected_for_half_its_length_after_its_end_and_30_seconds_at_most() {
    let now = Timestamp::UNIX_EPOCH;
    for (length, last) in [(20, 30), (60, 90), (600, 630)] {
        let lease = Lease::new(owner("a"), now, Duration::from_secs(length));
        let over = |millis| lease.is_over(now + SignedDuration::from_millis(millis));
        assert_eq!((over(last * 1000), over(last * 1000 + 1)), (false, true));
    }
}

#[test]
fn the_stored_sample_of_version_1_is_read() {
    let text = include_bytes!("../../../tests/data/ledger/lock.v1.json");
    let time = |text: &str| text.parse().expect("a time");
    let lease = Lease {
        owner: Owner {
            run: Some("https://ci.example/1".to_owned()),
            ..owner("00112233aabbccdd")
        },
        started: time("2026-11-22T10:00:00Z"),
        renewed: time("2026-11-22T10:05:00Z"),
        expires: time("2026-11-22T10:06:00Z"),
        released: Some(time("2026-11-22T10:05:30Z")),
    };
    let fingerprint = crate::ledger::tests::fingerprint();
    assert_eq!(Lease::read(text, &fingerprint), Ok(lease.clone()));
    let newer = String::from_utf8_lossy(text).replacen("\"version\":1", "\"version\":2", 1);
    let read = Lease::read(newer.as_bytes(), &fingerprint);
    assert_eq!(read, Err(Flaw::Newer { found: 2 }));
    let written: Vec<u8> = lease.text(&fingerprint).iter().flatten().copied().collect();
    assert_eq!(Lease::read(&written, &fingerprint), Ok(lease));
}

#[test]
fn the_owner_comes_from_the_environment() {
    let of = |variables: &[(&str, &str)]| {
        let variables: Vec<(String, String)> = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let variable = move |name: &str| {
            let found = variables.iter().find(|(found, _)| found == name);
            found.map(|(_, value)| value.clone())
        };
        let owner = Owner::of(&variable, None);
        (owner.user, owner.host, owner.run)
    };
    let told = |user: &str, host: &str, run: Option<&str>| {
        (user.to_owned(), host.to_owned(), run.map(ToOwned::to_owned))
    };
    assert_eq!(of(&[("USER", "")]), told("unknown", "unknown", None));
    assert_eq!(
        of(&[
            ("USER", "runner"),
            ("HOSTNAME", "fv-az1"),
            ("GITHUB_ACTOR", "ada"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_REPOSITORY", "acme/pipeline"),
            ("GITHUB_RUN_ID", "17"),
        ]),
        told(
            "ada",
            "fv-az1",
            Some("https://github.com/acme/pipeline/actions/runs/17")
        )
    );
    assert_eq!(
        of(&[("CI_JOB_URL", "https://ada:s3cret@gitlab.example/j/1")]).2,
        Some("https://gitlab.example/j/1".to_owned())
    );
    assert_eq!(of(&[("BUILD_URL", "file:///etc/passwd")]).2, None);
    assert_eq!(
        of(&[
            (
                "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI",
                "https://dev.azure.com/acme/"
            ),
            ("SYSTEM_TEAMPROJECT", "Ops"),
            ("BUILD_BUILDID", "9"),
        ])
        .2,
        Some("https://dev.azure.com/acme/Ops/_build/results?buildId=9".to_owned())
    );
}

#[test]
fn every_run_has_an_id_of_its_own() {
    assert_ne!(Owner::here().id, Owner::here().id);
    assert_eq!(Owner::here().pid, std::process::id());
    #[cfg(target_os = "linux")]
    {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").expect("it has a name");
        assert_eq!(Owner::here().host, host.trim());
    }
}
