//! The file of `--map`: what each column becomes, and how to read the file. `--save-map` writes it.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_yaml::{Mapping, Value};
use thiserror::Error;

use super::columns::Columns;
use super::options::{DateOrder, DecimalSign, MappedColumn, Options, Scale};
use crate::model::ObjectKind;

const VERSION: u32 = 1;

/// The comment at the top of a saved map.
const HEAD: &str =
    "# For `oppctl convert --map`: what each column becomes; null for one that is not taken.\n";

/// A map as its file has it.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct MapFile {
    version: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    kinds: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sheet: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    header: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    encoding: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dates: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decimal: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    percents: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    cents: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    widen_ids: bool,
    columns: Mapping,
}

/// Why a map cannot be used.
#[derive(Debug, Error)]
pub enum MapFileError {
    #[error("it is not a map")]
    NotAMap(#[source] serde_yaml::Error),
    #[error("its version is {0}; this program reads version {VERSION}")]
    Version(u32),
    #[error("`{member}: {value}`: {why}")]
    Member {
        member: &'static str,
        value: String,
        why: String,
    },
    #[error("the column `{header}` becomes `{value}`: {why}")]
    Column {
        header: String,
        value: String,
        why: String,
    },
}

impl MapFile {
    /// Reads the text of a map.
    ///
    /// # Errors
    /// It is not one, or a value in it is none that is known.
    pub fn options(text: &str) -> Result<Options, MapFileError> {
        let file: Self = serde_yaml::from_str(text).map_err(MapFileError::NotAMap)?;
        let Self {
            version,
            kinds,
            sheet,
            header,
            encoding,
            dates,
            decimal,
            currency,
            percents,
            zone,
            cents,
            widen_ids,
            columns,
        } = file;
        if version != VERSION {
            return Err(MapFileError::Version(version));
        }
        let kinds = kinds.into_iter().map(|word| {
            ObjectKind::named(&word).ok_or_else(|| wrong("kinds", &word, "not a kind"))
        });
        let columns: Result<Vec<_>, _> = columns.into_iter().map(column).collect();
        Ok(Options {
            kinds: kinds.collect::<Result<_, _>>()?,
            sheet,
            header,
            encoding,
            dates: named("dates", dates, &DateOrder::ALL, DateOrder::word)?,
            decimal: named("decimal", decimal, &DecimalSign::ALL, DecimalSign::word)?,
            currency: parsed("currency", currency)?,
            amount: None,
            cents,
            percents: named("percents", percents, &Scale::ALL, Scale::word)?,
            zone: parsed("zone", zone)?,
            widen_ids,
            columns: Some(columns?),
        })
    }

    /// The text of a map with these columns, none of which is taken.
    #[must_use]
    pub fn blank(headers: &[String]) -> String {
        let file = Self {
            version: VERSION,
            columns: blank(headers),
            ..Self::default()
        };
        file.written()
    }

    /// The text of the map by which another conversion reads the same file in the same way.
    #[must_use]
    pub fn text(columns: &Columns, options: &Options) -> String {
        let Options {
            kinds,
            sheet,
            header,
            encoding,
            dates,
            decimal,
            currency,
            // It is one of the columns.
            amount: _,
            cents,
            percents,
            zone,
            widen_ids,
            columns: _,
        } = options;
        let file = Self {
            version: VERSION,
            kinds: kinds.iter().map(|kind| kind.name.to_owned()).collect(),
            sheet: sheet.clone(),
            header: *header,
            encoding: encoding.clone(),
            dates: dates.map(|order| order.word().to_owned()),
            decimal: decimal.map(|sign| sign.word().to_owned()),
            currency: currency.as_ref().map(ToString::to_string),
            percents: percents
                .or(columns.percents)
                .map(|scale| scale.word().to_owned()),
            zone: zone.as_ref().map(ToString::to_string),
            cents: *cents,
            widen_ids: *widen_ids,
            columns: written(columns),
        };
        file.written()
    }

    fn written(&self) -> String {
        let text = serde_yaml::to_string(self).expect("texts and numbers can be written");
        format!("{HEAD}{text}")
    }
}

/// The targets of columns that nobody has named yet.
fn blank(headers: &[String]) -> Mapping {
    numbered(headers.iter().map(|header| (header, Value::Null)))
}

/// All columns in the order of the file, each with what it becomes.
fn written(columns: &Columns) -> Mapping {
    let taken = columns.taken.iter().map(|column| {
        let target = Value::String(column.target.to_string());
        (column.index, &column.header, target)
    });
    let not_taken = columns.not_taken.iter();
    let not_taken = not_taken.map(|column| (column.index, &column.header, Value::Null));
    let mut all: Vec<_> = taken.chain(not_taken).collect();
    all.sort_by_key(|(index, ..)| *index);
    numbered(all.into_iter().map(|(_, header, target)| (header, target)))
}

/// Targets by the headers of their columns, of which the further ones with one header get numbers.
fn numbered<'h>(columns: impl Iterator<Item = (&'h String, Value)>) -> Mapping {
    let mut mapping = Mapping::new();
    let mut seen = HashMap::new();
    for (header, target) in columns {
        let count: &mut usize = seen.entry(header).or_default();
        *count += 1;
        let name = match *count {
            1 => header.clone(),
            count => format!("{header} #{count}"),
        };
        mapping.insert(Value::String(name), target);
    }
    mapping
}

fn column((header, target): (Value, Value)) -> Result<MappedColumn, MapFileError> {
    let header = match header {
        Value::String(header) => header,
        // `2026: null`
        Value::Bool(_) | Value::Number(_) | Value::Null => {
            let text = serde_yaml::to_string(&header).unwrap_or_default();
            text.trim().to_owned()
        }
        Value::Sequence(_) | Value::Mapping(_) | Value::Tagged(_) => {
            return Err(MapFileError::Column {
                header: "…".to_owned(),
                value: "…".to_owned(),
                why: "expected the header of a column".to_owned(),
            });
        }
    };
    let target = match target {
        Value::Null => None,
        Value::String(text) => match text.parse() {
            Ok(target) => Some(target),
            Err(why) => {
                return Err(MapFileError::Column {
                    header,
                    value: text,
                    why,
                });
            }
        },
        Value::Bool(_)
        | Value::Number(_)
        | Value::Sequence(_)
        | Value::Mapping(_)
        | Value::Tagged(_) => {
            return Err(MapFileError::Column {
                header,
                value: "…".to_owned(),
                why: "expected a text or null".to_owned(),
            });
        }
    };
    Ok(MappedColumn { header, target })
}

fn named<T: Copy>(
    member: &'static str,
    text: Option<String>,
    all: &[T],
    word: fn(T) -> &'static str,
) -> Result<Option<T>, MapFileError> {
    let Some(text) = text else { return Ok(None) };
    match all.iter().find(|value| word(**value) == text) {
        Some(value) => Ok(Some(*value)),
        None => {
            let words: Vec<&str> = all.iter().map(|value| word(*value)).collect();
            let why = format!("expected {}", words.join(" or "));
            Err(wrong(member, &text, &why))
        }
    }
}

fn parsed<T: std::str::FromStr<Err = &'static str>>(
    member: &'static str,
    text: Option<String>,
) -> Result<Option<T>, MapFileError> {
    let Some(text) = text else { return Ok(None) };
    text.parse()
        .map(Some)
        .map_err(|why| wrong(member, &text, why))
}

fn wrong(member: &'static str, value: &str, why: &str) -> MapFileError {
    MapFileError::Member {
        member,
        value: value.to_owned(),
        why: why.to_owned(),
    }
}
