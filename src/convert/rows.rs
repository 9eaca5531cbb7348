//! Which rows are records. The others are named, so that no record goes missing without a word.

use super::columns::Columns;
use super::finding::{PassedOver, Skipped};
use super::number::number;
use super::options::DecimalSign;
use super::table::{Content, Row, Table, trimmed};
use super::target::{Target, Use};
use super::words::{boolean, is_sum};

/// The fewest columns of a table whose rows with a single cell can be told from records.
const FEWEST_COLUMNS: usize = 3;

/// The rows of a table.
pub(super) struct Rows<'t> {
    pub(super) records: Vec<&'t Row>,
    /// Deleted records too: their ids count where ids are compared.
    pub(super) with_ids: Vec<&'t Row>,
    pub(super) skipped: Vec<Skipped>,
}

/// Sorts the rows of a table whose headers are in the row with this index.
pub(super) fn sorted<'t>(table: &'t Table, header: usize, columns: &Columns) -> Rows<'t> {
    let (above, rows) = table.rows.split_at(header);
    let mut sorted = Rows {
        records: Vec::new(),
        with_ids: Vec::new(),
        skipped: Vec::new(),
    };
    for row in above {
        sorted.skip(row, PassedOver::Preamble);
    }
    let Some((header, rows)) = rows.split_first() else {
        return sorted;
    };
    let end = footer(header, rows);
    let key = columns.find(|target| matches!(target, Target::KeyPart(_)));
    let deleted = columns.find(|target| *target == Target::Use(Use::Deleted));
    for (index, row) in rows.iter().enumerate() {
        let has_key = key.is_none_or(|key| !row.cell(key.index).is_blank());
        let is_deleted = deleted.is_some_and(|column| is_true(row, column.index));
        if index >= end {
            sorted.skip(row, PassedOver::Footer);
        } else if is_header(header, row) {
            sorted.skip(row, PassedOver::RepeatedHeader);
        } else if !has_key && is_sums(row) {
            sorted.skip(row, PassedOver::Sum);
        } else if is_deleted {
            sorted.skip(row, PassedOver::Deleted);
            sorted.with_ids.push(row);
        } else {
            sorted.records.push(row);
            sorted.with_ids.push(row);
        }
    }
    sorted
}

impl Rows<'_> {
    fn skip(&mut self, row: &Row, what: PassedOver) {
        let first = row.filled().next().map(|(_, cell)| cell.shown());
        self.skipped.push(Skipped {
            what,
            row: row.number,
            line: row.line,
            value: first.unwrap_or_default().into_owned(),
        });
    }
}

/// The index of the first row of the footer: rows of a single cell at the end, below a blank row.
fn footer(header: &Row, rows: &[Row]) -> usize {
    if header.filled().count() < FEWEST_COLUMNS {
        return rows.len();
    }
    let singles = rows
        .iter()
        .rev()
        .take_while(|row| row.filled().count() == 1);
    let begin = rows.len() - singles.count();
    let is_below_blank = |index: &usize| {
        let before = match index.checked_sub(1) {
            Some(before) => rows[before].number,
            None => header.number,
        };
        // A cell with line breaks is in one row, so a gap is a blank row.
        rows[*index].number > before + 1
    };
    (begin..rows.len())
        .find(is_below_blank)
        .unwrap_or(rows.len())
}

/// Whether a row has the headers again, as after a page break.
fn is_header(header: &Row, row: &Row) -> bool {
    header
        .filled()
        .map(|(index, cell)| (index, cell.shown()))
        .eq(row.filled().map(|(index, cell)| (index, cell.shown())))
}

/// Whether a row has the label of a sum, and otherwise only numbers.
fn is_sums(row: &Row) -> bool {
    let mut labels = 0;
    for (_, cell) in row.filled() {
        match &cell.content {
            Content::Text(text) if is_sum(trimmed(text)) => labels += 1,
            Content::Text(text) if !is_numeric(text) => return false,
            Content::Boolean(_) => return false,
            Content::Text(_)
            | Content::Empty
            | Content::Number { .. }
            | Content::Error(_)
            | Content::NotComputed => {}
        }
    }
    labels == 1
}

/// Whether a text is a number, whatever its value is.
fn is_numeric(text: &str) -> bool {
    let signs = DecimalSign::ALL.map(Some);
    signs.into_iter().any(|sign| number(text, sign).is_ok())
}

fn is_true(row: &Row, column: usize) -> bool {
    let cell = row.cell(column);
    boolean(trimmed(&cell.shown())) == Some(true)
}
