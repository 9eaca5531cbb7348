//! Where the journals of one instance are: [files](super::files) of this machine, or [objects](super::objects) in object storage.

use std::fmt::Debug;
use std::io::BufRead;
use std::path::PathBuf;

use super::error::JournalError;
use super::id::RunId;
use super::write::Sink;

/// The last line of a journal is shorter than this number of bytes, unless the instance's last message was very long.
pub(super) const TAIL: u64 = 1 << 14;

/// The journals of one instance, by the names of their runs.
pub(super) trait Shelf: Debug {
    /// Whether it is in object storage.
    fn is_remote(&self) -> bool;

    /// The folder for people.
    fn shown(&self) -> String;

    /// A journal for people.
    fn path(&self, id: &RunId) -> PathBuf;

    /// The names in ascending order. A folder that does not exist has none.
    fn names(&self) -> Result<Vec<RunId>, JournalError>;

    /// Makes the journal of a run. It must not exist.
    fn create(&self, id: &RunId) -> Result<Box<dyn Sink>, JournalError>;

    /// Removes a journal.
    fn remove(&self, id: &RunId) -> Result<(), JournalError>;

    /// The text of a journal.
    fn open(&self, id: &RunId) -> Result<Box<dyn BufRead>, JournalError>;

    /// The first line with its end, as far as it is there.
    fn first_line(&self, id: &RunId) -> Result<Vec<u8>, JournalError>;

    /// The last bytes: at most [`TAIL`], or all if there are fewer.
    fn tail(&self, id: &RunId) -> Result<Vec<u8>, JournalError>;

    /// Whether the process of the run is known to be alive.
    fn is_running(&self, id: &RunId) -> Result<bool, JournalError>;

    /// Prepares for the first and last lines of these journals to be read, where that is faster than one by one. What cannot be read
    /// is an error when it is asked for.
    fn prefetch(&self, ids: &[RunId]);
}
