//! A call as it arrived: parameters of the URL and of a form, or a JSON body, and the method that
//! `_method` may override.

use std::collections::BTreeMap;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use serde_json::value::RawValue;

use super::codes::{CallFailure, CodedReason};
use super::json::text;
use crate::simulator::answers::Answers;

/// Members of a JSON object as they were sent.
pub(in crate::simulator) type JsonMembers = BTreeMap<String, Box<RawValue>>;

/// Source: Adobe REST documentation, "Error codes": 413 beyond 1 MB, 414 beyond 8 KB.
const MOST_BODY_BYTES: usize = 1024 * 1024;
const MOST_URI_BYTES: usize = 8 * 1024;

/// A call with its body.
pub(in crate::simulator) struct ReceivedCall {
    /// The method after `_method`.
    pub method: Method,
    /// Those of the URL alone.
    pub url: Params,
    pub params: Params,
    pub body: CallBody,
}

/// A body by its content type.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::simulator) enum CallBody {
    Json(Bytes),
    /// Its parameters are among those of the call.
    Form,
    /// Of a method that has none.
    None,
    /// Of another content type, or of none.
    Other,
}

/// The parameters of the URL, then those of a form body.
#[derive(Clone, Debug, Default)]
pub(in crate::simulator) struct Params(Vec<(String, String)>);

impl Params {
    /// Those of a URL's query.
    pub(in crate::simulator) fn of_query(query: Option<&str>) -> Self {
        let mut params = Self::default();
        params.add(query.unwrap_or_default().as_bytes());
        params
    }

    /// The value of a parameter; one that is given several times is one with commas.
    pub(in crate::simulator) fn get(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self
            .0
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join(","))
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
    /// Whether this text is part of a parameter or of the JSON body.
    pub(in crate::simulator) fn names(&self, text: &str) -> bool {
        let in_params = || self.params.0.iter().any(|(_, value)| value.contains(text));
        let in_body = || match &self.body {
            CallBody::Json(json) => String::from_utf8_lossy(json).contains(text),
            CallBody::Form | CallBody::None | CallBody::Other => false,
        };
        text.is_empty() || in_params() || in_body()
    }
}

/// The method that a POST stands for.
pub(in crate::simulator) fn effective_method(
    method: &Method,
    params: &Params,
) -> Result<Method, CallFailure> {
    match params.first("_method") {
        Some(named) if *method == Method::POST => {
            let named = named.to_ascii_uppercase();
            Method::from_bytes(named.as_bytes()).map_err(|_| CallFailure::method(&named))
        }
        _ => Ok(method.clone()),
    }
}

/// Reads the body, within the limits of size.
pub(in crate::simulator) async fn read(
    parts: &Parts,
    body: Body,
) -> Result<ReceivedCall, CallFailure> {
    if parts.uri.to_string().len() > MOST_URI_BYTES {
        return Err(CallFailure::Gateway(414));
    }
    // A body that cannot be read to its end has no reader for the answer either.
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
        1..=MOST => Ok(records),
        many => {
            let message = format!("The number of records ({many}) exceeds the limit of 300");
            Err(CodedReason::new(answers.too_many_records.value(), message).into())
        }
    }
}

/// The member `action` of a sync, as what it stands for; the first is meant by none.
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

/// A member that is text or a number; several of them in an array are one text with commas.
pub(in crate::simulator) fn text_member(
    members: &JsonMembers,
    name: &str,
) -> Result<Option<String>, CallFailure> {
    let Some(value) = members.get(name).filter(|value| value.get() != "null") else {
        return Ok(None);
    };
    let invalid = || CallFailure::code("609");
    if value.get().starts_with('[') {
        let list: Vec<Box<RawValue>> = serde_json::from_str(value.get()).map_err(|_| invalid())?;
        let texts: Option<Vec<_>> = list.iter().map(|item| text(item)).collect();
        return Ok(Some(texts.ok_or_else(invalid)?.join(",")));
    }
    let text = text(value).ok_or_else(invalid)?;
    Ok(Some(text.into_owned()))
}

impl CallBody {
    /// The JSON of a call that has to have some.
    pub(in crate::simulator) fn json(&self) -> Result<&[u8], CallFailure> {
        match self {
            Self::Json(json) => Ok(json),
            Self::Form | Self::None | Self::Other => Err(CallFailure::code("612")),
        }
    }
}

/// The page size that is also the greatest. Source: Adobe REST documentation, "Opportunities".
pub(in crate::simulator) const MOST: usize = 300;
