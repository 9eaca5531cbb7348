//! What entries name, and what becomes of an entry if that is missing: the leads of keys, and the records of managed kinds. A lead that is not there is a mistake of a new entry. Where the project owns a record of that name,
//! the lead was lost or doubled in Marketo: then the entry is blocked, nothing of it changes, and everything else goes on.

use std::cell::OnceCell;
use std::collections::HashMap;

use crate::ledger::Entry;
use crate::model::{
    Declared, DeclaredPart, Diagnostic, Ensure, FoldedKey, Key, KeyValue, ObjectKind, Problem,
    RecordKey, RecordKeys, Span,
};

use super::leads::Leads;
use super::ownership::Ownership;
use super::referring::Named;
use super::unknown::UnknownRecord;

/// An entry that cannot be planned as long as the lead that it names is missing or doubled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockedEntry {
    pub kind: &'static ObjectKind,
    /// The key in the words of the manifest.
    pub shown: Box<str>,
    pub at: Span,
    pub lost: Lost,
    /// The parent of its record, if the kind has one.
    pub(super) parent: Option<RecordKey>,
    /// The key without the lead.
    name: FoldedKey,
}

/// What an entry names, and what is missing or doubled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    Lead {
        lead: LostLead,
        /// The leads of the owned records that the entry may mean.
        owned: Vec<i64>,
    },
    /// A record of a managed kind that is missing.
    Record {
        kind: &'static ObjectKind,
        key: Box<str>,
        /// The field that names it.
        field: &'static str,
    },
}

/// A lead that is missing, or that is there several times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostLead {
    /// By which field it is named.
    pub field: String,
    pub value: String,
    /// The leads with that value.
    pub ids: Vec<i64>,
}

/// What an entry means in the instance.
pub(super) enum Resolved {
    Key(Key),
    Blocked(BlockedEntry),
    /// Nobody has looked for the lead that it names.
    Unread(UnknownRecord),
    /// It wants nothing there, and its lead is not there either.
    Nothing,
}

/// The leads of one instance, and the ledger that tells which of them are meant.
pub(super) struct References<'r> {
    leads: &'r Leads,
    ownership: &'r Ownership<'r>,
    /// The entries of the ledger by their keys without leads.
    owned: OnceCell<HashMap<(&'static ObjectKind, FoldedKey), Vec<&'r Entry>>>,
}

impl<'r> References<'r> {
    pub(super) fn new(leads: &'r Leads, ownership: &'r Ownership<'r>) -> Self {
        Self {
            leads,
            ownership,
            owned: OnceCell::new(),
        }
    }

    /// The key with its leads looked up, or the problem of a reference that does not name exactly one lead.
    pub(super) fn resolve(&self, declared: &Declared) -> Result<Resolved, Diagnostic> {
        if { declared.key.iter() }.any(|part| self.leads.is_unread(part)) {
            return Ok(Resolved::Unread(UnknownRecord::naming(declared)));
        }
        let mut parts = Vec::with_capacity(declared.key.len());
        for part in &declared.key {
            let (at, problem) = match part {
                DeclaredPart::Text(_) => {
                    parts.extend(part.value());
                    continue;
                }
                DeclaredPart::Lead(id) if !self.leads.is_missing(*id) => {
                    parts.extend(part.value());
                    continue;
                }
                DeclaredPart::Lead(id) => {
                    let (field, value) = ("id".to_owned(), id.to_string());
                    (declared.at, Problem::UnknownLead { field, value })
                }
                DeclaredPart::LeadBy(reference) => match self.leads.id(reference) {
                    Ok(id) => {
                        parts.push(KeyValue::Lead(id));
                        continue;
                    }
                    Err(problem) => match self.meant(declared, &problem) {
                        Some(id) => {
                            parts.push(KeyValue::Lead(id));
                            continue;
                        }
                        None if matches!(problem, Problem::UnsearchableLeadField { .. }) => {
                            (reference.field_at, problem)
                        }
                        None => (reference.at, problem),
                    },
                },
            };
            return self.unresolved(declared, problem, at);
        }
        Ok(Resolved::Key(Key::new(parts)))
    }

    /// Of several leads, the one whose record is owned.
    fn meant(&self, declared: &Declared, problem: &Problem) -> Option<i64> {
        let Problem::AmbiguousLead { ids, .. } = problem else {
            return None;
        };
        let leads = self.owned_leads(declared);
        let mut meant = leads.filter(|lead| ids.contains(lead));
        let first = meant.next();
        first.filter(|_| meant.next().is_none())
    }

    /// The leads of the owned records whose keys are those of an entry but for the lead.
    fn owned_leads(&self, declared: &Declared) -> impl Iterator<Item = i64> {
        let owned = self.owned(declared).iter();
        let parts = owned.flat_map(|entry| entry.key.parts());
        parts.filter_map(|part| match part {
            KeyValue::Lead(id) => Some(*id),
            KeyValue::Text(_) => None,
        })
    }

    /// What becomes of an entry whose lead is missing or doubled.
    fn unresolved(
        &self,
        declared: &Declared,
        why: Problem,
        at: Span,
    ) -> Result<Resolved, Diagnostic> {
        let is_skipped = self.ownership.skips_missing && self.ownership.ledger.is_none();
        if let Some(lead) = LostLead::of(&why)
            && (is_skipped || !self.owned(declared).is_empty())
        {
            return Ok(Resolved::Blocked(BlockedEntry {
                kind: declared.kind,
                shown: declared.shown_key().into(),
                at: declared.at,
                lost: Lost::Lead {
                    lead,
                    owned: self.owned_leads(declared).collect(),
                },
                parent: declared.parent(),
                name: name(declared),
            }));
        }
        let wants_nothing = declared.ensure != Ensure::Present;
        if wants_nothing && matches!(why, Problem::UnknownLead { .. }) {
            return Ok(Resolved::Nothing);
        }
        Err(Diagnostic::new(why, at))
    }

    /// The owned records whose keys are those of an entry but for the lead.
    fn owned(&self, declared: &Declared) -> &[&'r Entry] {
        let owned = self.owned.get_or_init(|| {
            let mut owned: HashMap<_, Vec<&Entry>> = HashMap::new();
            let ledger = self.ownership.ledger.iter();
            for (kind, _, entry) in ledger.flat_map(|owning| owning.ledger.iter()) {
                let name = without_leads(entry.key.parts().iter().cloned());
                owned.entry((kind, name)).or_default().push(entry);
            }
            owned
        });
        let found = owned.get(&(declared.kind, name(declared)));
        found.map_or(&[], Vec::as_slice)
    }
}

impl BlockedEntry {
    /// An entry that names a record which is missing.
    pub(super) fn naming(declared: &Declared, field: &'static str, missing: &Named) -> Self {
        Self {
            kind: declared.kind,
            shown: declared.shown_key().into(),
            at: declared.at,
            lost: Lost::Record {
                kind: missing.kind,
                key: missing.key.to_string().into(),
                field,
            },
            parent: declared.parent(),
            name: name(declared),
        }
    }
}

impl LostLead {
    /// The lead, if that is what a problem is about.
    fn of(problem: &Problem) -> Option<Self> {
        if let Problem::UnknownLead { field, value } = problem {
            let (field, value, ids) = (field.clone(), value.clone(), Vec::new());
            return Some(Self { field, value, ids });
        }
        let Problem::AmbiguousLead { field, value, ids } = problem else {
            return None;
        };
        let (field, value, ids) = (field.clone(), value.clone(), ids.clone());
        Some(Self { field, value, ids })
    }
}

/// The keys of which something is not decided because of blocked entries.
#[derive(Debug, Default)]
pub struct BlockedKeys {
    /// Their keys without leads.
    names: RecordKeys,
    parents: RecordKeys,
    /// Their kinds, and the keys of their parents.
    lists: RecordKeys,
}

impl BlockedKeys {
    pub(super) fn add(&mut self, entry: &BlockedEntry) {
        self.insert(entry.kind, entry.name.clone(), entry.parent.as_ref());
    }

    /// Adds an entry whose lead was not looked up.
    pub(super) fn leave(&mut self, declared: &Declared) {
        let parent = declared.parent();
        self.insert(declared.kind, name(declared), parent.as_ref());
    }

    fn insert(&mut self, kind: &'static ObjectKind, name: FoldedKey, parent: Option<&RecordKey>) {
        self.names.insert((kind, name));
        if let Some((parent, key)) = parent {
            self.parents.insert((*parent, key.clone()));
            self.lists.insert((kind, key.clone()));
        }
    }

    /// Whether it is not decided what becomes of an owned record: it may be the record of a blocked entry, or its parent.
    pub(super) fn keep(&self, kind: &'static ObjectKind, key: &Key) -> bool {
        if self.names.is_empty() {
            return false;
        }
        let name = without_leads(key.parts().iter().cloned());
        self.parents.contains(&(kind, key.folded())) || self.names.contains(&(kind, name))
    }

    /// Whether it is not decided which children of this kind a parent has beside those that are declared.
    pub(super) fn keep_list(&self, child: &'static ObjectKind, parent: &Key) -> bool {
        !self.lists.is_empty() && self.lists.contains(&(child, parent.folded()))
    }
}

/// The key of an entry without its leads.
fn name(declared: &Declared) -> FoldedKey {
    let parts = declared.key.iter();
    without_leads(parts.map(|part| part.value().unwrap_or(KeyValue::Lead(0))))
}

fn without_leads(parts: impl Iterator<Item = KeyValue>) -> FoldedKey {
    let parts = parts.map(|part| match part {
        KeyValue::Lead(_) => KeyValue::Lead(0),
        KeyValue::Text(_) => part,
    });
    Key::new(parts.collect()).folded()
}
