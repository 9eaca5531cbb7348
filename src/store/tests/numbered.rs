//! Numbered objects: who creates one, and which ones stay.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};
use pretty_assertions::assert_eq;

use super::altered::{Altered, Fate};
use super::memory;
use crate::store::numbered::{Creation, Numbered};
use crate::store::{Access, AccessFailure, StoreError, hex};

fn numbered(store: &Arc<dyn ObjectStore>) -> Numbered {
    Numbered::new(store, &Path::from("a/b"), "s3://bucket/a/b", "log")
}

fn payload() -> PutPayload {
    PutPayload::from(hex::unique())
}

async fn all(store: &Arc<dyn ObjectStore>) -> Vec<String> {
    let found = store.list(None).map(|found| found.expect("it lists"));
    let mut found: Vec<String> = found.map(|found| found.location.into()).collect().await;
    found.sort();
    found
}

#[tokio::test]
async fn a_number_is_given_once_and_old_objects_go() {
    let dir = tempfile::tempdir().expect("a folder for the test");
    let local = LocalFileSystem::new_with_prefix(dir.path()).expect("it is there");
    let stores: [Arc<dyn ObjectStore>; 2] = [memory(), Arc::new(local)];
    for store in stores {
        let log = numbered(&store);
        assert_eq!(log.latest().await.expect("it lists"), None);
        for number in 1..=25 {
            let created = log.create(number, payload()).await.expect("it writes");
            assert_eq!(created, Creation::Created);
            let again = log.create(number, payload()).await.expect("it writes");
            assert_eq!(again, Creation::Taken);
        }
        assert_eq!(log.latest().await.expect("it lists"), Some(25));
        let kept: Vec<String> = (16..=25)
            .map(|number| format!("a/b/log/{number:08}.jsonl"))
            .collect();
        assert_eq!(all(&store).await, kept);
    }
}

#[tokio::test]
async fn a_slow_loser_does_not_win_a_number_that_has_been_removed() {
    let store = memory();
    let log = numbered(&store);
    for number in 1..=12 {
        log.create(number, payload()).await.expect("it writes");
    }
    let before = all(&store).await;
    let late = log.create(2, payload()).await.expect("it writes");
    assert_eq!(late, Creation::Taken);
    assert_eq!(all(&store).await, before);
}

#[tokio::test]
async fn what_else_lies_in_the_folder_does_not_count() {
    let store = memory();
    let log = numbered(&store);
    for name in [
        "a/b/log/README.md",
        "a/b/log/00000009.jsonl~",
        "a/b/log/9.jsonl",
        "a/b/log/old/00000009.jsonl",
        "a/b/logs/00000009.jsonl",
    ] {
        let path = Path::from(name);
        store.put(&path, payload()).await.expect("it writes");
    }
    assert_eq!(log.latest().await.expect("it lists"), None);
    log.create(123_456_789, payload()).await.expect("it writes");
    assert_eq!(log.latest().await.expect("it lists"), Some(123_456_789));
}

#[tokio::test]
async fn of_many_at_once_one_wins() {
    let store = memory();
    for number in 1..=50 {
        let creations = (0..8).map(|_| {
            let log = numbered(&store);
            async move { log.create(number, payload()).await }
        });
        let outcomes = join_all(creations).await;
        let won = outcomes
            .iter()
            .filter(|outcome| matches!(outcome, Ok(Creation::Created)))
            .count();
        assert_eq!(won, 1, "round {number}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_looked_up() {
    for (fate, expected) in [
        (Fate::AnswerLost, Creation::Created),
        (Fate::Repeated, Creation::Created),
    ] {
        let store = Altered::store(move |_| fate);
        let outcome = numbered(&store).create(1, payload()).await;
        assert_eq!(outcome.expect("it is there"), expected, "{fate:?}");
    }
    // The first creation succeeds. The second one is lost, and finds an object that is not its own.
    let writes = AtomicU32::new(0);
    let store = Altered::store(move |_| match writes.fetch_add(1, Ordering::Relaxed) {
        0 => Fate::Done,
        _ => Fate::Lost,
    });
    let log = numbered(&store);
    let outcomes = [
        log.create(1, payload()).await.expect("it writes"),
        log.create(1, payload()).await.expect("it is looked up"),
    ];
    assert_eq!(outcomes, [Creation::Created, Creation::Taken]);
}

#[tokio::test]
async fn a_write_is_known_by_its_beginning() {
    let store = Altered::store(|_| Fate::AnswerLost);
    let long = PutPayload::from(format!("{}{}", hex::unique(), "x".repeat(10_000)));
    let outcome = numbered(&store).create(1, long).await;
    assert_eq!(outcome.expect("it is there"), Creation::Created);
}

/// Whether a creation succeeds whose first attempts end like this, and the number of attempts.
async fn after(fates: &'static [Fate]) -> (bool, u32) {
    let writes = Arc::new(AtomicU32::new(0));
    let store = Altered::store({
        let writes = Arc::clone(&writes);
        move |_| {
            let write = writes.fetch_add(1, Ordering::Relaxed) as usize;
            fates.get(write).copied().unwrap_or(Fate::Done)
        }
    });
    let outcome = numbered(&store).create(1, payload()).await;
    let is_created = matches!(outcome, Ok(Creation::Created));
    (is_created, writes.load(Ordering::Relaxed))
}

#[tokio::test]
async fn only_what_was_refused_for_nothing_is_tried_again() {
    use Fate::{Lost, Refused};
    assert_eq!(after(&[Refused, Refused]).await, (true, 3));
    assert_eq!(after(&[Refused, Refused, Refused]).await, (false, 3));
    assert_eq!(after(&[Lost]).await, (false, 1));
}

#[tokio::test]
async fn a_write_that_did_not_arrive_is_an_error() {
    let store = Altered::store(|_| Fate::Lost);
    let outcome = numbered(&store).create(1, payload()).await;
    let Err(StoreError::Access {
        location,
        access: Access::Write,
        failure: AccessFailure::Other,
        cause,
    }) = outcome
    else {
        panic!("{outcome:?}");
    };
    assert_eq!(location, "s3://bucket/a/b/log");
    assert_eq!(cause.to_string(), "the connection was reset");
}
