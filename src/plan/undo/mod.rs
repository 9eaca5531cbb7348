//! Undoing: the plan that takes an earlier run back, as far as nobody else has written since.
//!
//! A run is known by its changes with what was before ([`Undoing`]); where it is kept does not matter here. Whether a change of
//! unknown outcome happened is not asked: what the instance holds now is compared with before and after, and that decides.

mod back;
mod keep;
mod left;
mod planner;
mod questions;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::ledger::{Entry, Place};
use crate::model::{Key, ObjectKind};

use super::change::Change;

pub use left::{Left, WhyLeft};
pub use planner::undo;
pub use questions::undo_questions;

/// A run that is to be undone.
#[derive(Debug)]
pub struct Undoing<'r> {
    pub made: Vec<Made<'r>>,
    /// The records that became the project's own as they were.
    pub adopted: Vec<Taken<'r>>,
    /// The time by which ledgers know the run.
    pub origin: Option<Timestamp>,
    /// Whether the ledger was surely saved after it.
    pub is_kept: bool,
    /// The names of fields that go back whoever has changed them since.
    pub forced: &'r [String],
    /// The records that are another run's, where the run may have created one with the same key.
    pub creators: &'r Creators,
}

/// Which run is known to have created a record, by the record's id.
pub type Creators = HashMap<Box<str>, Box<str>>;

/// A change that the run has made, or may have made.
#[derive(Clone, Copy, Debug)]
pub struct Made<'r> {
    pub change: &'r Change,
    /// The id of the record that it created, where that is known.
    pub created: Option<&'r str>,
    /// Whether the record was the project's own before.
    pub owned: bool,
    /// The fields whose values are not known.
    pub left_out: &'r [Arc<str>],
}

/// A record that became the project's own.
#[derive(Clone, Copy, Debug)]
pub struct Taken<'r> {
    pub kind: &'static ObjectKind,
    pub key: &'r Key,
    /// Its id, where that is known.
    pub id: Option<&'r str>,
    pub place: &'r Place,
}

impl Undoing<'_> {
    /// Whether an entry comes from the run that took its record over. A run whose ledger was not saved has taken nothing over:
    /// the entry is that of another run, which may have created the record.
    fn took(&self, entry: &Entry) -> bool {
        self.is_kept || self.origin == Some(entry.origin.time)
    }

    /// Whether a field goes back whoever has changed it since.
    fn is_forced(&self, name: &str) -> bool {
        self.forced.iter().any(|forced| *forced == *name)
    }
}
