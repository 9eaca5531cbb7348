//! Reads all pages of a list.
//!
//! Queries are sent by POST with `_method=GET`, because 300 ids do not fit into a URL.

use std::collections::HashSet;

use serde_json::value::RawValue;

use super::call::Call;
use super::disposition::Disposition;
use super::encode::{self, Encoded, string};
use super::error::ApiError;
use super::execute::Core;
use super::reply::{Paging, SuccessReply};
use super::text::shown;
use super::transport::{Body, Request};
use super::write::MAX_RECORDS;
use crate::model::{Key, ObjectKind};

/// More pages than any list has. Only a server whose list has no end reaches it.
pub(super) const MAX_PAGES: usize = 10_000;

/// More pages than the records of 300 keys need, which fit into one. Pages may be small, and a list may change while it is read.
pub(super) const FEW_PAGES: usize = 30;

/// The parameters that all pages of a query share.
pub(super) enum PagedQuery {
    /// A query by one field, sent as a form.
    Field {
        filter_type: String,
        values: String,
        fields: String,
    },
    /// The whole list, by GET.
    All,
    /// A query by compound keys: JSON without its last member and its closing brace.
    Compound { json: String },
}

impl PagedQuery {
    /// A query by the values of one field, or `None` without values.
    pub(super) fn by_field(
        call: Call,
        name: &str,
        values: &[impl AsRef<str>],
        fields: &[&str],
    ) -> Result<Option<Self>, ApiError> {
        check_count(values.len());
        let texts: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
        // Marketo documents no way to escape a comma, so the value would count as two.
        if let Some(value) = texts.iter().find(|value| value.contains(',')) {
            let value = shown(value);
            return Err(ApiError::Comma { call, value });
        }
        if texts.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self::Field {
            filter_type: name.to_owned(),
            values: texts.join(","),
            fields: fields.join(","),
        }))
    }

    /// A query by compound keys, or `None` without keys.
    pub(super) fn by_keys(kind: &ObjectKind, keys: &[&Key], fields: &[&str]) -> Option<Self> {
        check_count(keys.len());
        if keys.is_empty() {
            return None;
        }
        let names: Vec<String> = fields.iter().map(|name| string(name)).collect();
        let records: Vec<Encoded> = keys.iter().map(|key| encode::key(kind, key)).collect();
        let input: Vec<&str> = records.iter().map(Encoded::json).collect();
        Some(Self::Compound {
            json: format!(
                r#"{{"filterType":"dedupeFields","fields":[{}],"batchSize":{MAX_RECORDS},"input":[{}]"#,
                names.join(","),
                input.join(",")
            ),
        })
    }
}

fn check_count(values: usize) {
    assert!(
        values <= MAX_RECORDS,
        "a query names at most {MAX_RECORDS} values"
    );
}

/// A request for all pages of a list.
pub(super) struct PagedRequest<'a> {
    pub(super) call: Call,
    /// The path below the base URL, without the parameters of the query.
    pub(super) path: &'a str,
    pub(super) query: &'a PagedQuery,
    /// After so many pages the list is taken for one without an end.
    pub(super) max_pages: usize,
}

impl PagedRequest<'_> {
    /// Reads the rows of all pages.
    pub(super) async fn all_rows(&self, core: &Core) -> Result<Vec<Box<RawValue>>, ApiError> {
        let call = self.call;
        let mut rows = Vec::new();
        let mut token: Option<Box<str>> = None;
        let mut has_restarted = false;
        let mut seen = HashSet::new();
        for _ in 0..self.max_pages {
            let reply = match self.page(core, token.as_deref()).await {
                Ok(reply) => reply,
                Err(error) if token.is_none() && error.disposition() == Disposition::NoData => {
                    return Ok(rows);
                }
                // This page differs from the first one only by its token, so Marketo refused the token. It may have expired.
                Err(ApiError::Refused { .. }) if token.is_some() && !has_restarted => {
                    has_restarted = true;
                    rows.clear();
                    seen.clear();
                    token = None;
                    continue;
                }
                Err(error) => return Err(error),
            };
            if reply.rows.len() > MAX_RECORDS {
                let detail = format!("{} rows, and not {MAX_RECORDS}", reply.rows.len());
                return Err(ApiError::protocol(call, "a page is too large", &detail));
            }
            rows.extend(reply.rows);
            match reply.next {
                Paging::End => return Ok(rows),
                Paging::Next(next) if !seen.insert(next.clone()) => {
                    let detail = match seen.len() {
                        1 => "after 1 page".to_owned(),
                        pages => format!("after {pages} pages"),
                    };
                    return Err(ApiError::protocol(
                        call,
                        "the pages go in a circle",
                        &detail,
                    ));
                }
                Paging::Next(next) => token = Some(next),
                Paging::NextUnknown => {
                    let problem = "a reply announces more rows";
                    return Err(ApiError::protocol(call, problem, "no page token"));
                }
            }
        }
        let detail = format!("{} pages read", self.max_pages);
        Err(ApiError::protocol(call, "the list does not end", &detail))
    }

    async fn page(&self, core: &Core, token: Option<&str>) -> Result<SuccessReply, ApiError> {
        let Self {
            call, path, query, ..
        } = *self;
        match query {
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
                core.execute(&Request { call, path, body }).await
            }
            PagedQuery::All => {
                let (path, body) = (&path_of_page(path, token), Body::None);
                core.execute(&Request { call, path, body }).await
            }
            PagedQuery::Compound { json } => {
                let mut whole = json.clone();
                if let Some(token) = token {
                    whole.push_str(",\"nextPageToken\":");
                    whole.push_str(&string(token));
                }
                whole.push('}');
                let body = Body::Json(&whole);
                core.execute(&Request { call, path, body }).await
            }
        }
    }
}

/// The path of one page of a whole list.
fn path_of_page(path: &str, token: Option<&str>) -> String {
    let start = path.len() + 1;
    let mut query = form_urlencoded::Serializer::for_suffix(format!("{path}?"), start);
    query.append_pair("batchSize", &MAX_RECORDS.to_string());
    query.extend_pairs(token.map(|token| ("nextPageToken", token)));
    query.finish()
}
