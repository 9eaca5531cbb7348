//! The store of the ledger and the lock of one instance.
//!
//! A store does not lock, and does not retry when it loses a race: whoever saves holds the [`Lock`], so a save whose number is
//! taken means that somebody wrote without it. A failed read is an error; only a folder without objects is an empty ledger.

use std::error::Error;
use std::fs::File;
use std::io::{self, Read as _};
#[cfg(test)]
use std::sync::Arc;

use futures_util::StreamExt as _;
use object_store::{GetResult, GetResultPayload};
#[cfg(test)]
use object_store::{ObjectStore, path::Path};

use crate::store::{Access, Creation, Folder, Location, Numbered, StoreError, access_error, hex};

use super::damage::Flaw;
use super::error::LedgerError;
use super::fingerprint::Fingerprint;
use super::folder::InstanceFolder;
use super::format::{self, LedgerReader};
use super::lock::{Clock, Lock};
use super::records::Ledger;

/// The store of the ledger and the lock of one instance.
#[derive(Clone, Debug)]
pub struct Store {
    folder: InstanceFolder,
    ledger: Numbered,
}

/// A ledger and the number of its object.
#[derive(Clone, Debug)]
pub struct LoadedLedger {
    pub ledger: Ledger,
    /// 0 if the ledger was never saved.
    pub number: u64,
}

/// The size of the pieces in which a file is read.
const PIECE: usize = 1 << 18;

impl Store {
    /// Opens the store of an instance. Nothing is read or written yet.
    ///
    /// # Errors
    /// This build does not support the location, or the environment does not have the settings for it.
    pub fn open(location: &Location, fingerprint: Fingerprint) -> Result<Self, LedgerError> {
        let folder = Folder::open(location, fingerprint.as_str())?;
        Ok(Self::of(InstanceFolder::new(folder, fingerprint)))
    }

    /// The store among these objects, below a path; `shown` is the path for people.
    #[cfg(test)]
    pub(crate) fn with(
        objects: Arc<dyn ObjectStore>,
        prefix: &Path,
        shown: &str,
        fingerprint: Fingerprint,
    ) -> Self {
        let folder = Folder::among(objects, prefix, shown, fingerprint.as_str());
        Self::of(InstanceFolder::new(folder, fingerprint))
    }

    fn of(folder: InstanceFolder) -> Self {
        Self {
            ledger: folder.numbered("ledger"),
            folder,
        }
    }

    /// The folder of the instance, for people.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.folder.shown()
    }

    /// The instance to which the ledger belongs.
    #[must_use]
    pub fn fingerprint(&self) -> &Fingerprint {
        self.folder.fingerprint()
    }

    /// The lock of the instance.
    #[must_use]
    pub fn lock(&self, clock: Clock) -> Lock {
        Lock::new(self.folder.clone(), clock)
    }

    /// Reads the ledger. If there is none yet, returns an empty one with a new salt.
    ///
    /// # Errors
    /// The store fails, or its ledger is damaged, has a newer version, or belongs to another instance.
    pub async fn load(&self) -> Result<LoadedLedger, LedgerError> {
        match self.ledger.newest().await? {
            Some((number, found)) => Ok(LoadedLedger {
                ledger: self.read(found, number).await?,
                number,
            }),
            None => Ok(LoadedLedger {
                ledger: Ledger::new(hex::random()),
                number: 0,
            }),
        }
    }

    /// The number of the newest ledger, or 0 if there is none yet. A run compares it with the number of the ledger that it read.
    ///
    /// # Errors
    /// The store fails.
    pub async fn number(&self) -> Result<u64, LedgerError> {
        Ok(self.ledger.latest().await?.unwrap_or(0))
    }

    /// Saves the ledger as the object after number `after`, and returns its number.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if that object exists already; or the store fails or cannot be trusted.
    pub async fn save(&self, ledger: &Ledger, after: u64) -> Result<u64, LedgerError> {
        self.folder.probe().await?;
        let text = format::write(ledger, self.fingerprint(), &hex::unique()).await;
        let number = after + 1;
        match self.ledger.create(number, text).await? {
            Creation::Created => Ok(number),
            Creation::Taken => Err(StoreError::Changed {
                location: self.shown().to_owned(),
            }
            .into()),
        }
    }

    /// Removes all versions before this one: they have what the ledger is not to have any more.
    ///
    /// # Errors
    /// The store cannot be listed. A version that cannot be removed stays until it is too old.
    pub async fn remove_before(&self, number: u64) -> Result<(), LedgerError> {
        Ok(self.ledger.remove_before(number).await?)
    }

    async fn read(&self, found: GetResult, number: u64) -> Result<Ledger, LedgerError> {
        let mut pieces = match found.payload {
            // As a stream, a file would arrive as a whole and need its size in memory.
            GetResultPayload::File(file, _) => return self.read_file(file, number).await,
            GetResultPayload::Stream(pieces) => pieces,
        };
        let mut reader = LedgerReader::new(self.fingerprint());
        while let Some(piece) = pieces.next().await {
            let bytes = piece.map_err(|error| self.failed_read(&error, number))?;
            reader
                .push(&bytes)
                .map_err(|flaw| self.flawed(flaw, number))?;
        }
        reader.finish().map_err(|flaw| self.flawed(flaw, number))
    }

    async fn read_file(&self, file: File, number: u64) -> Result<Ledger, LedgerError> {
        let fingerprint = self.fingerprint().clone();
        let read = tokio::task::spawn_blocking(move || read_pieces(file, &fingerprint)).await;
        let result: Result<_, Box<dyn Error + Send + Sync>> = match read {
            Ok(read) => read.map_err(Into::into),
            Err(stopped) => Err(stopped.into()),
        };
        match result {
            Ok(ledger) => ledger.map_err(|flaw| self.flawed(flaw, number)),
            Err(source) => Err(self.failed_read(
                &object_store::Error::Generic {
                    store: "file",
                    source,
                },
                number,
            )),
        }
    }

    fn failed_read(&self, error: &object_store::Error, number: u64) -> LedgerError {
        access_error(&self.ledger.shown(number), Access::Read, error).into()
    }

    fn flawed(&self, flaw: Flaw, number: u64) -> LedgerError {
        LedgerError::flawed(flaw, self.ledger.shown(number), self.fingerprint())
    }
}

/// Reads the ledger in a file piece by piece.
fn read_pieces(mut file: File, fingerprint: &Fingerprint) -> io::Result<Result<Ledger, Flaw>> {
    let mut reader = LedgerReader::new(fingerprint);
    let mut piece = vec![0; PIECE];
    loop {
        let length = file.read(&mut piece)?;
        if length == 0 {
            return Ok(reader.finish());
        }
        if let Err(flaw) = reader.push(&piece[..length]) {
            return Ok(Err(flaw));
        }
    }
}
