//! Snapshots: what a plan reads from an instance, kept in an encrypted file, so that whoever may read the file can plan without the
//! instance.
//!
//! A file is never written in the clear, nor is there a temporary one: it goes through `age` in memory. It says what was asked, so
//! that what nobody asked about is not taken for absent.

mod crypt;
mod error;
mod read;
mod rows;
mod write;

pub use crypt::{Age, Identity, Recipients, is_encrypted};
pub use error::{SnapshotError, Task};
pub use read::read;
pub use write::write;

use jiff::Timestamp;

use crate::api::Answers;

/// What an instance answered at a time.
#[derive(Debug)]
pub struct Snapshot {
    pub instance: SnapshotInstance,
    /// When the first of it was asked.
    pub time: Timestamp,
    pub answers: Answers,
}

/// The instance of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotInstance {
    /// Its name in the configuration.
    pub name: String,
    /// Its address, or a note that it is the built-in simulator.
    pub place: String,
    pub fingerprint: String,
}

#[cfg(test)]
mod tests;
