//! The ledger of a run: read, locked, and saved before the first write and after the last.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::apply::{Claims, Report, claim, settle};
use crate::config::Loaded;
use crate::ledger::{
    self, Clock, Fingerprint, HeldLock, Ledger, LedgerError, LockError, Origin, Owner, Store,
    Terms, Watch,
};
use crate::plan::Plan;
use crate::render::escaped;

use super::commit::commit;
use super::context::Context;
use super::exit::CliError;

/// The ledger of one instance, for the length of a command.
pub(super) struct RunLedger {
    store: Store,
    pub(super) ledger: Ledger,
    /// The number of the object that `ledger` was read from or saved as.
    number: u64,
    pub(super) origin: Arc<Origin>,
    lease: Duration,
    held: Option<HeldLock>,
    /// The owner for whom the lock is being taken.
    taking: Option<String>,
}

impl RunLedger {
    /// Opens and reads the ledger of an instance, if the configuration has one.
    pub(super) async fn open(
        loaded: &Loaded,
        fingerprint: Fingerprint,
    ) -> Result<Option<Self>, CliError> {
        let ownership = &loaded.config.ownership;
        let Some(location) = &ownership.ledger else {
            return Ok(None);
        };
        let store = Store::open(location, fingerprint)?;
        let ledger::LoadedLedger { ledger, number } = store.load().await?;
        let origin = Origin {
            time: Timestamp::now(),
            commit: commit(&loaded.root),
        };
        Ok(Some(Self {
            store,
            ledger,
            number,
            origin: Arc::new(origin),
            lease: ownership.lease,
            held: None,
            taking: None,
        }))
    }

    /// Takes the lock, waiting for others as long as that is wanted. Whether the ledger is still the one that was read
    /// is for the caller to ask.
    pub(super) async fn lock(
        &mut self,
        context: &Context,
        owner: Owner,
        wait: Duration,
    ) -> Result<(), CliError> {
        let terms = Terms {
            lease: self.lease,
            wait,
        };
        let notify = |lease: &ledger::Lease| {
            let (owner, until) = (&lease.owner, lease.expires.strftime("%H:%M:%SZ"));
            context.out.message(&format!(
                "waiting for {}, who holds the lock until {until} at least\n",
                escaped(&owner.to_string())
            ));
        };
        let lock = self.store.lock(Clock::system());
        self.taking = Some(owner.id.clone());
        let held = lock.acquire(owner, terms, notify).await;
        self.taking = None;
        self.held = Some(held?);
        Ok(())
    }

    /// Reads the ledger again if somebody has changed it since; whether that is so.
    pub(super) async fn read_again(&mut self) -> Result<bool, CliError> {
        // A large ledger takes a second to read, and most often it is still the same.
        if self.store.number().await? == self.number {
            return Ok(false);
        }
        let ledger::LoadedLedger { ledger, number } = self.store.load().await?;
        (self.ledger, self.number) = (ledger, number);
        Ok(true)
    }

    /// The salt of the ledger, once it was saved for the first time.
    pub(super) fn salt(&self) -> Option<[u8; 16]> {
        (self.number > 0).then(|| self.ledger.salt())
    }

    /// What tells whether the lock is still held.
    pub(super) fn watch(&self) -> Option<Watch> {
        self.held.as_ref().map(HeldLock::watch)
    }

    /// Claims what a plan creates; nothing may be sent before that is saved.
    pub(super) async fn claim(&mut self, plan: &Plan) -> Result<Claims, CliError> {
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
    ) -> Result<(), CliError> {
        settle(&mut self.ledger, plan, claims, report);
        self.save().await
    }

    /// Saves the ledger as a further version, unless the lock is lost: then whoever has it relies on nobody else's saving.
    pub(super) async fn save(&mut self) -> Result<(), CliError> {
        if let Some(watch) = self.watch() {
            watch.check().map_err(LockError::Lost)?;
        }
        self.number = self.store.save(&self.ledger, self.number).await?;
        Ok(())
    }

    /// Lets go of the lock, if it is held. That it could not be is told and no failure: it ends by itself.
    pub(super) async fn release(self, context: &Context) {
        if let Some(owner) = self.taking {
            // Interrupted while it took the lock, which it may have or not. Most often nobody has it, and that is no error here.
            drop(self.store.lock(Clock::system()).unlock(&owner).await);
        }
        let Some(held) = self.held else { return };
        let told = match held.release().await {
            Ok(()) => return,
            Err(LockError::Lost(lost)) => format!("the lock had been lost: {lost}"),
            Err(error @ (LockError::Held { .. } | LockError::Free | LockError::Store(_))) => {
                format!("the lock was not released, and ends by itself: {error}")
            }
        };
        context.out.message(&format!("{}\n", escaped(&told)));
    }

    /// Where the ledger is.
    pub(super) fn shown(&self) -> &str {
        self.store.shown()
    }
}

impl From<LedgerError> for CliError {
    fn from(error: LedgerError) -> Self {
        let cli = Self::of(&error);
        match error.hint() {
            Some(hint) => cli.hint(hint),
            None => cli,
        }
    }
}

impl From<LockError> for CliError {
    fn from(error: LockError) -> Self {
        if let LockError::Store(error) = error {
            return error.into();
        }
        let cli = Self::of(&error);
        match error.hint() {
            Some(hint) => cli.hint(hint),
            None => cli,
        }
    }
}
