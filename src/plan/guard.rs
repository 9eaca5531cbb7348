//! Guards: a plan that deletes more than a person expects, or records that are not the project's, is refused before anything is
//! sent.

use super::permits::Permits;
use super::plan_value::Plan;
use super::refusal::{PercentBase, Refusal, Threshold};

/// How many deletions one run may make, whichever limit is reached first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guards {
    /// The most records that one run may delete.
    pub max_deletes: usize,
    /// The same in percent of the owned records, or without a ledger of the declared ones, from [`PERCENT_COUNTS_FROM`] of them up,
    /// and never against one or two deletions.
    pub max_delete_percent: usize,
}

impl Default for Guards {
    /// The limits if the configuration sets none.
    fn default() -> Self {
        Self {
            max_deletes: 10,
            max_delete_percent: 10,
        }
    }
}

/// With fewer records than this, every single deletion is a large share.
pub const PERCENT_COUNTS_FROM: usize = 5;

/// So few deletions are no share, whatever the percentage: a small project could never delete a record.
const PERCENT_NEVER_COUNTS: usize = 2;

/// Every reason to refuse a plan. A number of deletions that a person allowed replaces the limits.
#[must_use]
pub fn guard(plan: &Plan, guards: Guards, permits: &Permits) -> Vec<Refusal> {
    let deletes = plan.counts().delete;
    exceeded(plan, deletes, guards, permits.allow_deletes)
        .map(|threshold| Refusal::TooManyDeletes { deletes, threshold })
        .into_iter()
        .chain(plan.refusals.iter().cloned())
        .collect()
}

/// The limit that this number of deletions exceeds.
fn exceeded(
    plan: &Plan,
    deletes: usize,
    guards: Guards,
    allowed: Option<usize>,
) -> Option<Threshold> {
    if let Some(allowed) = allowed {
        return (deletes > allowed).then_some(Threshold::Allowed(allowed));
    }
    if plan.is_emptied && deletes > 0 {
        return Some(Threshold::NothingDeclared);
    }
    if deletes > guards.max_deletes {
        return Some(Threshold::Count(guards.max_deletes));
    }
    let of = plan
        .owned
        .map_or(PercentBase::Declared(plan.declared), PercentBase::Owned);
    let (PercentBase::Owned(count) | PercentBase::Declared(count)) = of;
    let limit = guards.max_delete_percent;
    let counts = count >= PERCENT_COUNTS_FROM && deletes > PERCENT_NEVER_COUNTS;
    (counts && deletes * 100 > limit * count).then_some(Threshold::Percent { limit, of })
}
