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
        let twins = self.perhaps_selected();
        self.records.iter().filter(move |declared| {
            let is_twin = |other: RecordKey| {
                let by_field = twins.get(&other);
                by_field.is_some_and(|by_field| *by_field || declared.names_lead())
            };
            self.is_selected(declared)
                || declared
                    .parent()
                    .is_some_and(|parent| exact.contains(&parent))
                || declared.key_without_lead().is_some_and(is_twin)
        })
    }

    /// The keys without their leads of what a narrowed run acts on, with whether one of them names its lead by a field.
    fn perhaps_selected(&self) -> HashMap<RecordKey, bool> {
        let mut keys = HashMap::new();
        if self.narrowed.is_some() {
            for declared in self.selected() {
                if let Some(key) = declared.key_without_lead() {
                    *keys.entry(key).or_default() |= declared.names_lead();
                }
            }
        }
        keys
    }

    fn exact_parents(&self) -> HashSet<(&ObjectKind, FoldedKey)> {
        self.records
            .iter()
            .filter(|declared| declared.exact_children.is_some() && self.is_selected(declared))
            .filter_map(|declared| Some((declared.kind, declared.key.first()?.folded()?)))
            .collect()
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
