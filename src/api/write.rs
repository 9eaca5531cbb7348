//! Writes: one call for at most 300 records, and the result for each record as far as the reply has it.
//!
//! It uses the verbs with which the server itself refuses a stale plan: `createOnly` by key, `updateOnly` by id, and delete by
//! id. It does not use upsert.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::call::{Call, Operation};
use super::client::Client;
use super::columns;
use super::disposition::Disposition;
use super::encode::Encoded;
use super::error::{ApiError, CallRefusal};
use super::execute::SendPermit;
use super::reply::{Issue, Loose, Name, RowMembers};
use super::transport::{Body, Request};
use super::words::Words;
use crate::model::{ObjectKind, Verb};

/// The maximum number of records in a write, of values in a query, and of rows in a page. Page "REST API", "Limits".
pub const MAX_RECORDS: usize = 300;

/// The maximum size of a body in bytes. The page says 1 MB, which may mean 1,000,000 or 1,048,576 bytes.
pub const MAX_BODY: usize = 1_000_000;

/// The maximum size in bytes of what a write's body has besides its records and a comma after each.
pub const BODY_OVERHEAD: usize = 64;

/// The reply to a write.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct WriteReply {
    /// The id by which Adobe's support finds the call.
    pub request_id: Option<Box<str>>,
    /// The result for each record, in the order of sending. `None` if the reply does not have it.
    pub rows: Vec<Option<RecordStatus>>,
    /// Warnings that came with a success.
    pub warnings: Vec<Box<str>>,
    /// Whether an earlier try of the same call may have been executed. Then a refusal may be due to that try: "exists already".
    pub is_repeated: bool,
}

/// Why a write failed as a whole.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct FailedWrite {
    pub error: ApiError,
    /// Whether an earlier try of the same call may have been executed.
    pub is_repeated: bool,
}

/// The result for a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordStatus {
    /// The verb took effect. `id` is Marketo's id, if the reply has it.
    Done { id: Option<Box<str>> },
    /// Marketo did not change the record.
    Skipped { reasons: Vec<Reason> },
}

/// Why Marketo skipped a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    pub code: Box<str>,
    pub message: Box<str>,
}

#[derive(Deserialize)]
struct StatusRow {
    seq: Option<Loose>,
    status: Option<Loose>,
    reasons: Option<Vec<Issue>>,
}

impl Client {
    /// Writes these records in one call. Before each try it asks `may` whether the call may still be sent, because waiting for the
    /// limits takes time.
    ///
    /// # Panics
    /// There are no records, or more than [`MAX_RECORDS`]. The caller must split larger writes.
    ///
    /// # Errors
    /// The call failed as a whole. If [`ApiError::is_ambiguous`], [`ApiError::is_doubtful`] or `is_repeated`, records may have changed
    /// nevertheless.
    pub async fn write(
        &self,
        kind: &'static ObjectKind,
        verb: Verb,
        input: &[Encoded],
        may: SendPermit<'_>,
    ) -> Result<WriteReply, FailedWrite> {
        assert!(
            (1..=MAX_RECORDS).contains(&input.len()),
            "a write has 1 to {MAX_RECORDS} records"
        );
        let request = Request {
            call: Call::new(operation(verb), kind),
            path: &match verb {
                Verb::Create | Verb::Update => format!("/rest/v1/{}.json", kind.path),
                Verb::Delete => format!("/rest/v1/{}/delete.json", kind.path),
            },
            body: Body::Json(&body(verb, input)),
        };
        let (replied, is_repeated) = self.0.execute_while(may, &request).await;
        let failed = |error| FailedWrite { error, is_repeated };
        let reply = replied.map_err(failed)?;
        let rows = rows(kind, verb, input.len(), &reply.rows, &reply.words);
        if let Some(Reason { code, message }) = read_only(&rows) {
            let refusal = CallRefusal {
                code,
                message,
                request_id: reply.request_id,
            };
            return Err(failed(ApiError::refused(request.call, refusal)));
        }
        Ok(WriteReply {
            rows,
            request_id: reply.request_id,
            warnings: reply.warnings,
            is_repeated,
        })
    }
}

/// The reason of a native CRM sync, if every record has it. It then holds for all further records too, and real instances
/// may give it for records instead of the whole call.
fn read_only(rows: &[Option<RecordStatus>]) -> Option<Reason> {
    let reasons: Option<Vec<&Reason>> = rows
        .iter()
        .map(|row| native_crm_reason(row.as_ref()))
        .collect();
    reasons?.first().copied().cloned()
}

fn native_crm_reason(row: Option<&RecordStatus>) -> Option<&Reason> {
    match row {
        Some(RecordStatus::Skipped { reasons }) => reasons
            .iter()
            .find(|reason| Disposition::of_code(&reason.code) == Disposition::NativeCrm),
        Some(RecordStatus::Done { .. }) | None => None,
    }
}

fn operation(verb: Verb) -> Operation {
    match verb {
        Verb::Create => Operation::Create,
        Verb::Update => Operation::Update,
        Verb::Delete => Operation::Delete,
    }
}

/// The only status which says that the verb took effect.
fn success_status(verb: Verb) -> &'static str {
    match verb {
        Verb::Create => "created",
        Verb::Update => "updated",
        Verb::Delete => "deleted",
    }
}

/// The start of a body, before its records.
fn body_start(verb: Verb) -> &'static str {
    match verb {
        Verb::Create => r#"{"action":"createOnly","dedupeBy":"dedupeFields","input":["#,
        Verb::Update => r#"{"action":"updateOnly","dedupeBy":"idField","input":["#,
        Verb::Delete => r#"{"deleteBy":"idField","input":["#,
    }
}

fn body(verb: Verb, input: &[Encoded]) -> String {
    let size: usize = input.iter().map(|record| record.len() + 1).sum();
    let mut body = String::with_capacity(size + BODY_OVERHEAD);
    body.push_str(body_start(verb));
    for (index, record) in input.iter().enumerate() {
        if index > 0 {
            body.push(',');
        }
        body.push_str(record.json());
    }
    body.push_str("]}");
    body
}

/// The result for each of `count` records from the rows of a reply.
///
/// A row belongs to the record that its `seq` names. Only if no row has a `seq`, and there are as many rows as records, they are
/// in the order of the records, as the documentation says. If two rows name one record, neither counts.
fn rows(
    kind: &ObjectKind,
    verb: Verb,
    count: usize,
    replied: &[Box<RawValue>],
    words: &Words,
) -> Vec<Option<RecordStatus>> {
    let mut parsed: Vec<(Option<usize>, Option<RecordStatus>)> = replied
        .iter()
        .map(|raw| match serde_json::from_str::<StatusRow>(raw.get()) {
            Ok(status) => (status.seq(), status.row(kind, verb, raw, words)),
            Err(_) => (None, None),
        })
        .collect();
    doubt_shared_ids(&mut parsed);
    if parsed.len() == count && parsed.iter().all(|(seq, _)| seq.is_none()) {
        return parsed.into_iter().map(|(_, row)| row).collect();
    }
    let mut rows: Vec<Option<RecordStatus>> = vec![None; count];
    let mut is_named = vec![false; count];
    for (seq, row) in parsed {
        let Some(seq) = seq.filter(|seq| *seq < count) else {
            continue;
        };
        rows[seq] = if is_named[seq] { None } else { row };
        is_named[seq] = true;
    }
    rows
}

/// Forgets the results of rows that share an id: it cannot be that of two records.
fn doubt_shared_ids(parsed: &mut [(Option<usize>, Option<RecordStatus>)]) {
    let mut counts: HashMap<Box<str>, usize> = HashMap::new();
    for (_, row) in &*parsed {
        if let Some(RecordStatus::Done { id: Some(id) }) = row {
            *counts.entry(id.to_lowercase().into()).or_default() += 1;
        }
    }
    for (_, row) in parsed {
        if let Some(RecordStatus::Done { id: Some(id) }) = row
            && counts[&*id.to_lowercase()] > 1
        {
            *row = None;
        }
    }
}

impl StatusRow {
    /// The index of the record that the row names. A `seq` that cannot be read names no record that was sent.
    fn seq(&self) -> Option<usize> {
        let Loose(seq) = self.seq.as_ref()?;
        Some(seq.parse().unwrap_or(usize::MAX))
    }

    /// The result that the row reports, or `None` for a status that this verb cannot have.
    fn row(
        self,
        kind: &ObjectKind,
        verb: Verb,
        raw: &RawValue,
        words: &Words,
    ) -> Option<RecordStatus> {
        let Loose(status) = self.status?;
        if status.eq_ignore_ascii_case(success_status(verb)) {
            return Some(RecordStatus::Done { id: id(kind, raw) });
        }
        if !status.eq_ignore_ascii_case("skipped") {
            return None;
        }
        Some(RecordStatus::Skipped {
            reasons: self
                .reasons
                .iter()
                .flatten()
                .map(|issue| Reason::new(issue, words))
                .collect(),
        })
    }
}

fn id(kind: &ObjectKind, raw: &RawValue) -> Option<Box<str>> {
    let RowMembers(members) = serde_json::from_str(raw.get()).ok()?;
    let (_, cell) = members
        .into_iter()
        .find(|(Name(name), _)| name.eq_ignore_ascii_case(kind.id_field))?;
    columns::id(cell)
}

impl Reason {
    fn new(issue: &Issue, words: &Words) -> Self {
        Self {
            code: words.code(issue.code()),
            message: words.shown(issue.message()),
        }
    }
}

#[cfg(test)]
mod tests;
