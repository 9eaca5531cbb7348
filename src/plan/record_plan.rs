//! What a plan does, record by record, in the form in which plans are compared.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::ledger::Ledger;
use crate::ledger::hash::PartsHash;
use crate::model::RecordKey;
use crate::store::hex;

use super::change::Change;
use super::digest::Effect;
use super::field_change::FieldChange;
use super::ledger_changes::LedgerAction;
use super::plan_value::Plan;

/// What a plan does to one record.
#[derive(Clone, Debug, Default)]
pub struct RecordPlan {
    pub change: Option<Change>,
    /// What is done to its entry in the ledger, beside what follows from that.
    pub ledger: BTreeSet<LedgerAction>,
    pub stamp: Stamp,
}

/// What a plan does, by record.
pub type RecordPlans = BTreeMap<RecordKey, RecordPlan>;

/// What identifies a change of a record beside what a plan file shows of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// The time by which the ledger knows the last apply that touched the record, if one is known.
    pub touched: Option<Timestamp>,
    /// A hash of the change, if some of its values are sensitive.
    pub hidden: Option<Box<str>>,
}

/// The stamps of the records that have one.
pub type Stamps = BTreeMap<RecordKey, Stamp>;

/// The number of bytes of a hash: 128 bits.
const BYTES: usize = 16;

impl RecordPlan {
    /// Its change of the field with this name.
    pub(super) fn field(&self, name: &str) -> Option<FieldChange> {
        self.change.as_ref()?.fields().get(name)
    }
}

/// What a plan does to each record.
#[must_use]
pub fn record_plans(
    changes: impl IntoIterator<Item = Change>,
    ledger_changes: impl IntoIterator<Item = (RecordKey, LedgerAction)>,
    stamps: Stamps,
) -> RecordPlans {
    let mut records = RecordPlans::new();
    for change in changes {
        let record = records.entry((change.kind, change.key.folded()));
        record.or_default().change = Some(change);
    }
    for (key, action) in ledger_changes {
        records.entry(key).or_default().ledger.insert(action);
    }
    for (key, stamp) in stamps {
        records.entry(key).or_default().stamp = stamp;
    }
    records
}

/// The stamps of a plan. The salt is that of its digest.
#[must_use]
pub fn stamps(plan: &Plan, ledger: Option<&Ledger>, salt: &[u8]) -> Stamps {
    let mut stamps = Stamps::new();
    let touched = |key: &RecordKey| ledger.and_then(|ledger| ledger.touched(key.0, &key.1));
    for change in &plan.changes {
        let key = (change.kind, change.key.folded());
        let stamp = Stamp {
            touched: touched(&key),
            hidden: hidden(change, &key, salt),
        };
        if stamp != Stamp::default() {
            stamps.insert(key, stamp);
        }
    }
    for change in plan.ledger_changes.seen() {
        let key = (change.kind, change.key.folded());
        if let Some(time) = touched(&key) {
            stamps.entry(key).or_default().touched = Some(time);
        }
    }
    stamps
}

fn hidden(change: &Change, key: &RecordKey, salt: &[u8]) -> Option<Box<str>> {
    let mut sensitive = change.fields().sensitive();
    sensitive.next().map(|_| {
        let mut hash = PartsHash::default();
        hash.push(b"oppctl record 1");
        hash.push(salt);
        hash.push(key.0.name.as_bytes());
        hash.push(key.1.as_bytes());
        Effect::of(change).push(&mut hash);
        hex::encode(&hash.finish::<BYTES>()).into()
    })
}
