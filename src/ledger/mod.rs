//! The ledger: which records this project owns in an instance, with a hash of each managed field as it was last applied.
//!
//! It stores no values. [`plan`](mod@crate::plan) decides what an entry means: a record in the ledger that no manifest declares is
//! deleted; a declared record that exists and is not in the ledger is adopted. A lost ledger owns nothing, so it deletes nothing.
//!
//! A [`Store`] keeps the ledger, as numbered objects in a directory or in object storage, with a [`Lock`] in a folder beside it.
//! Other modules do not need to know which of the two it is.

mod copy;
mod damage;
mod entry;
mod error;
mod fingerprint;
mod folder;
mod format;
pub(crate) mod hash;
pub(crate) mod lines;
mod lock;
mod owner;
mod past;
mod records;
pub(crate) mod shared_rows;
mod store;

pub use copy::{ledger_text, read_ledger};
pub use damage::LedgerDamage;
pub use entry::{Applied, Entry, Origin, Place, Replaced, SharedNames};
pub use error::LedgerError;
pub use fingerprint::Fingerprint;
pub use format::VERSION as LEDGER_FORMAT;
pub use hash::FieldHash;
pub use lines::LineDamage;
pub use lock::{Clock, HeldLock, Lease, Lock, LockError, Lost, Terms, Watch};
pub use owner::Owner;
pub use past::{AppliedPlan, Past};
pub use records::Ledger;
pub use store::{LoadedLedger, Store};

#[cfg(test)]
mod tests;
