//! What later runs have done about what an earlier one has left.

use std::collections::HashSet;

use crate::model::{FoldedKey, ObjectKind};

use super::id::RunId;
use super::run::Run;

/// What a later run has done about an earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    pub run: RunId,
    /// Whether it took the earlier run back.
    pub is_undo: bool,
    /// To how many of the records whose changes the earlier run did not apply it has applied one.
    pub applied: usize,
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
    let mut since = Vec::new();
    for later in later {
        let is_undo = later.head.undoes.as_ref() == Some(&run.head.id);
        let pairs = later.changes.iter().zip(&later.outcomes);
        let applied = pairs.filter(|(change, outcome)| {
            outcome.is_applied() && left.remove(&(change.kind, change.key.folded()))
        });
        let applied = applied.count();
        if is_undo || applied > 0 {
            since.push(Since {
                run: later.head.id.clone(),
                is_undo,
                applied,
            });
        }
    }
    (since, left.len())
}
