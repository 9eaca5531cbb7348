//! Refusals: what a person has to allow before a plan is applied.

use std::sync::Arc;

use crate::ledger::Origin;
use crate::model::{Key, ObjectKind};

use super::change::{At, WhyDelete};

/// Why a plan is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    TooManyDeletes {
        /// How many deletions are planned: the number that a person must name to allow them.
        deletes: usize,
        threshold: Threshold,
    },
    /// A record to be deleted is protected, or was when it was last applied.
    Protected {
        kind: &'static ObjectKind,
        shown: Box<str>,
        /// The apply that found it protected.
        since: Arc<Origin>,
        at: At,
    },
    /// A record bears the marker of another owner.
    Foreign {
        kind: &'static ObjectKind,
        shown: Box<str>,
        owner: Box<str>,
        at: At,
        /// Whether it is to be deleted; if not, it is to be adopted or updated.
        deletes: bool,
    },
    /// A record to be deleted has children that nobody declares, or that the run which is undone has not created.
    UndeclaredChildren {
        parent: &'static ObjectKind,
        shown: Box<str>,
        kind: &'static ObjectKind,
        children: Vec<Key>,
        /// What asks for the deletion of the parent.
        why: WhyDelete,
        at: At,
    },
}

/// The limit that a plan exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// `guards.maxDeletes`.
    Count(usize),
    /// `guards.maxDeletePercent`.
    Percent { limit: usize, of: Base },
    /// The count that was allowed on the command line.
    Allowed(usize),
}

/// The records that a percentage is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    Owned(usize),
    Declared(usize),
}
