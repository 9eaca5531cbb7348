//! Planning without the instance: what was last applied, by the ledger, stands for what it has.

use crate::config::InstanceFields;
use crate::ledger::Ledger;
use crate::manifest::Reading;
use crate::model::ObjectKind;
use crate::observe::Unmasked;
use crate::plan::{self, Leads, Observed, PlanBasis, Schemas};

use super::basis::{Basis, PreparedGoal, ResolvedGoal};
use super::canary::Trial;
use super::error::RunError;
use super::goal::Goal;
use super::narrowed;
use super::planned::Planned;
use super::planning::Planning;
use super::sensitive::SensitiveFieldError;
use super::withheld::withhold;

impl Planning<'_> {
    /// The plan as last applied. Nothing is read.
    pub(super) async fn plan_as_applied(
        self,
        goal: Goal,
    ) -> Result<(Planned, Option<Trial>), RunError> {
        let (Goal::Declared(reading), Some(owned)) = (goal, self.ledger) else {
            return Err(RunError::NothingApplied);
        };
        let PreparedGoal {
            goal,
            sources,
            schemas,
            unmasked,
        } = self.known(*reading, owned.ledger)?;
        for why in &unmasked {
            self.settings.policies.check_unmasked(&why.to_string())?;
        }
        let draft = self.draft(&goal, &schemas, &sources);
        let plan = plan::unread(draft.plan(&draft.as_applied()));
        let why = unmasked.iter().map(ToString::to_string);
        let plan = plan::complete(plan, &schemas, &Observed::default(), why);
        if !plan.problems.is_empty() {
            return Err(goal.problems(plan, &schemas, &unmasked, sources));
        }
        withhold(self.client, &goal, &schemas, Some(&plan));
        let basis = Basis {
            goal,
            questions: Vec::new(),
            observed: Observed::default(),
        };
        Ok(self.planned(plan, schemas, sources, basis).await)
    }

    /// Everything that is known before the records, without a question to the instance.
    fn known(self, reading: Reading, ledger: &Ledger) -> Result<PreparedGoal, RunError> {
        let Reading {
            mut desired,
            sources,
            ..
        } = reading;
        narrowed::settle(&mut desired, &sources, Some(ledger))?;
        let kept = self.settings.kept_fields.as_ref().map(|(_, kept)| kept);
        let sensitive = &self.settings.sensitive_fields;
        let of_kept = kept.map(|kept| &kept.schemas);
        if let Some(kept) = of_kept {
            SensitiveFieldError::check(kept, sensitive)?;
        }
        let none = Schemas::new();
        let schemas =
            plan::remembered_schemas(&desired, ledger, of_kept.unwrap_or(&none), sensitive);
        let shown = { desired.needed() }.map(|declared| declared.kind);
        let shown = shown.chain(ledger.iter().map(|(kind, ..)| kind));
        let unmasked = unmasked(shown, kept);
        Ok(PreparedGoal {
            goal: ResolvedGoal::Declared {
                leads: Leads::unread(&desired),
                desired,
                missing: Box::default(),
            },
            sources,
            schemas,
            unmasked,
        })
    }

    /// Whether the instance, or a snapshot of it, was read.
    pub(super) fn is_read(self) -> bool {
        match self.settings.basis {
            PlanBasis::Instance | PlanBasis::Snapshot { .. } => true,
            PlanBasis::Ledger => false,
        }
    }
}

/// The kinds among these of which nobody has told which fields are sensitive.
fn unmasked(
    kinds: impl Iterator<Item = &'static ObjectKind>,
    kept: Option<&InstanceFields>,
) -> Vec<Unmasked> {
    let is_kept = |kind: &ObjectKind| kept.is_some_and(|kept| kept.schemas.contains_key(kind));
    let mut open: Vec<&'static ObjectKind> = kinds
        .filter(|kind| kind.field_schema.is_some() && !is_kept(kind))
        .collect();
    open.sort_unstable();
    open.dedup();
    open.into_iter().map(Unmasked::NotAsked).collect()
}
