//! A folder in a store: objects below one path, tested once before the first write.

use std::path::PathBuf;
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::path::Path;
use tokio::sync::OnceCell;

use super::access::file_error;
use super::backend::Backend;
use super::error::{Access, StoreError};
use super::location::Location;
use super::numbered::Numbered;
use super::{private, probe, remote};

/// A folder in a store. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    pub(super) objects: Arc<dyn ObjectStore>,
    pub(super) path: Path,
    pub(super) shown: String,
    probed: Arc<OnceCell<()>>,
    /// The same folder on this machine, where the store is a directory.
    pub(super) files: Option<PathBuf>,
}

impl Folder {
    /// Opens the folder with this name below a location. Nothing is read or written yet.
    ///
    /// # Errors
    /// This build does not support the location, or the environment does not have the settings for it.
    pub(crate) fn open(location: &Location, name: &str) -> Result<Self, StoreError> {
        let Backend {
            objects,
            prefix,
            directory,
        } = match location {
            Location::Directory(path) => Backend::directory(path),
            Location::Bucket(bucket) => remote::open(bucket),
        }?;
        let shown = location.to_string();
        Ok(Self {
            // Made for its owner only.
            files: directory.map(|directory| directory.join(name)),
            ..Self::among(objects, &prefix, &shown, name)
        })
    }

    /// The folder with this name among these objects, below `prefix`; `shown` names the place of the prefix for people.
    pub(crate) fn among(
        objects: Arc<dyn ObjectStore>,
        prefix: &Path,
        shown: &str,
        name: &str,
    ) -> Self {
        Self {
            objects,
            path: prefix.clone().join(name),
            shown: format!("{}/{name}", shown.trim_end_matches('/')),
            probed: Arc::default(),
            files: None,
        }
    }

    /// The folder for people.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// The numbered objects with this name in the folder.
    pub(crate) fn numbered(&self, name: &'static str) -> Numbered {
        let numbered = Numbered::new(&self.objects, &self.path, &self.shown, name);
        match &self.files {
            Some(folder) => numbered.of_files(folder.join(name)),
            None => numbered,
        }
    }

    /// Checks once that the store honours conditional writes. Every write calls this first.
    pub(crate) async fn probe(&self) -> Result<(), StoreError> {
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
