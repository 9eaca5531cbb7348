//! Whether a store keeps to the one condition that ledger and lock rest on.
//!
//! Some servers answer success to a refused condition; then two runs would each believe that they hold the lock. That
//! is found out before the first write, once per run. It is no proof: a server may pass and still fail under load.

use futures_util::future::join_all;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};

use super::error::{Doing, Lapse, access};
use super::numbered::{Creation, put};
use super::{LedgerError, hex};

/// How many create one object at once.
const RACERS: usize = 4;

/// Creates one object several times: at once, and once more when it is there. Exactly one may succeed.
pub(super) async fn probe(
    store: &dyn ObjectStore,
    folder: &Path,
    shown: &str,
) -> Result<(), LedgerError> {
    let path = folder.clone().join(format!("probe-{}", hex::unique()));
    let found = race(store, &path, shown).await;
    let removed = store.delete(&path).await;
    found?;
    removed.map_err(|error| access(shown, Doing::Delete, &error))
}

async fn race(store: &dyn ObjectStore, path: &Path, shown: &str) -> Result<(), LedgerError> {
    let failed = |error: &_| access(shown, Doing::Write, error);
    let lapsed = |lapse| LedgerError::Unconditional {
        location: shown.to_owned(),
        lapse,
    };
    let payload = || PutPayload::from(hex::unique());
    let racers: Vec<PutPayload> = (0..RACERS).map(|_| payload()).collect();
    let raced = join_all(racers.iter().map(|own| put(store, path, own.clone()))).await;
    let mut winners = Vec::new();
    for (own, outcome) in racers.into_iter().zip(raced) {
        match outcome.map_err(|error| failed(&error))? {
            Creation::Created => winners.push(own),
            Creation::Taken => {}
        }
    }
    let [winner] = winners.as_slice() else {
        let winners = winners.len();
        return Err(lapsed(Lapse::Winners { winners }));
    };
    if put(store, path, payload())
        .await
        .map_err(|error| failed(&error))?
        == Creation::Created
    {
        return Err(lapsed(Lapse::Overwrote));
    }
    let found = match store.get(path).await {
        Ok(found) => found.bytes().await,
        Err(error) => Err(error),
    };
    match found {
        Ok(found) if winner.iter().flatten().eq(found.iter()) => Ok(()),
        Ok(_) => Err(lapsed(Lapse::Overwrote)),
        Err(object_store::Error::NotFound { .. }) => Err(lapsed(Lapse::Forgot)),
        Err(error) => Err(access(shown, Doing::Read, &error)),
    }
}
