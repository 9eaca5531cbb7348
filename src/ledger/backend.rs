//! From a location to the store that keeps objects there.

use std::path::{Component, Path as FilePath, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::path::Path;

use super::error::{Cause, LedgerError};
use super::{Location, remote};

/// The store, and the path in it.
pub(super) type Opened = (Arc<dyn ObjectStore>, Path);

/// Opens what is at a location.
pub(super) fn open(location: &Location) -> Result<Opened, LedgerError> {
    match location {
        Location::Directory(path) => {
            directory(path).map_err(|error| failed(&location.to_string(), &*error))
        }
        Location::Bucket(bucket) => remote::open(bucket),
    }
}

/// The error of a store that cannot be opened.
pub(super) fn failed(location: &str, error: &(dyn std::error::Error + 'static)) -> LedgerError {
    LedgerError::Setup {
        location: location.to_owned(),
        cause: Cause::of(error),
    }
}

/// The folder need not be there: reading makes none, and writing makes what is missing.
fn directory(path: &FilePath) -> Result<Opened, Box<dyn std::error::Error>> {
    let (existing, missing) = existing(path)?;
    let store = LocalFileSystem::new_with_prefix(existing)?.with_fsync(true);
    Ok((Arc::new(store), Path::parse(missing)?))
}

/// The part of a path that exists, and what is below.
fn existing(path: &FilePath) -> io::Result<(PathBuf, String)> {
    let mut existing = std::path::absolute(path)?;
    let mut missing: Vec<String> = Vec::new();
    loop {
        match fs::metadata(&existing) {
            Ok(found) if found.is_dir() => break,
            Ok(_) => return Err(io::ErrorKind::NotADirectory.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let Some(Component::Normal(name)) = existing.components().next_back() else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let name = name.to_str().ok_or(io::ErrorKind::InvalidFilename)?;
        missing.push(name.to_owned());
        existing.pop();
    }
    missing.reverse();
    Ok((existing, missing.join("/")))
}
