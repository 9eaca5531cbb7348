//! The durable store: one file in the data directory.
//!
//! A write call is one transaction. It is on disk before its answer is sent, so a simulator that is
//! killed loses no write that it has confirmed.

use std::fs;
use std::path::Path;

use redb::{Builder, Database, ReadableDatabase as _};

use super::error::StoreError;
use super::record::KeyFolding;
use super::tables::{IDS, INDEX, META, RECORDS, StoreReader, StoreTables, StoreWriter};
use super::usage::UsageHistory;
use crate::regular_file::read_text;
use crate::simulator::guid::secret;

/// The store of one instance.
pub(in crate::simulator) struct RecordStore {
    database: Database,
    folding: KeyFolding,
}

const FILE: &str = "marketo.redb";
/// The process that uses the store, for others that meet it in use. Who uses it is decided by the lock of the database alone.
const USER: &str = "marketo.pid";
const LAYOUT: &str = "1";
/// The names of values in `META`.
const HISTORY: &str = "history";
const ID: &str = "id";
/// The database's default is 1 GiB.
const CACHE_BYTES: usize = 64 * 1024 * 1024;

impl RecordStore {
    /// Opens the store of the directory `data`. `first` fills a new store; if it fails, the store
    /// stays empty.
    pub(in crate::simulator) fn open<E: From<StoreError>>(
        database: Database,
        data: &Path,
        folding: KeyFolding,
        first: impl FnOnce(&mut StoreWriter<'_>) -> Result<(), E>,
    ) -> Result<Self, E> {
        let store = Self { database, folding };
        let keys = folding.mark();
        match store.meta("layout")?.as_deref() {
            Some(LAYOUT) => {
                let found = store.meta("keys")?.filter(|found| *found != keys);
                if let Some(found) = found {
                    let path = data.join(FILE);
                    return Err(E::from(StoreError::Keys { path, found }));
                }
            }
            Some(found) => {
                return Err(E::from(StoreError::Layout {
                    path: data.join(FILE),
                    found: found.to_owned(),
                }));
            }
            None => store.transaction(&[("layout", LAYOUT), ("keys", &keys)], first)?,
        }
        if store.meta(ID)?.is_none() {
            let id = format!("{:032x}", secret());
            store.transaction(&[(ID, &id)], |_| Ok::<_, StoreError>(()))?;
        }
        Ok(store)
    }

    /// The id of this store: random, and never changed.
    pub(in crate::simulator) fn id(&self) -> Result<String, StoreError> {
        self.meta(ID)?.ok_or(StoreError::Meta(ID))
    }

    /// Runs `work` on a snapshot.
    pub(in crate::simulator) fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&StoreReader) -> Result<T, E>,
    ) -> Result<T, E> {
        work(&self.reader()?)
    }

    /// Runs `work` in a transaction, which is durable when this returns. An error rolls it back.
    pub(in crate::simulator) fn write<T, E: From<StoreError>>(
        &self,
        history: &UsageHistory,
        work: impl FnOnce(&mut StoreWriter<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let history = serde_json::to_string(history).expect("days and names are text");
        self.transaction(&[(HISTORY, &history)], work)
    }

    /// The counted calls and errors.
    pub(in crate::simulator) fn history(&self) -> Result<UsageHistory, StoreError> {
        match self.meta(HISTORY)? {
            Some(text) => serde_json::from_str(&text).map_err(|_| StoreError::Meta(HISTORY)),
            None => Ok(UsageHistory::default()),
        }
    }

    fn transaction<T, E: From<StoreError>>(
        &self,
        meta: &[(&str, &str)],
        work: impl FnOnce(&mut StoreWriter<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction = self.database.begin_write().map_err(StoreError::from)?;
        let done = {
            let mut table = transaction.open_table(META).map_err(StoreError::from)?;
            for (name, value) in meta {
                table.insert(*name, *value).map_err(StoreError::from)?;
            }
            let tables = StoreTables {
                records: transaction.open_table(RECORDS).map_err(StoreError::from)?,
                ids: transaction.open_table(IDS).map_err(StoreError::from)?,
                index: transaction.open_table(INDEX).map_err(StoreError::from)?,
                folding: self.folding,
            };
            work(&mut StoreWriter {
                tables,
                meta: table,
            })?
        };
        transaction.commit().map_err(StoreError::from)?;
        Ok(done)
    }

    fn reader(&self) -> Result<StoreReader, StoreError> {
        let transaction = self.database.begin_read()?;
        Ok(StoreTables {
            records: transaction.open_table(RECORDS)?,
            ids: transaction.open_table(IDS)?,
            index: transaction.open_table(INDEX)?,
            folding: self.folding,
        })
    }

    /// A value of the whole instance.
    pub(in crate::simulator) fn meta(&self, name: &str) -> Result<Option<String>, StoreError> {
        let transaction = self.database.begin_read()?;
        let table = match transaction.open_table(META) {
            Ok(table) => table,
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(None),
            Err(other) => return Err(other.into()),
        };
        Ok(table.get(name)?.map(|value| value.value().to_owned()))
    }
}

/// The database in a directory, which is created if it does not exist.
pub(in crate::simulator) fn database(data: &Path) -> Result<Database, StoreError> {
    fs::create_dir_all(data).map_err(|source| StoreError::Directory {
        path: data.to_owned(),
        source,
    })?;
    let path = data.join(FILE);
    let opened = Builder::new().set_cache_size(CACHE_BYTES).create(&path);
    let user = data.join(USER);
    let database = opened.map_err(|error| {
        if matches!(error, redb::DatabaseError::DatabaseAlreadyOpen) {
            let process = read_text(&user).ok();
            let process = process.and_then(|id| id.trim().parse().ok());
            StoreError::InUse { path, process }
        } else {
            error.into()
        }
    })?;
    // Without it the error says less, and that is all.
    drop(fs::write(&user, format!("{}\n", std::process::id())));
    Ok(database)
}

/// A database in memory.
#[cfg(test)]
pub(in crate::simulator) fn in_memory() -> Result<Database, StoreError> {
    let backend = redb::backends::InMemoryBackend::new();
    Ok(Builder::new().create_with_backend(backend)?)
}
