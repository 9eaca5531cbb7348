//! Removals: records that the ledger has and that no manifest declares any more.

use std::collections::HashSet;

use crate::ledger::{Entry, Ledger};
use crate::model::{Declared, DeclaredPart, Desired, FoldedKey, Key, ObjectKind, Record};

use super::note::Note;
use super::parent::parent_of;

/// A record of the ledger that no manifest declares.
#[derive(Clone, Copy, Debug)]
pub struct Removal<'a> {
    pub kind: &'static ObjectKind,
    pub entry: &'a Entry,
}

/// What a ledger has and no manifest declares.
#[derive(Debug, Default)]
pub(super) struct Removals<'a> {
    pub(super) removals: Vec<Removal<'a>>,
    /// A note for each record that an entry of a file might declare which the run leaves out.
    pub(super) undecided: Vec<Note>,
}

impl<'a> Removals<'a> {
    /// Finds what the ledger has and no manifest declares, in any file: a selection of files narrows what is removed, and makes
    /// nothing a removal. A narrowed run does not look up the leads of the files that it leaves out, so there a record
    /// stays that one of their entries might declare.
    pub(super) fn find(
        desired: &Desired,
        ledger: &'a Ledger,
        declared: &HashSet<(&'static ObjectKind, FoldedKey)>,
    ) -> Self {
        let unresolved = unresolved(desired);
        let mut found = Self::default();
        for (kind, folded, entry) in ledger.iter() {
            let key = (kind, folded.clone());
            if declared.contains(&key) || !desired.is_selected_file(&entry.declared.file) {
                continue;
            }
            let parent = parent_of(kind, &entry.key).map(|(_, parent)| (kind, parent.folded()));
            if parent.is_some_and(|parent| unresolved.contains(&parent)) {
                found.undecided.push(Note::Undecided {
                    kind,
                    key: entry.key.clone(),
                });
            } else {
                found.removals.push(Removal { kind, entry });
            }
        }
        found
    }
}

/// The kinds, and the parents' keys, of entries that the run leaves out and whose own keys name leads that were not looked up.
fn unresolved(desired: &Desired) -> HashSet<(&'static ObjectKind, FoldedKey)> {
    let left_out = desired
        .records
        .iter()
        .filter(|declared| !desired.is_selected(declared));
    let is_unresolved = |declared: &&Declared| {
        let mut parts = declared.key.iter();
        parts.any(|part| matches!(part, DeclaredPart::LeadBy(_)))
    };
    left_out
        .filter(is_unresolved)
        .filter_map(|declared| Some((declared.kind, declared.parent()?.1)))
        .collect()
}

impl Removal<'_> {
    /// The key of the record.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.entry.key
    }

    /// Whether this record is the one that the ledger knows, as far as it knows.
    pub(super) fn is_of(&self, record: &Record) -> bool {
        self.entry.id.as_ref().is_none_or(|id| *id == record.id)
    }
}
