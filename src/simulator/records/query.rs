//! Queries: by one searchable field, by an alias, or by compound keys, with fields and pages.
//!
//! Source: Adobe REST documentation, "Opportunities" and "Opportunity Roles", section "Query".

use std::collections::HashSet;

use jiff::Timestamp;

use super::paging;
use super::rules::Rules;
use super::values::{NamedBy, identity, typed_key};
use crate::simulator::answers::{
    Answers, DatetimeForm, EmptyField, GuidBlank, LastPage, NumberForm, QueryOrder, QuerySeq,
    TooManyValues, UnknownQueryField,
};
use crate::simulator::clock::central;
use crate::simulator::faults::effects::{alter, each_member};
use crate::simulator::faults::fault::Alteration;
use crate::simulator::instance::schema::ObjectSchema;
use crate::simulator::objects::field::{FieldType, ObjectField};
use crate::simulator::objects::table::{ObjectType, RowStyle};
use crate::simulator::store::lookup::{Cursor, FoundPage, Lookup, page};
use crate::simulator::store::record::{KeyFolding, StoredRecord};
use crate::simulator::store::record_store::RecordStore;
use crate::simulator::wire::codes::{CallFailure, CodedReason};
use crate::simulator::wire::json::raw;
use crate::simulator::wire::reply::{ResultPage, ResultRow};
use crate::simulator::wire::request::{
    CallBody, JsonMembers, MOST, ReceivedCall, input, members, text_member,
};

/// A query that keeps to the rules.
pub(in crate::simulator) struct QueryCall {
    lookup: Lookup,
    /// Canonical names.
    fields: Vec<String>,
    size: usize,
    token: Option<String>,
}

/// The parameters of a query, wherever they stood.
struct QueryParameters {
    filter_type: Option<String>,
    filter_values: Option<String>,
    fields: Option<String>,
    batch_size: Option<String>,
    token: Option<String>,
    /// Of a JSON body, which has no filter values.
    input: Option<Vec<JsonMembers>>,
}

impl QueryCall {
    /// Reads a query and refuses what breaks the rules.
    pub(in crate::simulator) fn parse(
        rules: Rules<'_>,
        call: &ReceivedCall,
    ) -> Result<Self, CallFailure> {
        let asked = QueryParameters::of(rules.answers, call)?;
        let size = paging::size(rules.answers, asked.batch_size.as_deref())?;
        let filter = asked
            .filter_type
            .filter(|filter| !filter.is_empty())
            .ok_or_else(|| CallFailure::invalid("filterType not specified"))?;
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
        store: &RecordStore,
    ) -> Result<ResultPage, CallFailure> {
        let (object, answers, now) = (rules.schema.object, rules.answers, rules.now);
        let identity = (object.name, &self.lookup, &self.fields);
        let from = paging::cursor(answers, &identity, self.token.as_deref(), now)?;
        let shows = |record: &StoredRecord| rules.shows(object, record);
        let FoundPage { records, next } = store.read(|tables| {
            if let RowStyle::Plain { most } = object.rows {
                let first = Cursor::default();
                let all = page(tables, object, &self.lookup, &first, most, shows)?;
                if all.next.is_some() {
                    return Err(CallFailure::invalid("Too many results match the filter"));
                }
            }
            Ok(page(tables, object, &self.lookup, &from, self.size, shows)?)
        })?;
        let mut reply = ResultPage {
            rows: self.rows(answers, object, &records),
            next: next.map(|next| paging::token(&identity, &next, now)),
            says_last: object.rows != RowStyle::Numbered || answers.last_page == LastPage::Said,
            warning: None,
        };
        if answers.number_form == NumberForm::Text {
            alter(&mut reply, Alteration::NumbersAsText);
        }
        if answers.datetime_form != DatetimeForm::Utc {
            let is_datetime = |name: &str| {
                let field = rules.schema.field(name);
                field.is_ok_and(|field| field.data_type == FieldType::Datetime)
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

    fn rows(
        &self,
        answers: &Answers,
        object: &ObjectType,
        records: &[(u32, StoredRecord)],
    ) -> Vec<ResultRow> {
        let rows = (0_u32..).zip(records).map(|(place, (index, record))| {
            let seq = match answers.query_seq {
                QuerySeq::Page => place,
                QuerySeq::FilterValue => *index,
            };
            self.row(answers, object, seq, record)
        });
        let mut rows: Vec<ResultRow> = rows.collect();
        if answers.query_order == QueryOrder::Reversed {
            rows.reverse();
        }
        rows
    }

    fn row(
        &self,
        answers: &Answers,
        object: &ObjectType,
        seq: u32,
        record: &StoredRecord,
    ) -> ResultRow {
        let (numbered, id) = (object.rows == RowStyle::Numbered, object.id);
        let mut row = ResultRow::default();
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

impl QueryParameters {
    fn of(answers: &Answers, call: &ReceivedCall) -> Result<Self, CallFailure> {
        let params = &call.params;
        let body = match &call.body {
            CallBody::Json(json) => Some(members(json)?),
            CallBody::Form | CallBody::None => None,
            CallBody::Other => return Err(CallFailure::code("612")),
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

fn bad_filter(answers: &Answers, filter: &str) -> CallFailure {
    let message = format!("Invalid filterType '{filter}'");
    CodedReason::new(answers.filter_not_searchable.value(), message).into()
}

/// The lookup of a filter with comma-separated values, and the field that it filters by.
fn simple<'s>(
    rules: Rules<'s>,
    filter: &str,
    values: &str,
) -> Result<(Lookup, Option<&'s ObjectField>), CallFailure> {
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
        return Err(CallFailure::invalid("filterValues not specified"));
    }
    if values.len() > MOST {
        match answers.too_many_values {
            TooManyValues::Truncated => values.truncate(MOST),
            TooManyValues::Invalid => {
                let count = values.len();
                return Err(CallFailure::invalid(format!(
                    "The number of filterValues ({count}) exceeds the limit of 300"
                )));
            }
        }
    }
    let mut numbers = values.iter().map(|value| value.trim());
    if field.data_type == FieldType::Integer
        && let Some(wrong) = numbers.find(|value| value.parse::<i64>().is_err())
    {
        let message = format!("For input string: \"{wrong}\" failed to convert to a number");
        return Err(CodedReason::new("1001", message).into());
    }
    let folding = KeyFolding::of(answers);
    let folded = values
        .into_iter()
        .map(|value| folding.value(object, &field.name, value));
    Ok((Lookup::by(object, field, distinct(folded)), Some(field)))
}

/// The lookup of records given by all parts of their keys.
fn compound(rules: Rules<'_>, filter: &str, input: &[JsonMembers]) -> Result<Lookup, CallFailure> {
    if filter != "dedupeFields" {
        return Err(bad_filter(rules.answers, filter));
    }
    let key = |record| {
        let values = typed_key(rules, record)?;
        identity(rules, NamedBy::Key, &values)
    };
    let keys: Result<Vec<_>, CodedReason> = input.iter().map(key).collect();
    Ok(Lookup::Keys(distinct(keys?)))
}

fn distinct(values: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    let values = values.into_iter();
    values.filter(|value| seen.insert(value.clone())).collect()
}

fn named_fields(rules: Rules<'_>, names: &str) -> Result<Vec<String>, CallFailure> {
    let names = names.split(',').map(str::trim);
    let mut fields = Vec::new();
    for name in names.filter(|name| !name.is_empty()) {
        match (rules.schema.field(name), rules.answers.unknown_query_field) {
            (Ok(field), _) => fields.push(field.name.to_string()),
            (Err(reason), UnknownQueryField::Field) => return Err(reason.into()),
            (Err(_), UnknownQueryField::Invalid) => {
                return Err(CallFailure::invalid(format!("Invalid fields [{name}]")));
            }
            (Err(_), UnknownQueryField::Ignored) => {}
        }
    }
    Ok(distinct(fields))
}

fn default_fields(schema: &ObjectSchema, filtered: Option<&ObjectField>) -> Vec<String> {
    let object = schema.object;
    let defaults = object.defaults.iter().map(|&name| name.to_owned());
    distinct(defaults.chain(filtered.map(|field| field.name.to_string())))
}
