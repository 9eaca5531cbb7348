//! What is asked before the records: what the instance describes, and which leads the manifests name.

use std::collections::BTreeSet;

use crate::manifest::Reading;
use crate::model::{Desired, ObjectKind, Sources};
use crate::observe::{self, DescribedKinds};

use super::basis::{PreparedGoal, ResolvedGoal};
use super::error::RunError;
use super::goal::Goal;
use super::narrowed;
use super::planning::Planning;
use super::sensitive::SensitiveFieldError;

impl Planning<'_> {
    /// Asks everything that has to be known before the records can be asked for.
    pub(super) async fn ask(self, goal: Goal) -> Result<PreparedGoal, RunError> {
        match goal {
            Goal::Declared(reading) => {
                let Reading {
                    mut desired,
                    sources,
                    ..
                } = *reading;
                let ledger = self.ledger.map(|owned| owned.ledger);
                narrowed::settle(&mut desired, &sources, ledger)?;
                let entries = self.ledger.iter().flat_map(|owned| owned.ledger.iter());
                let owned: BTreeSet<_> = entries.map(|(kind, ..)| kind).collect();
                let DescribedKinds { schemas, unmasked } = self.described(&desired, owned).await?;
                let leads = observe::leads(self.client, &desired).await?;
                Ok(PreparedGoal {
                    goal: ResolvedGoal::Declared {
                        desired,
                        leads,
                        missing: Box::default(),
                    },
                    sources,
                    schemas,
                    unmasked,
                })
            }
            Goal::Undone(undone) => {
                undone.check_project(self.settings.project.as_deref())?;
                let undone = Box::new(undone.renewed(self.journals)?);
                let others = undone.others(self.journals)?;
                let kinds = undone.kinds();
                let DescribedKinds { schemas, unmasked } =
                    self.described(&Desired::default(), kinds).await?;
                undone.check_forced(&schemas)?;
                Ok(PreparedGoal {
                    goal: ResolvedGoal::Undone { undone, others },
                    // A journal says itself where its changes come from.
                    sources: Sources::default(),
                    schemas,
                    unmasked,
                })
            }
        }
    }

    /// The fields of the kinds that are needed, with those marked that the configuration calls sensitive.
    pub(super) async fn described(
        self,
        desired: &Desired,
        owned: impl IntoIterator<Item = &'static ObjectKind>,
    ) -> Result<DescribedKinds, RunError> {
        let sensitive = &self.settings.sensitive_fields;
        let described = observe::schemas(self.client, sensitive, desired, owned).await?;
        let schemas: Vec<_> = described.schemas.values().collect();
        let unknown = SensitiveFieldError::find(self.client, sensitive, &schemas).await?;
        unknown.map_or(Ok(described), |error| Err(error.into()))
    }
}
