//! Files that commands write: whole or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::manifest::folder_of;

use super::exit::{CliError, Exit};

/// What exists at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WriteTarget {
    Nothing,
    File,
    Directory,
    /// A stream of this process, or the device that swallows everything: text is written into it, and it is not replaced.
    Stream,
    /// Another pipe or device: whoever writes into it may wait for ever.
    Endless,
}

/// The names of the streams of a process.
const STREAMS: [&str; 6] = [
    "/dev/stdout",
    "/dev/stderr",
    "/dev/null",
    "/dev/tty",
    "/dev/fd/",
    "/proc/self/fd/",
];

impl WriteTarget {
    pub(super) fn of(path: &Path) -> Self {
        let name = path.to_string_lossy();
        match fs::metadata(path) {
            Ok(_) if STREAMS.iter().any(|stream| is_stream(&name, stream)) => Self::Stream,
            Ok(found) if found.is_file() => Self::File,
            Ok(found) if found.is_dir() => Self::Directory,
            Ok(_) => Self::Endless,
            Err(_) => Self::Nothing,
        }
    }
}

fn is_stream(name: &str, stream: &str) -> bool {
    match name.strip_prefix(stream) {
        Some("") => true,
        Some(number) => stream.ends_with('/') && number.bytes().all(|byte| byte.is_ascii_digit()),
        None => false,
    }
}

/// Writes a file, in place of the old one. Only its owner may read it: it has values of records.
pub(super) fn replace(path: &Path, text: impl AsRef<[u8]>) -> Result<(), CliError> {
    let text = text.as_ref();
    let written = match WriteTarget::of(path) {
        WriteTarget::Endless => return Err(endless(path)),
        WriteTarget::Stream => fs::OpenOptions::new()
            .write(true)
            .open(path)
            .and_then(|mut stream| stream.write_all(text)),
        // A directory is not replaced: that fails.
        WriteTarget::Nothing | WriteTarget::File | WriteTarget::Directory => put(path, text),
    };
    written.map_err(|source| {
        CliError::new(Exit::Failed, format!("cannot write {}", path.display())).caused_by(&source)
    })
}

/// Refuses a path at which there is something without an end.
pub(super) fn endless(path: &Path) -> CliError {
    let message = format!("{} is a pipe, a socket or a device", path.display());
    CliError::new(Exit::Failed, message).hint("name a file, or /dev/stdout")
}

/// Refuses a file whose folder does not exist, before the command does anything.
pub(super) fn has_folder(path: &Path) -> Result<(), CliError> {
    let folder = folder_of(path);
    if folder.is_dir() {
        return Ok(());
    }
    let message = format!("cannot write {}", path.display());
    let why = format!("the folder {} does not exist", folder.display());
    let mut error =
        CliError::new(Exit::Failed, message).hint("create the folder, or name another file");
    error.causes.push(why);
    Err(error)
}

fn put(path: &Path, text: &[u8]) -> io::Result<()> {
    // The mode of such a file is 0600. Errors leave out its name, which is random.
    let file = tempfile::NamedTempFile::new_in(folder_of(path));
    let mut file = file.map_err(|error| io::Error::from(error.kind()))?;
    file.write_all(text)?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// A path without links and dots, whose end need not be there yet.
pub(super) fn real(path: &Path) -> io::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    match path.canonicalize() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
                return Err(error);
            };
            Ok(real(folder)?.join(name))
        }
        result => result,
    }
}
