//! Mistakes of manifests that only the instance shows, beside those that were found without it: who corrects a file sees all of them
//! in one list.

use crate::manifest::{self, Reading};
use crate::model::{Desired, Diagnostic, Sources};
use crate::observe::{self, DescribedKinds};

use super::basis::ResolvedGoal;
use super::bound_goal::BoundGoal;
use super::error::{Problems, RunError};
use super::planning::Planning;

impl Planning<'_> {
    /// The error of manifests that have problems, with those that only the instance shows. If it cannot be asked, the values of
    /// standard fields are checked without it.
    pub(super) async fn refuse(self, reading: Reading) -> RunError {
        let Reading {
            desired,
            sources,
            mut diagnostics,
            imprecise: _,
        } = reading;
        let standard = manifest::standard_values(&desired.records);
        let further = self.mistakes(desired, &sources).await.unwrap_or(standard);
        manifest::add(&mut diagnostics, further);
        Problems::error(sources, diagnostics)
    }

    /// The problems that the instance shows of the entries that can be read. Those that depend on other entries are left out: some
    /// of them could not be read.
    async fn mistakes(
        self,
        desired: Desired,
        sources: &Sources,
    ) -> Result<Vec<Diagnostic>, RunError> {
        let DescribedKinds { schemas, .. } = self.described(&desired, []).await?;
        let leads = observe::leads(self.client, &desired).await?;
        let goal = ResolvedGoal::Declared { desired, leads };
        Ok(match self.draft(&goal, &schemas, sources) {
            BoundGoal::Declared(bound) => bound.problems,
            BoundGoal::Undone { .. } => Vec::new(),
        })
    }
}
