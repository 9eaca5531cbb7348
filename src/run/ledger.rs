//! The ledger's part in a run: read, locked, saved with the claims before the first write and with the outcomes after the last.

use std::sync::Arc;

use crate::apply::{Claims, Report, claim, settle};
use crate::ledger::{
    self, Clock, HeldLock, Lease, Ledger, LedgerError, LockError, Origin, Owner, Store, Terms,
    Watch,
};
use crate::plan::Plan;

/// What a plan needs to know of a ledger.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnedRecords<'l> {
    pub(crate) ledger: &'l Ledger,
    /// The apply that the plan is for.
    pub(crate) origin: &'l Arc<Origin>,
    /// What digests are salted with, once the ledger was saved.
    pub(crate) salt: Option<[u8; 16]>,
}

/// The ledger of one instance, for the length of a command.
#[derive(Debug)]
pub struct RunLedger {
    store: Store,
    clock: Clock,
    pub ledger: Ledger,
    /// The number of the object that `ledger` was read from or saved as.
    number: u64,
    /// The apply, as the ledger's entries name it.
    pub(super) origin: Arc<Origin>,
    held: Option<HeldLock>,
    /// The owner for whom the lock is being taken.
    taking: Option<String>,
}

impl RunLedger {
    /// Reads the ledger of an instance, for a run of manifests of this commit.
    ///
    /// # Errors
    /// The store fails, or what it has cannot be read.
    pub async fn open(
        store: Store,
        clock: Clock,
        commit: Option<Box<str>>,
    ) -> Result<Self, LedgerError> {
        let ledger::LoadedLedger { ledger, number } = store.load().await?;
        let time = clock.now();
        Ok(Self {
            store,
            clock,
            ledger,
            number,
            origin: Arc::new(Origin { time, commit }),
            held: None,
            taking: None,
        })
    }

    /// Takes the lock and reads the ledger again. Returns whether another run changed it in between. `notify` is told of each run
    /// that this one waits for.
    ///
    /// # Errors
    /// Another run holds the lock for as long as the terms allow to wait, or the store fails.
    pub async fn lock(
        &mut self,
        owner: &Owner,
        terms: Terms,
        notify: impl FnMut(&Lease),
    ) -> Result<bool, LockError> {
        let lock = self.store.lock(self.clock.clone());
        self.taking = Some(owner.id.clone());
        let held = lock.acquire(owner.clone(), terms, notify).await;
        self.taking = None;
        self.held = Some(held?);
        Ok(self.read_again().await?)
    }

    /// Reads the ledger again if another run has changed it. Returns whether one has.
    async fn read_again(&mut self) -> Result<bool, LedgerError> {
        // A large ledger takes a second to read, and most often it is still the same.
        if self.store.number().await? == self.number {
            return Ok(false);
        }
        let ledger::LoadedLedger { ledger, number } = self.store.load().await?;
        (self.ledger, self.number) = (ledger, number);
        Ok(true)
    }

    /// What a plan needs to know of it.
    pub(super) fn owned(&self) -> OwnedRecords<'_> {
        OwnedRecords {
            ledger: &self.ledger,
            origin: &self.origin,
            salt: (self.number > 0).then(|| self.ledger.salt()),
        }
    }

    /// Tells whether the lock is still held.
    pub(super) fn watch(&self) -> Option<Watch> {
        self.held.as_ref().map(HeldLock::watch)
    }

    /// Claims what a plan creates; nothing may be sent before that is saved.
    pub(super) async fn claim(&mut self, plan: &Plan) -> Result<Claims, LockError> {
        let claims = claim(&mut self.ledger, plan);
        if !claims.is_empty() {
            self.save().await?;
        }
        Ok(claims)
    }

    /// Keeps what became of a plan.
    pub(super) async fn settle(
        &mut self,
        plan: &Plan,
        claims: Claims,
        report: &Report,
    ) -> Result<(), LockError> {
        settle(&mut self.ledger, plan, claims, report);
        self.save().await
    }

    /// Saves the ledger under the next number. If this run has lost its lock nothing is saved, because another run may write now. A
    /// caller takes the lock first.
    ///
    /// # Errors
    /// The lock is lost, or the store fails.
    pub async fn save(&mut self) -> Result<(), LockError> {
        if let Some(watch) = self.watch() {
            watch.check().map_err(LockError::Lost)?;
        }
        self.number = self.store.save(&self.ledger, self.number).await?;
        Ok(())
    }

    /// Releases the lock, if it is held.
    ///
    /// # Errors
    /// It was lost before, or could not be released. A run does not fail because of it: the lease expires.
    pub async fn release(self) -> Result<(), LockError> {
        if let Some(owner) = self.taking {
            // The run was interrupted while it took the lock, so the lease may have been written. If it was not, `unlock` fails,
            // and that is no error here.
            drop(self.store.lock(self.clock).unlock(&owner).await);
        }
        match self.held {
            Some(held) => held.release().await,
            None => Ok(()),
        }
    }

    /// Where the ledger is.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.store.shown()
    }
}
