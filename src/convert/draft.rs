//! A conversion as a whole.

use std::collections::{HashMap, HashSet};

use super::columns::Columns;
use super::context::{Context, column_type};
use super::error::ConvertError;
use super::finding::{Finding, Remark, Skipped, Told, Wrong};
use super::header::columns;
use super::identity::{Placed, folded, id_columns, mixed_ids, unique};
use super::options::{Options, Scale};
use super::record::{RecordReader, is_used};
use super::rows::sorted;
use super::sink::{At, Sink};
use super::table::{Row, SourceFacts, Table};
use super::target::almost_standard;
use super::{text_file, workbook};
use crate::manifest::{EntryPart, ManifestEntry};
use crate::model::kind::KINDS;
use crate::model::{DataType, ObjectKind};

/// What a file becomes.
#[derive(Debug)]
pub struct Draft {
    pub facts: SourceFacts,
    pub columns: Columns,
    /// The kinds of the records in the rows.
    pub kinds: Vec<&'static ObjectKind>,
    /// How percentages without a sign are written, if only the export says so.
    pub percents: Option<Scale>,
    /// The number of rows that are records.
    pub rows: usize,
    /// The entries of the rows without a problem, in the order of the file. With a problem they are not all.
    pub entries: Vec<ManifestEntry>,
    /// In the order of the rows.
    pub problems: Vec<Finding<Wrong>>,
    pub told: Vec<Finding<Told>>,
    pub skipped: Vec<Skipped>,
    pub remarks: Vec<Remark>,
}

/// Converts the bytes of a file.
///
/// # Errors
/// The file cannot be read, or its columns are not known.
pub fn convert(bytes: &[u8], options: &Options) -> Result<Draft, ConvertError> {
    let table = table(bytes, options)?;
    let (header, mut columns) = columns(&table, options)?;
    let kinds = kinds(&columns, options)?;
    columns.keep(|target| is_used(target, &kinds));
    let readers = readers(&kinds, &columns)?;
    let rows = sorted(&table, header, &columns);
    let context = Context::new(&kinds, &columns, &rows.records, table.epoch, options);
    let mut sink = Sink::default();
    if let Some(reader) = readers.first().filter(|_| !options.widen_ids) {
        for column in id_columns(reader) {
            mixed_ids(&rows.records, &rows.with_ids, column, &mut sink);
        }
    }
    if let Some(reader) = readers.first() {
        rows_as_wholes(&rows.records, &table.rows[header], reader, &mut sink);
    }
    let mut records: Vec<Vec<Placed<'_>>> = Vec::new();
    for reader in &readers {
        let present = rows
            .records
            .iter()
            .filter(|row| readers.len() == 1 || !reader.is_absent(row));
        let read = present.map(|row| (*row, reader.record(row, &context, &mut sink)));
        let read: Vec<Placed<'_>> = read.collect();
        let has_children = readers
            .iter()
            .any(|other| is_child(other.kind, reader.kind));
        records.push(unique(read, reader, !has_children, &mut sink));
    }
    let Sink {
        mut problems,
        mut told,
    } = sink;
    // The parts of a key that several kinds have are read for each.
    problems.sort_by_key(|problem| problem.place.row);
    problems.dedup();
    told.sort_by_key(|told| told.place.row);
    told.dedup();
    // Only of values that were taken something is told.
    let refused: HashSet<(usize, &str)> = problems.iter().map(place).collect();
    told.retain(|told| !refused.contains(&place(told)));
    let broken: HashSet<usize> = problems.iter().map(|problem| problem.place.row).collect();
    let count = rows.records.len();
    let types = columns
        .taken
        .iter()
        .map(|column| column_type(column, &kinds));
    let has_percents = { types }.any(|found| found == Some(DataType::Percent));
    Ok(Draft {
        entries: entries(records, &broken),
        percents: columns
            .percents
            .filter(|_| has_percents && options.percents.is_none()),
        rows: count,
        problems,
        told,
        skipped: rows.skipped,
        remarks: remarks(&columns, &kinds),
        facts: table.facts,
        kinds,
        columns,
    })
}

/// What is told of the columns: a field that new records need and no column becomes, and one that a map may have misspelled.
fn remarks(columns: &Columns, kinds: &[&'static ObjectKind]) -> Vec<Remark> {
    let required = kinds.iter().flat_map(|kind| {
        let fields = kind.required.iter().copied();
        fields.map(move |field| Remark::NoRequiredField { kind, field })
    });
    let is_missing = |remark: &Remark| match remark {
        Remark::NoRequiredField { field, .. } => columns
            .find(|target| target.field_name() == Some(field))
            .is_none(),
        Remark::AlmostStandard { .. } => true,
    };
    let misspelled = columns.taken.iter().filter_map(|column| {
        let name = column.target.field_name()?;
        Some(Remark::AlmostStandard {
            header: column.header.clone(),
            name: name.to_owned(),
            meant: almost_standard(name)?,
        })
    });
    required.filter(is_missing).chain(misspelled).collect()
}

/// What is said of rows as wholes.
fn rows_as_wholes(rows: &[&Row], header: &Row, reader: &RecordReader<'_>, sink: &mut Sink) {
    let column = reader.own_column();
    for row in rows {
        if row.is_hidden {
            sink.tell(At { row, column }, Told::HiddenRow);
        }
        // In a workbook each cell is where it was put.
        let is_text = row.line.is_some();
        if is_text && row.cells.len() < header.cells.len() {
            sink.tell(At { row, column }, Told::ShortRow);
        }
        if is_text && row.filled().any(|(index, _)| header.cell(index).is_blank()) {
            sink.wrong(At { row, column }, Wrong::CellWithoutHeader);
        }
    }
}

fn place<W>(finding: &Finding<W>) -> (usize, &str) {
    (finding.place.row, &finding.place.column)
}

/// The table of a file of any form.
fn table(bytes: &[u8], options: &Options) -> Result<Table, ConvertError> {
    if workbook::is_zip(bytes) {
        workbook::table(bytes, options.sheet.as_deref())
    } else if workbook::is_old_workbook(bytes) {
        Err(ConvertError::OldWorkbook)
    } else {
        text_file::table(bytes, options.encoding.as_deref())
    }
}

/// The kinds whose records the rows have: those that were asked for, or those that have columns for their keys and required fields.
fn kinds(columns: &Columns, options: &Options) -> Result<Vec<&'static ObjectKind>, ConvertError> {
    if !options.kinds.is_empty() {
        let asked = KINDS
            .into_iter()
            .filter(|kind| options.kinds.contains(kind));
        return Ok(asked.collect());
    }
    let all = KINDS.as_slice();
    let has_key = |kind: &&'static ObjectKind| RecordReader::new(kind, all, columns).is_ok();
    let has_required = |kind: &&'static ObjectKind| {
        let mut required = kind.required.iter();
        required.all(|name| {
            columns
                .find(|target| target.field_name() == Some(name))
                .is_some()
        })
    };
    let mut keyed: Vec<_> = KINDS.into_iter().filter(has_key).collect();
    // What the records of a row refer to is no record of the row.
    let named: Vec<_> = keyed
        .iter()
        .flat_map(|kind| kind.field_references())
        .collect();
    keyed.retain(|kind| named.iter().all(|(_, named)| named != kind));
    let whole: Vec<_> = keyed
        .iter()
        .copied()
        .filter(|kind| has_required(kind))
        .collect();
    match (&*whole, &*keyed) {
        ([], []) => {
            let deals = KINDS.into_iter().find(|kind| !kind.deal.is_empty());
            let deals = deals.unwrap_or(KINDS[0]);
            let read = RecordReader::new(deals, all, columns);
            read.map(|_| vec![deals])
                .map_err(|part| ConvertError::NoKeyColumn {
                    part: part.to_owned(),
                    kind: deals.name,
                })
        }
        ([], keyed) => Ok(keyed.to_vec()),
        (whole, _) => Ok(whole.to_vec()),
    }
}

fn readers<'c>(
    kinds: &[&'static ObjectKind],
    columns: &'c Columns,
) -> Result<Vec<RecordReader<'c>>, ConvertError> {
    let readers = kinds.iter().map(|kind| {
        RecordReader::new(kind, kinds, columns).map_err(|part| ConvertError::NoKeyColumn {
            part: part.to_owned(),
            kind: kind.name,
        })
    });
    readers.collect()
}

fn is_child(kind: &ObjectKind, parent: &ObjectKind) -> bool {
    kind.parent().is_some_and(|of| of.kind == parent)
}

/// The entries of the records of each kind, children nested in the entries of their parents.
fn entries(records: Vec<Vec<Placed<'_>>>, broken: &HashSet<usize>) -> Vec<ManifestEntry> {
    let mut entries: Vec<ManifestEntry> = Vec::new();
    let mut by_key = HashMap::new();
    for (row, record) in records.into_iter().flatten() {
        let row: &Row = row;
        if record.key.is_empty() || broken.contains(&row.number) {
            continue;
        }
        let entry = ManifestEntry {
            kind: record.kind,
            key: record.key,
            fields: record.fields,
            children: Vec::new(),
        };
        match parent_of(&entry).and_then(|key| by_key.get(&key)) {
            Some(parent) => {
                let parent: &mut ManifestEntry = &mut entries[*parent];
                parent.children.push(entry);
            }
            None => {
                by_key.insert((entry.kind, folded(&entry.key)), entries.len());
                entries.push(entry);
            }
        }
    }
    entries
}

/// The kind and the key of the record that this one belongs to.
fn parent_of(entry: &ManifestEntry) -> Option<(&'static ObjectKind, crate::model::FoldedKey)> {
    let parent = entry.kind.parent()?;
    let part: &EntryPart = entry.key.get(parent.part)?;
    Some((parent.kind, folded(std::slice::from_ref(part))))
}
