//! The ledger: which records this project owns in an instance, with a hash of each managed field as it was last applied.
//!
//! It holds no values. What it says is decided in [`plan`](mod@crate::plan): a record that it has and no manifest declares is
//! to be deleted, one that it lacks and a manifest declares is adopted. A ledger that is lost owns nothing, so it deletes nothing.
//!
//! A [`Store`] keeps it, as numbered objects in a directory or in object storage, with a [`Lock`] of the same make beside it.
//! Which of the two is there matters nowhere else.

mod backend;
mod entry;
mod error;
mod fingerprint;
mod format;
mod hex;
mod location;
mod lock;
mod numbered;
mod probe;
mod records;
#[cfg(feature = "remote-ledger")]
mod remote;
#[cfg(not(feature = "remote-ledger"))]
#[path = "no_remote.rs"]
mod remote;
mod store;

pub use entry::{Applied, Entry, FieldNames, Origin, Place};
pub use error::{AccessFailure, Cause, Doing, Lapse, LedgerError};
pub use fingerprint::Fingerprint;
pub use format::Damage;
pub(crate) use format::in_line;
pub use location::{Bucket, Location, LocationError, Provider};
pub use lock::{Clock, HeldLock, Lease, Lock, LockError, Lost, Owner, Terms, Watch};
pub use records::{FieldHash, Ledger};
pub use store::{LoadedLedger, Store};

#[cfg(test)]
mod tests;
