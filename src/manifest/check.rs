//! The checks of all records of a run that need no instance: each record has one entry, its parent is not declared absent, and
//! its values are allowed by the documentation.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::key::text_problems;
use super::typed::{Authority, FieldCheck};
use crate::model::kind::KINDS;
use crate::model::{
    Declared, Diagnostic, Ensure, FoldedKey, KeyIndex, ObjectKind, Problem, RecordKey, Schema,
    Span, WhyNotRenamed,
};

/// Reports the problems of these records.
pub(super) fn records(
    records: &[Declared],
    imprecise: &mut Vec<(Arc<str>, Span)>,
    out: &mut Vec<Diagnostic>,
) {
    let firsts = duplicates(records, out);
    references(records, out);
    renames(records, &firsts, out);
    fields(records, imprecise, out);
}

/// The places of the first entries of all records, by kind.
type Firsts = BTreeMap<&'static ObjectKind, KeyIndex>;

fn duplicates(records: &[Declared], out: &mut Vec<Diagnostic>) -> Firsts {
    let mut firsts = Firsts::new();
    for (index, record) in records.iter().enumerate() {
        let of_kind = firsts.entry(record.kind).or_default();
        if let Err(first) = of_kind.insert(&record.key[..], index, |at| &records[at].key[..]) {
            let first = &records[first];
            let problem = duplicate(first, record);
            out.push(Diagnostic::new(problem, record.at).with(first.at, "first here"));
        }
    }
    firsts
}

/// The place of the first entry of a record.
fn first(firsts: &Firsts, records: &[Declared], (kind, key): &RecordKey) -> Option<usize> {
    { firsts.get(kind)? }.get(key, |at| &records[at].key[..])
}

fn duplicate(first: &Declared, again: &Declared) -> Problem {
    let kind = again.kind;
    let key = again.shown_key();
    if key == first.shown_key() {
        Problem::DuplicateRecord { kind, key }
    } else {
        Problem::DuplicateRecordByCase { kind, key }
    }
}

/// What an entry names, in its key or in a field, is not declared absent.
fn references(records: &[Declared], out: &mut Vec<Diagnostic>) {
    // Few are, so that hardly any name has to be looked up among all records.
    let absent = records.iter().filter(|it| it.ensure == Ensure::Absent);
    let absent: HashMap<RecordKey, &Declared> = absent
        .map(|declared| ((declared.kind, FoldedKey::of(&declared.key[..])), declared))
        .collect();
    for record in records {
        if record.ensure != Ensure::Present {
            continue;
        }
        for (reference, to, field) in record.references() {
            let problems = text_problems(reference.field, &field.value.text, to.key[0].holds);
            let problems = problems.into_iter();
            out.extend(problems.map(|problem| Diagnostic::new(problem, field.at)));
        }
        if absent.is_empty() {
            continue;
        }
        let parent = record.parent().map(|named| (named, record.at));
        for ((to, key), at) in parent.into_iter().chain(record.field_references()) {
            let Some(entry) = absent.get(&(to, key)) else {
                continue;
            };
            let (kind, key) = (record.kind, record.shown_key());
            let problem = Problem::ReferenceAbsent { kind, key, to };
            let found = Diagnostic::new(problem, at);
            out.push(found.with(entry.at, "declared absent here"));
        }
    }
}

/// A key that a record has had so far is no other record's by now, and the record exists.
fn renames(records: &[Declared], firsts: &Firsts, out: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<RecordKey, Span> = HashMap::new();
    for record in records {
        let (Some(renamed), Some(old)) = (&record.renamed_from, record.renamed_key()) else {
            continue;
        };
        let (kind, at) = (record.kind, renamed.at);
        let key = renamed.key.to_string();
        let problem = |why| Diagnostic::new(Problem::BadRename { kind, key, why }, at);
        if record.ensure != Ensure::Present {
            out.push(problem(WhyNotRenamed::NotPresent));
        } else if let Some(index) = first(firsts, records, &old) {
            let declared = records[index].at;
            out.push(problem(WhyNotRenamed::Declared).with(declared, "declared here"));
        } else if let Some(first) = seen.insert(old, at) {
            out.push(problem(WhyNotRenamed::Twice).with(first, "first here"));
        }
    }
}

fn fields(records: &[Declared], imprecise: &mut Vec<(Arc<str>, Span)>, out: &mut Vec<Diagnostic>) {
    let schemas = KINDS.map(Schema::documented);
    let mut checks = schemas
        .each_ref()
        .map(|schema| FieldCheck::new(schema, Authority::Documentation));
    for record in records {
        if record.ensure == Ensure::Present {
            // The values are typed again with the schema of the instance.
            let typed = checks[record.kind.rank()].typed(record, out);
            let found = typed.iter().filter(|typed| typed.value.is_imprecise());
            let found = found.map(|typed| &typed.assignment);
            imprecise.extend(found.map(|found| (Arc::clone(found.name), found.at)));
        }
    }
}

/// Reports what the fields of an instance, as it described them, do not take. Kinds without a description are left out.
#[must_use]
pub fn described_values(
    records: &[Declared],
    schemas: &BTreeMap<&'static ObjectKind, Schema>,
) -> Vec<Diagnostic> {
    let mut checks: BTreeMap<&ObjectKind, FieldCheck<'_>> = schemas
        .iter()
        .map(|(kind, schema)| (*kind, FieldCheck::new(schema, Authority::Instance)))
        .collect();
    let mut found = Vec::new();
    for record in records
        .iter()
        .filter(|record| record.ensure == Ensure::Present)
    {
        if let Some(check) = checks.get_mut(record.kind) {
            drop(check.typed(record, &mut found));
        }
    }
    found
}

/// Reports the values of further standard fields that no instance takes.
#[must_use]
pub fn standard_values(records: &[Declared]) -> Vec<Diagnostic> {
    let schemas = KINDS.map(Schema::standard);
    let mut checks = schemas
        .each_ref()
        .map(|schema| FieldCheck::new(schema, Authority::Documentation));
    let mut found = Vec::new();
    for record in records {
        if record.ensure == Ensure::Present && !record.kind.standard.is_empty() {
            let mut problems = Vec::new();
            drop(checks[record.kind.rank()].typed(record, &mut problems));
            // What is wrong with a name was found before.
            let of_value = |problem: &Diagnostic| {
                let mut fields = record.fields.iter();
                fields.any(|field| field.at == problem.at)
            };
            found.extend(problems.into_iter().filter(of_value));
        }
    }
    found
}
