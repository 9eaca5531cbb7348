//! Mistakes of manifests that only the instance shows, beside those that were found without it: who corrects a file sees all of them
//! in one list.

use std::time::Duration;

use crate::manifest::{self, Reading};
use crate::model::kind::KINDS;
use crate::model::{Desired, Diagnostic, ObjectKind, Sources, Span};
use crate::observe::{self, DescribedKinds};

use super::basis::ResolvedGoal;
use super::bound_goal::BoundGoal;
use super::error::{Problems, RunError};
use super::planning::Planning;

/// Who waits for an instance that does not answer wants to see what is known.
const PATIENCE: Duration = Duration::from_secs(20);

impl Planning<'_> {
    /// The error of manifests that have problems, with those that only the instance shows. If it cannot be asked, the values of
    /// standard fields are checked without it.
    pub(super) async fn refuse(self, reading: Reading) -> RunError {
        let Reading {
            desired,
            mut sources,
            mut diagnostics,
            imprecise: _,
        } = reading;
        let standard = manifest::standard_values(&desired.records);
        let hidden = |kind: &ObjectKind, name: &str| self.settings.hides(kind, name);
        let mut sensitive: Vec<Span> = desired.values_of(hidden).collect();
        let asking = tokio::time::timeout(PATIENCE, self.mistakes(desired, &sources)).await;
        let (further, unasked) = match asking {
            Ok(Ok((further, marked))) => {
                sensitive.extend(marked);
                (further, None)
            }
            Ok(Err(error)) => (standard, Some(error.to_string())),
            Err(_) => (standard, Some("it takes too long to answer".to_owned())),
        };
        manifest::add(&mut diagnostics, further);
        sources.cover(sensitive);
        // Values that no entry has are not among them.
        sources.cover_behind(|name| KINDS.into_iter().any(|kind| hidden(kind, name)));
        RunError::Invalid(Box::new(Problems {
            sources,
            diagnostics,
            unasked,
        }))
    }

    /// The problems that the instance shows of the entries that can be read. Those that depend on other entries are left out: some
    /// of them could not be read.
    async fn mistakes(
        self,
        desired: Desired,
        sources: &Sources,
    ) -> Result<(Vec<Diagnostic>, Vec<Span>), RunError> {
        let DescribedKinds { schemas, unmasked } = self.described(&desired, []).await?;
        let leads = observe::leads(self.client, &desired).await?;
        let goal = ResolvedGoal::Declared {
            desired,
            leads,
            missing: Box::default(),
        };
        let problems = match self.draft(&goal, &schemas, sources) {
            BoundGoal::Declared(bound) => bound.problems,
            BoundGoal::Undone { .. } => Vec::new(),
        };
        let hidden = goal.hidden_values(&schemas, &unmasked, &problems);
        Ok((problems, hidden))
    }
}
