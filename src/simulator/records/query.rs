//! Queries: by one searchable field, by an alias, or by compound keys, with fields and pages.
//!
//! Source: Adobe REST documentation, "Opportunities" and "Opportunity Roles", section "Query".

use std::collections::HashSet;

use jiff::Timestamp;

use super::paging;
use super::rules::Rules;
use super::values::{By, identity, typed_key};
use crate::simulator::answers::{
    Answers, DatetimeForm, EmptyField, GuidBlank, LastPage, NumberForm, QueryOrder, QuerySeq,
    TooManyValues, UnknownQueryField,
};
use crate::simulator::clock::central;
use crate::simulator::faults::effects::{alter, each_member};
use crate::simulator::faults::fault::Alteration;
use crate::simulator::instance::schema::Schema;
use crate::simulator::objects::field::{DataType, Field};
use crate::simulator::objects::table::{Object, Rows};
use crate::simulator::store::lookup::{Cursor, Lookup, Page, page};
use crate::simulator::store::record::{Folding, Record};
use crate::simulator::store::record_store::Store;
use crate::simulator::wire::codes::{Failure, Reason};
use crate::simulator::wire::json::raw;
use crate::simulator::wire::reply::{Reply, Row};
use crate::simulator::wire::request::{Call, Content, MOST, Members, input, members, text_member};

/// A query that keeps to the rules.
pub(in crate::simulator) struct Query {
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
    pub(in crate::simulator) fn parse(rules: Rules<'_>, call: &Call) -> Result<Self, Failure> {
        let asked = Asked::of(rules.answers, call)?;
        let size = paging::size(rules.answers, asked.batch_size.as_deref())?;
        let filter = asked
            .filter_type
            .filter(|filter| !filter.is_empty())
            .ok_or_else(|| Failure::invalid("filterType not specified"))?;
        let (lookup, filtered) = match asked.input {
            Some(input) => (compound(rules, &filter, &input)?, None),
            None => {
                let values = asked.filter_values.unwrap_or_default();
                simple(rules, &filter, &values)?
            }
        };
        let fields = match asked.fields.filter(|fields| !fields.trim().is_empty()) {
            Some(fields) => named_fields(rules, &fields)?,
            None => default_fields(rules.schema, filtered),
        };
        Ok(Self {
            lookup,
            fields,
            size,
            token: asked.token,
        })
    }

    /// The page that the query asks for.
    pub(in crate::simulator) fn answer(
        &self,
        rules: Rules<'_>,
        store: &Store,
    ) -> Result<Reply, Failure> {
        let (object, answers, now) = (rules.schema.object, rules.answers, rules.now);
        let identity = (object.name, &self.lookup, &self.fields);
        let from = paging::cursor(answers, &identity, self.token.as_deref(), now)?;
        let shows = |record: &Record| rules.shows(object, record);
        let Page { records, next } = store.read(|tables| {
            if let Rows::Plain { most } = object.rows {
                let first = Cursor::default();
                let all = page(tables, object, &self.lookup, &first, most, shows)?;
                if all.next.is_some() {
                    return Err(Failure::invalid("Too many results match the filter"));
                }
            }
            Ok(page(tables, object, &self.lookup, &from, self.size, shows)?)
        })?;
        let mut reply = Reply {
            rows: self.rows(answers, object, &records),
            next: next.map(|next| paging::token(&identity, &next, now)),
            says_last: object.rows != Rows::Numbered || answers.last_page == LastPage::Said,
            warning: None,
        };
        if answers.number_form == NumberForm::Text {
            alter(&mut reply, Alteration::NumbersAsText);
        }
        if answers.datetime_form != DatetimeForm::Utc {
            let is_datetime = |name: &str| {
                let field = rules.schema.field(name);
                field.is_ok_and(|field| field.data_type == DataType::Datetime)
            };
            each_member(&mut reply, |name, json| {
                let stored = is_datetime(name).then_some(json)?;
                datetime(answers.datetime_form, stored.trim_matches('"'))
            });
        }
        if answers.guid_blank == GuidBlank::Trailing {
            alter(&mut reply, Alteration::TrailingBlank);
        }
        Ok(reply)
    }

    fn rows(&self, answers: &Answers, object: &Object, records: &[(u32, Record)]) -> Vec<Row> {
        let rows = (0_u32..).zip(records).map(|(place, (index, record))| {
            let seq = match answers.query_seq {
                QuerySeq::Page => place,
                QuerySeq::FilterValue => *index,
            };
            self.row(answers, object, seq, record)
        });
        let mut rows: Vec<Row> = rows.collect();
        if answers.query_order == QueryOrder::Reversed {
            rows.reverse();
        }
        rows
    }

    fn row(&self, answers: &Answers, object: &Object, seq: u32, record: &Record) -> Row {
        let (numbered, id) = (object.rows == Rows::Numbered, object.id);
        let mut row = Row::default();
        if numbered {
            row.push("seq", raw(seq));
            if let Some(value) = record.get(id) {
                row.push(id, value.clone());
            }
        }
        let nulls = !numbered || answers.empty_field == EmptyField::Null;
        for name in &self.fields {
            match record.get(name) {
                Some(_) if numbered && name == id => {}
                Some(value) => row.push(name.clone(), value.clone()),
                None if nulls => row.push(name.clone(), raw(())),
                None => {}
            }
        }
        row
    }
}

/// A stored instant in another form.
fn datetime(form: DatetimeForm, stored: &str) -> Option<String> {
    let instant: Timestamp = stored.parse().ok()?;
    let text = match form {
        DatetimeForm::Utc => return None,
        DatetimeForm::Offset => instant.to_zoned(central()).strftime("%Y-%m-%dT%H:%M:%S%:z"),
        DatetimeForm::Zoneless => instant.strftime("%Y-%m-%d %H:%M:%S"),
        DatetimeForm::Both => instant.strftime("%Y-%m-%dT%H:%M:%SZ+0000"),
    };
    Some(text.to_string())
}

impl Asked {
    fn of(answers: &Answers, call: &Call) -> Result<Self, Failure> {
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
            input: body.as_ref().map(|body| input(answers, body)).transpose()?,
        })
    }
}

fn bad_filter(answers: &Answers, filter: &str) -> Failure {
    let message = format!("Invalid filterType '{filter}'");
    Reason::new(answers.filter_not_searchable.value(), message).into()
}

/// The lookup of a filter with comma-separated values, and the field that it filters by.
fn simple<'s>(
    rules: Rules<'s>,
    filter: &str,
    values: &str,
) -> Result<(Lookup, Option<&'s Field>), Failure> {
    let (object, answers) = (rules.schema.object, rules.answers);
    let name = match filter {
        "idField" => object.id,
        "dedupeFields" if object.key.len() == 1 => object.key[0],
        other => other,
    };
    let field = rules.schema.searchable(name);
    let field = field.ok_or_else(|| bad_filter(answers, filter))?;
    let values = values.split(',').filter(|value| !value.trim().is_empty());
    let mut values: Vec<&str> = values.collect();
    if values.is_empty() {
        return Err(Failure::invalid("filterValues not specified"));
    }
    if values.len() > MOST {
        match answers.too_many_values {
            TooManyValues::Truncated => values.truncate(MOST),
            TooManyValues::Invalid => {
                let count = values.len();
                return Err(Failure::invalid(format!(
                    "The number of filterValues ({count}) exceeds the limit of 300"
                )));
            }
        }
    }
    let mut numbers = values.iter().map(|value| value.trim());
    if field.data_type == DataType::Integer
        && let Some(wrong) = numbers.find(|value| value.parse::<i64>().is_err())
    {
        let message = format!("For input string: \"{wrong}\" failed to convert to a number");
        return Err(Reason::new("1001", message).into());
    }
    let folding = Folding::of(answers);
    let folded = values
        .into_iter()
        .map(|value| folding.value(object, &field.name, value));
    Ok((Lookup::by(object, field, distinct(folded)), Some(field)))
}

/// The lookup of records given by all parts of their keys.
fn compound(rules: Rules<'_>, filter: &str, input: &[Members]) -> Result<Lookup, Failure> {
    if filter != "dedupeFields" {
        return Err(bad_filter(rules.answers, filter));
    }
    let key = |record| {
        let values = typed_key(rules, record)?;
        identity(rules, By::Key, &values)
    };
    let keys: Result<Vec<_>, Reason> = input.iter().map(key).collect();
    Ok(Lookup::Keys(distinct(keys?)))
}

fn distinct(values: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    let values = values.into_iter();
    values.filter(|value| seen.insert(value.clone())).collect()
}

fn named_fields(rules: Rules<'_>, names: &str) -> Result<Vec<String>, Failure> {
    let names = names.split(',').map(str::trim);
    let mut fields = Vec::new();
    for name in names.filter(|name| !name.is_empty()) {
        match (rules.schema.field(name), rules.answers.unknown_query_field) {
            (Ok(field), _) => fields.push(field.name.to_string()),
            (Err(reason), UnknownQueryField::Field) => return Err(reason.into()),
            (Err(_), UnknownQueryField::Invalid) => {
                return Err(Failure::invalid(format!("Invalid fields [{name}]")));
            }
            (Err(_), UnknownQueryField::Ignored) => {}
        }
    }
    Ok(distinct(fields))
}

fn default_fields(schema: &Schema, filtered: Option<&Field>) -> Vec<String> {
    let object = schema.object;
    let defaults = object.defaults.iter().map(|&name| name.to_owned());
    distinct(defaults.chain(filtered.map(|field| field.name.to_string())))
}
