//! The folder of one instance's journals: one for each run, found by the beginning of its name, and summarised without reading all
//! of it.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use crate::ledger::{Fingerprint, lines};
use crate::store::Location;

use super::decode;
use super::error::JournalError;
use super::files::Files;
use super::id::RunId;
use super::journals::{Journals, NewJournal};
use super::objects::Objects;
use super::read::read;
use super::rows::LineRow;
use super::run::{End, Run, RunHead, Summary};
use super::shelf::Shelf;
use super::since::since;

/// The most later runs that are read for what they have done about an earlier one.
const LATER: usize = 20;

/// The journals of one instance. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Folder {
    fingerprint: Box<str>,
    shelf: Arc<dyn Shelf>,
}

impl Folder {
    /// The folder of the instance with this fingerprint, below the place that the configuration names. Nothing is read or written yet.
    ///
    /// # Errors
    /// The place is in object storage, and this build does not support it, or the environment does not have the settings for it.
    pub fn open(location: &Location, fingerprint: &Fingerprint) -> Result<Self, JournalError> {
        match location {
            Location::Directory(directory) => Ok(Self::of(directory, fingerprint.as_str())),
            Location::Bucket(_) => {
                let objects = Objects::open(location, fingerprint.as_str())?;
                Ok(Self::on(Arc::new(objects), fingerprint.as_str()))
            }
        }
    }

    /// The folder of an instance in a directory of this machine.
    #[must_use]
    pub fn of(directory: &Path, fingerprint: &str) -> Self {
        let files = Files::new(directory.join(fingerprint));
        Self::on(Arc::new(files), fingerprint)
    }

    /// The journals in the folder of an instance in a store.
    #[cfg(test)]
    pub(crate) fn among(
        folder: &crate::store::Folder,
        fingerprint: &str,
    ) -> Result<Self, JournalError> {
        Ok(Self::on(Arc::new(Objects::below(folder)?), fingerprint))
    }

    fn on(shelf: Arc<dyn Shelf>, fingerprint: &str) -> Self {
        Self {
            fingerprint: fingerprint.into(),
            shelf,
        }
    }

    /// Whether the journals are in object storage, where nothing shows whether a run is alive.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        self.shelf.is_remote()
    }

    /// The folder for people.
    #[must_use]
    pub fn shown(&self) -> String {
        self.shelf.shown()
    }

    /// The run whose name begins with `wanted`, or the newest one for `last`.
    ///
    /// # Errors
    /// There is no such run, or there are several.
    pub fn find(&self, wanted: &str) -> Result<RunId, JournalError> {
        let runs = self.runs()?;
        if wanted == LAST {
            for id in runs.into_iter().rev() {
                if self.head(&id)?.is_some() {
                    return Ok(id);
                }
            }
            let folder = self.shown().into();
            return Err(JournalError::NoRuns { folder });
        }
        let found: Vec<RunId> = runs
            .into_iter()
            .filter(|id| id.as_str().starts_with(wanted))
            .collect();
        match <[RunId; 1]>::try_from(found) {
            Ok([id]) => Ok(id),
            Err(found) => {
                let wanted = wanted.to_owned();
                Err(if found.is_empty() {
                    JournalError::NoRun { wanted }
                } else {
                    JournalError::Ambiguous { wanted, found }
                })
            }
        }
    }

    /// The runs that began next after this one, at most so many. One that cannot be read says nothing of this one.
    ///
    /// # Errors
    /// The journals cannot be listed.
    pub fn next_runs(&self, id: &RunId, most: usize) -> Result<Vec<Run>, JournalError> {
        let ids = self.runs()?;
        let later = ids.iter().filter(|other| *other > id).take(most);
        Ok(later
            .filter_map(|id| self.read(id).ok().flatten())
            .collect())
    }

    /// The summaries of all runs, the newest first. A run that died before it wrote its first line has none.
    ///
    /// # Errors
    /// The journals cannot be listed. One that cannot be read is an error in the list.
    pub fn summaries(&self) -> Result<Vec<Result<Summary, JournalError>>, JournalError> {
        let runs = self.runs()?;
        self.shelf.prefetch(&runs);
        let summaries = runs.iter().rev().map(|id| self.summary(id));
        Ok(summaries.filter_map(Result::transpose).collect())
    }

    /// Reads the summary of a run; nothing if it died before it wrote its first line. The whole journal is read only if the run has no
    /// end.
    ///
    /// # Errors
    /// As those of [`read`](Self::read), as far as it is read.
    pub fn summary(&self, id: &RunId) -> Result<Option<Summary>, JournalError> {
        let Some(head) = self.head(id)? else {
            return Ok(None);
        };
        let is_running = self.is_running(id)?;
        if let Some(line) = self.last_line(id)? {
            // If the line is damaged, the error is found when the whole journal is read.
            if let Ok(LineRow { end: Some(end), .. }) = lines::json(&line)
                && let Ok((end, tally)) = decode::end(end, head.counts.total())
            {
                let (is_settled, settled) = match tally.is_complete() {
                    true => (false, 0),
                    false => self.settled(id),
                };
                return Ok(Some(Summary {
                    is_settled,
                    settled,
                    head,
                    tally,
                    end: Some(end),
                    is_running,
                }));
            }
        }
        let Some(run) = self.read(id)? else {
            return Ok(None);
        };
        let (is_settled, settled) = match is_running {
            true => (false, 0),
            false => self.settled(id),
        };
        Ok(Some(Summary {
            is_settled,
            settled,
            tally: run.tally(),
            head: run.head,
            end: run.end,
            is_running,
        }))
    }

    /// Whether the next runs have done what this one had left, and of how many of its records. What cannot be read has done nothing.
    fn settled(&self, id: &RunId) -> (bool, usize) {
        let later = self.next_runs(id, LATER).unwrap_or_default();
        if later.is_empty() {
            return (false, 0);
        }
        let Some(run) = self.read(id).ok().flatten() else {
            return (false, 0);
        };
        let before = since(&run, []).1;
        let (since, left) = since(&run, &later);
        (!since.is_empty() && left == 0, before - left)
    }

    fn head(&self, id: &RunId) -> Result<Option<RunHead>, JournalError> {
        let line = self.shelf.first_line(id)?;
        if !line.ends_with(b"\n") {
            return Ok(None);
        }
        let path = self.shelf.path(id);
        let head = decode::head(&line).map_err(|error| error.at(&path, 1))?;
        self.check(id, &head)?;
        Ok(Some(head))
    }

    /// Refuses a journal that was copied from the folder of another instance, or to the name of another run: one run would be listed
    /// and undone as two.
    fn check(&self, id: &RunId, head: &RunHead) -> Result<(), JournalError> {
        let is_own = self.fingerprint == head.fingerprint;
        if is_own && head.id != *id {
            return Err(JournalError::Copied {
                path: self.shelf.path(id),
                found: head.id.clone(),
            });
        }
        if is_own {
            return Ok(());
        }
        Err(JournalError::Foreign {
            path: self.shelf.path(id),
            found: head.fingerprint.to_string(),
        })
    }

    /// The last line, if it is complete and not too long.
    fn last_line(&self, id: &RunId) -> Result<Option<Vec<u8>>, JournalError> {
        let mut tail = self.shelf.tail(id)?;
        if tail.pop() != Some(b'\n') {
            return Ok(None);
        }
        let start = tail.iter().rposition(|byte| *byte == b'\n');
        Ok(start.map(|start| tail.split_off(start + 1)))
    }
}

impl Journals for Folder {
    fn create(&self, id: &RunId) -> Result<NewJournal, JournalError> {
        Ok(NewJournal {
            sink: self.shelf.create(id)?,
            path: self.shelf.path(id),
        })
    }

    fn discard(&self, id: &RunId) {
        drop(self.shelf.remove(id));
    }

    fn with_ledger(&self) -> usize {
        let summaries = self.summaries().unwrap_or_default().into_iter().flatten();
        let saved = |end: &End| end.is_ledger_saved();
        summaries
            .filter(|run| run.head.origin.is_some() && run.end.as_ref().is_some_and(saved))
            .count()
    }

    fn prune(&self, before: Timestamp, project: Option<&str>) -> Result<usize, JournalError> {
        let mut old = self.runs()?;
        // Whatever its age, there is a run to look at.
        old.pop();
        old.retain(|id| id.time().is_some_and(|time| time < before));
        self.shelf.prefetch(&old);
        let mut removed = 0;
        for id in &old {
            // One that cannot be read says nothing of its end.
            let summary = self.summary(id).ok().flatten();
            if summary.is_some_and(|it| it.is_finished() && it.head.project.as_deref() == project) {
                self.shelf.remove(id)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    fn runs(&self) -> Result<Vec<RunId>, JournalError> {
        self.shelf.names()
    }

    fn read(&self, id: &RunId) -> Result<Option<Run>, JournalError> {
        let path = self.shelf.path(id);
        let run = read(&mut *self.shelf.open(id)?, &path)?;
        if let Some(run) = &run {
            self.check(id, &run.head)?;
        }
        Ok(run)
    }

    fn is_running(&self, id: &RunId) -> Result<bool, JournalError> {
        self.shelf.is_running(id)
    }
}

/// The word for the newest run.
const LAST: &str = "last";
