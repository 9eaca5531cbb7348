//! Objects in the folders below a folder of a store: listed, read, created only if absent, and removed.

use std::ops::Range;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore as _, PutPayload};

use super::access::access_error;
use super::error::{Access, StoreError};
use super::folder::Folder;
use super::numbered::{Creation, put};

/// An object in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// The folder below the one that was listed.
    pub(crate) folder: String,
    pub(crate) name: String,
    /// In bytes.
    pub(crate) size: u64,
}

impl Folder {
    /// The folder with this name in this one.
    pub(crate) fn below(&self, name: &str) -> Self {
        let mut below = self.clone();
        below.path = self.path.clone().join(name);
        below.shown = format!("{}/{name}", self.shown);
        below.files = self.files.as_ref().map(|files| files.join(name));
        below
    }

    /// The names of the folders in this folder.
    pub(crate) async fn folders(&self) -> Result<Vec<String>, StoreError> {
        let listed = self.objects.list_with_delimiter(Some(&self.path)).await;
        let listed = listed.map_err(|error| self.failed(Access::Read, &error))?;
        let folders = listed.common_prefixes.iter();
        Ok(folders
            .filter_map(|folder| folder.filename().map(str::to_owned))
            .collect())
    }

    /// The objects in all folders of this folder; of one folder only, if it is named.
    pub(crate) async fn found(&self, folder: Option<&str>) -> Result<Vec<Found>, StoreError> {
        let prefix = match folder {
            Some(folder) => self.path.clone().join(folder),
            None => self.path.clone(),
        };
        let listed = self.objects.list(Some(&prefix));
        let found = listed.try_filter_map(async |object| {
            let mut parts = object
                .location
                .prefix_match(&self.path)
                .into_iter()
                .flatten();
            let found = match (parts.next(), parts.next(), parts.next()) {
                (Some(folder), Some(name), None) => Some(Found {
                    folder: folder.as_ref().to_owned(),
                    name: name.as_ref().to_owned(),
                    size: object.size,
                }),
                _ => None,
            };
            Ok(found)
        });
        let found: Result<Vec<Found>, _> = found.try_collect().await;
        found.map_err(|error| self.failed(Access::Read, &error))
    }

    /// An object of a folder, or these bytes of it.
    pub(crate) async fn bytes(
        &self,
        folder: &str,
        name: &str,
        range: Option<Range<u64>>,
    ) -> Result<Vec<u8>, StoreError> {
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        let got = self
            .objects
            .get_opts(&self.object(folder, name), options)
            .await;
        let bytes = match got {
            Ok(got) => got.bytes().await,
            Err(error) => Err(error),
        };
        let bytes = bytes.map_err(|error| self.failed(Access::Read, &error))?;
        Ok(bytes.into())
    }

    /// Creates an object in a folder, if it is absent. Its first bytes must differ from those of every other write. The folder must
    /// have been [probed](Self::probe).
    pub(crate) async fn create(
        &self,
        folder: &str,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<Creation, StoreError> {
        let path = self.object(folder, name);
        let created = put(&*self.objects, &path, PutPayload::from(bytes)).await;
        created.map_err(|error| self.failed(Access::Write, &error))
    }

    /// Removes these objects of a folder. One that is not there is no error.
    pub(crate) async fn remove(&self, folder: &str, names: Vec<String>) -> Result<(), StoreError> {
        let paths: Vec<_> = names
            .iter()
            .map(|name| Ok(self.object(folder, name)))
            .collect();
        let mut removed = self.objects.delete_stream(stream::iter(paths).boxed());
        while let Some(removed) = removed.next().await {
            match removed {
                Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(self.failed(Access::Delete, &error)),
            }
        }
        Ok(())
    }

    fn object(&self, folder: &str, name: &str) -> Path {
        self.path.clone().join(folder).join(name)
    }

    fn failed(&self, access: Access, error: &object_store::Error) -> StoreError {
        access_error(&self.shown, access, error)
    }
}
