//! An opened object store, and how to open one that is a directory.

use std::error::Error;
use std::path::{Component, Path as FilePath, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::path::Path;

use super::error::StoreError;

/// An opened object store.
pub(super) struct Backend {
    pub(super) objects: Arc<dyn ObjectStore>,
    /// Where in the store the ledgers are.
    pub(super) prefix: Path,
    /// The directory of the ledgers, if the store is one of this machine.
    pub(super) directory: Option<PathBuf>,
}

impl Backend {
    /// Opens a directory. It need not exist: writing creates what is missing, and reading does not.
    pub(super) fn directory(path: &FilePath) -> Result<Self, StoreError> {
        open_directory(path)
            .map_err(|error| StoreError::setup(&path.display().to_string(), &*error))
    }
}

fn open_directory(path: &FilePath) -> Result<Backend, Box<dyn Error>> {
    let (existing, missing) = split_existing(path)?;
    let objects = LocalFileSystem::new_with_prefix(existing)?.with_fsync(true);
    Ok(Backend {
        objects: Arc::new(objects),
        prefix: Path::parse(missing)?,
        directory: Some(std::path::absolute(path)?),
    })
}

/// The part of a path that exists, and the missing part below it.
fn split_existing(path: &FilePath) -> io::Result<(PathBuf, String)> {
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
        let text = name.to_str().ok_or(io::ErrorKind::InvalidFilename)?;
        missing.push(text.to_owned());
        existing.pop();
    }
    missing.reverse();
    Ok((existing, missing.join("/")))
}
