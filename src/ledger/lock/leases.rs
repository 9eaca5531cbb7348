//! The numbered objects of the lock. Each one is a lease; the newest one counts.

use jiff::Timestamp;

use super::clock::Clock;
use super::lease::Lease;
use crate::ledger::error::LedgerError;
use crate::ledger::folder::InstanceFolder;
use crate::store::Access;
use crate::store::{Creation, Numbered};

/// The leases of one instance. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Leases {
    folder: InstanceFolder,
    objects: Numbered,
    clock: Clock,
}

/// The newest lease with its number, or `None` if no run ever took the lock.
pub(super) type Newest = Option<(u64, Lease)>;

impl Leases {
    pub(super) fn new(folder: InstanceFolder, clock: Clock) -> Self {
        let objects = folder.numbered("lock");
        Self {
            folder,
            objects,
            clock,
        }
    }

    /// The clock by which this run writes and reads leases.
    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The current time.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) async fn newest(&self) -> Result<Newest, LedgerError> {
        let Some((number, found)) = self.objects.newest().await? else {
            return Ok(None);
        };
        let text = found
            .bytes()
            .await
            .map_err(|error| self.objects.error(Access::Read, &error))?;
        let fingerprint = self.folder.fingerprint();
        match Lease::read(&text, fingerprint) {
            Ok(lease) => Ok(Some((number, lease))),
            Err(flaw) => Err(LedgerError::flawed(
                flaw,
                self.objects.shown(number),
                fingerprint,
            )),
        }
    }

    /// Writes a lease with this number, unless the number is taken.
    pub(super) async fn write(&self, number: u64, lease: &Lease) -> Result<Creation, LedgerError> {
        self.folder.probe().await?;
        let text = lease.text(self.folder.fingerprint());
        Ok(self.objects.create(number, text).await?)
    }
}
