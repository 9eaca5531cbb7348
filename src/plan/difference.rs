//! How a plan differs from the one that was reviewed, record by record.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::{RecordKey, Value};

use super::change::Change;

/// The records for which two plans do not do the same, as far as a plan file tells.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// In the order of kinds and keys.
    pub records: Vec<Differing>,
}

/// A record for which two plans do not do the same. At least one of them changes it.
#[derive(Clone, Debug)]
pub struct Differing {
    pub reviewed: Option<Change>,
    pub today: Option<Change>,
}

impl Difference {
    /// Compares the changes of a reviewed plan with those of today. Of sensitive fields a plan file has no values: they are not
    /// compared.
    #[must_use]
    pub fn of(reviewed: &[Change], today: &[Change]) -> Self {
        let (reviewed, today) = (by_key(reviewed), by_key(today));
        let keys: BTreeSet<_> = reviewed.keys().chain(today.keys()).collect();
        let mut records = Vec::new();
        for key in keys {
            let (reviewed, today) = (reviewed.get(key).copied(), today.get(key).copied());
            if let (Some(reviewed), Some(today)) = (reviewed, today)
                && is_alike(reviewed, today)
            {
                continue;
            }
            records.push(Differing {
                reviewed: reviewed.cloned(),
                today: today.cloned(),
            });
        }
        Self { records }
    }

    /// Whether both plans do the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

impl Differing {
    /// What today's plan does to the record, or else what the reviewed one did.
    #[must_use]
    pub fn change(&self) -> &Change {
        let change = self.today.as_ref().or(self.reviewed.as_ref());
        change.expect("one of the plans changes the record")
    }
}

fn by_key(changes: &[Change]) -> BTreeMap<RecordKey, &Change> {
    let changes = changes.iter();
    changes
        .map(|change| ((change.kind, change.key.folded()), change))
        .collect()
}

fn is_alike(reviewed: &Change, today: &Change) -> bool {
    reviewed.action.word() == today.action.word() && values(reviewed) == values(today)
}

/// The fields by name, sensitive ones without their values.
fn values(change: &Change) -> BTreeMap<Arc<str>, Option<(Value, Value)>> {
    let fields = change.fields().iter();
    fields
        .map(|field| {
            let values = (!field.sensitive).then_some((field.before, field.after));
            (field.name, values)
        })
        .collect()
}
