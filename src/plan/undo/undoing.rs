//! A run that is to be undone, and what other runs did.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::ledger::{Entry, Place};
use crate::model::{Key, ObjectKind, Record};
use crate::plan::change::{Action, Change};
use crate::plan::not_undone::{Left, WhyLeft};
use crate::plan::note::Note;

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
    /// Whose the doing is where that of the run is not known.
    pub others: &'r Others,
}

/// What other runs are known to have done: their names, by the ids of the records.
#[derive(Clone, Debug, Default)]
pub struct Others {
    pub created: HashMap<Box<str>, Box<str>>,
    pub deleted: HashMap<Box<str>, Box<str>>,
}

/// A change that the run has made, or may have made.
#[derive(Clone, Copy, Debug)]
pub struct Made<'r> {
    pub change: &'r Change,
    /// Whether nobody knows if it was made.
    pub is_unknown: bool,
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

impl Made<'_> {
    /// Whether it may have created a record, and it is not known which.
    pub(crate) fn is_nameless(&self) -> bool {
        self.created.is_none() && matches!(self.change.action, Action::Create { .. })
    }

    /// The note that the record is left, or some of its fields.
    pub(super) fn left(&self, why: WhyLeft) -> Note {
        let change = self.change;
        Note::Left(Left {
            kind: change.kind,
            shown: change.shown.clone(),
            at: change.at.clone(),
            why,
        })
    }
}

impl Undoing<'_> {
    /// Whether an entry comes from the run that took its record over. A run whose ledger was not saved has taken nothing over:
    /// the entry is that of another run, which may have created the record.
    pub(super) fn took(&self, entry: &Entry) -> bool {
        self.is_kept || self.has_made(entry)
    }

    /// Whether the run has written an entry, and none has since.
    pub(super) fn has_made(&self, entry: &Entry) -> bool {
        self.origin == Some(entry.origin.time)
    }

    /// The other run that created a record which the run may have created.
    pub(super) fn created_by(&self, made: &Made<'_>, record: &Record) -> Option<&str> {
        let run = self.others.created.get(&record.id).map(|run| &**run);
        run.filter(|_| made.created.is_none())
    }

    /// The other run that deleted the record which the run may have deleted.
    pub(super) fn deleted_by(&self, made: &Made<'_>) -> Option<&str> {
        let run = self.others.deleted.get(made.change.id()?);
        run.map(|run| &**run).filter(|_| made.is_unknown)
    }

    /// Whether a field goes back whoever has changed it since.
    pub(super) fn is_forced(&self, name: &str) -> bool {
        self.forced.iter().any(|forced| *forced == *name)
    }
}
