//! Changes as records of a request, and the calls of a plan.

use crate::api::{self, Encoded};
use crate::plan::{Action, BatchLimits, Change, Plan, Wave, waves, waves_of};

/// The record that a change sends: all fields of a new one, only the changed ones of an update, only the id of a delete.
pub(super) fn encode(change: &Change) -> Encoded {
    match &change.action {
        Action::Create { fields } => api::encode::create(
            change.kind,
            &change.key,
            fields.iter().map(|field| (field.name, field.after)),
        ),
        Action::Adopt { id, fields } | Action::Update { id, fields } => api::encode::update(
            change.kind,
            id,
            fields.iter().map(|field| (field.name, field.after)),
        ),
        Action::Delete { id, .. } => api::encode::delete(change.kind, id),
    }
}

/// The calls that a plan needs, each of at most this size.
#[must_use]
pub fn calls(plan: &Plan, limits: BatchLimits) -> Vec<Wave> {
    waves(plan, limits, size)
}

/// The calls that the changes of a plan need whose indexes are `wanted`, each of at most this size.
#[must_use]
pub fn calls_of(plan: &Plan, limits: BatchLimits, wanted: impl Fn(usize) -> bool) -> Vec<Wave> {
    waves_of(plan, limits, size, wanted)
}

/// The most that Marketo takes in one call.
pub const MARKETO_LIMITS: BatchLimits = BatchLimits {
    records: api::MAX_RECORDS,
    bytes: api::MAX_BODY - api::BODY_OVERHEAD,
};

/// The bytes that a change takes in a call, the comma between two records among them.
pub(super) fn size(change: &Change) -> usize {
    encode(change).len() + 1
}
