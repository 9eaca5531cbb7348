//! The way to a plan, from manifests or from a journal: that of `cli/prepare.rs` and of `cli/undo.rs`.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::api::{ApiError, Client};
use crate::journal;
use crate::ledger::{Ledger, Origin};
use crate::manifest::Reading;
use crate::model::{Desired, ObjectKind, Sources};
use crate::observe;
use crate::plan::{self, Marker, Others, Ownership, Owning, Permits, Plan, Schemas};

/// What a plan is made with beside its goal.
pub(super) struct Planning<'p> {
    pub(super) client: &'p Client,
    pub(super) ledger: Option<&'p Ledger>,
    pub(super) marker: Option<&'p Marker>,
    pub(super) permits: Permits<'p>,
    pub(super) origin: Arc<Origin>,
}

impl Planning<'_> {
    fn ownership<'a>(&'a self, sources: &'a Sources) -> Ownership<'a> {
        Ownership {
            ledger: self.ledger.map(|ledger| Owning {
                ledger,
                origin: &self.origin,
                sources,
            }),
            marker: self.marker,
            permits: self.permits,
        }
    }

    /// Plans for what manifests declare.
    pub(super) async fn declared(&self, reading: &Reading) -> Result<(Plan, Schemas), ApiError> {
        let client = self.client;
        let entries = self.ledger.iter().flat_map(|ledger| ledger.iter());
        let owned: Vec<_> = entries.map(|(kind, ..)| kind).collect();
        let schemas = observe::schemas(client, &reading.desired, owned).await?;
        let schemas = schemas.schemas;
        let leads = observe::leads(client, &reading.desired).await?;
        let ownership = self.ownership(&reading.sources);
        let bound = plan::bind(&reading.desired, &schemas, &leads, ownership);
        let questions = plan::questions(&bound);
        let mut observed = observe::records(client, &schemas, &questions).await?;
        let further = plan::further_questions(&bound, &observed);
        observed.extend(observe::records(client, &schemas, &further).await?);
        let mut plan = plan::plan(&bound, &observed);
        let pictures = observe::records_to_delete(client, &schemas, &plan).await?;
        plan::picture(&mut plan, &schemas, &pictures);
        Ok((plan, schemas))
    }

    /// Plans to take a run back; fields of `forced` names in any case.
    pub(super) async fn undone(
        &self,
        run: &journal::Run,
        forced: &[String],
        others: &Others,
    ) -> Result<(Plan, Schemas), ApiError> {
        let client = self.client;
        let undoing = run.undoing(forced, others);
        let made = undoing.made.iter().map(|made| made.change.kind);
        let kinds: BTreeSet<&'static ObjectKind> = made
            .flat_map(|kind| {
                let parent = kind.parent.as_ref().map(|parent| parent.kind);
                std::iter::once(kind).chain(parent)
            })
            .collect();
        let schemas = observe::schemas(client, &Desired::default(), kinds).await?;
        let schemas = schemas.schemas;
        let sources = Sources::default();
        let ownership = self.ownership(&sources);
        let questions = plan::undo_questions(&undoing, &schemas, &ownership);
        let observed = observe::records(client, &schemas, &questions).await?;
        let mut plan = plan::undo(&undoing, &schemas, &observed, &ownership);
        let pictures = observe::records_to_delete(client, &schemas, &plan).await?;
        plan::picture(&mut plan, &schemas, &pictures);
        Ok((plan, schemas))
    }
}
