//! What a run has to look at beside what it acts on.

use std::collections::{HashMap, HashSet};

use super::desired::{Declared, DeclaredPart, Desired};
use super::key::{FoldedKey, Folding, RecordKey};
use super::kind::ObjectKind;

impl Desired {
    /// The entries that a run has to look at: all that it acts on, the children of an entry that it acts on with exact children, and those
    /// that may be the same records as others that it acts on, because one of the two names its lead by a field. They may be declared
    /// in any file.
    pub fn needed(&self) -> impl Iterator<Item = &Declared> {
        let exact = self.exact_parents();
        let narrowed = self.narrowed.iter();
        let twins = LeadTwins::of(narrowed.flat_map(|_| self.selected()));
        self.records.iter().filter(move |declared| {
            self.is_selected(declared)
                || declared
                    .parent()
                    .is_some_and(|parent| exact.contains(&parent))
                || twins.have(declared)
        })
    }

    fn exact_parents(&self) -> HashSet<(&ObjectKind, FoldedKey)> {
        self.records
            .iter()
            .filter(|declared| declared.exact_children.is_some() && self.is_selected(declared))
            .filter_map(|declared| Some((declared.kind, declared.key.first()?.folded()?)))
            .collect()
    }
}

/// What may be the same records as some entries: the keys are alike but for their leads, and one of the two names its lead by a field,
/// which only the instance can compare with an id or another field.
#[derive(Debug, Default)]
pub struct LeadTwins {
    /// The keys of the entries without their leads, and whether one of them names its lead by a field.
    keys: HashMap<RecordKey, bool>,
}

impl LeadTwins {
    /// Of these entries.
    pub fn of<'d>(entries: impl IntoIterator<Item = &'d Declared>) -> Self {
        let mut twins = Self::default();
        for declared in entries {
            if let Some(key) = declared.key_without_lead() {
                *twins.keys.entry(key).or_default() |= declared.names_lead();
            }
        }
        twins
    }

    /// Whether an entry may be of the record of one of them.
    #[must_use]
    pub fn have(&self, declared: &Declared) -> bool {
        let by_field = declared
            .key_without_lead()
            .filter(|_| !self.keys.is_empty());
        let by_field = by_field.and_then(|key| self.keys.get(&key));
        by_field.is_some_and(|by_field| *by_field || declared.names_lead())
    }
}

impl Declared {
    /// The other parts of a key that has a lead among them.
    fn key_without_lead(&self) -> Option<RecordKey> {
        let mut folding = Folding::default();
        let mut has_lead = false;
        for part in &self.key {
            match part {
                DeclaredPart::Text(text) => folding.text(text),
                DeclaredPart::Lead(_) | DeclaredPart::LeadBy(_) => has_lead = true,
            }
        }
        has_lead.then(|| (self.kind, folding.end()))
    }
}
