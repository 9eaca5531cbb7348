//! What a run is to reach.

use crate::manifest::Reading;

use super::error::RunError;
use super::undo::UndoRequest;

/// What a run is to reach.
#[derive(Debug)]
pub enum Goal {
    /// The instance holds what these manifests declare.
    Declared(Box<Reading>),
    /// The instance holds what it held before an earlier run.
    Undone(Box<UndoRequest>),
}

impl Goal {
    /// Refuses manifests that declare nothing: that needs neither the ledger's content nor the instance. With a ledger manifests may
    /// say expressly that there is nothing any more.
    pub(super) fn checked(self, has_ledger: bool) -> Result<Self, RunError> {
        match self {
            Self::Undone(_) => Ok(self),
            Self::Declared(reading) => {
                let Reading {
                    desired, sources, ..
                } = &*reading;
                // A record that is owned may have no entry any more.
                let is_one = desired
                    .narrowed
                    .as_ref()
                    .is_some_and(|it| it.only.is_some());
                let nothing = if desired.is_of_changes() {
                    desired.records.is_empty()
                } else {
                    desired.selected().next().is_none() && !is_one
                };
                if nothing && !(has_ledger && desired.is_emptied()) {
                    let files = desired.selected_files(sources);
                    return Err(RunError::NothingDeclared { files });
                }
                Ok(Self::Declared(reading))
            }
        }
    }
}

impl From<Reading> for Goal {
    fn from(reading: Reading) -> Self {
        Self::Declared(Box::new(reading))
    }
}

impl From<UndoRequest> for Goal {
    fn from(undone: UndoRequest) -> Self {
        Self::Undone(Box::new(undone))
    }
}
