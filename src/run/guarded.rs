//! What the guards say of a plan.

use crate::plan::{self, DealView, GuardBasis, Pipeline, Plan, Refusal};

use super::planning::Planning;
use super::settings::Settings;

impl Planning<'_> {
    /// What the guards and the policies refuse.
    pub(super) fn guarded(self, plan: &Plan, view: &DealView, pipeline: &Pipeline) -> Vec<Refusal> {
        let Settings {
            guards,
            permits,
            policies,
            ..
        } = self.settings;
        let basis = GuardBasis {
            guards: if self.is_read() {
                *guards
            } else {
                guards.without_amounts()
            },
            permits,
            ceiling: policies.ceiling(),
            view,
            pipeline,
        };
        plan::guard(plan, &basis)
    }
}
