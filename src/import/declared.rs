//! The records that manifests declare already, which are not imported a second time.
//!
//! An entry may name a lead by a field, so a record can be declared although no manifest contains its key. Such an entry counts
//! once its leads are looked up.

use std::collections::HashMap;

use crate::model::{
    Declared, DeclaredPart, Desired, FoldedKey, Folding, Key, KeyValue, LeadReference, ObjectKind,
    RecordKey, RecordKeys,
};
use crate::plan::{Leads, Matches};

/// The records that manifests declare, with any `ensure`.
#[derive(Debug, Default)]
pub struct DeclaredRecords<'d> {
    keys: RecordKeys,
    /// Entries that name a lead by a field. The map's key is made of the other parts of the entry's key.
    by_reference: HashMap<RecordKey, Vec<&'d Declared>>,
}

impl<'d> DeclaredRecords<'d> {
    /// The records that these manifests declare.
    #[must_use]
    pub fn of(desired: &'d Desired) -> Self {
        let mut records = Self::default();
        for declared in &desired.records {
            let kind = declared.kind;
            let parts: Option<Vec<KeyValue>> =
                declared.key.iter().map(DeclaredPart::value).collect();
            match parts {
                Some(parts) => {
                    records.keys.insert((kind, Key::new(parts).folded()));
                }
                None => {
                    let texts = declared.key.iter().filter_map(declared_text);
                    records
                        .by_reference
                        .entry((kind, folded(texts)))
                        .or_default()
                        .push(declared);
                }
            }
        }
        records
    }

    /// Whether an entry has this key.
    #[must_use]
    pub fn has_key(&self, kind: &'static ObjectKind, key: &Key) -> bool {
        self.keys.contains(&(kind, key.folded()))
    }

    /// The references to leads that must be looked up to find out whether this record is declared.
    pub fn references(
        &self,
        kind: &'static ObjectKind,
        key: &Key,
    ) -> impl Iterator<Item = &'d LeadReference> {
        self.candidates(kind, key)
            .flat_map(|entry| &entry.key)
            .filter_map(|part| match part {
                DeclaredPart::LeadBy(reference) => Some(&**reference),
                DeclaredPart::Text(_) | DeclaredPart::Lead(_) => None,
            })
    }

    /// Whether an entry declares this record, with the leads that were looked up. An entry with several matching leads counts for each.
    #[must_use]
    pub fn declares(&self, kind: &'static ObjectKind, key: &Key, leads: &Leads) -> bool {
        self.has_key(kind, key)
            || self.candidates(kind, key).any(|entry| {
                let mut parts = entry.key.iter().zip(key.parts());
                parts.all(|(declared, part)| may_be(declared, part, leads))
            })
    }

    /// The entries whose keys agree with this one, apart from the leads.
    fn candidates(
        &self,
        kind: &'static ObjectKind,
        key: &Key,
    ) -> impl Iterator<Item = &'d Declared> {
        let texts = folded(key.parts().iter().filter_map(key_text));
        let found = self.by_reference.get(&(kind, texts));
        found.into_iter().flatten().copied()
    }
}

fn declared_text(part: &DeclaredPart) -> Option<&str> {
    match part {
        DeclaredPart::Text(text) => Some(text),
        DeclaredPart::Lead(_) | DeclaredPart::LeadBy(_) => None,
    }
}

fn key_text(part: &KeyValue) -> Option<&str> {
    match part {
        KeyValue::Text(text) => Some(text),
        KeyValue::Lead(_) => None,
    }
}

/// Whether a part of a declared key can be this part. The texts agree already.
fn may_be(declared: &DeclaredPart, part: &KeyValue, leads: &Leads) -> bool {
    match (declared, part) {
        (DeclaredPart::Lead(id), KeyValue::Lead(part)) => id == part,
        (DeclaredPart::LeadBy(reference), KeyValue::Lead(part)) => match leads.get(reference) {
            Some(Matches::Ids(ids)) => ids.contains(part),
            Some(Matches::Refused(_) | Matches::Unread) | None => false,
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
