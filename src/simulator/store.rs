//! The durable store: one file in the data directory.
//!
//! A write call is one transaction, on disk before its answer leaves, so a killed simulator has
//! exactly what it answered for.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use redb::{Builder, Database, ReadableDatabase as _};
use thiserror::Error;

use super::tables::{IDS, INDEX, META, RECORDS, Reader, Tables, Writer};

/// Why the store cannot be used.
#[derive(Debug, Error)]
pub enum StoreError {
    #[error("cannot make the directory {}", path.display())]
    Directory {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("another process or simulator uses {}", path.display())]
    InUse { path: PathBuf },
    #[error("{} has the layout {found}, which this version does not know", path.display())]
    Layout { path: PathBuf, found: String },
    #[error("the database failed")]
    Database(#[source] Box<redb::Error>),
    #[error("a stored record is damaged")]
    Record(#[source] serde_json::Error),
    #[error("a value in the store is damaged: {0}")]
    Meta(&'static str),
}

/// The store of one instance.
pub(super) struct Store {
    database: Database,
}

/// How many calls were counted on which day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Usage {
    pub day: Date,
    pub calls: u64,
}

const FILE: &str = "marketo.redb";
const LAYOUT: &str = "1";
/// The default of the database is a cache of 1 GiB.
const CACHE_BYTES: usize = 64 * 1024 * 1024;

impl Store {
    /// Opens the store below `data`. If it is new, `first` fills it; nothing remains if that fails.
    pub(super) fn open<E: From<StoreError>>(
        data: &Path,
        first: impl FnOnce(&mut Writer<'_>) -> Result<(), E>,
    ) -> Result<Self, E> {
        let database = database(data)?;
        let store = Self { database };
        match store.meta("layout")?.as_deref() {
            Some(LAYOUT) => {}
            Some(found) => {
                return Err(E::from(StoreError::Layout {
                    path: data.join(FILE),
                    found: found.to_owned(),
                }));
            }
            None => store.transaction(&[("layout", LAYOUT)], first)?,
        }
        Ok(store)
    }

    /// Runs `work` on a snapshot.
    pub(super) fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Reader) -> Result<T, E>,
    ) -> Result<T, E> {
        work(&self.reader()?)
    }

    /// Runs `work` in a transaction, which is durable when this returns, or rolled back on an error.
    pub(super) fn write<T, E: From<StoreError>>(
        &self,
        usage: Usage,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (day, calls) = (usage.day.to_string(), usage.calls.to_string());
        self.transaction(&[("day", &day), ("calls", &calls)], work)
    }

    /// The counted calls as last stored.
    pub(super) fn usage(&self) -> Result<Option<Usage>, StoreError> {
        let (Some(day), Some(calls)) = (self.meta("day")?, self.meta("calls")?) else {
            return Ok(None);
        };
        Ok(Some(Usage {
            day: day.parse().map_err(|_| StoreError::Meta("day"))?,
            calls: calls.parse().map_err(|_| StoreError::Meta("calls"))?,
        }))
    }

    fn transaction<T, E: From<StoreError>>(
        &self,
        meta: &[(&str, &str)],
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction = self.database.begin_write().map_err(StoreError::from)?;
        let done = {
            let mut table = transaction.open_table(META).map_err(StoreError::from)?;
            for (name, value) in meta {
                table.insert(*name, *value).map_err(StoreError::from)?;
            }
            let tables = Tables {
                records: transaction.open_table(RECORDS).map_err(StoreError::from)?,
                ids: transaction.open_table(IDS).map_err(StoreError::from)?,
                index: transaction.open_table(INDEX).map_err(StoreError::from)?,
            };
            work(&mut Writer {
                tables,
                meta: table,
            })?
        };
        transaction.commit().map_err(StoreError::from)?;
        Ok(done)
    }

    fn reader(&self) -> Result<Reader, StoreError> {
        let transaction = self.database.begin_read()?;
        Ok(Tables {
            records: transaction.open_table(RECORDS)?,
            ids: transaction.open_table(IDS)?,
            index: transaction.open_table(INDEX)?,
        })
    }

    fn meta(&self, name: &str) -> Result<Option<String>, StoreError> {
        let transaction = self.database.begin_read()?;
        let table = match transaction.open_table(META) {
            Ok(table) => table,
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(None),
            Err(other) => return Err(other.into()),
        };
        Ok(table.get(name)?.map(|value| value.value().to_owned()))
    }
}

fn database(data: &Path) -> Result<Database, StoreError> {
    fs::create_dir_all(data).map_err(|source| StoreError::Directory {
        path: data.to_owned(),
        source,
    })?;
    let path = data.join(FILE);
    let opened = Builder::new().set_cache_size(CACHE_BYTES).create(&path);
    opened.map_err(|error| {
        if matches!(error, redb::DatabaseError::DatabaseAlreadyOpen) {
            StoreError::InUse { path }
        } else {
            error.into()
        }
    })
}

macro_rules! from_redb {
    ($($error:ident),*) => {$(
        impl From<redb::$error> for StoreError {
            fn from(error: redb::$error) -> Self {
                Self::Database(Box::new(error.into()))
            }
        }
    )*};
}

from_redb!(
    CommitError,
    DatabaseError,
    StorageError,
    TableError,
    TransactionError
);
