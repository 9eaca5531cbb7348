//! The store of one instance's ledger and lock.
//!
//! It neither locks nor retries a lost race: who saves holds the [`Lock`], and a save whose number is taken means that
//! somebody wrote without it. A failed read is an error; only a folder without objects is an empty ledger.

use std::sync::Arc;

use futures_util::StreamExt as _;
use object_store::path::Path;
use object_store::{GetResult, GetResultPayload, ObjectStore};
use tokio::sync::OnceCell;

use super::error::{Doing, LedgerError, access};
use super::format::{self, Flaw, LedgerReader};
use super::numbered::{Creation, Numbered};
use super::{Clock, Fingerprint, Ledger, Location, Lock, backend, hex, probe};

/// Where the ledger and the lock of one instance are.
#[derive(Clone, Debug)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    folder: Path,
    fingerprint: Fingerprint,
    shown: String,
    ledger: Numbered,
    probed: Arc<OnceCell<()>>,
}

/// A ledger and the number of its object.
#[derive(Clone, Debug)]
pub struct LoadedLedger {
    pub ledger: Ledger,
    /// 0 where there is none yet.
    pub number: u64,
}

/// How often the list of objects is read again because the one to be read has been removed.
const ATTEMPTS: usize = 5;

impl Store {
    /// Opens the store of an instance. Nothing is read or written yet.
    ///
    /// # Errors
    /// This build cannot, or the environment does not say how.
    pub fn open(location: &Location, fingerprint: Fingerprint) -> Result<Self, LedgerError> {
        let (objects, prefix) = backend::open(location)?;
        let shown = location.to_string();
        Ok(Self::with(objects, &prefix, &shown, fingerprint))
    }

    /// The store in these objects, below a path; `shown` is the place as people know it.
    pub(crate) fn with(
        objects: Arc<dyn ObjectStore>,
        prefix: &Path,
        shown: &str,
        fingerprint: Fingerprint,
    ) -> Self {
        let folder = prefix.clone().join(fingerprint.as_str());
        let shown = format!("{}/{fingerprint}", shown.trim_end_matches('/'));
        Self {
            ledger: Numbered::new(&objects, &folder, &shown, "ledger"),
            objects,
            folder,
            fingerprint,
            shown,
            probed: Arc::default(),
        }
    }

    /// The instance's folder, as people know it.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Which instance it is about.
    #[must_use]
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// The lock of the instance.
    #[must_use]
    pub fn lock(&self, clock: Clock) -> Lock {
        let objects = Numbered::new(&self.objects, &self.folder, &self.shown, "lock");
        Lock::new(self.clone(), objects, clock)
    }

    /// Reads the ledger; where there is none, an empty one with a salt of its own.
    ///
    /// # Errors
    /// The store fails, or what it has is damaged, newer, or another instance's.
    pub async fn load(&self) -> Result<LoadedLedger, LedgerError> {
        for _ in 0..ATTEMPTS {
            let Some(number) = self.ledger.latest().await? else {
                let salt = fastrand::u128(..).to_be_bytes();
                return Ok(LoadedLedger {
                    ledger: Ledger::new(salt),
                    number: 0,
                });
            };
            if let Some(found) = self.ledger.get(number).await? {
                let ledger = self.read(found, number).await?;
                return Ok(LoadedLedger { ledger, number });
            }
        }
        let location = self.shown.clone();
        Err(LedgerError::Changed { location })
    }

    /// The number of the newest ledger, 0 where there is none yet: whether one that was read is still it.
    ///
    /// # Errors
    /// The store fails.
    pub async fn number(&self) -> Result<u64, LedgerError> {
        Ok(self.ledger.latest().await?.unwrap_or(0))
    }

    /// Saves the ledger as the object after `after`, and gives its number.
    ///
    /// # Errors
    /// [`LedgerError::Changed`] if there is such an object already; or the store fails, or cannot be trusted.
    pub async fn save(&self, ledger: &Ledger, after: u64) -> Result<u64, LedgerError> {
        self.probe().await?;
        let text = format::write(ledger, &self.fingerprint, &hex::unique()).await;
        let number = after + 1;
        match self.ledger.create(number, text).await? {
            Creation::Created => Ok(number),
            Creation::Taken => Err(LedgerError::Changed {
                location: self.shown.clone(),
            }),
        }
    }

    /// Makes sure, once, that the store keeps to the condition that everything rests on. Every write does so first.
    ///
    /// # Errors
    /// It does not, or does not allow to write or to delete.
    pub async fn probe(&self) -> Result<(), LedgerError> {
        let probe = || probe::probe(&*self.objects, &self.folder, &self.shown);
        self.probed.get_or_try_init(probe).await.copied()
    }

    async fn read(&self, found: GetResult, number: u64) -> Result<Ledger, LedgerError> {
        let failed = |error: &_| access(&self.ledger.shown(number), Doing::Read, error);
        let mut reader = LedgerReader::new(&self.fingerprint);
        // A file comes in pieces too: reading it as a whole would need its size in memory.
        let mut pieces = match found.payload {
            GetResultPayload::File(file, _) => return self.read_file(file, number).await,
            GetResultPayload::Stream(pieces) => pieces,
        };
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|error| failed(&error))?;
            reader
                .push(&piece)
                .map_err(|flaw| self.flaw(flaw, number))?;
        }
        reader.finish().map_err(|flaw| self.flaw(flaw, number))
    }

    async fn read_file(&self, mut file: std::fs::File, number: u64) -> Result<Ledger, LedgerError> {
        use std::io::Read as _;
        let fingerprint = self.fingerprint.clone();
        let read = move || -> std::io::Result<Result<Ledger, Flaw>> {
            let mut reader = LedgerReader::new(&fingerprint);
            let mut piece = vec![0; 1 << 18];
            loop {
                let length = file.read(&mut piece)?;
                if length == 0 {
                    return Ok(reader.finish());
                }
                if let Err(flaw) = reader.push(&piece[..length]) {
                    return Ok(Err(flaw));
                }
            }
        };
        let read = tokio::task::spawn_blocking(read).await;
        let failed = |source: Box<dyn std::error::Error + Send + Sync>| {
            let error = object_store::Error::Generic {
                store: "file",
                source,
            };
            access(&self.ledger.shown(number), Doing::Read, &error)
        };
        read.map_err(|error| failed(error.into()))?
            .map_err(|error| failed(error.into()))?
            .map_err(|flaw| self.flaw(flaw, number))
    }

    fn flaw(&self, flaw: Flaw, number: u64) -> LedgerError {
        flaw.of(self.ledger.shown(number), &self.fingerprint)
    }
}
