//! A goal whose records have their keys in the instance: what has to be asked for it, and its plan.
//!
//! Manifests and a run to undo ask and plan in ways of their own; whoever plans sees no difference.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::{Key, ObjectKind};
use crate::plan::{self, Bound, Observed, Ownership, Plan, Question, RunToUndo, Schemas};

/// A goal whose records have their keys in the instance.
pub(super) enum BoundGoal<'d> {
    Declared(Box<Bound<'d>>),
    Undone {
        undoing: RunToUndo<'d>,
        schemas: &'d Schemas,
        ownership: Ownership<'d>,
    },
}

impl BoundGoal<'_> {
    pub(super) fn questions(&self) -> Vec<Question> {
        match self {
            Self::Declared(bound) => plan::questions(bound),
            Self::Undone {
                undoing,
                schemas,
                ownership,
            } => plan::undo_questions(undoing, schemas, ownership),
        }
    }

    /// The ids of what an apply would stop managing because it was not found by its key. An undo takes back what is there.
    pub(super) fn owned_and_missing(
        &self,
        observed: &Observed,
    ) -> BTreeMap<&'static ObjectKind, Vec<Box<str>>> {
        match self {
            Self::Declared(bound) => plan::owned_and_missing(bound, observed),
            Self::Undone { .. } => BTreeMap::new(),
        }
    }

    /// The ids of the owned records that were not found, although an apply has written them since then.
    pub(super) fn written_and_missing(
        &self,
        observed: &Observed,
        since: Timestamp,
    ) -> BTreeMap<&'static ObjectKind, Vec<Box<str>>> {
        match self {
            Self::Declared(bound) => plan::written_and_missing(bound, observed, since),
            Self::Undone { .. } => BTreeMap::new(),
        }
    }

    /// What has to be asked because of the answers to [`questions`](Self::questions).
    pub(super) fn further_questions(&self, observed: &Observed) -> Vec<Question> {
        match self {
            Self::Declared(bound) => plan::further_questions(bound, observed),
            Self::Undone { .. } => Vec::new(),
        }
    }

    /// What the ledger says was last applied.
    pub(super) fn as_applied(&self) -> Observed {
        match self {
            Self::Declared(bound) => plan::as_applied(bound),
            Self::Undone { .. } => Observed::default(),
        }
    }

    /// The records that an apply has touched since then.
    pub(super) fn applied_since(&self, since: Timestamp) -> Vec<(&'static ObjectKind, Key)> {
        match self {
            Self::Declared(bound) => plan::applied_since(bound, since),
            Self::Undone { .. } => Vec::new(),
        }
    }

    pub(super) fn plan(&self, observed: &Observed) -> Plan {
        match self {
            Self::Declared(bound) => plan::plan(bound, observed),
            Self::Undone {
                undoing,
                schemas,
                ownership,
            } => plan::undo(undoing, schemas, observed, ownership),
        }
    }
}
