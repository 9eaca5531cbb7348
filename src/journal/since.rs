//! What later runs have done about what an earlier one has left.

use std::collections::HashSet;

use crate::model::{FoldedKey, ObjectKind};

use super::id::RunId;
use super::run::Run;

/// What a later run has done about an earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    pub run: RunId,
    pub what: SinceKind,
}

/// In which way a later run has to do with an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SinceKind {
    /// It took some of the changes back that the earlier run had applied.
    Undid { undone: usize, applied: usize },
    /// It took the undo back.
    Redid,
    /// It applied a change to so many of the records that the earlier run had left, and found so many others to be as they should be.
    Applied { records: usize, found: usize },
}

/// What these later runs have done about what a run has left, those that have done nothing about it left out; and how many of its
/// records nobody has written since.
#[must_use]
pub fn since<'r>(run: &Run, later: impl IntoIterator<Item = &'r Run>) -> (Vec<Since>, usize) {
    let pairs = run.changes.iter().zip(&run.outcomes);
    let mut left: HashSet<(&ObjectKind, FoldedKey)> = pairs
        .filter(|(_, outcome)| !outcome.is_applied())
        .map(|(change, _)| (change.kind, change.key.folded()))
        .collect();
    let applied_then = run
        .outcomes
        .iter()
        .filter(|outcome| outcome.is_applied())
        .count();
    let mut since: Vec<Since> = Vec::new();
    for later in later {
        let pairs = || later.changes.iter().zip(&later.outcomes);
        let undoes = later.head.undoes.as_ref();
        let is_undo = undoes == Some(&run.head.id);
        let is_redo = since.iter().any(|other| {
            matches!(other.what, SinceKind::Undid { .. }) && undoes == Some(&other.run)
        });
        let undone = pairs().filter(|(_, outcome)| outcome.is_applied()).count();
        let written = pairs().filter(|(change, outcome)| {
            outcome.is_applied() && left.remove(&(change.kind, change.key.folded()))
        });
        let records = written.count();
        // What the earlier run did not know to be there, the later one has found.
        let adopted = later.adopted.iter();
        let found = adopted.filter(|it| left.remove(&(it.kind, it.key.folded())));
        let found = found.count();
        let what = match (is_undo, is_redo) {
            (true, _) => SinceKind::Undid {
                undone,
                applied: applied_then,
            },
            (false, true) => SinceKind::Redid,
            (false, false) if records + found > 0 => SinceKind::Applied { records, found },
            (false, false) => continue,
        };
        since.push(Since {
            run: later.head.id.clone(),
            what,
        });
    }
    (since, left.len())
}

impl SinceKind {
    /// Whether everything that the earlier run applied was taken back.
    #[must_use]
    pub fn is_whole_undo(self) -> bool {
        matches!(self, Self::Undid { undone, applied } if undone >= applied)
    }
}
