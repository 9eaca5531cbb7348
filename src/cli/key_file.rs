//! Files of keys: one key a line, or a table with a header, as spreadsheets and exports of other systems make them.
//!
//! A file is a table if its first line names a part of the key as a column. Quoting follows RFC 4180; columns may be
//! separated by commas, semicolons (as spreadsheets do in half of the world) or tabs, and others than the key's are ignored.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord};
use thiserror::Error;

use crate::model::{KeyType, ObjectKind};

use super::keys::{Asked, KeyError, Place};

/// Where the keys of an import are written. Records that are found by something else than a key would be a further one.
#[derive(Clone, Debug)]
pub(super) enum KeySource<'a> {
    Arguments(&'a [String]),
    /// A file; `-` is standard input.
    File(&'a Path),
}

/// Why a source of keys cannot be read at all.
#[derive(Debug, Error)]
pub(super) enum KeyFileError {
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

/// A key, or why what stands there is none.
pub(super) type Line = Result<Asked, (Place, KeyError)>;

const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// All keys of a source, in its order.
pub(super) fn keys(
    kind: &'static ObjectKind,
    source: &KeySource<'_>,
) -> Result<Vec<Line>, KeyFileError> {
    match source {
        KeySource::Arguments(keys) => Ok(keys
            .iter()
            .map(|key| line(kind, key, Place::Argument))
            .collect()),
        KeySource::File(path) => {
            let text = text(path)?;
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
            let header = text.lines().next().unwrap_or_default();
            let table = DELIMITERS.into_iter().find_map(|delimiter| {
                let columns = columns(kind, header, delimiter);
                columns
                    .iter()
                    .any(Option::is_some)
                    .then_some((delimiter, columns))
            });
            match table {
                Some((delimiter, columns)) => rows(kind, path, text, delimiter, &columns),
                None => Ok(lines(kind, path, text)),
            }
        }
    }
}

fn text(path: &Path) -> Result<String, KeyFileError> {
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    let path = path.to_owned();
    let bytes = bytes.map_err(|source| KeyFileError::Unreadable {
        path: path.clone(),
        source,
    })?;
    String::from_utf8(bytes).map_err(|_| KeyFileError::NotUtf8 { path })
}

fn line(kind: &'static ObjectKind, text: &str, place: Place) -> Line {
    Asked::of_text(kind, text, place.clone()).map_err(|error| (place, error))
}

fn lines(kind: &'static ObjectKind, path: &Path, text: &str) -> Vec<Line> {
    let lines = (1u64..).zip(text.lines());
    lines
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(number, text)| line(kind, text, at(path, number)))
        .collect()
}

/// Which column of a header holds each part of the key.
fn columns(kind: &ObjectKind, header: &str, delimiter: u8) -> Vec<Option<usize>> {
    let names = reader(header, delimiter, false).records().next();
    let names = names.and_then(Result::ok).unwrap_or_default();
    let column = |wanted: &str| {
        let mut names = names.iter();
        names.position(|name| name.trim().eq_ignore_ascii_case(wanted))
    };
    let parts = kind.key.iter().map(|part| match part.holds {
        KeyType::Text { .. } => column(part.field),
        KeyType::Lead { reference } => column(part.field).or_else(|| column(reference)),
    });
    parts.collect()
}

fn rows(
    kind: &'static ObjectKind,
    path: &Path,
    text: &str,
    delimiter: u8,
    columns: &[Option<usize>],
) -> Result<Vec<Line>, KeyFileError> {
    let of = |index: usize| kind.key[index].field;
    let found = columns.iter().position(Option::is_some).map_or("", of);
    let missing = columns.iter().position(Option::is_none);
    // A table of the first part alone asks for all records that have it.
    let is_whole = missing.is_none();
    if let Some(missing) =
        missing.filter(|missing| *missing == 0 || columns[1..].iter().any(Option::is_some))
    {
        return Err(KeyFileError::MissingColumn {
            path: path.to_owned(),
            found,
            missing: of(missing),
        });
    }
    let mut lines = Vec::new();
    for row in reader(text, delimiter, true).records() {
        let row: StringRecord = row.map_err(|source| KeyFileError::NotATable {
            path: path.to_owned(),
            source,
        })?;
        let cells = columns.iter().flatten();
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
        let asked = Asked::of_parts(kind, &cells, place.clone());
        lines.push(asked.map_err(|error| (place, error)));
    }
    Ok(lines)
}

fn reader(text: &str, delimiter: u8, has_headers: bool) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(has_headers)
        .flexible(true)
        .from_reader(text.as_bytes())
}

fn at(path: &Path, line: u64) -> Place {
    Place::Line {
        file: path.to_owned(),
        line,
    }
}
