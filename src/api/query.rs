//! Reading: exactly the records that are named, over all pages.
//!
//! Always by POST with `_method=GET`: 300 ids do not fit in a URL. No rows is an answer; everything else
//! that is not a complete list of rows is an error, because absence makes the planner create.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::columns::Columns;
use super::encode::{self, string};
use super::execute::Core;
use super::reply::{Paging, SuccessReply};
use super::text::{members, shown};
use super::transport::{Body, Request};
use super::{ApiError, Call, Client, Disposition, MAX_RECORDS, Operation};
use crate::model::{Key, Record, Schema};

/// More pages than any query of 300 values has; only a server that turns in circles gets here.
const MAX_PAGES: usize = 10_000;

/// Which records a query asks for.
#[derive(Clone, Debug)]
pub enum Filter<'a> {
    /// Those with one of these values in a searchable field.
    Field { name: &'a str, values: Vec<String> },
    /// Those with these keys.
    Keys(&'a [&'a Key]),
}

/// The parameters of a query that all of its pages repeat.
pub(super) enum PagedQuery {
    /// By one field, as a form.
    Field {
        filter_type: String,
        values: String,
        fields: String,
    },
    /// Everything there is, by GET.
    All,
    /// By a compound key: JSON without its last member and its closing brace.
    Compound { json: String },
}

impl Client {
    /// The records that match, with their ids, their keys and these fields.
    ///
    /// # Panics
    /// `filter` has more than [`MAX_RECORDS`] values: cutting the work into calls is the caller's.
    ///
    /// # Errors
    /// The call failed, or its reply is not a complete list of records.
    pub async fn query(
        &self,
        schema: &Schema,
        filter: &Filter<'_>,
        fields: &[Arc<str>],
    ) -> Result<Vec<Record>, ApiError> {
        let call = Call::new(Operation::Query, schema.kind);
        let columns = Columns::new(schema, fields);
        let Some(question) = PagedQuery::new(call, schema, filter, columns.names())? else {
            return Ok(Vec::new());
        };
        let path = format!("/rest/v1/{}.json?_method=GET", schema.kind.path);
        let rows = self.0.pages(call, &path, &question).await?;
        let mut ids = HashSet::with_capacity(rows.len());
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            let record = columns
                .record(&row)
                .map_err(|problem| malformed(call, problem, &row))?;
            // A record that is written while its list is paged can stand on two pages.
            if ids.insert(record.id.clone()) {
                records.push(record);
            }
        }
        Ok(records)
    }
}

impl PagedQuery {
    /// The question of a filter; none if it names nothing.
    fn new(
        call: Call,
        schema: &Schema,
        filter: &Filter<'_>,
        fields: &[&str],
    ) -> Result<Option<Self>, ApiError> {
        let kind = schema.kind;
        match (filter, kind.key) {
            (Filter::Field { name, values }, _) => Self::by_field(call, name, values, fields),
            (Filter::Keys(keys), [part]) => {
                let values: Vec<String> = keys.iter().map(ToString::to_string).collect();
                Self::by_field(call, part.field, &values, fields)
            }
            (Filter::Keys(keys), _) => {
                check_count(keys.len());
                let fields: Vec<_> = fields.iter().map(|name| string(name)).collect();
                let input: Vec<_> = keys.iter().map(|key| encode::key(kind, key)).collect();
                let input: Vec<_> = input.iter().map(encode::Encoded::json).collect();
                let (fields, input) = (fields.join(","), input.join(","));
                Ok((!keys.is_empty()).then(|| Self::Compound {
                    json: format!(
                        r#"{{"filterType":"dedupeFields","fields":[{fields}],"batchSize":{MAX_RECORDS},"input":[{input}]"#
                    ),
                }))
            }
        }
    }

    /// A question by the values of one field; none without values.
    pub(super) fn by_field(
        call: Call,
        name: &str,
        values: &[impl AsRef<str>],
        fields: &[&str],
    ) -> Result<Option<Self>, ApiError> {
        check_count(values.len());
        let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
        // Marketo documents no escape: the value would be two others.
        if let Some(value) = values.iter().find(|value| value.contains(',')) {
            let value = shown(value, &[]);
            return Err(ApiError::Comma { call, value });
        }
        Ok((!values.is_empty()).then(|| Self::Field {
            filter_type: name.to_owned(),
            values: values.join(","),
            fields: fields.join(","),
        }))
    }
}

fn check_count(values: usize) {
    assert!(
        values <= MAX_RECORDS,
        "a query names at most {MAX_RECORDS} values"
    );
}

impl Core {
    /// The rows of all pages.
    pub(super) async fn pages(
        &self,
        call: Call,
        path: &str,
        question: &PagedQuery,
    ) -> Result<Vec<Box<RawValue>>, ApiError> {
        let mut rows = Vec::new();
        let mut token: Option<Box<str>> = None;
        let mut is_again = false;
        for _ in 0..MAX_PAGES {
            let reply = match self.page(call, path, question, token.as_deref()).await {
                Ok(reply) => reply,
                Err(error) if token.is_none() && error.disposition() == Disposition::NoData => {
                    return Ok(rows);
                }
                // The page differs from the first one by its token only, so that is what was refused.
                Err(ApiError::Refused { .. }) if token.is_some() && !is_again => {
                    is_again = true;
                    rows.clear();
                    token = None;
                    continue;
                }
                Err(error) => return Err(error),
            };
            rows.extend(reply.rows);
            match reply.next {
                Paging::End => return Ok(rows),
                Paging::Next(next) if token.as_ref() == Some(&next) => {
                    return Err(protocol(call, "a page names itself as the next one", &next));
                }
                Paging::Next(next) => token = Some(next),
                Paging::NextUnknown => {
                    return Err(protocol(
                        call,
                        "a reply announces more rows",
                        "no page token",
                    ));
                }
            }
        }
        Err(protocol(
            call,
            "the pages do not end",
            &format!("{MAX_PAGES} pages read"),
        ))
    }

    async fn page(
        &self,
        call: Call,
        path: &str,
        question: &PagedQuery,
        token: Option<&str>,
    ) -> Result<SuccessReply, ApiError> {
        match question {
            PagedQuery::Field {
                filter_type,
                values,
                fields,
            } => {
                let size = MAX_RECORDS.to_string();
                let mut form = vec![
                    ("filterType", filter_type.as_str()),
                    ("filterValues", values),
                    ("fields", fields),
                    ("batchSize", &size),
                ];
                form.extend(token.map(|token| ("nextPageToken", token)));
                let body = Body::Form(&form);
                self.execute(&Request { call, path, body }).await
            }
            PagedQuery::All => {
                let (path, body) = (&paged(path, token), Body::None);
                self.execute(&Request { call, path, body }).await
            }
            PagedQuery::Compound { json } => {
                let mut json = json.clone();
                if let Some(token) = token {
                    json.push_str(",\"nextPageToken\":");
                    json.push_str(&string(token));
                }
                json.push('}');
                let body = Body::Json(&json);
                self.execute(&Request { call, path, body }).await
            }
        }
    }
}

/// The path of one page of a list.
fn paged(path: &str, token: Option<&str>) -> String {
    let path = format!("{path}?");
    let start = path.len();
    let mut query = form_urlencoded::Serializer::for_suffix(path, start);
    query.append_pair("batchSize", &MAX_RECORDS.to_string());
    query.extend_pairs(token.map(|token| ("nextPageToken", token)));
    query.finish()
}

/// The error of a row that contradicts the documentation. Its values are not told: they are of people.
pub(super) fn malformed(call: Call, problem: &'static str, row: &RawValue) -> ApiError {
    protocol(call, problem, &members(row.get()))
}

/// The error of a reply that contradicts the documentation.
pub(super) fn protocol(call: Call, problem: &'static str, excerpt: &str) -> ApiError {
    ApiError::Protocol {
        call,
        problem,
        excerpt: shown(excerpt, &[]),
    }
}
