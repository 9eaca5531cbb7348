//! Removals: records of the ledger that no manifest declares any more.

use crate::ledger::{Entry, Ledger};
use crate::model::{
    DeclaredPart, Desired, Key, ObjectKind, Record, RecordKey, RecordKeys, is_same_id,
};

use super::claim;
use super::note::Note;
use super::parent::parent_of;
use super::reference::BlockedKeys;
use super::rename::old_keys;

/// A record of the ledger that no manifest declares.
#[derive(Clone, Copy, Debug)]
pub struct Removal<'a> {
    pub kind: &'static ObjectKind,
    pub entry: &'a Entry,
}

/// The records of a ledger that no manifest declares.
#[derive(Debug, Default)]
pub(super) struct Removals<'a> {
    pub(super) removals: Vec<Removal<'a>>,
    /// A note for each record that stays: an entry which the run leaves out might declare it.
    pub(super) undecided: Vec<Note>,
    /// How many the run leaves out.
    pub(super) left_out: usize,
}

impl<'a> Removals<'a> {
    /// Finds the records of the ledger that no manifest declares in any file.
    ///
    /// A selection of files limits what is removed, and never makes a record a removal. The leads of the files that a run leaves
    /// out are not looked up, so a record stays if an entry of those files might declare it.
    pub(super) fn find(
        desired: &Desired,
        ledger: &'a Ledger,
        is_declared: impl Fn(&RecordKey) -> bool,
        blocked: &BlockedKeys,
    ) -> Self {
        let unresolved = unresolved(desired);
        let renamed = old_keys(desired);
        let mut found = Self::default();
        for (kind, folded, entry) in ledger.iter() {
            let key = (kind, folded.clone());
            if is_declared(&key) {
                continue;
            }
            let parent = parent_of(kind, &entry.key).map(|(of, parent)| (of, parent.folded()));
            let sibling_of = parent.as_ref().map(|(_, parent)| (kind, parent.clone()));
            // A record that is renamed goes with the entry that has it now, and its children go with it.
            let of_rename = renamed.get(&key);
            let of_rename = of_rename.or_else(|| renamed.get(parent.as_ref()?));
            let is_selected = match of_rename {
                Some(is_selected) => *is_selected,
                None => {
                    let file = &entry.declared.file;
                    desired.is_selected_removal(&key, sibling_of.as_ref(), file)
                }
            };
            let may_be_declared = sibling_of.is_some_and(|parent| unresolved.contains(&parent));
            if !is_selected {
                found.left_out += usize::from(!may_be_declared);
                continue;
            }
            if blocked.keep(kind, &entry.key) {
                continue;
            }
            if may_be_declared {
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

/// The kinds and the parents' keys of the entries that the run leaves out and whose own keys name leads.
fn unresolved(desired: &Desired) -> RecordKeys {
    desired
        .records
        .iter()
        .filter(|declared| !desired.is_selected(declared))
        .filter(|declared| {
            let mut parts = declared.key.iter();
            parts.any(|part| matches!(part, DeclaredPart::LeadBy(_)))
        })
        .filter_map(|declared| Some((declared.kind, declared.parent()?.1)))
        .collect()
}

impl Removal<'_> {
    /// The key of the record.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.entry.key
    }

    /// Whether this is the record that the ledger knows. For a claim that has to be shown.
    pub(super) fn is_of(&self, record: &Record, ledger: &Ledger) -> bool {
        match &self.entry.id {
            Some(id) => is_same_id(id, &record.id),
            None => claim::is_shown(self.entry, record, ledger),
        }
    }
}
