//! The digest of a plan: a hash of what it would do. It identifies a reviewed plan.
//!
//! It covers the instance and, for each record, kind, key, action and the values before and after. It does not cover times, places in
//! files, labels, or records that stay as they are. Because of the salt, a person who sees only the digest cannot confirm guessed values.

use std::collections::BTreeMap;
use std::fmt;

use crate::ledger::hash::PartsHash;
use crate::ledger::hex;
use crate::model::{RecordKey, Value};

use super::change::Change;
use super::plan_value::Plan;

/// The hash of what a plan would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanDigest(Box<str>);

/// The number of bytes that are shown and compared: 128 bits.
const BYTES: usize = 16;

/// The digest of a plan for the instance with this fingerprint.
#[must_use]
pub fn digest(plan: &Plan, fingerprint: &str, salt: &[u8]) -> PlanDigest {
    let mut hash = PartsHash::default();
    // The version of this hash.
    hash.push(b"oppctl plan 1");
    hash.push(salt);
    hash.push(fingerprint.as_bytes());
    for ((kind, key), effect) in effects(plan) {
        hash.push(kind.name.as_bytes());
        hash.push(key.as_bytes());
        hash.push(effect.action.as_bytes());
        hash.push(&(effect.fields.len() as u64).to_le_bytes());
        for (name, sides) in effect.fields {
            hash.push(name.as_bytes());
            for side in sides {
                let (data_type, text) = side.canonical();
                hash.push(data_type.as_bytes());
                hash.push(text.as_bytes());
            }
        }
    }
    PlanDigest(hex::encode(&hash.finish::<BYTES>()).into())
}

/// What a plan does to one record.
#[derive(Debug, PartialEq, Eq)]
pub struct Effect<'p> {
    pub action: &'static str,
    /// The value before and after, by field.
    pub fields: BTreeMap<&'p str, [&'p Value; 2]>,
}

/// What a plan does to each record, by kind and key, whatever the order of the manifests.
#[must_use]
pub fn effects(plan: &Plan) -> BTreeMap<RecordKey, Effect<'_>> {
    let mut effects: BTreeMap<_, _> = plan
        .changes
        .iter()
        .map(|change| ((change.kind, change.key.folded()), Effect::of(change)))
        .collect();
    for adopted in plan.ledger_changes.adopted() {
        let key = (adopted.kind, adopted.entry.key.folded());
        effects.insert(key, Effect::on_ledger("adopt"));
    }
    for forgotten in &plan.ledger_changes.forgotten {
        // A record that is deleted as well is not only forgotten.
        effects
            .entry((forgotten.kind, forgotten.key.folded()))
            .or_insert_with(|| Effect::on_ledger("forget"));
    }
    effects
}

impl<'p> Effect<'p> {
    fn of(change: &'p Change) -> Self {
        Self {
            action: change.action.word(),
            fields: change
                .fields()
                .iter()
                .map(|field| (&*field.name, [&field.before, &field.after]))
                .collect(),
        }
    }

    /// An action that changes only the ledger.
    fn on_ledger(action: &'static str) -> Self {
        Self {
            action,
            fields: BTreeMap::new(),
        }
    }
}

impl PlanDigest {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PlanDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
