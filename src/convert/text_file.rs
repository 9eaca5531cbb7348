//! A table from a text with one of the usual signs between its columns.

use csv::ReaderBuilder;

use super::encoding::{Decoded, decoded};
use super::error::ConvertError;
use super::table::{Cell, Epoch, Row, SourceFacts, Table};

/// The signs that programs write between columns.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The rows that tell which sign it is.
const PROBED_ROWS: usize = 50;

/// The table of a text file.
pub(super) fn table(bytes: &[u8], encoding: Option<&str>) -> Result<Table, ConvertError> {
    let Decoded {
        text,
        encoding,
        is_probable,
    } = decoded(bytes, encoding)?;
    let cells = |delimiter: &u8| cells(&text, *delimiter);
    // The later one wins a draw, so the most common one stands last.
    let delimiter = DELIMITERS.into_iter().rev().max_by_key(cells);
    let delimiter = delimiter.unwrap_or(b',');
    if let Some(line) = broken_quote(&text, delimiter) {
        return Err(ConvertError::BrokenQuote { line });
    }
    Ok(Table {
        rows: rows(&text, delimiter),
        epoch: Epoch::Of1900,
        facts: SourceFacts::Text {
            encoding,
            is_probable,
            delimiter: char::from(delimiter),
        },
    })
}

/// The line of a quote that does not end, or that ends within a cell. The reader would make one cell of all that follows.
fn broken_quote(text: &str, delimiter: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut line) = (0, 1);
    let mut begins_cell = true;
    while let Some(byte) = bytes.get(at) {
        if begins_cell && *byte == b'"' {
            let begin = line;
            at += 1;
            loop {
                match (bytes.get(at), bytes.get(at + 1)) {
                    (None, _) => return Some(begin),
                    (Some(b'"'), Some(b'"')) => at += 2,
                    (Some(b'"'), _) => break,
                    (Some(byte), _) => {
                        line += usize::from(*byte == b'\n');
                        at += 1;
                    }
                }
            }
            at += 1;
            let ends_cell = bytes
                .get(at)
                .is_none_or(|byte| *byte == delimiter || b"\r\n".contains(byte));
            if !ends_cell {
                return Some(begin);
            }
            begins_cell = false;
            continue;
        }
        line += usize::from(*byte == b'\n');
        begins_cell = *byte == delimiter || b"\r\n".contains(byte);
        at += 1;
    }
    None
}

/// The number of cells in the first rows with this sign between them.
fn cells(text: &str, delimiter: u8) -> usize {
    let mut reader = reader(text, delimiter);
    let rows = reader.records().take(PROBED_ROWS);
    rows.filter_map(Result::ok).map(|row| row.len()).sum()
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

/// The rows that are not blank. The reader leaves out empty lines, which a spreadsheet counts, so they are counted here.
fn rows(text: &str, delimiter: u8) -> Vec<Row> {
    let mut reader = reader(text, delimiter);
    let (mut number, mut line, mut counted) = (0, 1, 0);
    let mut rows = Vec::new();
    // The text is UTF-8 and rows may have any length, so no record is an error.
    for record in reader.records().filter_map(Result::ok) {
        let begin = record.position().map_or(0, csv::Position::byte);
        let begin = usize::try_from(begin).unwrap_or(usize::MAX).min(text.len());
        let (start, blank) = after_empty_lines(text, begin);
        number += blank + 1;
        line += text[counted..start].matches('\n').count();
        counted = start;
        let cells: Vec<Cell> = record.iter().map(Cell::text).collect();
        if cells.iter().any(|cell| !cell.is_blank()) {
            rows.push(Row {
                number,
                line: Some(line),
                is_hidden: false,
                cells,
            });
        }
    }
    rows
}

/// Where the text of a record begins, and the number of empty lines before it. The end of the line before may still be unread.
fn after_empty_lines(text: &str, begin: usize) -> (usize, usize) {
    let bytes = text.as_bytes();
    let (mut at, mut blank) = (begin, 0);
    if at > 0 && bytes[at - 1] == b'\r' && bytes.get(at) == Some(&b'\n') {
        at += 1;
    }
    loop {
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'\r'), Some(b'\n')) => at += 2,
            (Some(b'\r' | b'\n'), _) => at += 1,
            _ => return (at, blank),
        }
        blank += 1;
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    /// The number, the line and the cells of each row.
    fn read(text: &str) -> Vec<(usize, usize, String)> {
        let table = table(text.as_bytes(), None).expect("it is text");
        let rows = table.rows.iter().map(|row| {
            let cells: Vec<_> = row.cells.iter().map(Cell::shown).collect();
            (row.number, row.line.expect("it has lines"), cells.join("|"))
        });
        rows.collect()
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_counts_them() {
        for end in ["\n", "\r\n"] {
            let text = ["a,b", "1,\"x", "y\"", "", ",", "2,z", "", "", "3"].join(end);
            let multi = format!("1|x{end}y");
            assert_eq!(
                read(&text),
                [
                    (1, 1, "a|b".to_owned()),
                    (2, 2, multi),
                    (5, 6, "2|z".to_owned()),
                    (8, 9, "3".to_owned()),
                ]
            );
        }
        // Line ends of two sorts in one file.
        assert_eq!(
            read("a,b\r\n1,2\n\n3,4\r\n\r\n5,6"),
            [
                (1, 1, "a|b".to_owned()),
                (2, 2, "1|2".to_owned()),
                (4, 4, "3|4".to_owned()),
                (6, 6, "5|6".to_owned()),
            ]
        );
    }

    #[test]
    fn a_quote_that_does_not_end_is_not_a_cell() {
        let rows = [
            ("a,b\n1,\"x\ny\"\n2,\"\"\n", None),
            ("a,b\n1,5\" pipe\n2,say \"\"\n", None),
            ("a,b\n1,\"say \"\"x\"\"\"\r\n", None),
            ("a,b\n1,\"x\n2,y\n", Some(2)),
            ("a,b\n1,\"x\n2,\"y\"\n", Some(2)),
            ("a,b\n\"1\",\"x\" \n", Some(2)),
        ];
        for (text, expected) in rows {
            assert_eq!(broken_quote(text, b','), expected, "{text}");
        }
    }

    #[test]
    fn the_sign_between_columns_is_the_one_that_makes_most_of_them() {
        let rows = [
            ("Stand, heute;;\na;b;c\n1,5;2,5;3", ';'),
            ("a\tb\n1,2\t3", '\t'),
            ("a,b\n1;2,3", ','),
            ("only\none", ','),
        ];
        for (text, expected) in rows {
            let table = table(text.as_bytes(), None).expect("it is text");
            let SourceFacts::Text { delimiter, .. } = table.facts else {
                unreachable!("it is a text file");
            };
            assert_eq!(delimiter, expected, "{text}");
        }
    }
}
