//! Where ledgers and journals are: a directory, or a bucket in object storage, opened and tested before it is trusted.
//!
//! Whoever uses it sees objects below a path. An object is created only if it is absent, which is the one condition that every
//! store offers. What is in the objects is not known here.

mod access;
mod backend;
mod cause;
mod error;
mod folder;
pub(crate) mod hex;
mod location;
mod numbered;
mod objects;
pub(crate) mod private;
mod probe;
#[cfg(feature = "remote-ledger")]
mod remote;
#[cfg(not(feature = "remote-ledger"))]
#[path = "no_remote.rs"]
mod remote;
mod waiter;
mod writable;

pub(crate) use access::access_error;
pub use cause::Cause;
pub use error::{Access, AccessFailure, ConditionFailure, StoreError};
pub(crate) use folder::Folder;
pub use location::{Bucket, Location, LocationError, Provider};
pub(crate) use numbered::{Creation, Numbered};
pub(crate) use objects::Found;
pub(crate) use waiter::Waiter;
pub use writable::check_writable;

#[cfg(test)]
pub(crate) mod tests;
