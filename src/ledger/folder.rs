//! The folder of one instance in a store: it holds the ledger and the lock.

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::path::Path;
use tokio::sync::OnceCell;

use super::access::file_error;
use super::error::{Access, LedgerError};
use super::fingerprint::Fingerprint;
use super::numbered::Numbered;
use super::{private, probe};

/// The folder of one instance. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct InstanceFolder {
    objects: Arc<dyn ObjectStore>,
    path: Path,
    fingerprint: Fingerprint,
    shown: String,
    probed: Arc<OnceCell<()>>,
    /// The same folder on this machine, where the store is a directory.
    files: Option<PathBuf>,
}

impl InstanceFolder {
    /// The folder of this instance below `prefix`; `shown` names the place of the prefix for people.
    pub(super) fn new(
        objects: Arc<dyn ObjectStore>,
        prefix: &Path,
        shown: &str,
        fingerprint: Fingerprint,
    ) -> Self {
        Self {
            objects,
            path: prefix.clone().join(fingerprint.as_str()),
            shown: format!("{}/{fingerprint}", shown.trim_end_matches('/')),
            fingerprint,
            probed: Arc::default(),
            files: None,
        }
    }

    /// The same folder as one of files below a directory of this machine, which are made for their owner only.
    pub(super) fn of_files(self, directory: &FilePath) -> Self {
        let files = directory.join(self.fingerprint.as_str());
        Self {
            files: Some(files),
            ..self
        }
    }

    /// The folder for people.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// The instance of the folder.
    pub(super) fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// The numbered objects with this name in the folder.
    pub(super) fn numbered(&self, name: &'static str) -> Numbered {
        let numbered = Numbered::new(&self.objects, &self.path, &self.shown, name);
        match &self.files {
            Some(folder) => numbered.of_files(folder.join(name)),
            None => numbered,
        }
    }

    /// Checks once that the store honours conditional writes. Every write calls this first.
    pub(super) async fn probe(&self) -> Result<(), LedgerError> {
        let probed = self.probed.get_or_try_init(async || {
            if let Some(folder) = &self.files {
                private::folder(folder)
                    .map_err(|error| file_error(&self.shown, Access::Create, error))?;
            }
            probe::probe(&*self.objects, &self.path, &self.shown).await
        });
        probed.await.copied()
    }
}
