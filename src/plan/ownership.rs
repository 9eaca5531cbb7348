//! How a plan tells owned records from all others: the ledger, the marker, and what a person allowed for one run.

use std::sync::Arc;

use crate::ledger::{Entry, Ledger, Origin};
use crate::model::{Key, ObjectKind, Record, Sources, Value, is_same_id};

use super::permits::Permits;

/// How a plan tells owned records from all others. Without ledger and marker a project is stateless: only entries that say so delete.
#[derive(Clone, Copy, Debug)]
pub struct Ownership<'a> {
    pub ledger: Option<Owning<'a>>,
    pub marker: Option<&'a Marker>,
    pub permits: &'a Permits,
    /// Whether, without a ledger, an entry is left out whose lead is missing or doubled.
    pub skips_missing: bool,
    /// Whether the instance protects all its records, so that only an entry with `protect: false` deletes.
    pub protects: bool,
}

/// A ledger, and what its further entries need.
#[derive(Clone, Copy, Debug)]
pub struct Owning<'a> {
    pub ledger: &'a Ledger,
    /// The apply that this plan is for.
    pub origin: &'a Arc<Origin>,
    /// The files that the entries name.
    pub sources: &'a Sources,
}

/// A custom field that names the owner of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    pub field: Arc<str>,
    pub value: Box<str>,
}

/// What the ledger knows about a record of the instance.
#[derive(Clone, Copy, Debug)]
pub(super) enum Standing<'a> {
    /// There is no ledger.
    Stateless,
    /// The ledger has no entry for it, or only a claim.
    Stranger,
    /// The ledger had a record with this key, and the instance has another one.
    Remade,
    Own(&'a Entry),
}

impl Default for Ownership<'_> {
    fn default() -> Self {
        static NONE: Permits = Permits::NONE;
        Self {
            ledger: None,
            marker: None,
            permits: &NONE,
            skips_missing: false,
            protects: false,
        }
    }
}

impl<'a> Ownership<'a> {
    /// The ledger's entry of a key.
    pub(super) fn entry(&self, kind: &ObjectKind, key: &Key) -> Option<&'a Entry> {
        self.ledger?.ledger.get(kind, &key.folded())
    }

    pub(super) fn standing(&self, kind: &ObjectKind, record: &Record) -> Standing<'a> {
        if self.ledger.is_none() {
            return Standing::Stateless;
        }
        match self.entry(kind, &record.key) {
            None => Standing::Stranger,
            Some(entry) => match &entry.id {
                None => Standing::Stranger,
                Some(id) if is_same_id(id, &record.id) => Standing::Own(entry),
                Some(_) => Standing::Remade,
            },
        }
    }

    /// The marker, if the kind can have custom fields.
    pub(super) fn marker(&self, kind: &ObjectKind) -> Option<&'a Marker> {
        self.marker.filter(|_| kind.extensible)
    }

    /// The owner that a record names, if it is another one.
    pub(super) fn foreign(&self, kind: &ObjectKind, record: &Record) -> Option<Value> {
        let marker = self.marker(kind)?;
        let value = record.fields.get(&marker.field);
        let is_own = value.is_null() || value.to_string() == *marker.value;
        (!is_own).then_some(value)
    }
}
