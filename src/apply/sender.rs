//! What does not change while an apply sends: the plan, where its calls go, the lock, and which values are sensitive.

use std::cell::OnceCell;

use crate::api::Client;
use crate::ledger::{Lost, Watch};
use crate::model::{ObjectKind, Schema};
use crate::plan::{Mask, Plan, Schemas};

/// Where the calls go: an instance, with the fields of its kinds.
#[derive(Clone, Copy)]
pub struct Target<'t> {
    pub client: &'t Client,
    /// Those of all kinds that the plan changes.
    pub schemas: &'t Schemas,
}

/// What sends the batches of a plan.
pub(super) struct BatchSender<'s> {
    pub(super) plan: &'s Plan,
    target: Target<'s>,
    /// The lock, if there is one. Once it is lost, nothing is sent.
    pub(super) lock: Option<Watch>,
    /// The sensitive values of the plan, once they are needed.
    mask: OnceCell<Mask>,
}

impl<'s> BatchSender<'s> {
    pub(super) fn new(plan: &'s Plan, target: Target<'s>, lock: Option<Watch>) -> Self {
        Self {
            plan,
            target,
            lock,
            mask: OnceCell::new(),
        }
    }

    /// How many batches may be in flight.
    pub(super) fn concurrency(&self) -> usize {
        self.client().concurrency()
    }

    pub(super) fn client(&self) -> &'s Client {
        self.target.client
    }

    pub(super) fn schema(&self, kind: &ObjectKind) -> &'s Schema {
        let schema = self.target.schemas.get(kind);
        schema.expect("a plan has changes of described kinds only")
    }

    pub(super) fn mask(&self) -> &Mask {
        self.mask.get_or_init(|| Mask::of(&self.plan.changes))
    }

    /// Tells whether the lock is lost.
    pub(super) fn check_lock(&self) -> Result<(), Lost> {
        self.lock.as_ref().map_or(Ok(()), Watch::check)
    }
}
