//! Queries: reads exactly the records that a filter names, over all pages.
//!
//! A reply without rows is an answer. Every other reply that is not a complete list of rows is an error, because the planner
//! creates a record that it takes for absent.

use std::collections::HashSet;
use std::sync::Arc;

use super::asked::Asked;
use super::call::{Call, Operation};
use super::client::Client;
use super::columns::Columns;
use super::error::ApiError;
use super::filter::Filter;
use super::paging::{FEW_PAGES, MAX_PAGES, PagedQuery, PagedRequest};
use crate::model::{Key, Record, Schema};

impl Client {
    /// The records that match, with their ids, their keys and these fields. An instance may take several spellings for one key, so
    /// the key of a record may be a further spelling of one that was asked for: see [`respelled`](super::respelled).
    ///
    /// # Panics
    /// `filter` has more than [`super::MAX_RECORDS`] values. The caller must split larger queries.
    ///
    /// # Errors
    /// The call failed, its reply is not a complete list of records, or it has records that nobody asked for.
    pub async fn query(
        &self,
        schema: &Schema,
        filter: &Filter<'_>,
        fields: &[Arc<str>],
    ) -> Result<Vec<Record>, ApiError> {
        if let Some(answers) = self.0.source.kept() {
            return answers.records(schema.kind, filter, fields);
        }
        let records = self.ask_records(schema, filter, fields).await?;
        self.0
            .source
            .keep(|answers| answers.keep_records(schema.kind, filter, fields, &records));
        Ok(records)
    }

    /// The keys of a query, or the parents, that are not known: the answers are kept ones, and these are not among them.
    #[must_use]
    pub fn not_asked(&self, schema: &Schema, filter: &Filter<'_>, fields: &[Arc<str>]) -> Vec<Key> {
        let answers = self.0.source.kept();
        answers.map_or_else(Vec::new, |it| it.not_asked(schema.kind, filter, fields))
    }

    async fn ask_records(
        &self,
        schema: &Schema,
        filter: &Filter<'_>,
        fields: &[Arc<str>],
    ) -> Result<Vec<Record>, ApiError> {
        let call = Call::new(Operation::Query, schema.kind);
        let columns = Columns::new(schema, fields);
        let Some(query) = paged(call, schema, filter, columns.names())? else {
            return Ok(Vec::new());
        };
        let path = format!("/rest/v1/{}.json?_method=GET", schema.kind.path);
        let request = PagedRequest {
            call,
            path: &path,
            query: &query,
            max_pages: max_pages(schema, filter),
        };
        let rows = request.all_rows(&self.0).await?;
        let asked = Asked::of(filter);
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            let record = columns
                .record(&row)
                .map_err(|problem| ApiError::malformed(call, problem, &row))?;
            asked.check(call, schema.kind, &record)?;
            records.push(record);
        }
        drop_repeated(&mut records);
        Ok(records)
    }
}

/// Keeps one of each record: one that is written while its list is read can be on two pages.
fn drop_repeated(records: &mut Vec<Record>) {
    let mut ids: Vec<&str> = records.iter().map(|record| &*record.id).collect();
    ids.sort_unstable();
    if ids.windows(2).any(|pair| pair[0] == pair[1]) {
        let mut seen = HashSet::new();
        records.retain(|record| seen.insert(record.id.clone()));
    }
}

/// The most pages that a query can have. Keys and ids name a record each, so more than a few pages are an answer without an end.
fn max_pages(schema: &Schema, filter: &Filter<'_>) -> usize {
    let kind = schema.kind;
    match (filter, kind.key) {
        (Filter::Keys(_), _) => FEW_PAGES,
        (Filter::Field { name, .. }, _) if *name == kind.id_field => FEW_PAGES,
        (Filter::Field { name, .. }, [part]) if *name == part.field => FEW_PAGES,
        (Filter::Field { .. }, _) => MAX_PAGES,
    }
}

/// The query for a filter, or `None` if the filter names no records.
fn paged(
    call: Call,
    schema: &Schema,
    filter: &Filter<'_>,
    fields: &[&str],
) -> Result<Option<PagedQuery>, ApiError> {
    match (filter, schema.kind.key) {
        (Filter::Field { name, values }, _) => PagedQuery::by_field(call, name, values, fields),
        (Filter::Keys(keys), [part]) => {
            let values: Vec<String> = keys.iter().map(ToString::to_string).collect();
            PagedQuery::by_field(call, part.field, &values, fields)
        }
        (Filter::Keys(keys), _) => Ok(PagedQuery::by_keys(schema.kind, keys, fields)),
    }
}
