//! The second look at a canary: its records are read and planned again.

use std::cell::RefCell;

use crate::api::ApiError;
use crate::observe;
use crate::plan::Plan;

use super::basis::Basis;
use super::canary::TrialStage;
use super::planned::Planned;
use super::planning::Planning;

impl Planning<'_> {
    /// Reads the records of a canary that was sent, plans again, and returns what that plan would still change in them. Reads may lag,
    /// so it looks again as long as something remains.
    pub(super) async fn look_again(
        self,
        stage: &TrialStage,
        basis: &RefCell<Basis>,
        planned: &Planned,
    ) -> Result<Plan, ApiError> {
        let mut looks = self.client.looks();
        loop {
            let remains = self.look(stage, basis, planned).await?;
            if remains.is_settled() || !looks.again().await {
                return Ok(remains);
            }
        }
    }

    async fn look(
        self,
        stage: &TrialStage,
        basis: &RefCell<Basis>,
        planned: &Planned,
    ) -> Result<Plan, ApiError> {
        let now = observe::records(self.client, &planned.schemas, &stage.questions).await?;
        let Basis { goal, observed, .. } = &mut *basis.borrow_mut();
        stage.canary.look(&planned.plan, observed, now);
        let again = self
            .draft(goal, &planned.schemas, &planned.sources)
            .plan(observed);
        Ok(stage.canary.remains(&planned.plan, again, observed))
    }
}
