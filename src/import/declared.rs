//! What the manifests declare already: these records are not imported a second time.
//!
//! An entry may name a lead by a field, so a record can be declared without its key standing anywhere: such an entry counts
//! once the leads that it means are looked up.

use std::collections::{HashMap, HashSet};

use crate::model::{
    Declared, DeclaredPart, Desired, FoldedKey, Folding, Key, KeyValue, LeadReference, ObjectKind,
};
use crate::plan::{Leads, Matches};

/// The records that manifests declare, whatever shall become of them.
#[derive(Debug, Default)]
pub struct Known<'d> {
    keys: HashSet<(&'static ObjectKind, FoldedKey)>,
    /// Entries that name a lead by a field, by the other parts of their keys.
    by_reference: HashMap<(&'static ObjectKind, FoldedKey), Vec<&'d Declared>>,
}

impl<'d> Known<'d> {
    /// What these manifests declare.
    #[must_use]
    pub fn of(desired: &'d Desired) -> Self {
        let mut known = Self::default();
        for declared in &desired.records {
            let kind = declared.kind;
            let parts: Option<Vec<KeyValue>> =
                declared.key.iter().map(DeclaredPart::value).collect();
            match parts {
                Some(parts) => {
                    known.keys.insert((kind, Key::new(parts).folded()));
                }
                None => {
                    let texts = declared.key.iter().filter_map(|part| match part {
                        DeclaredPart::Text(text) => Some(&**text),
                        DeclaredPart::Lead(_) | DeclaredPart::LeadBy(_) => None,
                    });
                    let others = known.by_reference.entry((kind, folded(texts)));
                    others.or_default().push(declared);
                }
            }
        }
        known
    }

    /// Whether an entry has this key.
    #[must_use]
    pub fn names(&self, kind: &'static ObjectKind, key: &Key) -> bool {
        self.keys.contains(&(kind, key.folded()))
    }

    /// The references to leads that have to be looked up before it is known whether this record is declared.
    pub fn references(
        &self,
        kind: &'static ObjectKind,
        key: &Key,
    ) -> impl Iterator<Item = &'d LeadReference> {
        let parts = self.candidates(kind, key).flat_map(|entry| &entry.key);
        parts.filter_map(|part| match part {
            DeclaredPart::LeadBy(reference) => Some(&**reference),
            DeclaredPart::Text(_) | DeclaredPart::Lead(_) => None,
        })
    }

    /// Whether an entry means this record, now that the leads are known. One that means several leads may mean this one.
    #[must_use]
    pub fn declares(&self, kind: &'static ObjectKind, key: &Key, leads: &Leads) -> bool {
        let mut candidates = self.candidates(kind, key);
        self.names(kind, key)
            || candidates.any(|entry| {
                let mut parts = entry.key.iter().zip(key.parts());
                parts.all(|(declared, part)| may_be(declared, part, leads))
            })
    }

    /// The entries whose keys are this one but for the leads.
    fn candidates(
        &self,
        kind: &'static ObjectKind,
        key: &Key,
    ) -> impl Iterator<Item = &'d Declared> {
        let texts = key.parts().iter().filter_map(|part| match part {
            KeyValue::Text(text) => Some(&**text),
            KeyValue::Lead(_) => None,
        });
        let found = self.by_reference.get(&(kind, folded(texts)));
        found.into_iter().flatten().copied()
    }
}

/// Whether a part of a declared key is this one. The texts are compared before.
fn may_be(declared: &DeclaredPart, part: &KeyValue, leads: &Leads) -> bool {
    match (declared, part) {
        (DeclaredPart::Lead(id), KeyValue::Lead(part)) => id == part,
        (DeclaredPart::LeadBy(reference), KeyValue::Lead(part)) => match leads.get(reference) {
            Some(Matches::Ids(ids)) => ids.contains(part),
            Some(Matches::Refused(_)) | None => false,
        },
        (DeclaredPart::Text(_), _) | (_, KeyValue::Text(_)) => true,
    }
}

fn folded<'t>(texts: impl Iterator<Item = &'t str>) -> FoldedKey {
    let mut folding = Folding::default();
    for text in texts {
        folding.text(text);
    }
    folding.end()
}
