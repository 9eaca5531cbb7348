//! An earlier run that is to be taken back, by its journal.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::apply::{Outcome, WhyNot};
use crate::journal::{self, JournalError, Journals, RunId};
use crate::model::ObjectKind;
use crate::plan::{Action, OtherRuns, RunToUndo, Schemas};

/// A run that is to be taken back.
#[derive(Debug)]
pub struct UndoRequest {
    run: journal::Run,
    /// The fields that are taken back even where somebody changed them after the run.
    forced: Vec<String>,
}

/// What a plan says of the run that it takes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoneRun {
    pub id: RunId,
    /// The fields that are taken back even where somebody changed them after the run.
    pub forced: Vec<String>,
    /// The commit of the manifests that the run applied, where it is known.
    pub commit: Option<Box<str>>,
    /// Whether the run was itself an undo: then no manifest asks for what it did.
    pub was_undo: bool,
    /// How far the run had come when its journal was read, if that has no end.
    pub(super) progress: Option<usize>,
}

/// Why a run cannot be taken back.
#[derive(Debug, Error)]
pub enum UndoneError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the run {id} was killed before it began: there is nothing to undo")]
    NotBegun { id: RunId },
    #[error("the run {id} is still running")]
    Running { id: RunId },
    /// Projects may share a folder of journals. What another one has done is its own to take back.
    #[error("the run {id} is of the project {found}, and this is {}", this(expected.as_deref()))]
    OtherProject {
        id: RunId,
        found: String,
        expected: Option<String>,
    },
    /// A slip: the run has not changed a field of this name.
    #[error("--force-field names {field}, which the run did not change")]
    NotChanged { field: String },
    /// The journal of the other run may show which changes of the run to undo it made.
    #[error("the journal of another run cannot be read")]
    Other { undone: RunId, source: JournalError },
}

impl UndoRequest {
    /// Reads the run with this name.
    ///
    /// # Errors
    /// It goes on, has not begun or cannot be read.
    pub fn find(
        journals: &dyn Journals,
        id: &RunId,
        forced: Vec<String>,
    ) -> Result<Self, UndoneError> {
        check_ended(journals, id)?;
        let run = journals.read(id)?;
        let run = run.ok_or_else(|| UndoneError::NotBegun { id: id.clone() })?;
        Ok(Self::of(run, forced))
    }

    /// A run that has ended.
    pub(crate) fn of(run: journal::Run, forced: Vec<String>) -> Self {
        Self { run, forced }
    }

    /// Reads a run without an end again: nothing shows in a store whether it still writes on another machine. Whoever holds the lock
    /// now reads all that it will ever have.
    pub(super) fn renewed(mut self, journals: &dyn Journals) -> Result<Self, UndoneError> {
        if self.run.end.is_none() {
            check_ended(journals, &self.run.head.id)?;
            if let Some(run) = journals.read(&self.run.head.id)? {
                self.run = run;
            }
        }
        Ok(self)
    }

    /// What other runs are known to have done. If all outcomes of this run are known, no other journal is read.
    pub(super) fn others(&self, journals: &dyn Journals) -> Result<OtherRuns, UndoneError> {
        let mut others = OtherRuns::default();
        if !self.run.has_unknown() {
            return Ok(others);
        }
        for id in journals.runs()? {
            if id == self.run.head.id {
                continue;
            }
            check_ended(journals, &id)?;
            let other = journals.read(&id).map_err(|source| UndoneError::Other {
                undone: self.run.head.id.clone(),
                source,
            })?;
            if let Some(other) = other {
                other.add_to(&mut others);
            }
        }
        Ok(others)
    }

    /// What there is to undo, given what other runs did.
    pub(super) fn undoing<'u>(&'u self, others: &'u OtherRuns) -> RunToUndo<'u> {
        self.run.to_undo(&self.forced, others)
    }

    /// The kinds of the run's records, and of what they named before.
    pub(super) fn kinds(&self) -> BTreeSet<&'static ObjectKind> {
        let others = OtherRuns::default();
        let undoing = self.undoing(&others);
        let mut kinds = BTreeSet::new();
        for run_change in &undoing.changes {
            let change = run_change.change;
            kinds.insert(change.kind);
            kinds.extend(change.kind.parent().map(|parent| parent.kind));
            kinds.extend(change.releases().map(|named| named.kind));
        }
        kinds.extend(undoing.forgotten.iter().map(|forgotten| forgotten.kind));
        kinds
    }

    pub(super) fn about(&self) -> UndoneRun {
        let head = &self.run.head;
        UndoneRun {
            id: head.id.clone(),
            forced: self.forced.clone(),
            commit: head.commit.clone(),
            was_undo: head.undoes.is_some(),
            progress: progress(&self.run),
        }
    }

    /// Refuses the run of another project. The journals of older versions do not name theirs.
    pub(super) fn check_project(&self, project: Option<&str>) -> Result<(), UndoneError> {
        match self.run.head.project.as_deref() {
            Some(found) if Some(found) != project => Err(UndoneError::OtherProject {
                id: self.run.head.id.clone(),
                found: found.to_owned(),
                expected: project.map(str::to_owned),
            }),
            Some(_) | None => Ok(()),
        }
    }

    /// Checks the names of the forced fields: those that the run changed, and all of a record that it created, because others may have
    /// filled them in since.
    pub(super) fn check_forced(&self, schemas: &Schemas) -> Result<(), UndoneError> {
        let others = OtherRuns::default();
        let undoing = self.undoing(&others);
        let is_changed = |name: &str| {
            undoing.changes.iter().any(|made| {
                let change = made.change;
                let schema = schemas.get(change.kind);
                let is_created = matches!(change.action, Action::Create { .. });
                let mut fields = change.fields().names();
                fields.any(|field| **field == *name)
                    || (is_created && schema.is_some_and(|schema| schema.field(name).is_some()))
            })
        };
        match self.forced.iter().find(|name| !is_changed(name)) {
            None => Ok(()),
            Some(field) => Err(UndoneError::NotChanged {
                field: field.clone(),
            }),
        }
    }
}

impl UndoneRun {
    /// Whether the run has gone on since its journal was read.
    pub(super) fn went_on(&self, journals: &dyn Journals) -> Result<bool, JournalError> {
        if self.progress.is_none() {
            return Ok(false);
        }
        let run = journals.read(&self.id)?;
        Ok(run.is_some_and(|run| progress(&run) != self.progress))
    }
}

/// How many changes of a run without an end were sent, and how many have an outcome.
fn progress(run: &journal::Run) -> Option<usize> {
    let known = run.outcomes.iter().zip(&run.details);
    let steps = known.map(|(outcome, details)| match outcome {
        Outcome::NotAttempted(WhyNot::Halted) => details.tries,
        Outcome::Unknown { .. } => 1 + details.tries,
        Outcome::Applied { .. } | Outcome::Rejected { .. } | Outcome::NotAttempted(_) => {
            2 + details.tries
        }
    });
    run.end.is_none().then(|| steps.sum())
}

fn this(project: Option<&str>) -> String {
    project.map_or_else(|| "a project without a name".to_owned(), str::to_owned)
}

/// Refuses to plan beside a run that still writes.
fn check_ended(journals: &dyn Journals, id: &RunId) -> Result<(), UndoneError> {
    if journals.is_running(id)? {
        return Err(UndoneError::Running { id: id.clone() });
    }
    Ok(())
}
