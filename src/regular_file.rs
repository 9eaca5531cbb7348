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
    let bytes = bounded(path, MOST_BYTES as u64)?;
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the file is not UTF-8"))
}

/// The bytes of a file that has at most `most`.
///
/// # Errors
/// It cannot be read, is larger, or is a pipe or a device.
pub(crate) fn bounded(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    // What says its length need not be read to know it.
    let length = fs::metadata(path)?.len();
    if length > most {
        return Err(too_large(Some(length), most));
    }
    let bytes = read_regular(path, most)?;
    if bytes.len() as u64 > most {
        return Err(too_large(None, most));
    }
    Ok(bytes)
}

/// The error of a file with more than `most` bytes; its length is not always known.
pub(crate) fn too_large(length: Option<u64>, most: u64) -> io::Error {
    const MIB: u64 = 1024 * 1024;
    let most = most / MIB;
    let text = match length {
        Some(length) => format!(
            "the file has {} MiB; the limit is {most} MiB",
            length.div_ceil(MIB)
        ),
        None => format!("the file is larger than the limit of {most} MiB"),
    };
    io::Error::new(io::ErrorKind::FileTooLarge, text)
}

/// The bytes of a file, and at most one more than `most`.
///
/// # Errors
/// It cannot be read, or it is a pipe or a device.
pub fn read_regular(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    refuse_endless(path)?;
    let file = File::open(path)?;
    // One byte more than it has: a full list is made larger before its end is seen.
    let length = file.metadata()?.len().min(most) as usize;
    let mut bytes = Vec::with_capacity(length + 1);
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
