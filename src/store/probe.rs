//! Checks whether a store honours conditional writes, on which ledger and lock depend.
//!
//! Some servers report success where they should refuse a creation. Two runs would then both believe that they hold the
//! lock. Each run checks this once, before its first write. The check is not a proof: a server may pass it and still fail
//! under load.

use futures_util::future::join_all;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};

use super::access::access_error;
use super::error::{Access, ConditionFailure, StoreError};
use super::hex;
use super::numbered::{Creation, put};

/// The number of creations of one object at the same time.
const RACERS: usize = 4;

/// Creates one object several times: at the same time, and once more when it exists. Exactly one creation may succeed.
pub(super) async fn probe(
    store: &dyn ObjectStore,
    folder: &Path,
    shown: &str,
) -> Result<(), StoreError> {
    let path = folder.clone().join(format!("probe-{}", hex::unique()));
    let found = race(store, &path, shown).await;
    let removed = store.delete(&path).await;
    if let Some(failure) = found? {
        return Err(StoreError::Unconditional {
            location: shown.to_owned(),
            failure,
        });
    }
    removed.map_err(|error| access_error(shown, Access::Delete, &error))
}

/// How the store failed to honour the condition, or `None` if it honoured it.
async fn race(
    store: &dyn ObjectStore,
    path: &Path,
    shown: &str,
) -> Result<Option<ConditionFailure>, StoreError> {
    let racers: Vec<PutPayload> = (0..RACERS).map(|_| payload()).collect();
    let creations = join_all(racers.iter().map(|own| put(store, path, own.clone()))).await;
    let mut winners = Vec::new();
    for (own, creation) in racers.into_iter().zip(creations) {
        match creation.map_err(|error| access_error(shown, Access::Write, &error))? {
            Creation::Created => winners.push(own),
            Creation::Taken => {}
        }
    }
    let [winner] = winners.as_slice() else {
        return Ok(Some(ConditionFailure::Winners {
            winners: winners.len(),
        }));
    };
    let late = put(store, path, payload())
        .await
        .map_err(|error| access_error(shown, Access::Write, &error))?;
    if late == Creation::Created {
        return Ok(Some(ConditionFailure::Overwrote));
    }
    let found = match store.get(path).await {
        Ok(found) => found.bytes().await,
        Err(error) => Err(error),
    };
    match found {
        Ok(found) if winner.iter().flatten().eq(found.iter()) => Ok(None),
        Ok(_) => Ok(Some(ConditionFailure::Overwrote)),
        Err(object_store::Error::NotFound { .. }) => Ok(Some(ConditionFailure::Lost)),
        Err(error) => Err(access_error(shown, Access::Read, &error)),
    }
}

/// A payload that differs from every other one.
fn payload() -> PutPayload {
    PutPayload::from(hex::unique())
}
