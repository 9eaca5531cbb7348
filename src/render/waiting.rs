//! What is said while a command waits for a lock.

use jiff::Timestamp;

use crate::ledger::Lease;

use super::escape::escaped;

/// Which run has the lock, or had it and did not release it.
#[must_use]
pub fn waiting(lease: &Lease, now: Timestamp) -> String {
    let (owner, until) = (lease.owner.to_string(), lease.expires.strftime("%H:%M:%SZ"));
    let owner = escaped(&owner);
    if lease.expires < now {
        let length = lease.length().as_secs();
        format!(
            "the lock of {owner} ended at {until} and was not released: watching it for {length} s, in which a living run renews it"
        )
    } else {
        format!("waiting for the lock, held by {owner} until {until} or longer")
    }
}
