//! Guards: a plan that deletes or changes more than a person expects, or records that are not the project's, is refused before anything
//! is sent.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::change::{Action, Change};
use super::deal::{DealView, factor};
use super::guard_limit::{GuardLimit, SetBy};
use super::note::Note;
use super::permits::Permits;
use super::pipeline::Pipeline;
use super::plan_value::Plan;
use super::refusal::{AmountJump, PercentBase, Refusal, Threshold, UpdateThreshold};
use super::renaming::renamed_fields;
use crate::model::DealField;

/// What one run may do, whichever limit is reached first. All but the limits of deletions are off unless they are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guards {
    /// The most records that one run may delete.
    pub max_deletes: usize,
    /// The same in percent of the owned records, or without a ledger of the declared ones, from [`PERCENT_COUNTS_FROM`] of them up,
    /// and never against one or two deletions.
    pub max_delete_percent: usize,
    /// The most records that one run may create.
    pub max_creates: Option<GuardLimit<usize>>,
    /// The most records that one run may update, those that it adopts and changes among them.
    pub max_updates: Option<GuardLimit<usize>>,
    /// The same in percent, as [`Guards::max_delete_percent`] is counted.
    pub max_update_percent: Option<GuardLimit<usize>>,
    /// How many times larger or smaller an amount may become.
    pub max_amount_factor: Option<GuardLimit<u32>>,
    /// The most percent by which the sum of the open deals may become larger or smaller.
    pub max_pipeline_change: Option<GuardLimit<Decimal>>,
}

/// What the guards judge a plan by.
#[derive(Clone, Copy, Debug)]
pub struct GuardBasis<'g> {
    pub guards: Guards,
    pub permits: &'g Permits,
    pub ceiling: DeleteCeiling,
    pub view: &'g DealView,
    pub pipeline: &'g Pipeline,
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
            max_creates: None,
            max_updates: None,
            max_update_percent: None,
            max_amount_factor: None,
            max_pipeline_change: None,
        }
    }
}

/// With fewer records than this, every single deletion is a large share.
pub const PERCENT_COUNTS_FROM: usize = 5;

/// So few changes are no share, whatever the percentage: a small project could never delete a record.
const PERCENT_NEVER_COUNTS: usize = 2;

/// Every reason to refuse a plan. A number of deletions that a person allowed replaces the limits of the guards, never the ceiling.
#[must_use]
pub fn guard(plan: &Plan, basis: &GuardBasis<'_>) -> Vec<Refusal> {
    let GuardBasis {
        guards,
        permits,
        ceiling,
        ..
    } = *basis;
    let counts = plan.counts();
    let children = undeclared_children(plan);
    let deletes = counts.delete + children;
    let too_many_deletes = above(plan, deletes, ceiling)
        .or_else(|| exceeded(plan, deletes, guards, permits.allow_deletes))
        .map(|threshold| Refusal::TooManyDeletes {
            deletes,
            children,
            threshold,
        });
    let creates = counts.create;
    let limit = guards.max_creates.filter(|limit| creates > limit.most);
    let too_many_creates = limit.map(|limit| Refusal::TooManyCreates { creates, limit });
    [
        too_many_deletes,
        too_many_updates(plan, guards),
        too_many_creates,
        guards
            .max_amount_factor
            .and_then(|limit| amounts(plan, basis.view, limit)),
        guards
            .max_pipeline_change
            .and_then(|limit| pipeline(plan, basis, limit)),
    ]
    .into_iter()
    .flatten()
    .chain(plan.refusals.iter().cloned())
    .collect()
}

fn too_many_updates(plan: &Plan, guards: Guards) -> Option<Refusal> {
    let changes = |change: &&Change| match &change.action {
        Action::Update { .. } => true,
        Action::Adopt { fields, .. } => !fields.is_empty(),
        Action::Create { .. } | Action::Delete { .. } => false,
    };
    let renamed: BTreeSet<usize> = { renamed_fields(plan).into_iter() }
        .map(|(index, _)| index)
        .collect();
    let updates = plan.changes.iter().filter(changes).count() + renamed.len();
    let count = guards.max_updates.filter(|limit| updates > limit.most);
    let threshold = count.map(UpdateThreshold::Count).or_else(|| {
        let limit = guards.max_update_percent?;
        let of = exceeded_share(plan, updates, limit.most)?;
        Some(UpdateThreshold::Percent { limit, of })
    })?;
    Some(Refusal::TooManyUpdates { updates, threshold })
}

/// Refuses amounts that become more than so many times larger or smaller, and a guard that cannot see them.
fn amounts(plan: &Plan, view: &DealView, limit: GuardLimit<u32>) -> Option<Refusal> {
    if let Some(blind) = blind("maxAmountFactor", limit.by, view, &[DealField::Amount]) {
        return Some(blind);
    }
    let mut jumps = Vec::new();
    for change in &plan.changes {
        if let Some(field) = view.updated_amount(change)
            && factor(&field.before, &field.after)
                .is_some_and(|times| times > Decimal::from(limit.most))
        {
            jumps.push(AmountJump {
                shown: change.shown.clone(),
                before: field.before.clone(),
                after: field.after.clone(),
                at: change.at.clone(),
            });
        }
    }
    for (index, field) in renamed_fields(plan) {
        let change = &plan.changes[index];
        let is_amount = Some(change.kind) == view.kind() && view.is(DealField::Amount, &field);
        let jumps_far = factor(&field.before, &field.after)
            .is_some_and(|times| times > Decimal::from(limit.most));
        if is_amount && jumps_far {
            jumps.push(AmountJump {
                shown: change.shown.clone(),
                before: field.before,
                after: field.after,
                at: change.at.clone(),
            });
        }
    }
    jumps.sort_by_key(|jump| Reverse(jump.distance()));
    (!jumps.is_empty()).then_some(Refusal::AmountFactor { limit, jumps })
}

impl Guards {
    /// The same without the guards that judge amounts: the amounts before were not read.
    #[must_use]
    pub fn without_amounts(self) -> Self {
        Self {
            max_amount_factor: None,
            max_pipeline_change: None,
            ..self
        }
    }
}

/// Refuses a sum of the open deals that moves by more than so many percent, and a guard that cannot see it.
fn pipeline(plan: &Plan, basis: &GuardBasis<'_>, limit: GuardLimit<Decimal>) -> Option<Refusal> {
    let needed = [DealField::Amount, DealField::Closed];
    if let Some(blind) = blind("maxPipelineChange", limit.by, basis.view, &needed) {
        return Some(blind);
    }
    if is_unjudged(plan, basis.pipeline, limit) {
        return None;
    }
    let open = basis.pipeline.open;
    let was_empty = open.before.amount.is_some_and(|amount| amount.is_zero());
    if was_empty && open.difference().is_some() {
        return None;
    }
    // What has too many digits to be summed may be anything.
    let exceeds = open.compared_with(limit.most).is_none_or(Ordering::is_gt);
    exceeds.then_some(Refusal::PipelineMoved { limit, open })
}

/// Whether a sum of the changed deals alone says nothing of the sum of all: it moves by more than the limit, and the sum of all deals,
/// which is not known, may be large enough. A part that keeps the limit keeps it in the whole.
fn is_unjudged(plan: &Plan, pipeline: &Pipeline, limit: GuardLimit<Decimal>) -> bool {
    let open = pipeline.open;
    let was_empty = open.before.amount.is_some_and(|amount| amount.is_zero());
    let exceeds = || open.compared_with(limit.most).is_none_or(Ordering::is_gt);
    plan.changed_part().is_some() && (was_empty || exceeds())
}

/// Says of a plan of the changed records which guard cannot judge it.
pub fn note_unjudged(plan: &mut Plan, guards: Guards, pipeline: &Pipeline) {
    let limit = guards.max_pipeline_change;
    let is_one = limit.is_some_and(|limit| is_unjudged(plan, pipeline, limit));
    for note in &mut plan.notes {
        if let Note::ChangedSince(part) = note {
            part.unjudged = is_one.then_some("maxPipelineChange");
        }
    }
}

/// The refusal of a guard whose field cannot be read. A guard that sees nothing would let everything pass.
fn blind(guard: &'static str, by: SetBy, view: &DealView, needed: &[DealField]) -> Option<Refusal> {
    let unseen = needed.iter().find_map(|field| view.unseen(*field))?;
    Some(Refusal::BlindGuard {
        guard,
        by,
        field: unseen.name.as_ref().into(),
        is_sensitive: unseen.is_sensitive,
    })
}

/// The children for which the plan is refused. Counted at once, so that one run can be allowed with both flags.
fn undeclared_children(plan: &Plan) -> usize {
    let children = plan.refusals.iter().map(|refusal| match refusal {
        Refusal::UndeclaredChildren { children, .. } => children.len(),
        Refusal::TooManyDeletes { .. }
        | Refusal::TooManyUpdates { .. }
        | Refusal::TooManyCreates { .. }
        | Refusal::AmountFactor { .. }
        | Refusal::PipelineMoved { .. }
        | Refusal::BlindGuard { .. }
        | Refusal::Protected { .. }
        | Refusal::Foreign { .. }
        | Refusal::DoubledChildren { .. }
        | Refusal::Used { .. }
        | Refusal::Unread { .. }
        | Refusal::LostValues { .. }
        | Refusal::TooManyCalls { .. }
        | Refusal::OverQuota { .. }
        | Refusal::Raised { .. } => 0,
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
    let limit = guards.max_delete_percent;
    let of = exceeded_share(plan, deletes, limit);
    if deletes > guards.max_deletes {
        return Some(Threshold::Count {
            limit: guards.max_deletes,
            percent: of.map(|of| (limit, of)),
        });
    }
    of.map(|of| Threshold::Percent { limit, of })
}

/// The records of which these changes are more than so many percent.
fn exceeded_share(plan: &Plan, changes: usize, limit: usize) -> Option<PercentBase> {
    let of = plan
        .owned
        .map_or(PercentBase::Declared(plan.declared), PercentBase::Owned);
    let (PercentBase::Owned(count) | PercentBase::Declared(count)) = of;
    let counts = count >= PERCENT_COUNTS_FROM && changes > PERCENT_NEVER_COUNTS;
    (counts && changes * 100 > limit * count).then_some(of)
}
