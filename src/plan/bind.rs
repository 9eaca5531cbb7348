//! Binding: what the manifests declare, in the terms of one instance. Leads become ids, text becomes typed values by
//! the instance's describe, and entries that turn out to be the same record are found.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::manifest::{Authority, FieldCheck, Typed};
use crate::model::{
    Declared, DeclaredPart, Desired, Diagnostic, Ensure, FoldedKey, Key, KeyValue, LeadReference,
    ObjectKind, Problem, Schema, Span,
};

use super::note::Note;
use super::ownership::{Marker, Ownership};
use super::parent::parent_of;
use super::removal::{Removal, Removals};

/// The describe answers of an instance, by kind.
pub type Schemas = BTreeMap<&'static ObjectKind, Schema>;

/// What the manifests declare, bound to one instance. Entries with problems are left out.
#[derive(Debug)]
pub struct Bound<'a> {
    /// In the order of the manifests.
    pub targets: Vec<Target<'a>>,
    pub problems: Vec<Diagnostic>,
    /// What the instance describes.
    pub schemas: &'a Schemas,
    /// Where the entries are that the run leaves out, for messages.
    pub left_out: HashMap<(&'static ObjectKind, FoldedKey), Span>,
    /// By what its own records are told from others.
    pub ownership: Ownership<'a>,
    /// What the ledger has and no manifest declares.
    pub removals: Vec<Removal<'a>>,
    pub notes: Vec<Note>,
}

/// An entry of a manifest whose key and values are known.
#[derive(Debug)]
pub struct Target<'a> {
    pub declared: &'a Declared,
    /// Whether the run acts on it; if not, it is only known to be declared.
    pub selected: bool,
    pub key: Key,
    /// The fields that are managed; none for a record that is not to be present.
    pub fields: Vec<Typed<'a, 'a>>,
}

/// The leads that were looked up in an instance.
#[derive(Debug, Default)]
pub struct Leads {
    found: HashMap<(Box<str>, Box<str>), Matches>,
}

/// What a look-up of one value brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matches {
    /// The ids of the leads with that value, in ascending order.
    Ids(Vec<i64>),
    /// The instance refused to search; its own words.
    Refused(String),
}

impl Leads {
    /// Keeps the answer for one field and value.
    pub fn insert(&mut self, field: &str, value: &str, matches: Matches) {
        self.found
            .insert((field.into(), Self::folded(value)), matches);
    }

    /// What was found for a reference; nothing if nobody asked.
    #[must_use]
    pub fn get(&self, reference: &LeadReference) -> Option<&Matches> {
        self.matches(&reference.field, &reference.value)
    }

    /// What was found for a field and value; nothing if nobody asked.
    #[must_use]
    pub fn matches(&self, field: &str, value: &str) -> Option<&Matches> {
        self.found.get(&(field.into(), Self::folded(value)))
    }

    /// A value as Marketo compares it: e-mail addresses come back in any letter case.
    #[must_use]
    pub fn folded(value: &str) -> Box<str> {
        value.trim().to_lowercase().into()
    }
}

impl Target<'_> {
    /// The parent's kind and key, if the kind has a parent.
    #[must_use]
    pub fn parent(&self) -> Option<(&'static ObjectKind, Key)> {
        parent_of(self.declared.kind, &self.key)
    }
}

impl<'a> Bound<'a> {
    /// The kinds and keys of all entries, with those of the files that the run leaves out.
    pub(super) fn declared(&self) -> HashSet<(&'static ObjectKind, FoldedKey)> {
        self.targets
            .iter()
            .map(|target| (target.declared.kind, target.key.folded()))
            .chain(self.left_out.keys().cloned())
            .collect()
    }

    /// The entries to act on whose declared children are to be the only ones, with the kind of those children.
    pub fn exact(&self) -> impl Iterator<Item = (&'static ObjectKind, &Target<'a>)> {
        self.targets
            .iter()
            .filter(|target| target.selected && target.declared.ensure != Ensure::Forgotten)
            .filter(|target| target.declared.exact_children.is_some())
            .flat_map(|target| {
                let kind: &'static ObjectKind = target.declared.kind;
                kind.children().map(move |child| (child, target))
            })
    }
}

/// Binds the entries to an instance. Entries of a kind that it does not describe are left out: nobody asks for them.
#[must_use]
pub fn bind<'a>(
    desired: &'a Desired,
    schemas: &'a Schemas,
    leads: &Leads,
    ownership: Ownership<'a>,
) -> Bound<'a> {
    let mut checks: BTreeMap<_, _> = schemas
        .iter()
        .map(|(kind, schema)| (*kind, FieldCheck::new(schema, Authority::Instance)))
        .collect();
    let mut bound = Bound {
        targets: Vec::new(),
        problems: Vec::new(),
        schemas,
        left_out: left_out(desired),
        ownership,
        removals: Vec::new(),
        notes: Vec::new(),
    };
    let mut seen: HashMap<(&ObjectKind, FoldedKey), &Declared> = HashMap::new();
    for declared in desired.needed() {
        let Some(check) = checks.get_mut(declared.kind) else {
            continue;
        };
        let selected = desired.is_selected(declared);
        if selected && let Some(marker) = ownership.marker(declared.kind) {
            bound.problems.extend(marks_itself(declared, marker));
        }
        let fields = match declared.ensure {
            Ensure::Present if selected => check.typed(declared, &mut bound.problems),
            Ensure::Present | Ensure::Absent | Ensure::Forgotten => Vec::new(),
        };
        let Some(key) = resolve(declared, leads, &mut bound.problems) else {
            continue;
        };
        match seen.insert((declared.kind, key.folded()), declared) {
            None => bound.targets.push(Target {
                declared,
                selected,
                key,
                fields,
            }),
            Some(first) => {
                let problem = Problem::SameLead {
                    kind: declared.kind,
                    key,
                };
                bound
                    .problems
                    .push(Diagnostic::new(problem, declared.at).with(first.at, "the same record"));
            }
        }
    }
    if let Some(owning) = ownership.ledger {
        let Removals {
            removals,
            undecided,
        } = Removals::find(desired, owning.ledger, &bound.declared());
        bound.removals = removals;
        bound.notes.extend(undecided);
    }
    bound
}

/// The marker is the configuration's to set.
fn marks_itself(declared: &Declared, marker: &Marker) -> Option<Diagnostic> {
    let mut fields = declared.fields.iter();
    let written = fields.find(|field| field.name == marker.field)?;
    let name = written.name.to_string();
    Some(Diagnostic::new(
        Problem::MarkerAsField { name },
        written.name_at,
    ))
}

fn left_out(desired: &Desired) -> HashMap<(&'static ObjectKind, FoldedKey), Span> {
    let others = desired
        .records
        .iter()
        .filter(|declared| !desired.is_selected(declared));
    let key = |declared: &Declared| {
        declared
            .key
            .iter()
            .map(DeclaredPart::value)
            .collect::<Option<Vec<_>>>()
    };
    others
        .filter_map(|declared| {
            Some((
                (declared.kind, Key::new(key(declared)?).folded()),
                declared.at,
            ))
        })
        .collect()
}

/// The key with its leads looked up; nothing, and a problem, where a lead is not one.
fn resolve(declared: &Declared, leads: &Leads, problems: &mut Vec<Diagnostic>) -> Option<Key> {
    let mut parts = Vec::with_capacity(declared.key.len());
    for part in &declared.key {
        let reference = match part {
            DeclaredPart::Text(_) | DeclaredPart::Lead(_) => None,
            DeclaredPart::LeadBy(reference) => Some(reference),
        };
        match reference.map(|reference| {
            lead(reference, leads).map_err(|problem| Diagnostic::new(problem, reference.at))
        }) {
            None => parts.extend(part.value()),
            Some(Ok(id)) => parts.push(KeyValue::Lead(id)),
            Some(Err(problem)) => {
                problems.push(problem);
                return None;
            }
        }
    }
    Some(Key::new(parts))
}

fn lead(reference: &LeadReference, leads: &Leads) -> Result<i64, Problem> {
    let (field, value) = (reference.field.to_string(), reference.value.to_string());
    match leads.get(reference) {
        Some(Matches::Ids(ids)) => match **ids {
            [id] => Ok(id),
            [] => Err(Problem::UnknownLead { field, value }),
            [_, ..] => Err(Problem::AmbiguousLead {
                field,
                value,
                ids: ids.clone(),
            }),
        },
        Some(Matches::Refused(message)) => Err(Problem::UnsearchableLeadField {
            field,
            message: message.clone(),
        }),
        None => Err(Problem::UnknownLead { field, value }),
    }
}
