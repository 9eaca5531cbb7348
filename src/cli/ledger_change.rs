//! The ledger of a command: opened, and changed under its lock.

use std::time::Duration;

use crate::config::LoadedConfig;
use crate::ledger::{Clock, Fingerprint, Lease, LockError, Owner, Store, Terms};
use crate::run::RunLedger;

use super::connect::store;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::terminal::{print_not_released, print_waiting};

pub(super) async fn open(
    loaded: &LoadedConfig,
    fingerprint: &Fingerprint,
) -> Result<RunLedger, CliError> {
    let store = the_store(loaded, fingerprint)?;
    let project = loaded.config.project.clone();
    Ok(RunLedger::open(store, Clock::system(), project, None).await?)
}

pub(super) fn the_store(
    loaded: &LoadedConfig,
    fingerprint: &Fingerprint,
) -> Result<Store, CliError> {
    store(loaded, fingerprint)?.ok_or_else(no_ledger)
}

fn no_ledger() -> CliError {
    CliError::new(Exit::Invalid, "the configuration has no ledger")
        .hint("write `ownership: { ledger: FOLDER }`, or an address such as s3://bucket/folder")
}

/// How a command takes the lock of a ledger that it changes.
#[derive(Clone, Copy)]
pub(super) struct Locking<'l> {
    pub(super) context: &'l Context,
    /// The name of the instance.
    instance: &'l str,
    terms: Terms,
}

impl<'l> Locking<'l> {
    pub(super) fn of(
        context: &'l Context,
        loaded: &LoadedConfig,
        instance: &'l str,
        wait: Duration,
    ) -> Self {
        Self {
            context,
            instance,
            terms: Terms {
                lease: loaded.config.ownership.lease,
                wait,
            },
        }
    }

    /// Changes a ledger under its lock, which is released however that ends.
    pub(super) async fn change(
        self,
        mut ledger: RunLedger,
        doing: impl AsyncFnOnce(&mut RunLedger) -> Result<(), CliError>,
    ) -> Result<(), CliError> {
        let notify = |lease: &Lease| print_waiting(self.context, lease);
        let locked = ledger.lock(&Owner::here(), self.terms, notify).await;
        locked.map_err(|error| self.failed(&error))?;
        let done = doing(&mut ledger).await;
        if let Err(error) = ledger.release().await {
            print_not_released(self.context, &error);
        }
        done
    }

    pub(super) fn failed(self, error: &LockError) -> CliError {
        CliError::of_lock(error, self.instance)
    }
}
