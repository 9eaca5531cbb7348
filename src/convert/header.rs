//! The row of the headers. Titles, dates and filters may stand above it, in any number of rows.

use super::columns::{Columns, find, headers, recognised};
use super::error::ConvertError;
use super::options::{MappedColumn, Options};
use super::profile::Profile;
use super::profiles::PROFILES;
use super::table::{Row, Table};

/// The rows that may be the header. Reports have up to a dozen above it.
const PROBED_ROWS: usize = 80;

/// The fewest columns that make an export known: one name alone says little.
const FEWEST: usize = 3;

/// The columns of a table, and the index of the row with the headers.
pub(super) fn columns(table: &Table, options: &Options) -> Result<(usize, Columns), ConvertError> {
    let rows = candidates(table, options)?;
    let (index, columns) = match &options.columns {
        Some(map) => by_map(&rows, map, options)?,
        None => by_profile(&rows, options)?,
    };
    let headers = headers(&table.rows[index]);
    // The value of a group stands in its first row only. In the others the column would be empty, and the field left out.
    let grouped = headers
        .iter()
        .find(|(_, header)| header.ends_with(['↑', '↓']));
    match grouped {
        Some((_, header)) => Err(ConvertError::Grouped {
            header: header.clone(),
        }),
        None => Ok((index, columns)),
    }
}

/// The rows that may have the headers, with their indices.
fn candidates<'t>(
    table: &'t Table,
    options: &Options,
) -> Result<Vec<(usize, &'t Row)>, ConvertError> {
    let mut rows = table.rows.iter().enumerate();
    let rows: Vec<_> = match options.header {
        Some(row) => {
            let found = rows.find(|(_, found)| found.number == row);
            vec![found.ok_or(ConvertError::NoHeaderRow { row })?]
        }
        None => rows.take(PROBED_ROWS).collect(),
    };
    if rows.is_empty() {
        return Err(ConvertError::NoTable);
    }
    Ok(rows)
}

/// The first row with the most of the mapped columns.
fn by_map(
    rows: &[(usize, &Row)],
    map: &[MappedColumn],
    options: &Options,
) -> Result<(usize, Columns), ConvertError> {
    let found = |row: &Row| {
        let headers = headers(row);
        let columns = map
            .iter()
            .filter(|column| find(&headers, &column.header).is_ok());
        columns.count()
    };
    // The later one wins a draw.
    let best = rows.iter().rev().max_by_key(|(_, row)| found(row));
    let (index, row) = best.ok_or(ConvertError::NoTable)?;
    Ok((*index, Columns::mapped(map, row, options)?))
}

/// The first row with the most columns that an export is known by.
fn by_profile(rows: &[(usize, &Row)], options: &Options) -> Result<(usize, Columns), ConvertError> {
    let mut best: Option<(usize, usize, &Row, &'static Profile)> = None;
    for (index, row) in rows {
        let headers = headers(row);
        for profile in PROFILES {
            let (count, has_key) = recognised(profile, &headers);
            let is_better = best.is_none_or(|(most, ..)| count > most);
            if has_key && count >= FEWEST && is_better {
                best = Some((count, *index, row, profile));
            }
        }
    }
    match best {
        Some((_, index, row, profile)) => Ok((index, Columns::known(profile, row, options)?)),
        None => {
            let widest = rows
                .iter()
                .rev()
                .max_by_key(|(_, row)| row.filled().count());
            let names = widest.map(|(_, row)| headers(row)).unwrap_or_default();
            Err(ConvertError::UnknownColumns {
                headers: names.into_iter().map(|(_, header)| header).collect(),
            })
        }
    }
}
