//! Records as entries: what can be declared of them, children below their parents, in the order of the keys.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::scope::checks;
use super::{Known, Scope};
use crate::manifest::{Entry, EntryPart, is_key_text, is_reference_value};
use crate::model::{FoldedKey, Key, KeyType, KeyValue, ObjectKind, Schema};
use crate::plan::{Leads, Matches, Observed, parent_of};

/// The entries of an import, and what is not in them.
#[derive(Debug, Default)]
pub struct Draft {
    /// In the order of the kinds and keys; the children of a record that is here are nested in it.
    pub entries: Vec<Entry>,
    /// How many records manifests declare already.
    pub declared: BTreeMap<&'static ObjectKind, usize>,
    /// What no manifest can declare.
    pub left_out: Vec<LeftOut>,
}

/// Something that a manifest cannot declare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// A record whose key breaks a rule of manifests.
    Key { kind: &'static ObjectKind, key: Key },
    /// A record whose key differs from another one's only in letter case, or in blanks around it.
    Twin { kind: &'static ObjectKind, key: Key },
    /// A record whose parent is neither in the instance nor in a manifest.
    Orphan { kind: &'static ObjectKind, key: Key },
    /// A value that is not of its field's type, or too long for it.
    Value {
        kind: &'static ObjectKind,
        key: Key,
        field: Arc<str>,
    },
}

/// How leads are named: by a field, if it finds exactly one lead.
#[derive(Debug, Default)]
pub struct LeadNames {
    /// The searchable field.
    pub field: Box<str>,
    /// Its values by the ids of leads.
    pub values: HashMap<i64, Box<str>>,
    /// The leads that a search for these values finds.
    pub leads: Leads,
}

impl LeadNames {
    /// The value that finds this lead and no other one.
    fn of(&self, id: i64) -> Option<&str> {
        let value = self.values.get(&id)?;
        let found = self.leads.matches(&self.field, value)?;
        let is_only = matches!(found, Matches::Ids(ids) if **ids == [id]);
        (is_only && is_reference_value(value)).then_some(value)
    }
}

/// Turns the records that no manifest declares into entries.
#[must_use]
pub fn draft(observed: &Observed, scope: &Scope, known: &Known<'_>, names: &LeadNames) -> Draft {
    let mut draft = Draft::default();
    let mut roots: BTreeMap<&'static ObjectKind, Vec<Entry>> = BTreeMap::new();
    let mut children: BTreeMap<&'static ObjectKind, Families> = BTreeMap::new();
    // Children first: they are at hand when their parents are made.
    for schema in scope.schemas().values().rev() {
        let kind = schema.kind;
        let fields = scope.fields(kind);
        for (key, mut entry) in draft.entries_of(observed, schema, fields, known, names) {
            for child in kind.children() {
                let of_child = children.get_mut(child);
                let nested = of_child.and_then(|families| families.remove(&key.folded()));
                entry.children.extend(nested.unwrap_or_default());
            }
            match parent_of(kind, &key) {
                None => roots.entry(kind).or_default().push(entry),
                Some((of, parent)) if is_gone(of, &parent, observed, scope, known) => {
                    draft.left_out.push(LeftOut::Orphan { kind, key });
                }
                Some((_, parent)) => {
                    let families = children.entry(kind).or_default();
                    families.entry(parent.folded()).or_default().push(entry);
                }
            }
        }
    }
    // What is left has no parent among the entries.
    for (kind, families) in children {
        let orphans = families.into_values().flatten();
        roots.entry(kind).or_default().extend(orphans);
    }
    draft.entries = roots.into_values().flatten().collect();
    draft.left_out.sort_by_key(LeftOut::kind);
    draft
}

/// Entries of one kind by the keys of their parents.
type Families = BTreeMap<FoldedKey, Vec<Entry>>;

impl Draft {
    /// Whether every record that no manifest declares has its entry, if perhaps without some value.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.left_out.iter().all(|left_out| match left_out {
            LeftOut::Key { .. } | LeftOut::Twin { .. } | LeftOut::Orphan { .. } => false,
            LeftOut::Value { .. } => true,
        })
    }

    /// The entries of one kind, each with its key, in the order of the keys.
    fn entries_of(
        &mut self,
        observed: &Observed,
        schema: &Schema,
        fields: &[Arc<str>],
        known: &Known<'_>,
        names: &LeadNames,
    ) -> Vec<(Key, Entry)> {
        let kind = schema.kind;
        let documented = Schema::documented(kind);
        let checks = checks(schema, &documented);
        let mut seen = HashSet::new();
        let mut entries = Vec::new();
        for record in observed.all(kind) {
            let key = || record.key.clone();
            if known.declares(kind, &record.key, &names.leads) {
                *self.declared.entry(kind).or_default() += 1;
                continue;
            }
            let Some(parts) = parts(kind, &record.key, names) else {
                self.left_out.push(LeftOut::Key { kind, key: key() });
                continue;
            };
            // Of two records that an entry could mean, it means the one that a plan finds by the key as it is written.
            let meant = observed.get(kind, &trimmed(&record.key));
            if meant.is_none_or(|meant| meant.id != record.id) || !seen.insert(record.key.folded())
            {
                self.left_out.push(LeftOut::Twin { kind, key: key() });
                continue;
            }
            let mut kept = Vec::with_capacity(record.fields.len());
            for name in fields {
                let (value, field) = (record.fields.get(name), Arc::clone(name));
                if value.is_null() {
                    continue;
                }
                if checks.iter().all(|check| check.keeps(name, value)) {
                    kept.push((field, value.clone()));
                } else {
                    let key = key();
                    self.left_out.push(LeftOut::Value { kind, key, field });
                }
            }
            let entry = Entry {
                kind,
                key: parts,
                fields: kept,
                children: Vec::new(),
            };
            entries.push((key(), entry));
        }
        entries
    }
}

impl LeftOut {
    /// The kind of the record.
    #[must_use]
    pub fn kind(&self) -> &'static ObjectKind {
        match self {
            Self::Key { kind, .. }
            | Self::Twin { kind, .. }
            | Self::Orphan { kind, .. }
            | Self::Value { kind, .. } => kind,
        }
    }
}

/// Whether records of this kind were read, and this one is not there: a plan would refuse its children.
fn is_gone(
    kind: &'static ObjectKind,
    key: &Key,
    observed: &Observed,
    scope: &Scope,
    known: &Known<'_>,
) -> bool {
    scope.schemas().contains_key(kind)
        && observed.get(kind, key).is_none()
        && !known.names(kind, key)
}

/// A key without the blanks that no entry can write.
fn trimmed(key: &Key) -> Key {
    let parts = key.parts().iter().map(|part| match part {
        KeyValue::Text(text) => KeyValue::Text(text.trim().into()),
        KeyValue::Lead(id) => KeyValue::Lead(*id),
    });
    Key::new(parts.collect())
}

/// The parts of a key as an entry writes them; nothing if no entry can.
fn parts(kind: &ObjectKind, key: &Key, names: &LeadNames) -> Option<Vec<EntryPart>> {
    let parts = kind.key.iter().zip(key.parts());
    let parts = parts.map(|(part, value)| match (part.holds, value) {
        (KeyType::Lead { .. }, KeyValue::Lead(id)) => Some(match names.of(*id) {
            Some(value) => EntryPart::LeadBy {
                field: names.field.clone(),
                value: value.into(),
            },
            None => EntryPart::Lead(*id),
        }),
        (KeyType::Text { max_chars }, KeyValue::Text(text)) => {
            let text = text.trim();
            is_key_text(text, max_chars).then(|| EntryPart::Text(text.into()))
        }
        (KeyType::Lead { .. }, KeyValue::Text(_)) | (KeyType::Text { .. }, KeyValue::Lead(_)) => {
            None
        }
    });
    parts.collect()
}
