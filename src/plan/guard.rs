//! Guards: a plan that deletes more than a person expects, or something that is not the project's to delete, is refused
//! before anything is sent.

use super::plan_value::Plan;
use super::refusal::{Base, Refusal, Threshold};

/// How many deletions one run may make, whichever limit is reached first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guards {
    pub max_deletes: usize,
    /// Of the owned records, or without a ledger of the declared ones, from [`PERCENT_COUNTS_FROM`] of them up.
    pub max_delete_percent: usize,
}

/// Fewer records than this make every single deletion a large share.
pub const PERCENT_COUNTS_FROM: usize = 20;

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
