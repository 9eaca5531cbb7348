//! Which stores a run trusts.

use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::StreamExt as _;
use pretty_assertions::assert_eq;

use super::{ledger_of, memory, store_in};
use crate::ledger::LedgerError;
use crate::store::tests::altered::{Altered, Fate};
use crate::store::{ConditionFailure, StoreError};

/// The failure of a store in which `fate` decides how each creation ends, by its number from 0.
async fn failure(fate: fn(u32) -> Fate) -> Option<ConditionFailure> {
    let writes = AtomicU32::new(0);
    let objects = Altered::store(move |_| fate(writes.fetch_add(1, Ordering::Relaxed)));
    let saved = store_in(&objects).save(&ledger_of("A"), 0).await;
    match saved {
        Ok(_) => None,
        Err(LedgerError::Store(StoreError::Unconditional { failure, location })) => {
            assert_eq!(location, "s3://acme-ops/team/oppctl/123-abc-456-de258f21");
            Some(failure)
        }
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_store_that_passes_over_conditions_is_refused() {
    assert_eq!(failure(|_| Fate::Done).await, None);
    // A lost answer says nothing about the condition.
    assert_eq!(failure(|_| Fate::AnswerLost).await, None);
    let always = failure(|_| Fate::Overwritten).await;
    assert_eq!(always, Some(ConditionFailure::Winners { winners: 4 }));
    let in_a_race = failure(|write| {
        if write == 2 {
            Fate::Overwritten
        } else {
            Fate::Done
        }
    })
    .await;
    assert_eq!(in_a_race, Some(ConditionFailure::Winners { winners: 2 }));
    let later = failure(|write| {
        if write == 4 {
            Fate::Overwritten
        } else {
            Fate::Done
        }
    })
    .await;
    assert_eq!(later, Some(ConditionFailure::Overwrote));
}

#[tokio::test]
async fn a_store_that_keeps_nothing_is_refused() {
    let pretended = failure(|_| Fate::Pretended).await;
    assert_eq!(pretended, Some(ConditionFailure::Winners { winners: 4 }));
}

#[tokio::test]
async fn a_store_that_keeps_something_else_is_refused() {
    let garbled = failure(|_| Fate::Garbled).await;
    assert_eq!(garbled, Some(ConditionFailure::Overwrote));
}

#[tokio::test]
async fn nothing_is_written_to_an_untrusted_store() {
    let objects = Altered::store(|_| Fate::Overwritten);
    let store = store_in(&objects);
    for _ in 0..2 {
        store
            .save(&ledger_of("A"), 0)
            .await
            .expect_err("it is not trusted");
    }
    assert_eq!(objects.list(None).count().await, 0);
}

#[tokio::test]
async fn a_run_probes_once_and_leaves_nothing() {
    let objects = memory();
    let store = store_in(&objects);
    for number in 0..3 {
        let ledger = ledger_of("A");
        assert_eq!(
            store.save(&ledger, number).await.expect("it writes"),
            number + 1
        );
    }
    let left: Vec<String> = objects
        .list(None)
        .map(|found| found.expect("it lists").location.into())
        .collect()
        .await;
    assert_eq!(left.len(), 3, "{left:?}");
}
