//! Where the journals of an instance are, as a run needs them.

use std::path::PathBuf;

use jiff::Timestamp;

use super::error::JournalError;
use super::id::RunId;
use super::run::Run;
use super::write::Sink;

/// The journals of one instance. Each run makes its own and may read those of other runs.
pub trait Journals {
    /// Makes the journal of a run.
    ///
    /// # Errors
    /// It cannot be made, or it exists.
    fn create(&self, id: &RunId) -> Result<NewJournal, JournalError>;

    /// Removes the journal of a run that did not begin. Failing to do so is no error: such a journal says nothing.
    fn discard(&self, id: &RunId);

    /// Removes the journals of finished runs of this project that began before this time, and returns their number.
    ///
    /// # Errors
    /// They cannot be listed, or one cannot be removed.
    fn prune(&self, before: Timestamp, project: Option<&str>) -> Result<usize, JournalError>;

    /// How many runs have saved a ledger. A journal that cannot be read says nothing of it.
    fn with_ledger(&self) -> usize;

    /// The runs of the instance, the oldest first.
    ///
    /// # Errors
    /// They cannot be listed.
    fn runs(&self) -> Result<Vec<RunId>, JournalError>;

    /// Reads a run; nothing if it died before it began.
    ///
    /// # Errors
    /// Its journal cannot be read, is damaged, or a newer oppctl has written it.
    fn read(&self, id: &RunId) -> Result<Option<Run>, JournalError>;

    /// Whether the process of a run is alive.
    ///
    /// # Errors
    /// Its journal cannot be opened.
    fn is_running(&self, id: &RunId) -> Result<bool, JournalError>;
}

/// A journal that was made for a run.
pub struct NewJournal {
    pub sink: Box<dyn Sink>,
    /// Where it is, for messages.
    pub path: PathBuf,
}
