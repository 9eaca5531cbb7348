//! Reading a file that has an end: a pipe or a device at its path would keep a run waiting for ever, and one that is too large
//! would fill the memory.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// The largest manifest, and the largest file of the simulator. A hundred thousand records are a tenth of it.
pub(crate) const MOST_BYTES: usize = 256 * 1024 * 1024;

/// What is wrong with a file that is larger.
pub(crate) const TOO_LARGE: &str = "the file is larger than 256 MiB";

/// The text of a file.
///
/// # Errors
/// It cannot be read, is larger than [`MOST_BYTES`], is not UTF-8, or is a pipe or a device.
pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    let too_large = || io::Error::new(io::ErrorKind::FileTooLarge, TOO_LARGE);
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX);
    // What says its length need not be read to know it.
    if fs::metadata(path)?.len() > most {
        return Err(too_large());
    }
    let bytes = read_regular(path, most)?;
    if bytes.len() > MOST_BYTES {
        return Err(too_large());
    }
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the file is not UTF-8"))
}

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
