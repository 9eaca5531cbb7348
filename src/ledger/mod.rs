//! The ledger: which records this project owns in an instance, with a hash of each managed field as it was last applied.
//!
//! It holds no values. What it says is decided in [`plan`](mod@crate::plan): a record that it has and no manifest declares is
//! to be deleted, one that it lacks and a manifest declares is adopted. A ledger that is lost owns nothing, so it deletes nothing.

mod entry;
mod records;

pub use entry::{Entry, Origin, Place};
pub use records::{Digest, Ledger};
