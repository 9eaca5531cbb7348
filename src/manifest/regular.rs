//! Reading a file that has an end: a pipe or a device at its path would keep a run waiting for ever.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// The bytes of a file, and at most one more than `most`.
///
/// # Errors
/// It cannot be read, or it is a pipe or a device.
pub fn read_regular(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    refuse_endless(path)?;
    let mut bytes = Vec::new();
    let file = File::open(path)?;
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Refuses a path at which there is a pipe, a socket or a device.
///
/// # Errors
/// It is one, or there is nothing.
pub fn refuse_endless(path: &Path) -> io::Result<()> {
    let found = fs::metadata(path)?;
    if found.is_file() || found.is_dir() {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        "it is a pipe, a socket or a device, and not a file",
    ))
}
