//! Pulling: what an instance has in declared records, as changes of the manifests. Pure; [`crate::manifest::edit`] makes the changes.
//!
//! Only managed fields that a plan would set back are taken. A plan right after a pull is empty: a value that a manifest cannot
//! declare is left, and told.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::manifest::Edit;
use crate::model::{Declared, Desired, FileId, ObjectKind, Scalar, Span, Value};
use crate::plan::{Drifted, FieldChange, FieldChanges, Moved, Note, Plan};

/// The entries of the manifests, kept for a pull before a plan takes them.
#[derive(Debug, Default)]
pub struct PullBasis {
    /// By their kinds and keys, in the words of the manifests.
    entries: HashMap<(&'static ObjectKind, Box<str>), PullEntry>,
}

/// One entry.
#[derive(Debug)]
struct PullEntry {
    at: Span,
    /// Its number in its file.
    number: usize,
    /// Its fields, in small letters, and whether the configuration has their values.
    fields: BTreeMap<String, bool>,
}

/// What is to be pulled.
#[derive(Debug, Default)]
pub struct PullRequest {
    /// Only what was changed in Marketo since the last apply.
    pub drift: bool,
    /// Also take entries out whose records are gone.
    pub removals: bool,
    /// The places of the entries whose records have been renamed, and that need not say so any more.
    pub renamed: HashSet<Span>,
    /// The places of the entries to pull; all without them.
    pub only: Option<HashSet<Span>>,
}

/// What a pull changes, and what it leaves.
#[derive(Debug, Default)]
pub struct Pull {
    /// The changes of each file.
    pub edits: BTreeMap<FileId, Vec<Edit>>,
    pub records: Vec<PulledRecord>,
    pub gone: Vec<GoneRecord>,
    pub left: Vec<LeftField>,
    /// How many entries do not name the old key of their record any more.
    pub renamed: usize,
}

/// A record of which fields are taken: `before` is what Marketo has, `after` what the manifests declare.
#[derive(Debug)]
pub struct PulledRecord {
    pub kind: &'static ObjectKind,
    pub shown: Box<str>,
    pub at: Span,
    pub fields: Vec<FieldChange>,
}

/// A record that was applied and is not in the instance any more.
#[derive(Debug)]
pub struct GoneRecord {
    pub kind: &'static ObjectKind,
    pub shown: Box<str>,
    pub at: Span,
}

/// A field that stays as it is.
#[derive(Debug)]
pub struct LeftField {
    pub kind: &'static ObjectKind,
    pub shown: Box<str>,
    pub at: Span,
    pub field: Box<str>,
    pub why: WhyLeft,
}

/// Why a field stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyLeft {
    /// The manifests have changed it too since the last apply.
    Both,
    /// It is sensitive, and the ledger does not know who changed it.
    Unknown,
    /// It is sensitive, and the manifest has no value of it yet.
    Secret,
    /// The configuration has the value, and another one for other instances.
    Reference,
    /// A manifest cannot declare the value.
    NotDeclarable,
}

impl PullBasis {
    /// The entries of the manifests.
    #[must_use]
    pub fn of(desired: &Desired) -> Self {
        let mut basis = Self::default();
        let mut numbers: HashMap<FileId, usize> = HashMap::new();
        for declared in &desired.records {
            let number = numbers.entry(declared.at.file).or_default();
            let entry = PullEntry {
                at: declared.at,
                number: *number,
                fields: fields(declared),
            };
            *number += 1;
            let key = (declared.kind, declared.shown_key().into());
            basis.entries.insert(key, entry);
        }
        basis
    }

    fn get(&self, kind: &'static ObjectKind, shown: &str) -> Option<&PullEntry> {
        self.entries.get(&(kind, shown.into()))
    }
}

fn fields(declared: &Declared) -> BTreeMap<String, bool> {
    let fields = declared.fields.iter();
    let fields = fields.map(|field| (field.name.to_lowercase(), field.is_reference));
    fields.collect()
}

impl Pull {
    /// What a plan would set back, as changes of the manifests.
    #[must_use]
    pub fn of(plan: &Plan, basis: &PullBasis, request: &PullRequest) -> Self {
        let mut pull = Self::default();
        for change in &plan.changes {
            let fields = change.updated_fields().into_iter();
            let fields = fields.flat_map(FieldChanges::iter);
            pull.take((change.kind, &change.shown), fields, basis, request);
        }
        // Marketo keeps another value than the one that was sent: nobody has changed it.
        for note in plan.notes.iter().filter(|_| !request.drift) {
            if let Note::StoredOtherwise {
                kind, shown, field, ..
            } = note
            {
                pull.take((kind, shown), [field.clone()], basis, request);
            }
        }
        let gone = plan.drift.iter().filter(|drift| match drift.what {
            Drifted::Gone => true,
            Drifted::Remade | Drifted::Fields(_) | Drifted::Undeclared(_) => false,
        });
        for drift in gone {
            let (kind, shown) = (drift.kind, drift.shown.clone());
            let Some(entry) = basis.get(kind, &shown).filter(|it| request.is_meant(it.at)) else {
                continue;
            };
            let at = entry.at;
            if request.removals {
                let record = entry.number;
                let edits = pull.edits.entry(at.file).or_default();
                edits.push(Edit::Remove { record });
            }
            pull.gone.push(GoneRecord { kind, shown, at });
        }
        for entry in basis.entries.values() {
            if request.renamed.contains(&entry.at) && request.is_meant(entry.at) {
                let record = entry.number;
                let edits = pull.edits.entry(entry.at.file).or_default();
                edits.push(Edit::Renamed { record });
                pull.renamed += 1;
            }
        }
        pull.records.sort_by_key(|record| record.at);
        pull.records.dedup_by(|later, record| {
            let is_same = later.at == record.at;
            if is_same {
                record.fields.append(&mut later.fields);
            }
            is_same
        });
        pull
    }

    fn take(
        &mut self,
        (kind, shown): (&'static ObjectKind, &str),
        fields: impl IntoIterator<Item = FieldChange>,
        basis: &PullBasis,
        request: &PullRequest,
    ) {
        let Some(entry) = basis.get(kind, shown).filter(|it| request.is_meant(it.at)) else {
            return;
        };
        let at = entry.at;
        let mut taken = Vec::new();
        for field in fields.into_iter().filter(|field| request.is_asked(field)) {
            // The marker of the project is no field of the manifest.
            let Some(is_reference) = entry.fields.get(&field.name.to_lowercase()) else {
                continue;
            };
            match why_left(&field, request.drift, *is_reference) {
                Some(why) => self.left.push(LeftField {
                    kind,
                    shown: shown.into(),
                    at,
                    field: (&*field.name).into(),
                    why,
                }),
                None => taken.push(field),
            }
        }
        if taken.is_empty() {
            return;
        }
        let edits = self.edits.entry(at.file).or_default();
        edits.extend(taken.iter().map(|field| Edit::Set {
            record: entry.number,
            field: field.name.to_string(),
            value: Scalar::of(&field.before.clone().without_zeros()),
        }));
        self.records.push(PulledRecord {
            kind,
            shown: shown.into(),
            at,
            fields: taken,
        });
    }
}

/// Why a field is left, if it is.
fn why_left(field: &FieldChange, drift: bool, is_reference: bool) -> Option<WhyLeft> {
    match field.moved {
        Some(Moved::Both) if drift => return Some(WhyLeft::Both),
        Some(Moved::Hidden) if drift => return Some(WhyLeft::Unknown),
        Some(Moved::Both | Moved::Hidden | Moved::Marketo | Moved::You) | None => {}
    }
    if field.sensitive && field.after.is_null() {
        return Some(WhyLeft::Secret);
    }
    let scalar = Scalar::of(&field.before.clone().without_zeros());
    if Value::declared(&scalar, &field.data_type).as_ref() != Ok(&field.before) {
        return Some(WhyLeft::NotDeclarable);
    }
    is_reference.then_some(WhyLeft::Reference)
}

impl PullRequest {
    fn is_meant(&self, at: Span) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&at))
    }

    /// Whether a field is asked for: with `drift` only one that others have changed, or may have.
    fn is_asked(&self, field: &FieldChange) -> bool {
        let is_theirs = matches!(
            field.moved,
            Some(Moved::Marketo | Moved::Both | Moved::Hidden)
        );
        !self.drift || is_theirs
    }
}
