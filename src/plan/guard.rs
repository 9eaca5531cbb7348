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

/// Limits on deletions that neither the configuration nor a permit lifts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeleteCeiling {
    pub max_deletes: Option<usize>,
    /// As [`Guards::max_delete_percent`] is counted.
    pub max_delete_percent: Option<usize>,
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

/// Every reason to refuse a plan. A number of deletions that a person allowed replaces the limits of the guards, never the ceiling.
#[must_use]
pub fn guard(
    plan: &Plan,
    guards: Guards,
    permits: &Permits,
    ceiling: DeleteCeiling,
) -> Vec<Refusal> {
    let children = undeclared_children(plan);
    let deletes = plan.counts().delete + children;
    above(plan, deletes, ceiling)
        .or_else(|| exceeded(plan, deletes, guards, permits.allow_deletes))
        .map(|threshold| Refusal::TooManyDeletes {
            deletes,
            children,
            threshold,
        })
        .into_iter()
        .chain(plan.refusals.iter().cloned())
        .collect()
}

/// The children for which the plan is refused. Counted at once, so that one run can be allowed with both flags.
fn undeclared_children(plan: &Plan) -> usize {
    let children = plan.refusals.iter().map(|refusal| match refusal {
        Refusal::UndeclaredChildren { children, .. } => children.len(),
        Refusal::TooManyDeletes { .. }
        | Refusal::Protected { .. }
        | Refusal::Foreign { .. }
        | Refusal::Unread { .. } => 0,
    });
    children.sum()
}

/// The most of these records that so many percent allow.
#[must_use]
pub fn most_by_percent(limit: usize, of: PercentBase) -> usize {
    let (PercentBase::Owned(count) | PercentBase::Declared(count)) = of;
    (limit * count / 100).max(PERCENT_NEVER_COUNTS)
}

/// The limit of the policy that this number of deletions exceeds.
fn above(plan: &Plan, deletes: usize, ceiling: DeleteCeiling) -> Option<Threshold> {
    let DeleteCeiling {
        max_deletes,
        max_delete_percent,
    } = ceiling;
    if let Some(most) = max_deletes.filter(|most| deletes > *most) {
        return Some(Threshold::PolicyCount(most));
    }
    let limit = max_delete_percent?;
    let of = exceeded_share(plan, deletes, limit)?;
    Some(Threshold::PolicyPercent { limit, of })
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
    let limit = guards.max_delete_percent;
    let of = exceeded_share(plan, deletes, limit)?;
    Some(Threshold::Percent { limit, of })
}

/// The records of which these deletions are more than so many percent.
fn exceeded_share(plan: &Plan, deletes: usize, limit: usize) -> Option<PercentBase> {
    let of = plan
        .owned
        .map_or(PercentBase::Declared(plan.declared), PercentBase::Owned);
    let (PercentBase::Owned(count) | PercentBase::Declared(count)) = of;
    let counts = count >= PERCENT_COUNTS_FROM && deletes > PERCENT_NEVER_COUNTS;
    (counts && deletes * 100 > limit * count).then_some(of)
}
