//! The digest of a plan: a hash of what it would do, by which a reviewed plan is known again.
//!
//! It covers the instance and, for each record, kind, key, action and the values before and after. It does not cover times, places in
//! files, labels, or records that stay as they are. The salt keeps it from confirming guessed values to those who see nothing but the digest.

use std::collections::BTreeMap;
use std::fmt;

use crate::ledger::hash::PartsHash;
use crate::ledger::hex;
use crate::model::{FoldedKey, ObjectKind, Value};

use super::change::{Action, Plan};

/// The hash of what a plan would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanDigest(Box<str>);

/// So many bytes are shown and compared: 128 bits.
const BYTES: usize = 16;

/// Makes the digest of a plan for the instance with this name.
#[must_use]
pub fn digest(plan: &Plan, instance: &str, salt: &[u8]) -> PlanDigest {
    let mut hash = PartsHash::default();
    // The version of this way to hash.
    hash.push(b"oppctl plan 1");
    hash.push(salt);
    hash.push(instance.as_bytes());
    for ((kind, key), does) in does(plan) {
        hash.push(kind.name.as_bytes());
        hash.push(key.as_bytes());
        hash.push(does.action.as_bytes());
        hash.push(&(does.fields.len() as u64).to_le_bytes());
        for (name, sides) in does.fields {
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
pub struct Does<'p> {
    pub action: &'static str,
    /// The value before and after, by field.
    pub fields: BTreeMap<&'p str, [&'p Value; 2]>,
}

/// What a plan does, by kind and key, whatever order the manifests have.
#[must_use]
pub fn does(plan: &Plan) -> BTreeMap<(&'static ObjectKind, FoldedKey), Does<'_>> {
    let changes = plan.changes.iter().map(|change| {
        let fields = change.fields().iter();
        let fields = fields.map(|field| (&*field.name, [&field.before, &field.after]));
        let does = Does {
            action: change.action.word(),
            fields: fields.collect(),
        };
        ((change.kind, change.key.folded()), does)
    });
    let mut does: BTreeMap<_, _> = changes.collect();
    let bare = |action| Does {
        action,
        fields: BTreeMap::new(),
    };
    for kept in plan.keeping.adopted() {
        does.insert((kept.kind, kept.entry.key.folded()), bare("adopt"));
    }
    for dropped in &plan.keeping.dropped {
        // What is deleted as well is not only forgotten.
        does.entry((dropped.kind, dropped.key.folded()))
            .or_insert_with(|| bare("forget"));
    }
    does
}

impl Action {
    /// The word for it, in digests and in machine formats.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create",
            Self::Adopt { .. } => "adopt",
            Self::Update { .. } => "update",
            Self::Delete { .. } => "delete",
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
