//! A folder of numbered objects. The ledger and the lock are such folders.
//!
//! The object with the highest number is the current one. A run writes by creating the next number, on the condition that
//! it does not exist: the only condition that every store offers. Of several runs that try, one succeeds and the others learn
//! that the number is taken. The last objects stay, older ones are removed.

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::StreamExt as _;
use object_store::path::Path;
use object_store::{
    GetOptions, GetRange, GetResult, ObjectMeta, ObjectStore, ObjectStoreExt as _, PutMode,
    PutOptions, PutPayload,
};

use super::access::{access_error, file_error};
use super::error::{Access, StoreError};
use super::private;

/// The number of objects that stay.
const KEPT: u64 = 10;

/// The number of bytes by which two objects are compared. Each write is different at its start.
const COMPARED: u64 = 512;

/// How often a creation is tried that the store refuses although no such object exists.
const CREATION_ATTEMPTS: usize = 3;

/// How often the list of objects is read if the newest object on it was removed before it could be read.
const READ_ATTEMPTS: usize = 5;

/// A folder of numbered objects.
#[derive(Clone, Debug)]
pub(crate) struct Numbered {
    store: Arc<dyn ObjectStore>,
    folder: Path,
    /// The folder for people.
    shown: String,
    /// The same folder on this machine, where the store is a directory.
    files: Option<PathBuf>,
}

/// The result of a creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Creation {
    Created,
    /// Another run created the object before.
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
            files: None,
        }
    }

    /// The same objects as files in this folder, which are made for their owner only.
    pub(super) fn of_files(self, folder: PathBuf) -> Self {
        Self {
            files: Some(folder),
            ..self
        }
    }

    /// The highest number, or `None` if the folder has no objects.
    pub(crate) async fn latest(&self) -> Result<Option<u64>, StoreError> {
        Ok(self.numbers().await?.last().copied())
    }

    /// The newest object with its number, or `None` if the folder has no objects.
    pub(crate) async fn newest(&self) -> Result<Option<(u64, GetResult)>, StoreError> {
        for _ in 0..READ_ATTEMPTS {
            let Some(number) = self.latest().await? else {
                return Ok(None);
            };
            if let Some(found) = self.get(number).await? {
                return Ok(Some((number, found)));
            }
        }
        Err(StoreError::Changed {
            location: self.shown.clone(),
        })
    }

    /// An object, or `None` if it was removed.
    async fn get(&self, number: u64) -> Result<Option<GetResult>, StoreError> {
        match self.store.get(&self.path(number)).await {
            Ok(found) => Ok(Some(found)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.error(Access::Read, &error)),
        }
    }

    /// Creates the object with this number. Its first bytes must differ from those of every other write.
    pub(crate) async fn create(
        &self,
        number: u64,
        payload: PutPayload,
    ) -> Result<Creation, StoreError> {
        let path = self.path(number);
        if let Some(folder) = &self.files {
            private::folder(folder)
                .map_err(|error| file_error(&self.shown, Access::Create, error))?;
        }
        let creation = put(&*self.store, &path, payload)
            .await
            .map_err(|error| self.error(Access::Write, &error))?;
        if creation == Creation::Taken {
            return Ok(Creation::Taken);
        }
        if let Some(folder) = &self.files {
            private::file(&folder.join(name(number)))
                .map_err(|error| file_error(&self.shown(number), Access::Write, error))?;
        }
        let numbers = self.numbers().await?;
        if numbers.last().is_some_and(|last| *last > number) {
            // Another run had created and removed this number before this write arrived.
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

    /// Removes all objects with lower numbers.
    pub(crate) async fn remove_before(&self, number: u64) -> Result<(), StoreError> {
        for old in self.numbers().await? {
            if old < number {
                self.remove(&self.path(old)).await;
            }
        }
        Ok(())
    }

    /// The name of an object for people.
    pub(crate) fn shown(&self, number: u64) -> String {
        format!("{}/{}", self.shown, name(number))
    }

    /// The error of a failed call to the store.
    pub(crate) fn error(&self, access: Access, error: &object_store::Error) -> StoreError {
        access_error(&self.shown, access, error)
    }

    /// Removes an object. A failure is harmless: only the highest number counts, and the next creation tries again.
    async fn remove(&self, path: &Path) {
        drop(self.store.delete(path).await);
    }

    /// The numbers in ascending order. Other objects in the folder are ignored.
    async fn numbers(&self) -> Result<Vec<u64>, StoreError> {
        let mut listed = self.store.list(Some(&self.folder));
        let mut numbers = Vec::new();
        while let Some(found) = listed.next().await {
            match found {
                Ok(found) => numbers.extend(self.number(&found)),
                Err(error) => return Err(self.error(Access::Read, &error)),
            }
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

/// Creates an object unless it exists. If the answer is lost, the object that exists then shows who wrote it.
pub(super) async fn put(
    store: &dyn ObjectStore,
    path: &Path,
    payload: PutPayload,
) -> Result<Creation, object_store::Error> {
    let mut attempts = CREATION_ATTEMPTS;
    loop {
        let options = PutOptions::from(PutMode::Create);
        let Err(error) = store.put_opts(path, payload.clone(), options).await else {
            return Ok(Creation::Created);
        };
        attempts -= 1;
        // After a lost answer the client repeats the call, and may find the object that it created itself.
        match is_own(store, path, &payload).await {
            Ok(Some(true)) => return Ok(Creation::Created),
            Ok(Some(false)) => return Ok(Creation::Taken),
            // Of several simultaneous creations, S3 may refuse all.
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

/// Whether the object has this payload, or `None` if it does not exist.
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
