//! Files of keys: one key a line, or a table with a header, as spreadsheets and exports of other systems make them.
//!
//! A file is a table if its first line names a part of the key as a column. Quoting follows RFC 4180; columns may be
//! separated by commas, semicolons (as spreadsheets do in half of the world) or tabs, and others than the key's are ignored.
//! A table without such a column is refused as a whole, and never taken for one key a line. No message quotes a file.

use std::io;
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord};
use thiserror::Error;

use crate::model::{KeyType, ObjectKind};

use super::exact::parse_exact;
use super::key_text::{NoText, key_text};
use super::written_key::{KeyError, KeyPlace, WrittenKey};

/// Where keys are written.
#[derive(Clone, Debug)]
pub enum KeySource<'a> {
    Arguments(&'a [String]),
    /// A file; `-` is standard input.
    File(&'a Path),
}

/// Why a source of keys cannot be read at all.
#[derive(Debug, Error)]
pub enum KeyFileError {
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{}:{line}: the text is not UTF-8", path.display())]
    NotUtf8 { path: PathBuf, line: u64 },
    #[error("`{}` is not a table in the form of RFC 4180", path.display())]
    NotATable {
        path: PathBuf,
        #[source]
        source: csv::Error,
    },
    #[error("{} is a table, but no column in its first line is called `{}`", path.display(), kind.key[0].field)]
    NoColumn {
        path: PathBuf,
        kind: &'static ObjectKind,
    },
    #[error("`{}` has a column `{found}`, but none for `{missing}`", path.display())]
    MissingColumn {
        path: PathBuf,
        found: &'static str,
        missing: &'static str,
    },
}

/// A key, or where a text is that is not a key, and why.
pub type KeyLine = Result<WrittenKey, (KeyPlace, KeyError)>;

const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// The lines after the first one that tell whether a file is a table.
const PROBED_LINES: usize = 20;

impl KeyFileError {
    fn of(path: &Path, error: NoText) -> Self {
        let path = path.to_owned();
        match error {
            NoText::Unreadable(source) => Self::Unreadable { path, source },
            NoText::NotUtf8(line) => Self::NotUtf8 { path, line },
        }
    }

    /// The way out, if there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unreadable { .. } | Self::NotATable { .. } => None,
            Self::NotUtf8 { path, .. } => {
                let path = path.display();
                Some(format!(
                    "in a spreadsheet, save it as \"CSV UTF-8\"; or, for a file of Windows in Western Europe, run: iconv -f WINDOWS-1252 -t UTF-8 '{path}' > keys.csv"
                ))
            }
            Self::NoColumn { kind, .. } => {
                let fields: Vec<&str> = kind.key.iter().map(|part| part.field).collect();
                let whole = match &*fields {
                    [_] => String::new(),
                    [first, rest @ ..] => format!(
                        ", and for whole keys those with `{}`; `{first}` alone stands for all its {}",
                        rest.join("` and `"),
                        kind.nouns
                    ),
                    [] => String::new(),
                };
                Some(format!(
                    "give the column with the keys the heading `{}`{whole}",
                    fields[0]
                ))
            }
            Self::MissingColumn { missing, .. } => Some(format!(
                "give the column with that part of the key the heading `{missing}`"
            )),
        }
    }
}

/// Reads all keys of a source, in its order.
///
/// # Errors
/// The source cannot be read, or is a table without a column for a part of the key.
pub fn read_keys(
    kind: &'static ObjectKind,
    source: &KeySource<'_>,
) -> Result<Vec<KeyLine>, KeyFileError> {
    match source {
        KeySource::Arguments(keys) => Ok(keys
            .iter()
            .map(|key| line(kind, key, KeyPlace::Argument))
            .collect()),
        KeySource::File(path) => {
            let text = key_text(path).map_err(|error| KeyFileError::of(path, error))?;
            let header = text.lines().next().unwrap_or_default();
            let tables = DELIMITERS.map(|delimiter| KeyTable::new(kind, header, delimiter));
            match tables.iter().find(|table| table.has_columns()) {
                Some(table) => table.rows(path, &text),
                None if is_table(&text) => Err(KeyFileError::NoColumn {
                    path: (*path).to_owned(),
                    kind,
                }),
                None => Ok(lines(kind, path, &text)),
            }
        }
    }
}

/// Whether a file looks like a table rather than like a list of keys. No key that a manifest can have contains a comma or a tab.
fn is_table(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let Some(first) = lines.next().map(str::trim) else {
        return false;
    };
    if parse_exact(first).is_some() {
        return false;
    }
    let semicolons = |line: &str| line.matches(';').count();
    let rows_match = || {
        let mut rows = lines.take(PROBED_LINES).peekable();
        rows.peek().is_some() && rows.all(|line| semicolons(line) == semicolons(first))
    };
    first.contains([',', '\t', '"']) || (first.contains(';') && rows_match())
}

/// A table of keys, by its header.
struct KeyTable {
    kind: &'static ObjectKind,
    delimiter: u8,
    /// The column of each part of the key, if the header has one for it.
    columns: Vec<Option<usize>>,
}

fn line(kind: &'static ObjectKind, text: &str, place: KeyPlace) -> KeyLine {
    WrittenKey::of_text(kind, text, place.clone()).map_err(|error| (place, error))
}

fn lines(kind: &'static ObjectKind, path: &Path, text: &str) -> Vec<KeyLine> {
    let lines = (1u64..).zip(text.lines());
    lines
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(number, text)| line(kind, text, at(path, number)))
        .collect()
}

impl KeyTable {
    fn new(kind: &'static ObjectKind, header: &str, delimiter: u8) -> Self {
        let names = reader(header, delimiter, false).records().next();
        let names = names.and_then(Result::ok).unwrap_or_default();
        let parts = kind.key.iter().map(|part| match part.holds {
            KeyType::Text { .. } => column(&names, part.field),
            KeyType::Lead { reference } => {
                column(&names, part.field).or_else(|| column(&names, reference))
            }
        });
        Self {
            kind,
            delimiter,
            columns: parts.collect(),
        }
    }

    fn has_columns(&self) -> bool {
        self.columns.iter().any(Option::is_some)
    }

    /// Refuses a table with some columns of the key, unless it has all, or the first alone.
    fn check(&self, path: &Path) -> Result<(), KeyFileError> {
        let Some(missing) = self.columns.iter().position(Option::is_none) else {
            return Ok(());
        };
        if missing > 0 && self.columns[1..].iter().all(Option::is_none) {
            return Ok(());
        }
        let found = self.columns.iter().position(Option::is_some);
        Err(KeyFileError::MissingColumn {
            path: path.to_owned(),
            found: found.map_or("", |index| self.kind.key[index].field),
            missing: self.kind.key[missing].field,
        })
    }

    /// The keys below the header.
    fn rows(&self, path: &Path, text: &str) -> Result<Vec<KeyLine>, KeyFileError> {
        self.check(path)?;
        let is_whole = self.columns.iter().all(Option::is_some);
        let mut lines = Vec::new();
        for row in reader(text, self.delimiter, true).records() {
            let row: StringRecord = row.map_err(|source| KeyFileError::NotATable {
                path: path.to_owned(),
                source,
            })?;
            let cells = self.columns.iter().flatten();
            let mut cells: Vec<&str> = cells
                .map(|column| row.get(*column).unwrap_or_default())
                .collect();
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            // The first part alone, in a table that has columns for all.
            if is_whole && cells[1..].iter().all(|cell| cell.trim().is_empty()) {
                cells.truncate(1);
            }
            let number = row.position().map_or(0, csv::Position::line);
            let place = at(path, number);
            let key = WrittenKey::of_parts(self.kind, &cells, place.clone());
            lines.push(key.map_err(|error| (place, error)));
        }
        Ok(lines)
    }
}

/// The column with this name, in any letter case, with any blanks and signs between its words.
fn column(names: &StringRecord, wanted: &str) -> Option<usize> {
    let letters = |name: &str| -> String {
        let letters = name.chars().filter(|char| char.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let wanted = letters(wanted);
    names.iter().position(|name| letters(name) == wanted)
}

fn reader(text: &str, delimiter: u8, has_headers: bool) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(has_headers)
        .flexible(true)
        .from_reader(text.as_bytes())
}

fn at(path: &Path, line: u64) -> KeyPlace {
    KeyPlace::Line {
        file: path.to_owned(),
        line,
    }
}
