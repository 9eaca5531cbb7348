//! Files that commands write: whole or not at all.

use std::io::Write as _;
use std::path::Path;

use super::exit::{CliError, Exit};

/// Puts a file with this text in the place of whatever was there. Only its owner may read it: it has values of records.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), CliError> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    // The mode of such a file is 0600.
    let temporary = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")));
    let written = temporary.and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)
    });
    written.map(drop).map_err(|source| {
        CliError::new(Exit::Failed, format!("cannot write {}", path.display())).caused_by(&source)
    })
}
