//! What each column becomes, and why a column is not taken.

use std::fmt::Write as _;

use crate::convert::{Columns, Reason};
use crate::render::escape::escaped;

/// The width of the first column of the list; longer headers push the rest aside.
const MOST_WIDTH: usize = 40;

/// A line for each column.
pub(super) fn list(columns: &Columns) -> String {
    let headers = columns.taken.iter().map(|column| &column.header);
    let headers = headers.chain(columns.not_taken.iter().map(|column| &column.header));
    let widths = headers.map(|header| escaped(header).chars().count());
    let width = widths.max().unwrap_or(0).min(MOST_WIDTH);
    let mut text = String::new();
    for column in &columns.taken {
        let (header, target) = (escaped(&column.header), column.target.to_string());
        writeln!(text, "  {header:width$}   {}", escaped(&target)).expect("strings take all text");
    }
    if !columns.not_taken.is_empty() {
        text.push_str("Not taken:\n");
    }
    for column in &columns.not_taken {
        let header = escaped(&column.header);
        writeln!(text, "  {header:width$}   {}", reason(column.reason))
            .expect("strings take all text");
    }
    text
}

fn reason(reason: Reason) -> String {
    let text = match reason {
        Reason::Name => "names, no ids",
        Reason::ForeignId => "ids of contacts, which are no leads of Marketo",
        Reason::OwnId => "ids of links, which Marketo does not keep",
        Reason::NoField => "Marketo has no such field",
        Reason::OfTheSystem => "for the other system itself",
        Reason::NoOffset => "times without an offset; --zone takes them",
        Reason::NoTime => "days without a time, or times without an offset",
        Reason::OtherAmount => "the currency of a column that is not taken",
        Reason::OtherColumn(field) => return format!("another column becomes {field}"),
        Reason::SameMeaning => "another column with this meaning is taken",
        Reason::SameHeader => {
            "another column with this header is taken; a map can name \"HEADER #2\""
        }
        Reason::OtherKind => "for records of another kind, or without what their keys need",
        Reason::NotMapped => "not in the map",
        Reason::NoTarget => "null in the map",
        Reason::Unknown => "not known; --map can take it",
    };
    text.to_owned()
}
