//! The folder of one instance in a store: it holds the ledger and the lock.

use crate::store::{Folder, Numbered, StoreError};

use super::fingerprint::Fingerprint;

/// The folder of one instance. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct InstanceFolder {
    folder: Folder,
    fingerprint: Fingerprint,
}

impl InstanceFolder {
    /// The folder of this instance, which has its name.
    pub(super) fn new(folder: Folder, fingerprint: Fingerprint) -> Self {
        Self {
            folder,
            fingerprint,
        }
    }

    /// The folder for people.
    pub(super) fn shown(&self) -> &str {
        self.folder.shown()
    }

    /// The instance of the folder.
    pub(super) fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// The numbered objects with this name in the folder.
    pub(super) fn numbered(&self, name: &'static str) -> Numbered {
        self.folder.numbered(name)
    }

    /// Checks once that the store honours conditional writes. Every write calls this first.
    pub(super) async fn probe(&self) -> Result<(), StoreError> {
        self.folder.probe().await
    }
}
