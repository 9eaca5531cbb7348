//! Files of keys: one key a line, or a table with a header, as spreadsheets and exports of other systems make them.
//!
//! A file is a table if its first line names a part of the key as a column. Quoting follows RFC 4180; columns may be
//! separated by commas, semicolons (as spreadsheets do in half of the world) or tabs, and others than the key's are ignored.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord};
use thiserror::Error;

use crate::manifest::refuse_endless;
use crate::model::{KeyType, ObjectKind};

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
    #[error("`{}` is not UTF-8", path.display())]
    NotUtf8 { path: PathBuf },
    #[error("`{}` is not a table in the form of RFC 4180", path.display())]
    NotATable {
        path: PathBuf,
        #[source]
        source: csv::Error,
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
            let text = text(path)?;
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
            let header = text.lines().next().unwrap_or_default();
            let tables = DELIMITERS.map(|delimiter| KeyTable::new(kind, header, delimiter));
            match tables.iter().find(|table| table.has_columns()) {
                Some(table) => table.rows(path, text),
                None => Ok(lines(kind, path, text)),
            }
        }
    }
}

/// A table of keys, by its header.
struct KeyTable {
    kind: &'static ObjectKind,
    delimiter: u8,
    /// The column of each part of the key, if the header has one for it.
    columns: Vec<Option<usize>>,
}

fn text(path: &Path) -> Result<String, KeyFileError> {
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        refuse_endless(path).and_then(|()| fs::read(path))
    };
    let path = path.to_owned();
    let bytes = bytes.map_err(|source| KeyFileError::Unreadable {
        path: path.clone(),
        source,
    })?;
    String::from_utf8(bytes).map_err(|_| KeyFileError::NotUtf8 { path })
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

/// The column with this name, in any letter case.
fn column(names: &StringRecord, wanted: &str) -> Option<usize> {
    let mut names = names.iter();
    names.position(|name| name.trim().eq_ignore_ascii_case(wanted))
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
