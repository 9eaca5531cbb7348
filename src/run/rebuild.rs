//! A ledger that was lost, made again from manifests and instance: declared records that exist become owned, as an adoption would make
//! them. Nothing is sent, and nothing that the ledger has is removed.

use crate::ledger::Entry;
use crate::model::{Key, ObjectKind};
use crate::plan::{Change, FieldChanges};

use super::planned::Planned;

/// A record that exists, is declared and is not owned.
#[derive(Clone, Debug)]
pub struct FoundRecord {
    pub kind: &'static ObjectKind,
    pub entry: Entry,
    /// How many declared fields have another value in the instance. Who changed them is not known.
    pub differing: usize,
}

impl FoundRecord {
    /// Its key.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.entry.key
    }
}

/// The entries of a ledger that is made again.
#[derive(Debug)]
pub struct Rebuilt {
    pub found: Vec<FoundRecord>,
    /// What their hashes are salted with.
    pub(super) salt: Option<[u8; 16]>,
}

/// The records that an apply of this plan would adopt.
#[must_use]
pub fn rebuilt(planned: &Planned) -> Rebuilt {
    let plan = &planned.plan;
    let updates = plan.ledger_changes.updates.iter();
    let found = updates.filter(|update| update.adopts && update.entry.id.is_some());
    let found = found
        .map(|update| {
            let change = update.change.and_then(|index| plan.changes.get(index));
            let fields = change.map(Change::fields);
            let mut entry = update.entry.clone();
            // What was last applied to these is not known: the declared value is not there.
            for name in fields.into_iter().flat_map(FieldChanges::names) {
                entry.fields.forget(name);
            }
            FoundRecord {
                kind: update.kind,
                entry,
                differing: fields.map_or(0, FieldChanges::len),
            }
        })
        .collect();
    Rebuilt {
        found,
        salt: planned.ledger_salt,
    }
}
