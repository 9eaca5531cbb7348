//! A folder of numbered objects, each created only if it is absent: the one condition that every store offers.
//!
//! The highest number is the current object. Who creates the next one has won; whoever else tries is told so. Old
//! objects are removed, the last ones stay. Ledger and lock are both made of it.

use std::sync::Arc;

use futures_util::StreamExt as _;
use object_store::path::Path;
use object_store::{
    GetOptions, GetRange, GetResult, ObjectMeta, ObjectStore, ObjectStoreExt as _, PutMode,
    PutOptions, PutPayload,
};

use super::LedgerError;
use super::error::{Doing, access};

/// How many objects stay.
const KEPT: u64 = 10;

/// How much of two objects is compared to tell whether they are the same write; each begins with a name of its own.
const COMPARED: u64 = 512;

/// How often a creation is tried again that was refused although nothing is there.
const ATTEMPTS: usize = 3;

/// A folder of numbered objects.
#[derive(Clone, Debug)]
pub(super) struct Numbered {
    store: Arc<dyn ObjectStore>,
    folder: Path,
    /// The folder as people know it.
    shown: String,
}

/// What became of a creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Creation {
    Created,
    /// Somebody else was there before.
    Taken,
}

impl Numbered {
    /// The folder `name` below `parent`.
    pub(super) fn new(
        store: &Arc<dyn ObjectStore>,
        parent: &Path,
        shown: &str,
        name: &'static str,
    ) -> Self {
        Self {
            store: Arc::clone(store),
            folder: parent.clone().join(name),
            shown: format!("{shown}/{name}"),
        }
    }

    /// The current number.
    pub(super) async fn latest(&self) -> Result<Option<u64>, LedgerError> {
        Ok(self.numbers().await?.last().copied())
    }

    /// An object; nothing if it is gone.
    pub(super) async fn get(&self, number: u64) -> Result<Option<GetResult>, LedgerError> {
        match self.store.get(&self.path(number)).await {
            Ok(found) => Ok(Some(found)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.error(Doing::Read, &error)),
        }
    }

    /// Creates the object with this number, whose first bytes no other write has.
    pub(super) async fn create(
        &self,
        number: u64,
        payload: PutPayload,
    ) -> Result<Creation, LedgerError> {
        let path = self.path(number);
        if put(&*self.store, &path, payload)
            .await
            .map_err(|error| self.error(Doing::Write, &error))?
            == Creation::Taken
        {
            return Ok(Creation::Taken);
        }
        let numbers = self.numbers().await?;
        if numbers.last().is_some_and(|last| *last > number) {
            // The number had been used and removed while this write was on its way.
            self.remove(&path).await;
            return Ok(Creation::Taken);
        }
        for old in numbers {
            if old + KEPT <= number {
                self.remove(&self.path(old)).await;
            }
        }
        Ok(Creation::Created)
    }

    /// An object as people know it.
    pub(super) fn shown(&self, number: u64) -> String {
        format!("{}/{}", self.shown, name(number))
    }

    /// The error of a call that concerns the whole folder.
    pub(super) fn error(&self, doing: Doing, error: &object_store::Error) -> LedgerError {
        access(&self.shown, doing, error)
    }

    /// What is left behind is harmless, as only the highest number counts, and the next creation removes it.
    async fn remove(&self, path: &Path) {
        drop(self.store.delete(path).await);
    }

    /// In ascending order. Whatever else lies in the folder is none of ours.
    async fn numbers(&self) -> Result<Vec<u64>, LedgerError> {
        let mut listed = self.store.list(Some(&self.folder));
        let mut numbers = Vec::new();
        while let Some(found) = listed.next().await {
            let found = found.map_err(|error| self.error(Doing::Read, &error))?;
            numbers.extend(self.number(&found));
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn number(&self, found: &ObjectMeta) -> Option<u64> {
        let text = found.location.filename()?;
        let number = text.strip_suffix(ENDING)?.parse().ok()?;
        (self.path(number) == found.location).then_some(number)
    }

    fn path(&self, number: u64) -> Path {
        self.folder.clone().join(name(number))
    }
}

const ENDING: &str = ".jsonl";

fn name(number: u64) -> String {
    format!("{number:08}{ENDING}")
}

/// Creates an object only if it is absent. A lost answer is no failure: what is there then tells who wrote it.
pub(super) async fn put(
    store: &dyn ObjectStore,
    path: &Path,
    payload: PutPayload,
) -> Result<Creation, object_store::Error> {
    let mut attempts = ATTEMPTS;
    loop {
        let options = PutOptions::from(PutMode::Create);
        let Err(error) = store.put_opts(path, payload.clone(), options).await else {
            return Ok(Creation::Created);
        };
        attempts -= 1;
        // A client that repeats a call after a lost answer meets the object that it has itself created.
        match is_own(store, path, &payload).await {
            Ok(Some(true)) => return Ok(Creation::Created),
            Ok(Some(false)) => return Ok(Creation::Taken),
            // S3 may refuse each of several at once, with nobody the winner.
            Ok(None) if is_refusal(&error) && attempts > 0 => {}
            Ok(None) | Err(_) => return Err(error),
        }
    }
}

fn is_refusal(error: &object_store::Error) -> bool {
    matches!(
        error,
        object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }
    )
}

/// Whether the object is what was to be written; nothing if there is none.
async fn is_own(
    store: &dyn ObjectStore,
    path: &Path,
    payload: &PutPayload,
) -> Result<Option<bool>, object_store::Error> {
    let length = COMPARED.min(payload.content_length() as u64);
    let own = payload.iter().flatten().take(length as usize);
    let options = GetOptions {
        range: Some(GetRange::Bounded(0..length)),
        ..GetOptions::default()
    };
    match store.get_opts(path, options).await {
        Ok(found) => Ok(Some(own.eq(found.bytes().await?.iter()))),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
