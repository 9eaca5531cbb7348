//! Binding: what the manifests declare, in the terms of one instance. Leads become ids, and text becomes typed values as the
//! instance describes them. Entries that turn out to be the same record are a problem.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::ledger::Ledger;
use crate::manifest::{Authority, FieldCheck, Typed, typed_values};
use crate::model::{
    Declared, Desired, Diagnostic, Ensure, Key, KeyIndex, KeyParts, KeyValue, LastFound,
    ObjectKind, Problem, Record, RecordKey, Schema, Span, Stray, Value, is_same_key,
};

use super::leads::Leads;
use super::missing::Missing;
use super::narrowing;
use super::note::Note;
use super::ownership::{Marker, Ownership};
use super::parent::parent_of;
use super::reference::{BlockedKeys, References, Resolved};
use super::referring::{Named, named_elsewhere, named_key};
use super::removal::{Removal, Removals};
use super::rename;
use super::surroundings;

/// What an instance describes, by kind.
pub type Schemas = BTreeMap<&'static ObjectKind, Schema>;

/// Parents all of whose children of a kind are read: the kind of the children, and the key of the parent as it is asked for.
pub(super) type ParentsAsked = HashSet<(&'static ObjectKind, Key)>;

/// What the manifests declare, bound to one instance. Entries with problems are left out.
#[derive(Debug)]
pub struct Bound<'a> {
    /// In the order of the manifests.
    pub records: Vec<DesiredRecord<'a>>,
    /// Where they stand, by kind and key.
    places: BTreeMap<&'static ObjectKind, KeyIndex>,
    last: LastFound,
    pub problems: Vec<Diagnostic>,
    /// What the instance describes.
    pub schemas: &'a Schemas,
    /// The places of the entries that the run leaves out, for messages.
    pub left_out: HashMap<RecordKey, Span>,
    /// The records that entries name which the run leaves out, with the places of these entries and values.
    pub(super) named_elsewhere: Vec<(RecordKey, Span)>,
    /// How owned records are told from all others.
    pub ownership: Ownership<'a>,
    /// The records of the ledger that no manifest declares.
    pub removals: Vec<Removal<'a>>,
    /// The indexes of the entries whose records are renamed, with their old keys.
    pub(super) renamed: Vec<(usize, &'a Key)>,
    /// What is left as it is, because the leads of entries are missing or doubled.
    pub blocked: BlockedKeys,
    /// What entries name and what is not there.
    pub(super) missing: Missing,
    /// The manifests that no pattern matches.
    pub strays: &'a [Stray],
    /// Whether the manifests that the run acts on say expressly that there is no record.
    pub is_emptied: bool,
    /// How many entries count as declared for the guards, although the run does not act on them.
    pub(super) declared_besides: usize,
    pub notes: Vec<Note>,
}

/// An entry of a manifest whose key and values are known.
#[derive(Debug)]
pub struct DesiredRecord<'a> {
    pub declared: &'a Declared,
    /// Whether the run acts on it. An entry that is not selected only counts as declared.
    pub selected: bool,
    pub key: Key,
}

impl<'a> DesiredRecord<'a> {
    /// The managed fields in the types of the instance; none unless the record is declared as present. They are made anew each time:
    /// those of all records at once would take more room than the manifests.
    #[must_use]
    pub fn fields(&self, schemas: &'a Schemas) -> Vec<Typed<'a, 'a>> {
        let schema = schemas
            .get(self.declared.kind)
            .filter(|_| self.is_managed());
        schema.map_or_else(Vec::new, |it| typed_values(self.declared, it).collect())
    }

    /// Whether the run brings the fields of its record to what is declared.
    #[must_use]
    pub fn is_managed(&self) -> bool {
        self.selected && self.declared.ensure == Ensure::Present
    }

    /// The parent's kind and key, if the kind has a parent.
    #[must_use]
    pub fn parent(&self) -> Option<(&'static ObjectKind, Key)> {
        parent_of(self.declared.kind, &self.key)
    }

    /// The records of managed kinds that it names: its parent, and those in fields; each with the field and the place.
    pub(super) fn named(&self) -> impl Iterator<Item = (&'static str, Span, Named)> {
        let kind = self.declared.kind;
        let parent = kind.parent().zip(self.parent());
        let parent = parent.map(|(it, (kind, key))| {
            let named = Named { kind, key };
            (it.field, self.declared.at, named)
        });
        let fields = self.declared.references();
        let fields = fields.filter(|_| self.is_managed());
        let fields = fields.filter_map(|(reference, kind, field)| {
            let key = named_key(&Value::Text(field.value.text.into()))?;
            Some((reference.field, field.at, Named { kind, key }))
        });
        parent.into_iter().chain(fields)
    }
}

impl<'a> Bound<'a> {
    /// The same, with what was looked for and is not there.
    #[must_use]
    pub fn with_missing(mut self, missing: &Missing) -> Self {
        let unread = missing.unread.iter();
        let unchecked = unread.map(|(kind, why)| Note::Unchecked {
            what: kind.nouns,
            why: why.clone(),
        });
        self.notes.extend(unchecked);
        self.missing = missing.clone();
        self
    }

    /// The entry of a record, if it is bound.
    pub(super) fn find(
        &self,
        kind: &ObjectKind,
        key: &(impl KeyParts + ?Sized),
    ) -> Option<&DesiredRecord<'a>> {
        let places = self.places.get(kind)?;
        let is_same =
            |it: &DesiredRecord<'_>| it.declared.kind == kind && is_same_key(&it.key, key);
        let is_it = |place: usize| self.records.get(place).is_some_and(is_same);
        let by_index = || places.get(key, |at| &self.records[at].key);
        let place = self.last.find(is_it, by_index)?;
        Some(&self.records[place])
    }

    /// Whether an entry declares this record, also one of the files that the run leaves out.
    pub(super) fn is_declared(&self, record: &RecordKey) -> bool {
        self.find(record.0, &record.1).is_some() || self.left_out.contains_key(record)
    }

    /// The entries to act on whose list of children is complete, with the kind of those children.
    pub fn exact(&self) -> impl Iterator<Item = (&'static ObjectKind, &DesiredRecord<'a>)> {
        self.records
            .iter()
            .filter(|desired| desired.selected && desired.declared.ensure != Ensure::Forgotten)
            .filter(|desired| desired.declared.exact_children.is_some())
            .flat_map(|desired| {
                let kind: &'static ObjectKind = desired.declared.kind;
                kind.children().map(move |child| (child, desired))
            })
            .filter(|(child, desired)| !self.blocked.keep_list(child, &desired.key))
    }

    /// The problem of a record that is not there, which points at an entry that the run leaves out, if there is one.
    pub(super) fn pointed(&self, problem: Diagnostic, record: &RecordKey) -> Diagnostic {
        match self.left_out.get(record) {
            Some(at) => problem.with(*at, "declared here, in a file that this run leaves out"),
            None => problem,
        }
    }

    /// Whether this is the record that a removal is about.
    pub(super) fn owns(&self, removal: &Removal<'_>, record: &Record) -> bool {
        let owning = self.ownership.ledger;
        owning.is_some_and(|owning| removal.is_of(record, owning.ledger))
    }

    /// The entries to act on that name an old key which the project owns, with that key.
    pub(super) fn renamed(&self) -> impl Iterator<Item = (&DesiredRecord<'a>, &'a Key)> {
        let renamed = self.renamed.iter();
        renamed.map(|(index, from)| (&self.records[*index], *from))
    }

    /// The same as pairs. A key in another spelling is not among them: an instance that tells case apart takes it for another parent.
    pub(super) fn exact_parents(&self) -> ParentsAsked {
        self.exact()
            .map(|(child, desired)| (child, desired.key.clone()))
            .collect()
    }
}

/// Binds the entries to an instance. Entries of a kind that the instance does not describe are left out.
#[must_use]
pub fn bind<'a>(
    desired: &'a Desired,
    schemas: &'a Schemas,
    leads: &Leads,
    ownership: Ownership<'a>,
) -> Bound<'a> {
    let mut bound = Bound {
        records: Vec::new(),
        places: BTreeMap::new(),
        last: LastFound::default(),
        problems: Vec::new(),
        schemas,
        left_out: left_out(desired),
        named_elsewhere: named_elsewhere(desired),
        ownership,
        removals: Vec::new(),
        renamed: Vec::new(),
        blocked: BlockedKeys::default(),
        missing: Missing::default(),
        strays: &desired.strays,
        is_emptied: desired.is_emptied(),
        declared_besides: narrowing::declared_besides(desired),
        notes: surroundings::notes(desired),
    };
    let unchecked = leads.unchecked.iter().cloned();
    bound
        .notes
        .extend(unchecked.map(|why| Note::Unchecked { what: "leads", why }));
    bind_records(desired, leads, &mut bound);
    let problems = rename::problems(desired.selected(), ownership.ledger.is_some());
    bound.problems.extend(problems);
    let mut undeclared = 0;
    if let Some(owning) = ownership.ledger {
        let Removals {
            removals,
            undecided,
            left_out,
        } = Removals::find(
            desired,
            owning.ledger,
            |record| bound.is_declared(record),
            &bound.blocked,
        );
        bound.renamed = renamed(&bound.records, &removals);
        bound.removals = removals;
        bound.notes.extend(undecided);
        undeclared = left_out;
        let not_renamed = not_renamed(&bound.records, owning.ledger);
        bound.notes.extend(not_renamed);
    }
    bound.notes.extend(narrowing::notes(desired, undeclared));
    bound
}

fn bind_records<'a>(desired: &'a Desired, leads: &Leads, bound: &mut Bound<'a>) {
    let mut checks: BTreeMap<_, _> = bound
        .schemas
        .iter()
        .map(|(kind, schema)| (*kind, FieldCheck::new(schema, Authority::Instance)))
        .collect();
    bound.records.reserve_exact(desired.records.len());
    let ownership = bound.ownership;
    let references = References::new(leads, &ownership);
    for declared in desired.needed() {
        let kind = declared.kind;
        let Some(check) = checks.get_mut(kind) else {
            continue;
        };
        let selected = desired.is_selected(declared);
        if selected && let Some(marker) = bound.ownership.marker(kind) {
            bound.problems.extend(marker_as_field(declared, marker));
        }
        if selected && declared.ensure == Ensure::Present {
            let fields = check.typed(declared, &mut bound.problems);
            bound.notes.extend(imprecise(&fields));
        }
        let key = match references.resolve(declared) {
            Ok(Resolved::Key(key)) => key,
            Ok(Resolved::Nothing) => continue,
            Ok(Resolved::Unread(unknown)) => {
                bound.blocked.leave(declared);
                bound
                    .notes
                    .extend(selected.then_some(Note::Unknown(unknown)));
                continue;
            }
            Ok(Resolved::Blocked(entry)) => {
                bound.blocked.add(&entry);
                if selected {
                    bound.notes.push(Note::Blocked(entry));
                }
                continue;
            }
            Err(problem) => {
                bound.problems.push(problem);
                continue;
            }
        };
        if selected && declared.ensure == Ensure::Present {
            let schema = &bound.schemas[kind];
            bound.problems.extend(too_long(declared, &key, schema));
        }
        let records = &bound.records;
        let places = bound.places.entry(kind).or_default();
        if let Err(first) = places.insert(&key, records.len(), |at| &records[at].key) {
            let first = records[first].declared.at;
            let problem = Diagnostic::new(Problem::SameLead { kind, key }, declared.at);
            bound.problems.push(problem.with(first, "the same record"));
            continue;
        }
        bound.records.push(DesiredRecord {
            declared,
            selected,
            key,
        });
    }
}

/// The problems of the parts of a key that are longer than the instance describes.
fn too_long(declared: &Declared, key: &Key, schema: &Schema) -> Vec<Diagnostic> {
    let parts = declared.kind.key.iter().zip(key.parts());
    parts
        .filter_map(|(part, value)| {
            let KeyValue::Text(text) = value else {
                return None;
            };
            let limit = usize::try_from(schema.field(part.field)?.length?).ok()?;
            let length = text.chars().count();
            let field = part.field;
            (length > limit).then(|| {
                let problem = Problem::KeyTooLong {
                    field,
                    length,
                    limit,
                };
                Diagnostic::new(problem, declared.at)
            })
        })
        .collect()
}

/// The indexes of the entries to act on that name the key of a removal, with that key.
fn renamed<'b>(records: &[DesiredRecord<'_>], removals: &[Removal<'b>]) -> Vec<(usize, &'b Key)> {
    let is_meant = |it: &DesiredRecord<'_>| {
        it.selected && it.declared.ensure == Ensure::Present && it.declared.renamed_from.is_some()
    };
    if !records.iter().any(is_meant) {
        return Vec::new();
    }
    let removals: HashMap<RecordKey, &Key> = { removals.iter() }
        .map(|it| ((it.kind, it.key().folded()), &it.entry.key))
        .collect();
    let records = records.iter().enumerate();
    let records = records.filter(|(_, desired)| is_meant(desired));
    let renamed = records.filter_map(|(index, desired)| {
        let old = desired.declared.renamed_key()?;
        Some((index, *removals.get(&old)?))
    });
    renamed.collect()
}

/// The entries that name an old key, where the project owns neither that nor the new one.
fn not_renamed(records: &[DesiredRecord<'_>], ledger: &Ledger) -> Vec<Note> {
    let present = |it: &&DesiredRecord<'_>| it.selected && it.declared.ensure == Ensure::Present;
    let renamed = records.iter().filter(present).filter_map(|desired| {
        let old = desired.declared.renamed_from.as_ref()?;
        let (kind, from) = desired.declared.renamed_key()?;
        let is_new = ledger.get(kind, &desired.key.folded()).is_none();
        (is_new && ledger.get(kind, &from).is_none()).then(|| Note::NotRenamed {
            kind,
            from: old.key.clone(),
            to: desired.key.clone(),
        })
    });
    renamed.collect()
}

/// A note for each number of which Marketo may not keep every digit.
fn imprecise<'f>(fields: &'f [Typed<'_, '_>]) -> impl Iterator<Item = Note> + 'f {
    let imprecise = fields.iter().filter(|field| field.value.is_imprecise());
    imprecise.map(|field| Note::Imprecise {
        name: Arc::clone(field.assignment.name),
        at: field.assignment.at,
    })
}

/// The problem of an entry that sets the marker. The configuration sets it.
fn marker_as_field(declared: &Declared, marker: &Marker) -> Option<Diagnostic> {
    let written = declared.fields.get(&marker.field)?;
    let name = written.name.to_string();
    Some(Diagnostic::new(
        Problem::MarkerAsField { name },
        written.name_at,
    ))
}

/// The places of the entries that the run leaves out, as far as their keys are known without looking up leads.
fn left_out(desired: &Desired) -> HashMap<RecordKey, Span> {
    desired
        .records
        .iter()
        .filter(|declared| !desired.is_selected(declared))
        .filter_map(|declared| {
            let key = declared.full_key()?;
            Some(((declared.kind, key.folded()), declared.at))
        })
        .collect()
}
