//! Waves and batches: the order in which the changes are sent, and which of them share a call.
//!
//! Parents are created before their children and deleted after them (Marketo's CRM synchronisation white paper). Deletes come after
//! all other changes. Within a wave the order does not matter, so its batches may be sent concurrently.

use crate::model::kind::KINDS;
use crate::model::{ObjectKind, Verb};

use super::change::Change;
use super::plan_value::Plan;

/// Changes that may be sent concurrently once all earlier waves are done.
#[derive(Debug, PartialEq, Eq)]
pub struct Wave {
    pub batches: Vec<Batch>,
}

/// The changes of one call: one kind, one verb.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub kind: &'static ObjectKind,
    pub verb: Verb,
    /// Indexes into the plan's changes.
    pub changes: Vec<usize>,
}

/// How much fits into one call.
#[derive(Clone, Copy, Debug)]
pub struct BatchLimits {
    pub records: usize,
    pub bytes: usize,
}

/// The calls of a plan. `bytes` is the size of a change in a request.
#[must_use]
pub fn waves(plan: &Plan, limits: BatchLimits, bytes: impl Fn(&Change) -> usize) -> Vec<Wave> {
    waves_of(plan, limits, bytes, |_| true)
}

/// The calls of the changes of a plan whose indexes are `wanted`.
#[must_use]
pub fn waves_of(
    plan: &Plan,
    limits: BatchLimits,
    bytes: impl Fn(&Change) -> usize,
    wanted: impl Fn(usize) -> bool,
) -> Vec<Wave> {
    let writes = KINDS
        .into_iter()
        .map(|kind| (kind, [Verb::Create, Verb::Update].as_slice()));
    let deletes = KINDS
        .into_iter()
        .rev()
        .map(|kind| (kind, [Verb::Delete].as_slice()));
    let mut waves = Vec::new();
    for (kind, verbs) in writes.chain(deletes) {
        let mut batches = Vec::new();
        for verb in verbs {
            let of_verb = plan.changes.iter().enumerate().filter(|(index, change)| {
                change.kind == kind && change.verb() == *verb && wanted(*index)
            });
            let sized = of_verb.map(|(index, change)| (index, bytes(change)));
            batches.extend(split(sized, limits).into_iter().map(|changes| Batch {
                kind,
                verb: *verb,
                changes,
            }));
        }
        if !batches.is_empty() {
            waves.push(Wave { batches });
        }
    }
    waves
}

/// The waves that create and update, and those that delete, of waves in the order of a plan.
#[must_use]
pub fn stages(waves: &[Wave]) -> [&[Wave]; 2] {
    let (writes, deletes) = waves.split_at(waves.partition_point(|wave| !wave.deletes()));
    [writes, deletes]
}

impl Wave {
    fn deletes(&self) -> bool {
        self.batches.iter().any(|batch| batch.verb == Verb::Delete)
    }
}

/// Splits changes, given by index and size, into calls.
fn split(changes: impl Iterator<Item = (usize, usize)>, limits: BatchLimits) -> Vec<Vec<usize>> {
    let mut calls: Vec<Vec<usize>> = Vec::new();
    let mut used = 0;
    for (index, size) in changes {
        match calls.last_mut() {
            Some(call) if call.len() < limits.records && used + size <= limits.bytes => {
                call.push(index);
            }
            Some(_) | None => {
                used = 0;
                calls.push(vec![index]);
            }
        }
        used += size;
    }
    calls
}
