//! From records to entries: the parts of a record that a manifest can declare, children below their parents, in the order of the keys.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::declared::DeclaredRecords;
use super::scope::{Scope, checks};
use crate::manifest::{EntryPart, ManifestEntry, is_key_text, is_reference_value};
use crate::model::{FoldedKey, Key, KeyType, KeyValue, ObjectKind, Record, Schema};
use crate::plan::{Leads, Matches, Observed, parent_of};

/// The entries of an import, and the records and values that are not in them.
#[derive(Debug, Default)]
pub struct Draft {
    /// In the order of the kinds and keys. The children of a record that has an entry here are nested in it.
    pub entries: Vec<ManifestEntry>,
    /// The number of records that manifests declare already.
    pub declared: BTreeMap<&'static ObjectKind, usize>,
    /// The records and values that no manifest can declare.
    pub left_out: Vec<LeftOut>,
}

/// A record or a value that no manifest can declare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// A record whose key breaks a rule of manifests.
    Key { kind: &'static ObjectKind, key: Key },
    /// A record whose key differs from the key of another record only in letter case, or in blanks around it.
    SameKey { kind: &'static ObjectKind, key: Key },
    /// A record whose parent is neither in the instance nor in a manifest.
    NoParent { kind: &'static ObjectKind, key: Key },
    /// A value that is not of its field's type, or too long for it.
    Value {
        kind: &'static ObjectKind,
        key: Key,
        field: Arc<str>,
    },
}

/// How entries name leads: by a field if its value finds exactly one lead, else by the id.
#[derive(Debug, Default)]
pub struct LeadNames {
    /// The searchable field.
    pub field: Box<str>,
    /// The values of the field, by the ids of the leads.
    pub values: HashMap<i64, Box<str>>,
    /// The leads that searches for these values find.
    pub leads: Leads,
}

impl LeadNames {
    /// The value that finds this lead and no other.
    fn value(&self, id: i64) -> Option<&str> {
        let value = self.values.get(&id)?;
        let found = self.leads.matches(&self.field, value)?;
        let is_only = matches!(found, Matches::Ids(ids) if **ids == [id]);
        (is_only && is_reference_value(value)).then_some(value)
    }

    /// The part of a key that names this lead.
    fn part(&self, id: i64) -> EntryPart {
        match self.value(id) {
            Some(value) => EntryPart::LeadBy {
                field: self.field.clone(),
                value: value.into(),
            },
            None => EntryPart::Lead(id),
        }
    }
}

/// Makes entries of the records that no manifest declares.
#[must_use]
pub fn draft(
    observed: &Observed,
    scope: &Scope,
    declared: &DeclaredRecords<'_>,
    names: &LeadNames,
) -> Draft {
    let inputs = DraftInputs {
        observed,
        scope,
        declared,
        names,
    };
    let mut draft = Draft::default();
    let mut roots: BTreeMap<&'static ObjectKind, Vec<ManifestEntry>> = BTreeMap::new();
    let mut children: BTreeMap<&'static ObjectKind, Families> = BTreeMap::new();
    // Children first, so that they exist when their parents are made.
    for schema in scope.schemas().values().rev() {
        let kind = schema.kind;
        for (key, mut entry) in inputs.entries(schema, &mut draft) {
            for child in kind.children() {
                let of_child = children.get_mut(child);
                let nested = of_child.and_then(|families| families.remove(&key.folded()));
                entry.children.extend(nested.unwrap_or_default());
            }
            match parent_of(kind, &key) {
                None => roots.entry(kind).or_default().push(entry),
                Some((of, parent)) if inputs.is_missing(of, &parent) => {
                    draft.left_out.push(LeftOut::NoParent { kind, key });
                }
                Some((_, parent)) => {
                    let families = children.entry(kind).or_default();
                    families.entry(parent.folded()).or_default().push(entry);
                }
            }
        }
    }
    // The remaining children have no parent among the entries.
    for (kind, families) in children {
        roots
            .entry(kind)
            .or_default()
            .extend(families.into_values().flatten());
    }
    draft.entries = roots.into_values().flatten().collect();
    draft.left_out.sort_by_key(LeftOut::kind);
    draft
}

/// Entries of one kind by the keys of their parents.
type Families = BTreeMap<FoldedKey, Vec<ManifestEntry>>;

impl Draft {
    /// Whether every record that no manifest declares has an entry, even if a value is left out.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.left_out.iter().all(|left_out| match left_out {
            LeftOut::Key { .. } | LeftOut::SameKey { .. } | LeftOut::NoParent { .. } => false,
            LeftOut::Value { .. } => true,
        })
    }
}

/// What a draft is made from.
struct DraftInputs<'i> {
    observed: &'i Observed,
    scope: &'i Scope,
    declared: &'i DeclaredRecords<'i>,
    names: &'i LeadNames,
}

impl DraftInputs<'_> {
    /// The entries of one kind, each with its key, in the order of the keys. All other records go into `draft`.
    fn entries(&self, schema: &Schema, draft: &mut Draft) -> Vec<(Key, ManifestEntry)> {
        let kind = schema.kind;
        let documented = Schema::documented(kind);
        let checks = checks(schema, &documented);
        let mut seen = HashSet::new();
        let mut entries = Vec::new();
        for record in self.observed.all(kind) {
            if self.declared.declares(kind, &record.key, &self.names.leads) {
                *draft.declared.entry(kind).or_default() += 1;
                continue;
            }
            let key = record.key.clone();
            let Some(parts) = self.parts(kind, &key) else {
                draft.left_out.push(LeftOut::Key { kind, key });
                continue;
            };
            if !self.is_meant(kind, record) || !seen.insert(key.folded()) {
                draft.left_out.push(LeftOut::SameKey { kind, key });
                continue;
            }
            let mut fields = Vec::with_capacity(record.fields.len());
            for field in self.scope.fields(kind) {
                let value = record.fields.get(field);
                let field = Arc::clone(field);
                if value.is_null() {
                    continue;
                }
                if checks.iter().all(|check| check.keeps(&field, &value)) {
                    fields.push((field, value));
                } else {
                    let key = key.clone();
                    draft.left_out.push(LeftOut::Value { kind, key, field });
                }
            }
            let entry = ManifestEntry {
                kind,
                key: parts,
                fields,
                children: Vec::new(),
            };
            entries.push((key, entry));
        }
        entries
    }

    /// Whether a plan would find this record by the key that its entry would write. If the trimmed keys of two records are equal,
    /// it finds only one of them.
    fn is_meant(&self, kind: &'static ObjectKind, record: &Record) -> bool {
        self.observed
            .get(kind, &trimmed(&record.key))
            .is_some_and(|meant| meant.id == record.id)
    }

    /// Whether the records of this kind were read and this one is not among them: a plan would refuse its children.
    fn is_missing(&self, kind: &'static ObjectKind, key: &Key) -> bool {
        self.scope.schemas().contains_key(kind)
            && self.observed.get(kind, key).is_none()
            && !self.declared.has_key(kind, key)
    }

    /// The parts of a key as an entry writes them; `None` if an entry cannot write them.
    fn parts(&self, kind: &ObjectKind, key: &Key) -> Option<Vec<EntryPart>> {
        let mut parts = Vec::with_capacity(kind.key.len());
        for (part, value) in kind.key.iter().zip(key.parts()) {
            parts.push(match (part.holds, value) {
                (KeyType::Lead { .. }, KeyValue::Lead(id)) => self.names.part(*id),
                (KeyType::Text { .. }, KeyValue::Text(text))
                    if is_key_text(text.trim(), part.holds) =>
                {
                    EntryPart::Text(text.trim().into())
                }
                (KeyType::Lead { .. } | KeyType::Text { .. }, _) => return None,
            });
        }
        Some(parts)
    }
}

impl LeftOut {
    /// The kind of the record.
    #[must_use]
    pub fn kind(&self) -> &'static ObjectKind {
        match self {
            Self::Key { kind, .. }
            | Self::SameKey { kind, .. }
            | Self::NoParent { kind, .. }
            | Self::Value { kind, .. } => kind,
        }
    }
}

/// A key without the blanks around its parts, which an entry cannot write.
fn trimmed(key: &Key) -> Key {
    let mut parts = key.parts().to_vec();
    for part in &mut parts {
        if let KeyValue::Text(text) = part {
            *text = text.trim().into();
        }
    }
    Key::new(parts)
}
