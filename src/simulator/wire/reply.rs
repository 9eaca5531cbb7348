//! HTTP responses: rows, their JSON envelope, and the forms of failure.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::json;
use serde_json::value::RawValue;

use super::codes::{CallFailure, CodedReason};
use super::json::raw;
use crate::simulator::answers::{Answers, EmptyResult, Envelope, NotFoundStatus};

/// An element of `result`: members in their order, each with its JSON text.
#[derive(Clone, Debug, Default)]
pub(in crate::simulator) struct ResultRow(
    pub(in crate::simulator) Vec<(Cow<'static, str>, Box<RawValue>)>,
);

/// The result of a successful call.
#[derive(Clone, Debug, Default)]
pub(in crate::simulator) struct ResultPage {
    pub rows: Vec<ResultRow>,
    /// The token of the next page.
    pub next: Option<String>,
    /// Whether the last page contains `moreResult: false`.
    pub says_last: bool,
    /// The message of a warning.
    pub warning: Option<String>,
}

impl ResultRow {
    /// Appends a member.
    pub(in crate::simulator) fn push(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        value: Box<RawValue>,
    ) {
        self.0.push((name.into(), value));
    }

    /// A record that was not applied.
    pub(in crate::simulator) fn skipped(reason: &CodedReason) -> Self {
        let mut row = Self::default();
        row.push("status", raw("skipped"));
        row.push("reasons", raw([reason]));
        row
    }

    /// A record that was applied.
    pub(in crate::simulator) fn done(status: &str, id: &'static str, value: Box<RawValue>) -> Self {
        let mut row = Self::default();
        row.push(id, value);
        row.push("status", raw(status));
        row
    }

    /// The row with its index as first member.
    pub(in crate::simulator) fn numbered(mut self, seq: usize) -> Self {
        self.0.insert(0, (Cow::Borrowed("seq"), raw(seq)));
        self
    }
}

impl ResultPage {
    /// A result without further pages.
    pub(in crate::simulator) fn of(rows: Vec<ResultRow>) -> Self {
        Self {
            rows,
            next: None,
            says_last: false,
            warning: None,
        }
    }
}

impl Serialize for ResultRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReplyEnvelope<'a> {
    request_id: &'a str,
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a [ResultRow]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<&'a [&'a CodedReason]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warnings: Option<Vec<Warning<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    more_result: Option<bool>,
}

/// The code of a warning is a number; the code of an error is text.
#[derive(Serialize)]
struct Warning<'a> {
    code: u32,
    message: &'a str,
}

/// The response of a call that succeeded.
pub(in crate::simulator) fn success(
    answers: &Answers,
    request_id: &str,
    reply: &ResultPage,
) -> Response {
    let more = reply.next.is_some();
    let full = answers.envelope == Envelope::Full;
    let omitted = reply.rows.is_empty() && answers.empty_result == EmptyResult::Omitted;
    let warnings: Vec<Warning<'_>> = reply
        .warning
        .iter()
        .map(|message| Warning { code: 0, message })
        .collect();
    json_response(
        StatusCode::OK,
        &ReplyEnvelope {
            request_id,
            success: true,
            result: (!omitted).then_some(&reply.rows),
            errors: full.then_some(&[]),
            warnings: (full || !warnings.is_empty()).then_some(warnings),
            next_page_token: reply.next.as_deref(),
            more_result: (more || reply.says_last).then_some(more),
        },
    )
}

/// The response of a call that failed. For a cut connection it is empty and never sent.
pub(in crate::simulator) fn failure(
    answers: &Answers,
    request_id: &str,
    failure: &CallFailure,
) -> Response {
    match failure {
        CallFailure::Refused(reason) => json_response(
            status(answers, reason),
            &ReplyEnvelope {
                request_id,
                success: false,
                result: None,
                errors: Some(&[reason]),
                warnings: None,
                next_page_token: None,
                more_result: None,
            },
        ),
        CallFailure::Gateway(status) => gateway(*status),
        CallFailure::Identity {
            status,
            error,
            description,
        } => json_response(
            status_code(*status),
            &json!({ "error": error, "error_description": description }),
        ),
        CallFailure::Cut => Response::new(Body::empty()),
    }
}

/// The status of a response-level error.
fn status(answers: &Answers, reason: &CodedReason) -> StatusCode {
    match answers.not_found_status {
        NotFoundStatus::NotFound if reason.code == "610" => StatusCode::NOT_FOUND,
        NotFoundStatus::Ok | NotFoundStatus::NotFound => StatusCode::OK,
    }
}

/// A JSON response with Marketo's content type.
pub(in crate::simulator) fn json_response(status: StatusCode, body: &impl Serialize) -> Response {
    let text = serde_json::to_vec(body).expect("replies have string keys only");
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json;charset=UTF-8"),
    );
    response
}

/// An HTML page such as a web server in front of the API sends.
fn gateway(status: u16) -> Response {
    let status = status_code(status);
    let title = status.canonical_reason().unwrap_or("Error");
    let number = status.as_u16();
    let page = format!(
        "<html>\r\n<head><title>{number} {title}</title></head>\r\n<body>\r\n<center><h1>{number} {title}</h1></center>\r\n</body>\r\n</html>\r\n"
    );
    let mut response = Response::new(Body::from(page));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
