//! Records that have the same key: one that stands twice, two that contradict each other, ids in two forms.

use std::collections::{HashMap, HashSet};

use super::columns::Column;
use super::finding::{Told, Wrong};
use super::key::widened;
use super::record::{RecordReader, RowRecord};
use super::sink::{At, Sink};
use super::table::{Row, trimmed};
use crate::manifest::EntryPart;
use crate::model::{FoldedKey, Folding, KeyType};

/// A record with the row that it comes from.
pub(super) type Placed<'t> = (&'t Row, RowRecord);

/// Refuses records that share a key, and leaves out those that only stand twice. `tells` says whether that is worth to be told: where each
/// row has a child, its parent stands in each.
pub(super) fn unique<'t>(
    records: Vec<Placed<'t>>,
    reader: &RecordReader<'_>,
    tells: bool,
    sink: &mut Sink,
) -> Vec<Placed<'t>> {
    let mut groups: HashMap<FoldedKey, Vec<usize>> = HashMap::new();
    for (index, (_, record)) in records.iter().enumerate() {
        if !record.key.is_empty() {
            groups.entry(folded(&record.key)).or_default().push(index);
        }
    }
    let broken: HashSet<usize> = sink
        .problems
        .iter()
        .map(|problem| problem.place.row)
        .collect();
    let mut left_out: HashSet<usize> = HashSet::new();
    let mut found = Vec::new();
    for group in groups.values().filter(|group| group.len() > 1) {
        let (first_row, first) = &records[group[0]];
        let is_same = |index: &usize| {
            let (row, record) = &records[*index];
            // A value with a problem may be any value, so the cells decide.
            let is_broken = broken.contains(&row.number) || broken.contains(&first_row.number);
            let has_same_cells = || {
                row.filled()
                    .map(|(_, cell)| cell.shown())
                    .eq(first_row.filled().map(|(_, cell)| cell.shown()))
            };
            record.fields == first.fields && (!is_broken || has_same_cells())
        };
        let other_case = group.iter().find_map(|index| {
            let (_, record) = &records[*index];
            let mut parts = record.key.iter().zip(&first.key).zip(reader.key_columns());
            let differing = parts.find(|((one, other), _)| differs_in_case(one, other));
            differing.map(|(_, (_, column))| column)
        });
        match other_case {
            Some(column) => {
                found.extend(
                    group
                        .iter()
                        .map(|index| (*index, column, Wrong::KeyDiffersInCase)),
                );
            }
            None if group.iter().all(is_same) => left_out.extend(&group[1..]),
            None => {
                let column = reader.own_column();
                found.extend(
                    group
                        .iter()
                        .map(|index| (*index, column, Wrong::DuplicateKey)),
                );
            }
        }
    }
    found.sort_by_key(|(index, ..)| *index);
    for (index, column, wrong) in found {
        let (row, _) = records[index];
        sink.wrong(At { row, column }, wrong);
    }
    let mut kept = Vec::with_capacity(records.len());
    for (index, (row, record)) in records.into_iter().enumerate() {
        let column = reader.own_column();
        match left_out.contains(&index) {
            true if tells => sink.tell(At { row, column }, Told::DuplicateRow),
            true => {}
            false => kept.push((row, record)),
        }
    }
    kept
}

/// Refuses ids of 15 characters whose form of 18 is in the file too.
pub(super) fn mixed_ids(rows: &[&Row], all: &[&Row], column: &Column, sink: &mut Sink) {
    let text = |row: &Row| trimmed(&row.cell(column.index).shown()).to_owned();
    let ids: HashSet<String> = all.iter().map(|row| text(row)).collect();
    for row in rows {
        let wide = widened(&text(row));
        if wide.is_some_and(|wide| ids.contains(&wide)) {
            sink.wrong(At { row, column }, Wrong::MixedIds);
        }
    }
}

/// The columns of ids of a key.
pub(super) fn id_columns<'c>(reader: &RecordReader<'c>) -> impl Iterator<Item = &'c Column> {
    let parts = reader.key_columns();
    parts
        .filter(|(part, _)| {
            matches!(
                part.holds,
                KeyType::Text {
                    is_filtered: true,
                    ..
                }
            )
        })
        .map(|(_, column)| column)
}

/// The key as Marketo compares it, with addresses in place of the ids of leads.
pub(super) fn folded(key: &[EntryPart]) -> FoldedKey {
    let mut folding = Folding::default();
    for part in key {
        match part {
            EntryPart::Text(text) => folding.text(text),
            EntryPart::Lead(id) => folding.lead(*id),
            EntryPart::LeadBy { value, .. } => folding.text(value),
        }
    }
    folding.end()
}

/// Whether two texts that Marketo takes for one are written differently. Addresses have no case.
fn differs_in_case(one: &EntryPart, other: &EntryPart) -> bool {
    match (one, other) {
        (EntryPart::Text(one), EntryPart::Text(other)) => one != other,
        (EntryPart::Text(_) | EntryPart::Lead(_) | EntryPart::LeadBy { .. }, _) => false,
    }
}
