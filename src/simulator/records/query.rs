//! Queries: by a searchable field, by `idField` or `dedupeFields`, or by compound keys.
//!
//! Source: Adobe REST documentation, "Opportunities" and "Opportunity Roles", section "Query".

use std::collections::HashSet;
use std::hash::Hash;

use super::envelope::CallKind;
use super::forms;
use super::inherited::inherit;
use super::paging;
use super::rules::Rules;
use super::values::{NamedBy, identity, typed_key};
use crate::simulator::answers::{
    Answers, DefaultFields, EmptyField, LastPage, QueryOrder, QuerySeq, TooManyValues,
    UnknownQueryField, UnsetBoolean,
};
use crate::simulator::objects::field::{FieldType, ObjectField};
use crate::simulator::objects::object_type::{ObjectType, QueryDefaults, RowStyle};
use crate::simulator::store::error::StoreError;
use crate::simulator::store::lookup::{Cursor, FoundPage, Lookup, PageRequest};
use crate::simulator::store::record::{KeyFolding, StoredRecord};
use crate::simulator::store::record_store::RecordStore;
use crate::simulator::store::tables::StoreReader;
use crate::simulator::wire::codes::{CallFailure, CodedReason};
use crate::simulator::wire::ignored::IgnoredMembers;
use crate::simulator::wire::json::raw;
use crate::simulator::wire::reply::{ResultPage, ResultRow};
use crate::simulator::wire::request::{
    CallBody, JsonMembers, MOST_RECORDS, Params, ReceivedCall, input, members, text_member,
};

/// A query whose checks have passed.
pub(in crate::simulator) struct QueryCall {
    lookup: Lookup,
    fields: Vec<AskedField>,
    /// Whether a row has only those of the fields that have a value.
    populated: bool,
    size: usize,
    token: Option<String>,
}

/// A requested field.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct AskedField {
    /// The canonical name.
    name: String,
    data_type: FieldType,
}

impl AskedField {
    fn of(field: &ObjectField) -> Self {
        Self {
            name: field.name.to_string(),
            data_type: field.data_type,
        }
    }
}

/// The parameters of a query, from its URL, form or JSON body.
struct QueryParameters {
    filter_type: Option<String>,
    filter_values: Option<String>,
    fields: Option<String>,
    batch_size: Option<String>,
    token: Option<String>,
    /// The records of a JSON body, which has no filter values.
    input: Option<Vec<JsonMembers>>,
}

impl QueryCall {
    /// Reads a query, or refuses it.
    pub(in crate::simulator) fn parse(
        rules: Rules<'_>,
        call: &ReceivedCall,
        ignored: &IgnoredMembers,
    ) -> Result<Self, CallFailure> {
        let asked = QueryParameters::of(rules.answers, call, ignored)?;
        let size = paging::size(rules.answers, asked.batch_size.as_deref())?;
        let filter = match asked.filter_type {
            Some(filter) if !filter.is_empty() => filter,
            Some(_) | None => return Err(CallFailure::invalid("filterType not specified")),
        };
        let (lookup, filtered) = match asked.input {
            Some(input) => (compound(rules, &filter, &input)?, None),
            None => {
                let values = asked.filter_values.unwrap_or_default();
                simple(rules, &filter, &values)?
            }
        };
        let (fields, populated) = match asked.fields.filter(|fields| !fields.trim().is_empty()) {
            Some(fields) => (named_fields(rules, &fields)?, false),
            None => default_fields(rules, filtered),
        };
        Ok(Self {
            lookup,
            fields,
            populated,
            size,
            token: asked.token,
        })
    }

    /// The requested page.
    pub(in crate::simulator) fn answer(
        &self,
        rules: Rules<'_>,
        store: &RecordStore,
    ) -> Result<ResultPage, CallFailure> {
        let (object, answers, now) = (rules.schema.object, rules.answers, rules.now);
        let identity = (object.name, &self.lookup, &self.fields);
        let from = paging::cursor(answers, &identity, self.token.as_deref(), now)?;
        let FoundPage { records, next } = store.read(|tables| {
            if let RowStyle::Plain { most } = object.rows {
                let all = self.page(rules, tables, &Cursor::default(), most)?;
                if all.next.is_some() {
                    return Err(CallFailure::invalid("Too many results match the filter"));
                }
            }
            Ok(self.page(rules, tables, &from, self.size)?)
        })?;
        let mut reply = ResultPage {
            rows: self.rows(answers, object, &records),
            next: next.map(|next| paging::token(&identity, &next, now)),
            says_last: object.rows != RowStyle::Numbered || answers.last_page == LastPage::Said,
            warning: None,
        };
        forms::apply(answers, &mut reply);
        Ok(reply)
    }

    /// At most `size` of the selected records that the user sees, starting at the cursor.
    fn page(
        &self,
        rules: Rules<'_>,
        tables: &StoreReader,
        from: &Cursor,
        size: usize,
    ) -> Result<FoundPage, StoreError> {
        let object = rules.schema.object;
        let request = PageRequest {
            object,
            lookup: &self.lookup,
            from,
            size,
        };
        let mut page = request.find(tables, |record| rules.shows(object, record))?;
        for (_, record) in &mut page.records {
            inherit(rules, tables, record)?;
        }
        Ok(page)
    }

    fn rows(
        &self,
        answers: &Answers,
        object: &ObjectType,
        records: &[(u32, StoredRecord)],
    ) -> Vec<ResultRow> {
        let mut rows = Vec::with_capacity(records.len());
        for (place, (index, record)) in (0_u32..).zip(records) {
            let seq = match answers.query_seq {
                QuerySeq::Page => place,
                QuerySeq::FilterValue => *index,
            };
            rows.push(self.row(answers, object, seq, record));
        }
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
        let nulls = !self.populated && (!numbered || answers.empty_field == EmptyField::Null);
        let unset = object.unset_is_false && answers.unset_boolean == UnsetBoolean::Recorded;
        for AskedField { name, data_type } in &self.fields {
            match record.get(name) {
                Some(_) if numbered && name == id => {}
                Some(value) => {
                    let shown = forms::shown(answers, object, *data_type, value);
                    row.push(name.clone(), shown);
                }
                None if unset && *data_type == FieldType::Boolean => {
                    row.push(name.clone(), raw(false));
                }
                None if nulls => row.push(name.clone(), raw(())),
                None => {}
            }
        }
        row
    }
}

impl QueryParameters {
    fn of(
        answers: &Answers,
        call: &ReceivedCall,
        ignored: &IgnoredMembers,
    ) -> Result<Self, CallFailure> {
        let params = &call.params;
        let body = match &call.body {
            CallBody::Json(json) => Some(members(json)?),
            CallBody::Form | CallBody::None => None,
            CallBody::Other => return Err(CallFailure::code("612")),
        };
        let body = body.as_ref();
        CallKind::Query.check(answers, call, body, ignored)?;
        Ok(Self {
            filter_type: param_or_member(params, body, "filterType")?,
            filter_values: params.get("filterValues"),
            fields: param_or_member(params, body, "fields")?,
            batch_size: param_or_member(params, body, "batchSize")?,
            token: param_or_member(params, body, "nextPageToken")?,
            input: body.map(|body| input(answers, body)).transpose()?,
        })
    }
}

/// A parameter, or the member of the JSON body with the same name.
fn param_or_member(
    params: &Params,
    body: Option<&JsonMembers>,
    name: &str,
) -> Result<Option<String>, CallFailure> {
    match (params.get(name), body) {
        (Some(value), _) => Ok(Some(value)),
        (None, Some(body)) => text_member(body, name),
        (None, None) => Ok(None),
    }
}

fn bad_filter(answers: &Answers, filter: &str) -> CallFailure {
    let message = format!("Invalid filterType '{filter}'");
    CodedReason::new(answers.filter_not_searchable.value(), message).into()
}

/// The lookup of a filter with comma-separated values, and the field of the filter.
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
    let Some(field) = rules.schema.searchable(name) else {
        return Err(bad_filter(answers, filter));
    };
    let values = filter_values(answers, values)?;
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

/// The comma-separated values of a filter: 1 to 300.
fn filter_values<'v>(answers: &Answers, values: &'v str) -> Result<Vec<&'v str>, CallFailure> {
    let mut values: Vec<&str> = values
        .split(',')
        .filter(|value| !value.trim().is_empty())
        .collect();
    if values.is_empty() {
        return Err(CallFailure::invalid("filterValues not specified"));
    }
    if values.len() > MOST_RECORDS {
        match answers.too_many_values {
            TooManyValues::Truncated => values.truncate(MOST_RECORDS),
            TooManyValues::Invalid => {
                let count = values.len();
                return Err(CallFailure::invalid(format!(
                    "The number of filterValues ({count}) exceeds the limit of 300"
                )));
            }
        }
    }
    Ok(values)
}

/// The lookup of records by their whole keys.
fn compound(rules: Rules<'_>, filter: &str, input: &[JsonMembers]) -> Result<Lookup, CallFailure> {
    if filter != "dedupeFields" {
        return Err(bad_filter(rules.answers, filter));
    }
    let mut keys = Vec::with_capacity(input.len());
    for record in input {
        let values = typed_key(rules, record)?;
        keys.push(identity(rules, NamedBy::Key, &values)?);
    }
    Ok(Lookup::Keys(distinct(keys)))
}

fn distinct<T: Clone + Eq + Hash>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    values
        .into_iter()
        .filter(|value| seen.insert(value.clone()))
        .collect()
}

fn named_fields(rules: Rules<'_>, names: &str) -> Result<Vec<AskedField>, CallFailure> {
    let mut fields = Vec::new();
    let names = names.split(',').map(str::trim);
    for name in names.filter(|name| !name.is_empty()) {
        match (rules.schema.field(name), rules.answers.unknown_query_field) {
            (Ok(field), _) => fields.push(AskedField::of(field)),
            (Err(reason), UnknownQueryField::Field) => return Err(reason.into()),
            (Err(_), UnknownQueryField::Invalid) => {
                return Err(CallFailure::invalid(format!("Invalid fields [{name}]")));
            }
            (Err(_), UnknownQueryField::Ignored) => {}
        }
    }
    Ok(distinct(fields))
}

/// The fields of a query that names none, and whether only those with a value count.
fn default_fields(rules: Rules<'_>, filtered: Option<&ObjectField>) -> (Vec<AskedField>, bool) {
    let names = match rules.schema.object.defaults {
        QueryDefaults::Populated => {
            return (
                rules.schema.fields.iter().map(AskedField::of).collect(),
                true,
            );
        }
        QueryDefaults::Fields { documented, sample } => match rules.answers.default_fields {
            DefaultFields::Keys => documented,
            DefaultFields::Sample => sample,
        },
    };
    // A switch decides whether there are all fields of the sample.
    let fields = names
        .iter()
        .filter_map(|name| rules.schema.field(name).ok());
    let fields = distinct(fields.chain(filtered).map(AskedField::of));
    (fields, false)
}
