//! Journals that are older than the configuration keeps them, removed at the end of a run.

use std::time::Duration;

use jiff::SignedDuration;

use crate::journal::JournalError;

use super::event::RunEvent;
use super::ports::Ports;
use super::settings::Settings;

/// What became of the old journals.
pub(super) struct Pruned {
    keep: Duration,
    removed: Result<usize, JournalError>,
}

/// Removes the old journals of this project; nothing if there are none, or all are kept. A failure changes nothing in how the run
/// ended.
pub(super) fn prune(settings: &Settings, ports: &Ports<'_>) -> Option<Pruned> {
    let keep = settings.keep?;
    let now = ports.clock.now();
    let before = now.checked_sub(SignedDuration::try_from(keep).ok()?).ok()?;
    match ports.journals.prune(before, settings.project.as_deref()) {
        Ok(0) => None,
        removed => Some(Pruned { keep, removed }),
    }
}

impl Pruned {
    /// What the run tells of it.
    pub(super) fn event(&self) -> RunEvent<'_> {
        match &self.removed {
            Ok(removed) => RunEvent::JournalsRemoved {
                removed: *removed,
                keep: self.keep,
            },
            Err(error) => RunEvent::JournalsKept(error),
        }
    }
}
