//! Making the brief of a plan.

use std::sync::Arc;

use jiff::civil::Date;

use crate::model::{DealField, Level, Severities};
use crate::plan::{ActionName, DealFields, DealView, Observed, Pipeline, Plan};

use super::basis::BriefBasis;
use super::deals::{DealRow, by_worth, known, rows};
use super::findings::Finding;
use super::look;
use super::patterns::{Pattern, patterns};
use super::seen::Seen;

/// What a plan means to people.
#[derive(Clone, Debug, Default)]
pub struct Brief {
    /// What to look at first, the gravest first.
    pub look_first: Vec<Finding>,
    /// What the configuration has lowered, so that it is only told.
    pub also_seen: Vec<Finding>,
    pub pipeline: Pipeline,
    /// The currency of the amounts, for people.
    pub currency: Option<Box<str>>,
    /// What is created, the largest amounts first.
    pub created: Vec<DealRow>,
    /// What is deleted, the largest amounts first.
    pub deleted: Vec<DealRow>,
    /// The changes of records that are there, the largest amounts first.
    pub updated: Vec<usize>,
    /// What is known of those of them that are deals, as the plan leaves them.
    pub updated_deals: Vec<DealRow>,
    /// The shapes of all of these changes.
    pub patterns: Vec<Pattern>,
}

impl Brief {
    /// The brief of a plan. `seen` is what its deals show, and `pipeline` is what they add up to.
    #[must_use]
    pub fn of(basis: &BriefBasis<'_>, seen: &Seen, pipeline: Pipeline) -> Self {
        let BriefBasis {
            plan,
            view,
            stages,
            currency,
            severities,
            ..
        } = *basis;
        let changes = &plan.changes;
        let first: Vec<Arc<str>> = DealField::ALL
            .iter()
            .filter_map(|field| view.name(*field).cloned())
            .collect();
        let stage = view.name(DealField::Stage);
        // To a stage that decides it is not just one step on.
        let closed = seen.closed_stages();
        let open: Vec<Box<str>> = stages
            .iter()
            .filter(|stage| !closed.contains(&***stage))
            .cloned()
            .collect();
        let updated = by_worth(changes, seen);
        let mut found = look::first(basis, seen, &pipeline);
        for finding in &mut found {
            finding.level = severities.of(finding.code.word(), finding.level);
        }
        found.retain(|finding| finding.level > Level::Off);
        let (look_first, also_seen) = found
            .into_iter()
            .partition(|finding| finding.level >= Level::Warning);
        Self {
            look_first,
            also_seen,
            pipeline,
            currency: currency.map(Into::into),
            created: rows(changes, ActionName::Create, seen),
            deleted: rows(changes, ActionName::Delete, seen),
            updated_deals: known(&updated, seen),
            updated,
            patterns: patterns(changes, &first, stage.map(|stage| (&**stage, &*open))),
        }
    }

    /// What the changes of a plan tell by themselves: of a plan file that was written without a brief.
    #[must_use]
    pub fn of_changes(plan: &Plan, view: &DealView) -> Self {
        let basis = BriefBasis {
            plan,
            observed: &Observed::default(),
            fields: &DealFields::default(),
            view,
            stages: &[],
            currency: None,
            today: Date::MIN,
            is_behind: false,
            left_behind: &[],
            is_uncommitted: false,
            severities: &Severities::default(),
        };
        Self::of(&basis, &Seen::default(), Pipeline::default())
    }
}
