//! Renames: an entry says which key its record has had so far. Marketo cannot change a key, so the record is created under the new one
//! with everything that it has, and the old one is deleted last.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::model::{
    Declared, Desired, Diagnostic, Key, ObjectKind, Problem, RecordKey, Span, WhyNotRenamed,
};

/// A record that goes on under another key, with its children.
#[derive(Clone, Debug)]
pub struct Rename {
    pub record: Successor,
    pub(super) children: Vec<Successor>,
}

impl Rename {
    /// The new records of the record and of its children.
    pub fn successors(&self) -> impl Iterator<Item = &Successor> {
        std::iter::once(&self.record).chain(&self.children)
    }
}

/// A new record that takes the place of an old one.
#[derive(Clone, Debug)]
pub struct Successor {
    pub kind: &'static ObjectKind,
    pub from: Key,
    pub to: Key,
    /// The fields that its entry declares, if it has one; all others are carried over.
    pub(super) declared: Option<HashSet<Arc<str>>>,
    /// The fields that its entry declares for a new record only: what the old one has counts.
    pub(super) ignored: Vec<Arc<str>>,
    /// The id of the new record, if it is there already.
    pub new_id: Option<Box<str>>,
    /// The place of the old key in the manifest.
    pub(super) at: Span,
}

/// What a plan tells of a rename.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    pub kind: &'static ObjectKind,
    pub from: Key,
    pub to: Key,
    /// How many values of fields that no manifest declares it keeps.
    pub fields: usize,
    /// How many of its children that no manifest declares go on with it.
    pub children: usize,
    /// Whether the new record is there already.
    pub is_there: bool,
}

/// The old keys that entries name, each with the entry, and whether the run acts on that.
pub(super) fn old_keys(desired: &Desired) -> HashMap<RecordKey, bool> {
    let renamed = desired.records.iter().filter_map(|declared| {
        let old = declared.renamed_key()?;
        Some((old, desired.is_selected(declared)))
    });
    renamed.collect()
}

/// The problems of entries that name an old key where that cannot be.
pub(super) fn problems<'d>(
    declared: impl Iterator<Item = &'d Declared>,
    has_ledger: bool,
) -> Vec<Diagnostic> {
    let renamed = declared.filter(|_| !has_ledger).filter_map(|declared| {
        let old = declared.renamed_from.as_ref()?;
        let problem = Problem::BadRename {
            kind: declared.kind,
            key: old.key.to_string(),
            why: WhyNotRenamed::NoLedger,
        };
        Some(Diagnostic::new(problem, old.at))
    });
    renamed.collect()
}
