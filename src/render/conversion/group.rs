//! Findings that are alike, as one line: how many there are, where the first is, and the rows of the others.

use std::fmt::Write as _;
use std::mem::{Discriminant, discriminant};

use crate::convert::{Finding, Place};
use crate::model::grouped;
use crate::render::detail::Detail;
use crate::render::escape::escaped;

/// The most rows that a line names.
const MOST_ROWS: usize = 12;

/// The most characters that are shown of a cell.
const MOST_CHARS: usize = 40;

/// Findings of one sort in one column.
struct Group<'f, W> {
    first: &'f Finding<W>,
    rows: Vec<usize>,
    /// Whether one differs from the first in more than its place, as in a number.
    has_others: bool,
}

/// A line for each sort of finding in each column, the first rows first; with all details, one for each finding.
/// `words_of_several` are those of findings with different numbers.
pub(super) fn lines<W: PartialEq>(
    findings: &[Finding<W>],
    detail: Detail,
    words: impl Fn(&W) -> String,
    words_of_several: impl Fn(&W) -> String,
) -> String {
    let mut text = String::new();
    for group in groups(findings, detail) {
        let Group {
            first,
            rows,
            has_others,
        } = group;
        let Finding { what, place, value } = first;
        let Place { column, target, .. } = place;
        let count = match rows.len() {
            1 => String::new(),
            count => format!("{} × ", grouped(count)),
        };
        let at = if rows.len() == 1 { "at" } else { "first at" };
        let column = escaped(column);
        let words = match has_others {
            true => words_of_several(what),
            false => words(what),
        };
        write!(
            text,
            "  {count}{}: {words}, {at} {}, column {column}",
            escaped(target),
            row(place)
        )
        .expect("strings take all text");
        if !value.is_empty() {
            write!(text, ": {}", quoted(value)).expect("strings take all text");
        }
        text.push('\n');
        if rows.len() > 1 {
            let named: Vec<String> = rows.iter().take(MOST_ROWS).map(usize::to_string).collect();
            let more = match rows.len().saturating_sub(MOST_ROWS) {
                0 => String::new(),
                more => format!(" and {} more", grouped(more)),
            };
            writeln!(text, "      rows {}{more}", named.join(", ")).expect("strings take all text");
        }
    }
    text
}

/// "row 7", with the line of the file where that is another number.
pub(super) fn row(place: &Place) -> String {
    match place.line {
        Some(line) if line != place.row => format!("row {} (line {line})", place.row),
        Some(_) | None => format!("row {}", place.row),
    }
}

/// The beginning of a cell, in quotes.
pub(super) fn quoted(value: &str) -> String {
    let mut begin: String = value.chars().take(MOST_CHARS).collect();
    if begin.len() < value.len() {
        begin.push('…');
    }
    format!("\"{}\"", escaped(&begin))
}

fn groups<W: PartialEq>(findings: &[Finding<W>], detail: Detail) -> Vec<Group<'_, W>> {
    let mut groups: Vec<Group<'_, W>> = Vec::new();
    let sort = |finding: &Finding<W>| -> Discriminant<W> { discriminant(&finding.what) };
    for finding in findings {
        let same = match detail {
            // Each stands alone, and there may be many.
            Detail::Full => None,
            Detail::Normal | Detail::Summary => groups.iter_mut().find(|group| {
                sort(group.first) == sort(finding)
                    && group.first.place.column == finding.place.column
                    && group.first.place.target == finding.place.target
            }),
        };
        match same {
            Some(group) => {
                group.rows.push(finding.place.row);
                group.has_others |= group.first.what != finding.what;
            }
            None => groups.push(Group {
                first: finding,
                rows: vec![finding.place.row],
                has_others: false,
            }),
        }
    }
    groups
}
