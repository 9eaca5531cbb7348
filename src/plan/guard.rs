//! Guards: a plan that deletes more than a person expects is refused before anything is sent.

use super::change::Plan;

/// How many deletions one run may make, whichever limit is reached first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guards {
    pub max_deletes: usize,
    /// Of the declared records, from [`PERCENT_COUNTS_FROM`] of them up.
    pub max_delete_percent: usize,
}

/// Fewer records than this make every single deletion a large share.
pub const PERCENT_COUNTS_FROM: usize = 20;

/// Why a plan is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// How many deletions are planned: the number that a person must name to allow them.
    pub deletes: usize,
    /// How many records the manifests declare.
    pub declared: usize,
    pub threshold: Threshold,
}

/// The limit that a plan exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// `guards.maxDeletes`.
    Count(usize),
    /// `guards.maxDeletePercent`.
    Percent(usize),
    /// The count that was allowed on the command line.
    Allowed(usize),
}

/// Checks a plan against the guards; `allowed` replaces them by a number that a person has seen.
///
/// # Errors
/// The plan deletes more than that.
pub fn guard(plan: &Plan, guards: Guards, allowed: Option<usize>) -> Result<(), Refusal> {
    let [_, _, deletes] = plan.counts();
    let refuse = |threshold| {
        Err(Refusal {
            deletes,
            declared: plan.declared,
            threshold,
        })
    };
    if let Some(allowed) = allowed {
        return if deletes > allowed {
            refuse(Threshold::Allowed(allowed))
        } else {
            Ok(())
        };
    }
    if deletes > guards.max_deletes {
        return refuse(Threshold::Count(guards.max_deletes));
    }
    if plan.declared >= PERCENT_COUNTS_FROM
        && deletes * 100 > guards.max_delete_percent * plan.declared
    {
        return refuse(Threshold::Percent(guards.max_delete_percent));
    }
    Ok(())
}
