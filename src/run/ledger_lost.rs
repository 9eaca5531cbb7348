//! A ledger that is not where earlier runs have saved one.

use crate::plan::Note;

use super::planning::Planning;

impl Planning<'_> {
    /// That the ledger is gone, if it has no version, and journals have runs that saved one.
    pub(super) fn ledger_lost(&self) -> Option<Note> {
        let is_empty = self.ledger.is_some_and(|owned| owned.salt.is_none());
        let runs = if is_empty {
            self.journals.with_ledger()
        } else {
            0
        };
        (runs > 0).then_some(Note::LedgerLost { runs })
    }
}
