//! What is worth knowing before anything is compared: what the run found missing or old.

use crate::plan::{Note, Schemas};

use super::planning::Planning;

impl Planning<'_> {
    /// What is worth knowing of the whole run.
    pub(super) fn first_notes(&self, schemas: &Schemas) -> impl Iterator<Item = Note> + use<> {
        // Without the instance the kept fields are all that is known.
        let outdated = self.settings.outdated_fields(schemas);
        let outdated = outdated.filter(|_| self.is_read());
        [outdated, self.ledger_lost()].into_iter().flatten()
    }

    /// That the ledger is gone, if it has no version, and journals have runs that saved one.
    fn ledger_lost(&self) -> Option<Note> {
        let is_empty = self.ledger.is_some_and(|owned| owned.salt.is_none());
        let runs = if is_empty {
            self.journals.with_ledger()
        } else {
            0
        };
        (runs > 0).then_some(Note::LedgerLost { runs })
    }
}
