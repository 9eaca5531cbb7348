//! Folders and files that only their owner may read: they have keys of records, names of people and what runs have done.
//!
//! On systems without Unix modes the folders of users are private by themselves.

use std::io;
use std::path::Path;

/// Makes a folder, and those above it that are missing, for its owner only. One that is there already is closed to others too, if it
/// belongs to this user.
#[cfg(unix)]
pub(crate) fn folder(path: &Path) -> io::Result<()> {
    use std::fs;
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};

    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)?;
    let found = fs::metadata(path)?;
    if found.mode() & OTHERS == 0 {
        return Ok(());
    }
    let closed = fs::Permissions::from_mode(found.mode() & !OTHERS);
    match fs::set_permissions(path, closed) {
        // A folder of another user is that user's concern.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        closed => closed,
    }
}

/// The rights of everybody but the owner.
#[cfg(unix)]
const OTHERS: u32 = 0o077;

/// Closes a file of this user to all others.
#[cfg(unix)]
pub(super) fn file(path: &Path) -> io::Result<()> {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
pub(crate) fn folder(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

#[cfg(not(unix))]
pub(super) fn file(_: &Path) -> io::Result<()> {
    Ok(())
}
