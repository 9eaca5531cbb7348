//! What a plan was made from. A canary plans with it again.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::model::{Desired, ObjectKind};
use crate::plan::{Leads, Observed, OtherRuns, Question};

use super::undo::{UndoRequest, UndoneRun};

/// What a plan was made from.
#[derive(Debug)]
pub(super) struct Basis {
    pub(super) goal: ResolvedGoal,
    pub(super) questions: Vec<Question>,
    pub(super) observed: Observed,
}

/// A goal with what the instance and the journals say about it.
#[derive(Debug)]
pub(super) enum ResolvedGoal {
    Declared {
        desired: Desired,
        leads: Leads,
    },
    Undone {
        undone: Box<UndoRequest>,
        others: OtherRuns,
    },
}

impl ResolvedGoal {
    /// The same, with more that is known of leads.
    pub(super) fn with(self, leads: Leads) -> Self {
        match self {
            Self::Declared { desired, .. } => Self::Declared { desired, leads },
            Self::Undone { .. } => self,
        }
    }

    /// Whether the run covers all manifests. A narrowed run does not look for orphans.
    pub(super) fn is_whole(&self) -> bool {
        match self {
            Self::Declared { desired, .. } => desired.narrowed.is_none(),
            Self::Undone { .. } => false,
        }
    }

    /// The paths that it is narrowed to, and the run that it takes back.
    pub(super) fn about(&self) -> (Vec<PathBuf>, Option<UndoneRun>) {
        match self {
            Self::Declared { desired, .. } => {
                let narrowed = desired.narrowed.as_ref();
                let paths = narrowed.map(|narrowed| narrowed.paths.clone());
                (paths.unwrap_or_default(), None)
            }
            Self::Undone { undone, .. } => (Vec::new(), Some(undone.about())),
        }
    }
}

impl Basis {
    /// How many records of each kind were read.
    pub(super) fn read(&self) -> Vec<(&'static ObjectKind, usize)> {
        let kinds: BTreeSet<_> = self
            .questions
            .iter()
            .map(|question| question.kind)
            .collect();
        let counts = kinds.into_iter();
        counts
            .map(|kind| (kind, self.observed.count(kind)))
            .collect()
    }
}
