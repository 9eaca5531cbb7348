//! A received call: its parameters, its body, and its method, which `_method` can override.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use axum::body::{Body, Bytes, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use serde_json::value::RawValue;

use super::codes::{CallFailure, CodedReason};
use super::json::text;
use crate::simulator::answers::Answers;

/// The members of a JSON object, each with its text as sent.
pub(in crate::simulator) type JsonMembers = BTreeMap<String, Box<RawValue>>;

/// The most records of a call or page. Source: Adobe REST documentation, "Opportunities".
pub(in crate::simulator) const MOST_RECORDS: usize = 300;
/// Source: Adobe REST documentation, "Error codes": 413 above 1 MB, 414 above 8 KB.
const MOST_BODY_BYTES: usize = 1024 * 1024;
const MOST_URI_BYTES: usize = 8 * 1024;

/// A call with its body.
pub(in crate::simulator) struct ReceivedCall {
    pub path: String,
    /// The method, after `_method` is applied.
    pub method: Method,
    /// The parameters of the URL only.
    pub url: Params,
    pub params: Params,
    pub body: CallBody,
}

/// The body of a call, by its content type.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::simulator) enum CallBody {
    Json(Bytes),
    /// A form; `ReceivedCall::params` contains its parameters.
    Form,
    /// The method has no body.
    None,
    /// Another content type, or none.
    Other,
}

/// The parameters of the URL, then those of a form body.
#[derive(Clone, Debug, Default)]
pub(in crate::simulator) struct Params(Vec<(String, String)>);

impl Params {
    /// The parameters of a URL's query.
    pub(in crate::simulator) fn of_query(query: Option<&str>) -> Self {
        let mut params = Self::default();
        params.add(query.unwrap_or_default().as_bytes());
        params
    }

    /// The value of a parameter; the values of a repeated parameter are joined with commas.
    pub(in crate::simulator) fn get(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self
            .0
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join(","))
    }

    /// The names of the parameters; that of a repeated one is there once.
    pub(in crate::simulator) fn names(&self) -> impl Iterator<Item = &str> {
        let names: BTreeSet<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        names.into_iter()
    }

    /// The first value of a parameter.
    fn first(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn add(&mut self, encoded: &[u8]) {
        self.0.extend(form_urlencoded::parse(encoded).into_owned());
    }
}

impl ReceivedCall {
    /// Whether a parameter or the JSON body contains this text.
    pub(in crate::simulator) fn names(&self, text: &str) -> bool {
        if text.is_empty() || self.params.0.iter().any(|(_, value)| value.contains(text)) {
            return true;
        }
        match &self.body {
            CallBody::Json(json) => String::from_utf8_lossy(json).contains(text),
            CallBody::Form | CallBody::None | CallBody::Other => false,
        }
    }
}

/// The method, or the one that a POST names in `_method`.
pub(in crate::simulator) fn effective_method(
    method: &Method,
    params: &Params,
) -> Result<Method, CallFailure> {
    match params.first("_method") {
        Some(named) if *method == Method::POST => {
            let upper_case = named.to_ascii_uppercase();
            Method::from_bytes(upper_case.as_bytes()).map_err(|_| CallFailure::method(&upper_case))
        }
        _ => Ok(method.clone()),
    }
}

/// Reads the body, within the size limits.
pub(in crate::simulator) async fn read(
    parts: &Parts,
    body: Body,
) -> Result<ReceivedCall, CallFailure> {
    if parts.uri.to_string().len() > MOST_URI_BYTES {
        return Err(CallFailure::Gateway(414));
    }
    // If the body cannot be read to its end, the client is gone and the code does not matter.
    let bytes = to_bytes(body, MOST_BODY_BYTES)
        .await
        .map_err(|_| CallFailure::Gateway(413))?;
    let url = Params::of_query(parts.uri.query());
    let mut params = url.clone();
    let body = match content_type(&parts.headers).as_str() {
        _ if parts.method != Method::POST => CallBody::None,
        "application/json" => CallBody::Json(bytes),
        "application/x-www-form-urlencoded" => {
            params.add(&bytes);
            CallBody::Form
        }
        _ => CallBody::Other,
    };
    Ok(ReceivedCall {
        path: parts.uri.path().to_owned(),
        method: effective_method(&parts.method, &params)?,
        url,
        params,
        body,
    })
}

fn content_type(headers: &HeaderMap) -> String {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = value.split(';').next().unwrap_or_default();
    kind.trim().to_ascii_lowercase()
}

/// The members of a JSON body.
pub(in crate::simulator) fn members(json: &[u8]) -> Result<JsonMembers, CallFailure> {
    serde_json::from_slice(json).map_err(|_| CallFailure::code("609"))
}

/// The records of the member `input`: 1 to 300.
pub(in crate::simulator) fn input(
    answers: &Answers,
    members: &JsonMembers,
) -> Result<Vec<JsonMembers>, CallFailure> {
    let sent = members.get("input").map_or("null", |value| value.get());
    let records: Option<Vec<JsonMembers>> =
        serde_json::from_str(sent).map_err(|_| CallFailure::code("609"))?;
    let records = records.unwrap_or_default();
    match records.len() {
        0 => Err(CodedReason::new(answers.empty_input.value(), "input not specified").into()),
        1..=MOST_RECORDS => Ok(records),
        many => {
            let message = format!("The number of records ({many}) exceeds the limit of 300");
            Err(CodedReason::new(answers.too_many_records.value(), message).into())
        }
    }
}

/// The action that the member `action` of a sync names; without the member, the first.
pub(in crate::simulator) fn action<A: Copy>(
    answers: &Answers,
    members: &JsonMembers,
    actions: &[(&str, A)],
) -> Result<A, CallFailure> {
    let Some(sent) = text_member(members, "action")? else {
        return Ok(actions[0].1);
    };
    let found = actions.iter().find(|(name, _)| *name == sent);
    found.map(|(_, action)| *action).ok_or_else(|| {
        let message = format!("Invalid action '{sent}'");
        CodedReason::new(answers.invalid_action.value(), message).into()
    })
}

/// The text of a member that is a scalar; the elements of an array are joined with commas.
pub(in crate::simulator) fn text_member(
    members: &JsonMembers,
    name: &str,
) -> Result<Option<String>, CallFailure> {
    let Some(value) = members.get(name).filter(|value| value.get() != "null") else {
        return Ok(None);
    };
    let text = if value.get().starts_with('[') {
        list_text(value)
    } else {
        text(value).map(Cow::into_owned)
    };
    text.map(Some).ok_or_else(|| CallFailure::code("609"))
}

/// The elements of an array as one text with commas.
fn list_text(array: &RawValue) -> Option<String> {
    let list: Vec<Box<RawValue>> = serde_json::from_str(array.get()).ok()?;
    let texts: Option<Vec<_>> = list.iter().map(|item| text(item)).collect();
    Some(texts?.join(","))
}

impl CallBody {
    /// The JSON body; 612 if the call has none.
    pub(in crate::simulator) fn json(&self) -> Result<&[u8], CallFailure> {
        match self {
            Self::Json(json) => Ok(json),
            Self::Form | Self::None | Self::Other => Err(CallFailure::code("612")),
        }
    }
}
