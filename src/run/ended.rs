//! How a run ended, and how far it came: everything that a text, a document or an exit code is made of.

use std::time::Duration;

use crate::apply::Report;
use crate::journal::{self, ChangeDetails, JournalError, RunHead};
use crate::ledger::LockError;

use super::error::RunError;
use super::planned::Planned;

/// How a run ended, and how far it came.
#[must_use]
#[derive(Debug)]
pub struct Ended {
    /// The plan, if the run came to one.
    pub planned: Option<Planned>,
    /// What was sent, if the calls ended. `None` if nothing was sent, and for an abandoned run, whose journal has the rest.
    pub sent: Option<Sent>,
    pub end: Result<Completion, RunError>,
}

/// How a run ended, if no error ended it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completion {
    /// A preview: there is a plan, and no guard refuses it.
    Previewed,
    /// There is nothing to do.
    Idle,
    /// The calls were made; [`Ended::sent`] says what became of them.
    Sent,
}

/// What a run sent, and what became of it.
#[derive(Debug)]
pub struct Sent {
    pub head: RunHead,
    pub report: Report,
    /// One for each change of the plan: how often it went out.
    pub details: Vec<ChangeDetails>,
    /// When and why the run ended, without sensitive values.
    pub end: journal::End,
    /// From the first call to the last answer.
    pub took: Duration,
    /// Why the ledger does not have the outcomes. The next apply brings it up to what the instance has.
    pub unsaved: Option<LockError>,
    /// Why the journal does not have the end of the run. It has the outcomes, unless the run halted as
    /// [`Unrecorded`](crate::apply::Halt::Unrecorded).
    pub unended: Option<JournalError>,
}

/// How far a run has come.
#[derive(Default)]
pub(super) struct Reached {
    pub(super) planned: Option<Planned>,
    pub(super) sent: Option<Sent>,
}

impl Reached {
    pub(super) fn ended(self, end: Result<Completion, RunError>) -> Ended {
        let Self { planned, sent } = self;
        Ended { planned, sent, end }
    }
}

impl Sent {
    /// Whether the ledger, if there is one, has the outcomes.
    #[must_use]
    pub fn is_saved(&self) -> bool {
        self.end.is_ledger_saved()
    }

    /// Whether every change was applied and everything was written down.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.report.is_complete()
            && self.report.halt.is_none()
            && self.unsaved.is_none()
            && self.unended.is_none()
    }
}
