//! The lock that a killed run may have left.

use jiff::Timestamp;

use crate::journal::Run;
use crate::ledger::{Clock, Lease, Store};

/// What is known of the lock of a run that was killed.
#[derive(Clone, Debug)]
pub enum LockLeft {
    /// The run has it, as far as others respect that.
    Held { lease: Box<Lease>, now: Timestamp },
    /// It was released, or another run has it.
    Gone,
    /// The ledger cannot be read.
    Unknown,
}

/// The owner of the lock, if it is valid by the clock: its run is alive, or died less than a lease ago. A ledger that cannot be read
/// has none.
pub async fn lock_owner(store: Option<&Store>) -> Option<String> {
    let lease = store?.lock(Clock::system()).status().await.ok()??;
    let is_valid = lease.released.is_none() && lease.expires > Timestamp::now();
    is_valid.then_some(lease.owner.id)
}

impl LockLeft {
    /// Asks the ledger. One that cannot be read does not keep a history from being shown.
    pub async fn of(run: &Run, is_running: bool, store: Option<&Store>) -> Self {
        let Some(store) = store.filter(|_| run.end.is_none() && !is_running) else {
            return Self::Gone;
        };
        match store.lock(Clock::system()).status().await {
            Ok(Some(lease)) if lease.released.is_none() && lease.owner.id == run.head.owner.id => {
                Self::Held {
                    lease: Box::new(lease),
                    now: Timestamp::now(),
                }
            }
            Ok(_) => Self::Gone,
            Err(_) => Self::Unknown,
        }
    }
}
