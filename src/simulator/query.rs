//! Queries: by one searchable field, by an alias, or by compound keys, with fields and pages.
//!
//! Source: Adobe REST documentation, "Opportunities" and "Opportunity Roles", section "Query".

use std::collections::HashSet;

use super::codes::{Failure, Reason};
use super::kinds::{Field, Rows};
use super::lookup::{Cursor, Lookup, Page, page};
use super::paging::{self, MOST};
use super::reply::{Reply, Row};
use super::request::{Call, Content, Members, input, members, text_member};
use super::schema::Schema;
use super::store::Store;
use super::tables::record_key;
use super::value::{DataType, Record, accept, fold, raw, text};

/// A query that keeps to the rules.
pub(super) struct Query {
    lookup: Lookup,
    /// Canonical names.
    fields: Vec<String>,
    size: usize,
    token: Option<String>,
}

/// The parameters of a query, wherever they stood.
struct Asked {
    filter_type: Option<String>,
    filter_values: Option<String>,
    fields: Option<String>,
    batch_size: Option<String>,
    token: Option<String>,
    /// Of a JSON body, which has no filter values.
    input: Option<Vec<Members>>,
}

impl Query {
    /// Reads a query and refuses what breaks the rules.
    pub(super) fn parse(schema: &Schema, call: &Call) -> Result<Self, Failure> {
        let asked = Asked::of(call)?;
        let size = paging::size(asked.batch_size.as_deref())?;
        let filter = asked
            .filter_type
            .filter(|filter| !filter.is_empty())
            .ok_or_else(|| Failure::invalid("filterType not specified"))?;
        let (lookup, filtered) = match asked.input {
            Some(input) => (compound(schema, &filter, &input)?, None),
            None => {
                let values = asked.filter_values.unwrap_or_default();
                simple(schema, &filter, &values)?
            }
        };
        let fields = match asked.fields.filter(|fields| !fields.trim().is_empty()) {
            Some(fields) => named_fields(schema, &fields)?,
            None => default_fields(schema, filtered),
        };
        Ok(Self {
            lookup,
            fields,
            size,
            token: asked.token,
        })
    }

    /// The page that the query asks for.
    pub(super) fn answer(&self, schema: &Schema, store: &Store) -> Result<Reply, Failure> {
        let object = schema.object;
        let identity = (object.name, &self.lookup, &self.fields);
        let from = paging::cursor(&identity, self.token.as_deref())?;
        let Page { records, next } = store.read(|tables| {
            if let Rows::Plain { most } = object.rows {
                let first = Cursor::default();
                if page(tables, object, &self.lookup, &first, most)?
                    .next
                    .is_some()
                {
                    return Err(Failure::invalid("Too many results match the filter"));
                }
            }
            Ok(page(tables, object, &self.lookup, &from, self.size)?)
        })?;
        let rows = records
            .iter()
            .enumerate()
            .map(|(seq, record)| self.row(object.rows, object.id, seq, record));
        Ok(Reply {
            rows: rows.collect(),
            next: next.map(|next| paging::token(&identity, &next)),
            says_last: object.rows != Rows::Numbered,
        })
    }

    fn row(&self, rows: Rows, id: &'static str, seq: usize, record: &Record) -> Row {
        let mut row = Row::default();
        if rows == Rows::Numbered {
            row.push("seq", raw(seq));
            if let Some(value) = record.get(id) {
                row.push(id, value.clone());
            }
        }
        for name in &self.fields {
            match record.get(name) {
                Some(_) if rows == Rows::Numbered && name == id => {}
                Some(value) => row.push(name.clone(), value.clone()),
                None if rows == Rows::Numbered => {}
                None => row.push(name.clone(), raw(())),
            }
        }
        row
    }
}

impl Asked {
    fn of(call: &Call) -> Result<Self, Failure> {
        let params = &call.params;
        let body = match &call.body {
            Content::Json(json) => Some(members(json)?),
            Content::Form | Content::None => None,
            Content::Other => return Err(Failure::code("612")),
        };
        let member = |name| match (params.get(name), &body) {
            (Some(value), _) => Ok(Some(value)),
            (None, Some(body)) => text_member(body, name),
            (None, None) => Ok(None),
        };
        Ok(Self {
            filter_type: member("filterType")?,
            filter_values: params.get("filterValues"),
            fields: member("fields")?,
            batch_size: member("batchSize")?,
            token: member("nextPageToken")?,
            input: body.as_ref().map(input).transpose()?,
        })
    }
}

fn bad_filter(filter: &str) -> Failure {
    Failure::invalid(format!("Invalid filterType '{filter}'"))
}

/// The lookup of a filter with comma-separated values, and the field that it filters by.
fn simple<'s>(
    schema: &'s Schema,
    filter: &str,
    values: &str,
) -> Result<(Lookup, Option<&'s Field>), Failure> {
    let object = schema.object;
    let name = match filter {
        "idField" => object.id,
        "dedupeFields" if object.key.len() == 1 => object.key[0],
        other => other,
    };
    let field = schema.searchable(name).ok_or_else(|| bad_filter(filter))?;
    let values: Vec<&str> = values
        .split(',')
        .map(str::trim)
        .filter(|value| !value.is_empty())
        .collect();
    if values.is_empty() {
        return Err(Failure::invalid("filterValues not specified"));
    }
    if values.len() > MOST {
        return Err(Failure::invalid(format!(
            "The number of filterValues ({}) exceeds the limit of 300",
            values.len()
        )));
    }
    if field.data_type == DataType::Integer
        && let Some(wrong) = values.iter().find(|value| value.parse::<i64>().is_err())
    {
        let message = format!("For input string: \"{wrong}\" failed to convert to a number");
        return Err(Reason::new("1001", message).into());
    }
    let values = distinct(values.into_iter().map(fold));
    Ok((Lookup::by(object, field, values), Some(field)))
}

/// The lookup of records given by all parts of their keys.
fn compound(schema: &Schema, filter: &str, input: &[Members]) -> Result<Lookup, Failure> {
    if filter != "dedupeFields" {
        return Err(bad_filter(filter));
    }
    let keys: Result<Vec<_>, _> = input.iter().map(|record| key(schema, record)).collect();
    Ok(Lookup::Keys(distinct(keys?)))
}

fn key(schema: &Schema, record: &Members) -> Result<String, Failure> {
    let mut parts = Vec::new();
    for &name in schema.object.key {
        let field = schema.field(name)?;
        let sent = record
            .iter()
            .find(|(sent, _)| sent.eq_ignore_ascii_case(name));
        let value = match sent {
            Some((_, value)) => accept(field, value).map_err(Failure::invalid)?,
            None => None,
        };
        let part = value.as_deref().and_then(text).map(|part| fold(&part));
        match part.filter(|part| !part.is_empty()) {
            Some(part) => parts.push(part),
            None => return Err(Failure::invalid(format!("{name} not specified"))),
        }
    }
    Ok(record_key(parts.iter().map(String::as_str)))
}

fn distinct(values: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    let values = values.into_iter();
    values.filter(|value| seen.insert(value.clone())).collect()
}

fn named_fields(schema: &Schema, names: &str) -> Result<Vec<String>, Failure> {
    let names = names
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let fields: Result<Vec<String>, Reason> = names
        .map(|name| Ok(schema.field(name)?.name.to_string()))
        .collect();
    Ok(distinct(fields?))
}

fn default_fields(schema: &Schema, filtered: Option<&Field>) -> Vec<String> {
    let object = schema.object;
    let defaults = object.defaults.iter().map(|&name| name.to_owned());
    distinct(defaults.chain(filtered.map(|field| field.name.to_string())))
}
