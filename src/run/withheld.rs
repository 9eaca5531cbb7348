//! What an instance says is shown without sensitive values: the client is told of them as soon as they are known.
//!
//! These are the values that the manifests declare, and as soon as there is a plan those of its changes, before and after. What an
//! instance has of other records is not known and so cannot be withheld, nor is that of a command without a plan, such as `get`.

use std::sync::Arc;

use crate::api::Client;
use crate::plan::{Mask, Plan, Schemas};

use super::basis::ResolvedGoal;

/// Withholds what the manifests declare, and what is in the changes of a plan, if there is one by now.
pub(super) fn withhold(
    client: &Client,
    goal: &ResolvedGoal,
    schemas: &Schemas,
    plan: Option<&Plan>,
) {
    let mask = match goal {
        ResolvedGoal::Declared { desired, .. } => Mask::of_declared(desired, schemas),
        // What an undo restores is in the changes of its plan.
        ResolvedGoal::Undone { .. } => Mask::default(),
    };
    let mask = mask.with(plan.into_iter().flat_map(|plan| &plan.changes));
    if !mask.is_empty() {
        client.withhold(Arc::new(move |text| mask.text(text).into_owned()));
    }
}
