//! What a run tells while it goes on.

use std::time::Duration;

use crate::apply;
use crate::journal::JournalError;
use crate::ledger::{Lease, LockError};

use super::planned::Planned;

/// What a run tells while it goes on.
#[derive(Clone, Copy, Debug)]
pub enum RunEvent<'e> {
    /// Another run holds the lock, with this lease, and this run waits for it.
    Waiting(&'e Lease),
    /// The plan is made, and is the reviewed one if one was reviewed.
    Planned(&'e Planned),
    /// The calls of a plan with this number of changes begin.
    CallsBegin { changes: usize },
    /// The calls go on.
    Apply(apply::ApplyEvent<'e>),
    /// All calls are answered or given up.
    CallsEnded,
    /// Journals were removed that were older than the configuration keeps them.
    JournalsRemoved { removed: usize, keep: Duration },
    /// Old journals could not be removed; the next apply tries again.
    JournalsKept(&'e JournalError),
    /// The lock was not released; it ends by itself.
    NotReleased(&'e LockError),
}
