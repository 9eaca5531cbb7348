//! Guards: a plan that deletes more than a person expects, or something that is not the project's to delete, is refused
//! before anything is sent.

use std::sync::Arc;

use crate::ledger::Origin;
use crate::model::{Key, ObjectKind};

use super::change::{At, Plan, WhyDelete};

/// How many deletions one run may make, whichever limit is reached first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guards {
    pub max_deletes: usize,
    /// Of the owned records, or without a ledger of the declared ones, from [`PERCENT_COUNTS_FROM`] of them up.
    pub max_delete_percent: usize,
}

/// Fewer records than this make every single deletion a large share.
pub const PERCENT_COUNTS_FROM: usize = 20;

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

/// Everything for which a plan is refused; `allowed` replaces the limits by a number that a person has seen.
#[must_use]
pub fn guard(plan: &Plan, guards: Guards, allowed: Option<usize>) -> Vec<Refusal> {
    let deletes = plan.counts().delete;
    let threshold = threshold(plan, deletes, guards, allowed);
    let too_many = threshold.map(|threshold| Refusal::TooManyDeletes { deletes, threshold });
    too_many
        .into_iter()
        .chain(plan.refusals.iter().cloned())
        .collect()
}

/// The limit that so many deletions exceed.
fn threshold(
    plan: &Plan,
    deletes: usize,
    guards: Guards,
    allowed: Option<usize>,
) -> Option<Threshold> {
    if let Some(allowed) = allowed {
        return (deletes > allowed).then_some(Threshold::Allowed(allowed));
    }
    if deletes > guards.max_deletes {
        return Some(Threshold::Count(guards.max_deletes));
    }
    let of = plan
        .owned
        .map_or(Base::Declared(plan.declared), Base::Owned);
    let (Base::Owned(count) | Base::Declared(count)) = of;
    let limit = guards.max_delete_percent;
    (count >= PERCENT_COUNTS_FROM && deletes * 100 > limit * count)
        .then_some(Threshold::Percent { limit, of })
}
