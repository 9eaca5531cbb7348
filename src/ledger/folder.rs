//! The folder of one instance in a store: it holds the ledger and the lock.

use std::sync::Arc;

use object_store::ObjectStore;
use object_store::path::Path;
use tokio::sync::OnceCell;

use super::error::LedgerError;
use super::fingerprint::Fingerprint;
use super::numbered::Numbered;
use super::probe;

/// The folder of one instance. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct InstanceFolder {
    objects: Arc<dyn ObjectStore>,
    path: Path,
    fingerprint: Fingerprint,
    shown: String,
    probed: Arc<OnceCell<()>>,
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
        Numbered::new(&self.objects, &self.path, &self.shown, name)
    }

    /// Checks once that the store honours conditional writes. Every write calls this first.
    pub(super) async fn probe(&self) -> Result<(), LedgerError> {
        self.probed
            .get_or_try_init(|| probe::probe(&*self.objects, &self.path, &self.shown))
            .await
            .copied()
    }
}
