//! Writing: one call for at most 300 records, and for each record what became of it, as far as the reply says.
//!
//! The verbs are those with which the server itself refuses a stale plan: `createOnly` by key,
//! `updateOnly` and delete by the system's id. There is no upsert.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::columns;
use super::encode::Encoded;
use super::execute::Permit;
use super::reply::{Issue, Loose, Name, RowMembers};
use super::text::shown;
use super::transport::{Body, Request};
use super::{ApiError, Call, CallRefusal, Client, Disposition, Operation};
use crate::model::{ObjectKind, Verb};

/// The most records of a write, values of a query, and rows of a page. Page "REST API", "Limits".
pub const MAX_RECORDS: usize = 300;

/// The most bytes of a body. The page says 1 MB; this is below both readings of that.
pub const MAX_BODY: usize = 1_000_000;

/// The most bytes that a write's body has beside its records and a comma after each.
pub const BODY_OVERHEAD: usize = 64;

/// The reply to a write.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct WriteReply {
    /// Adobe's support asks for it.
    pub request_id: Option<Box<str>>,
    /// One for each record sent, in that order. None: the reply does not say what became of it.
    pub rows: Vec<Option<RecordStatus>>,
    /// Remarks that come with a success.
    pub warnings: Vec<Box<str>>,
}

/// What became of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordStatus {
    /// The verb took effect; with the id, if the reply has it.
    Done { id: Option<Box<str>> },
    /// Marketo left the record as it was.
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
    /// Writes these records in one call, unless it may no longer be made when its turn comes: waiting for the limits takes
    /// time, and so do the tries after a refusal that executed nothing.
    ///
    /// # Panics
    /// There is none, or there are more than [`MAX_RECORDS`]: cutting the work into calls is the caller's.
    ///
    /// # Errors
    /// The call failed as a whole. If [`ApiError::is_ambiguous`], records may have changed all the same.
    pub async fn write(
        &self,
        kind: &'static ObjectKind,
        verb: Verb,
        input: &[Encoded],
        may: Permit<'_>,
    ) -> Result<WriteReply, ApiError> {
        assert!(
            (1..=MAX_RECORDS).contains(&input.len()),
            "a write has 1 to {MAX_RECORDS} records"
        );
        let request = Request {
            call: Call::new(verb.operation(), kind),
            path: &match verb {
                Verb::Create | Verb::Update => format!("/rest/v1/{}.json", kind.path),
                Verb::Delete => format!("/rest/v1/{}/delete.json", kind.path),
            },
            body: Body::Json(&verb.body(input)),
        };
        let reply = self.0.execute_while(may, &request).await?;
        let rows = rows(kind, verb, input.len(), &reply.rows);
        if let Some(Reason { code, message }) = read_only(&rows) {
            let refusal = CallRefusal {
                code,
                message,
                request_id: reply.request_id,
            };
            return Err(ApiError::refused(request.call, refusal));
        }
        Ok(WriteReply {
            rows,
            request_id: reply.request_id,
            warnings: reply.warnings,
        })
    }
}

/// The reason that a native CRM sync gives for each of the records: it holds for all further ones as well,
/// and real instances may give it at this level.
fn read_only(rows: &[Option<RecordStatus>]) -> Option<Reason> {
    let reasons = rows.iter().map(|row| match row {
        Some(RecordStatus::Skipped { reasons }) => reasons
            .iter()
            .find(|reason| Disposition::of_code(&reason.code) == Disposition::NativeCrm),
        Some(RecordStatus::Done { .. }) | None => None,
    });
    let reasons: Option<Vec<&Reason>> = reasons.collect();
    reasons?.first().copied().cloned()
}

impl Verb {
    fn operation(self) -> Operation {
        match self {
            Self::Create => Operation::Create,
            Self::Update => Operation::Update,
            Self::Delete => Operation::Delete,
        }
    }

    /// The one status that says that the verb took effect.
    fn done(self) -> &'static str {
        match self {
            Self::Create => "created",
            Self::Update => "updated",
            Self::Delete => "deleted",
        }
    }

    fn head(self) -> &'static str {
        match self {
            Self::Create => r#"{"action":"createOnly","dedupeBy":"dedupeFields","input":["#,
            Self::Update => r#"{"action":"updateOnly","dedupeBy":"idField","input":["#,
            Self::Delete => r#"{"deleteBy":"idField","input":["#,
        }
    }

    fn body(self, input: &[Encoded]) -> String {
        let size: usize = input.iter().map(|record| record.len() + 1).sum();
        let mut body = String::with_capacity(size + BODY_OVERHEAD);
        body.push_str(self.head());
        for (index, record) in input.iter().enumerate() {
            if index > 0 {
                body.push(',');
            }
            body.push_str(record.json());
        }
        body.push_str("]}");
        body
    }
}

/// What the rows of a reply say of each of `count` records.
///
/// A row belongs to the record that its `seq` names. Only where no row has one, and there are as many
/// rows as records, the documented order of the input counts. Two rows for one record say nothing.
fn rows(
    kind: &ObjectKind,
    verb: Verb,
    count: usize,
    replied: &[Box<RawValue>],
) -> Vec<Option<RecordStatus>> {
    let parsed: Vec<(Option<usize>, Option<RecordStatus>)> = replied
        .iter()
        .map(|raw| match serde_json::from_str::<StatusRow>(raw.get()) {
            Ok(status) => (status.seq(), status.row(kind, verb, raw)),
            Err(_) => (None, None),
        })
        .collect();
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

impl StatusRow {
    /// The record that the row names; one that cannot be read names none of those that were sent.
    fn seq(&self) -> Option<usize> {
        let Loose(seq) = self.seq.as_ref()?;
        Some(seq.parse().unwrap_or(usize::MAX))
    }

    /// What the row says; none for a status that this verb cannot have.
    fn row(self, kind: &ObjectKind, verb: Verb, raw: &RawValue) -> Option<RecordStatus> {
        let Loose(status) = self.status?;
        if status.eq_ignore_ascii_case(verb.done()) {
            return Some(RecordStatus::Done { id: id(kind, raw) });
        }
        status
            .eq_ignore_ascii_case("skipped")
            .then(|| RecordStatus::Skipped {
                reasons: self.reasons.iter().flatten().map(Reason::new).collect(),
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
    fn new(issue: &Issue) -> Self {
        Self {
            code: shown(issue.code(), &[]),
            message: shown(issue.message(), &[]),
        }
    }
}

#[cfg(test)]
mod tests;
