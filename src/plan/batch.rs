//! Waves and batches: in which order the changes go out, and which of them share a call.
//!
//! Parents are created before their children and deleted after them (Marketo's CRM synchronisation
//! white paper); within a wave the order does not matter, so its batches may run side by side.

use crate::model::kind::KINDS;
use crate::model::{ObjectKind, Verb};

use super::change::Change;
use super::plan_value::Plan;

/// Changes that may be sent side by side once all earlier waves are done.
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
pub struct Room {
    pub records: usize,
    pub bytes: usize,
}

/// The calls of a plan, given how many bytes each change takes in a request.
#[must_use]
pub fn waves(plan: &Plan, room: Room, bytes: impl Fn(&Change) -> usize) -> Vec<Wave> {
    waves_of(plan, room, bytes, |_| true)
}

/// The calls of some changes of a plan, those whose indexes are `wanted`.
#[must_use]
pub fn waves_of(
    plan: &Plan,
    room: Room,
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
    let wave = |(kind, verbs): (&'static ObjectKind, &[Verb])| Wave {
        batches: verbs
            .iter()
            .flat_map(|verb| {
                let of_call = |index: usize, change: &Change| {
                    change.kind == kind && change.verb() == *verb && wanted(index)
                };
                batches(plan, kind, *verb, room, &bytes, of_call)
            })
            .collect(),
    };
    writes
        .chain(deletes)
        .map(wave)
        .filter(|wave| !wave.batches.is_empty())
        .collect()
}

fn batches(
    plan: &Plan,
    kind: &'static ObjectKind,
    verb: Verb,
    room: Room,
    bytes: impl Fn(&Change) -> usize,
    of_call: impl Fn(usize, &Change) -> bool,
) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    let mut used = 0;
    for (index, change) in plan
        .changes
        .iter()
        .enumerate()
        .filter(|(index, change)| of_call(*index, change))
    {
        let size = bytes(change);
        match batches
            .last_mut()
            .filter(|batch| batch.changes.len() < room.records && used + size <= room.bytes)
        {
            Some(batch) => batch.changes.push(index),
            None => {
                used = 0;
                batches.push(Batch {
                    kind,
                    verb,
                    changes: vec![index],
                });
            }
        }
        used += size;
    }
    batches
}
