//! Reads replies. Every member is optional, codes and ids may be text or numbers, and rows stay JSON text.
//!
//! The documentation marks members as required that recorded replies do not have. So a reply counts as a success if it says so,
//! or if it has a result and no errors. Rows stay JSON text, because a float would lose digits of numbers.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::call::Call;
use super::error::{ApiError, CallRefusal};
use super::words::Words;
use crate::model::Form;

/// A reply that reports success.
#[derive(Debug, Default)]
pub(super) struct SuccessReply {
    pub(super) request_id: Option<Box<str>>,
    /// The rows as JSON text.
    pub(super) rows: Vec<Box<RawValue>>,
    pub(super) next: Paging,
    pub(super) warnings: Vec<Box<str>>,
    /// For what the rows say.
    pub(super) words: Words,
}

/// Whether a query has more rows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Paging {
    #[default]
    End,
    Next(Box<str>),
    /// The reply announces more rows but has no token to ask for them.
    NextUnknown,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    request_id: Option<Loose>,
    success: Option<bool>,
    errors: Option<Vec<Issue>>,
    warnings: Option<Box<RawValue>>,
    result: Option<Vec<Box<RawValue>>>,
    more_result: Option<bool>,
    next_page_token: Option<Loose>,
}

/// A code and a message, in a reply or a row.
#[derive(Deserialize)]
pub(super) struct Issue {
    pub(super) code: Option<Loose>,
    pub(super) message: Option<Loose>,
}

/// The text of a text, number or boolean. Empty for null, lists and objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Loose(pub(super) Box<str>);

/// The members of a row, in the order of the reply.
#[derive(Debug)]
pub(super) struct RowMembers<'a>(pub(super) Vec<(Name<'a>, &'a RawValue)>);

/// The name of a member.
#[derive(Debug, Deserialize)]
pub(super) struct Name<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// Reads a body: the success or the error that it reports, or `None` if it is not a reply of the API.
pub(super) fn read(
    call: Call,
    body: &[u8],
    words: &Words,
) -> Option<Result<SuccessReply, ApiError>> {
    let Envelope {
        request_id,
        success,
        errors,
        warnings,
        result,
        more_result,
        next_page_token,
    } = serde_json::from_slice(body).ok()?;
    let request_id = request_id.map(|id| words.request(&id.0));
    let issues = errors.unwrap_or_default();
    if success == Some(false) || !issues.is_empty() {
        let refusal = refusal(&issues, request_id, words);
        if success == Some(true) && call.writes() {
            return Some(Err(ApiError::Contradictory { call, refusal }));
        }
        return Some(Err(ApiError::refused(call, refusal)));
    }
    if success.is_none() && result.is_none() {
        return None;
    }
    Some(Ok(SuccessReply {
        request_id,
        rows: result.unwrap_or_default(),
        next: match (more_result, next_page_token) {
            // A reply with a token and without a word on it has more rows, or the next page is empty.
            (Some(true) | None, Some(Loose(token))) if !token.is_empty() => Paging::Next(token),
            (Some(true), _) => Paging::NextUnknown,
            (Some(false) | None, _) => Paging::End,
        },
        warnings: warnings.map_or_else(Vec::new, |raw| self::warnings(&raw, words)),
        words: words.clone(),
    }))
}

/// The code of the first issue and the messages of all.
fn refusal(issues: &[Issue], request_id: Option<Box<str>>, words: &Words) -> CallRefusal {
    let messages: Vec<&str> = issues.iter().map(Issue::message).collect();
    CallRefusal {
        code: words.code(issues.first().map_or("", Issue::code)),
        message: words.shown(&messages.join("; ")),
        request_id,
    }
}

fn warnings(raw: &RawValue, words: &Words) -> Vec<Box<str>> {
    let Ok(list) = serde_json::from_str::<Vec<Box<RawValue>>>(raw.get()) else {
        return match scalar(raw) {
            (Form::Null, _) => Vec::new(),
            (Form::Boolean | Form::Number | Form::Text, text) => vec![words.shown(&text)],
        };
    };
    list.iter().map(|raw| words.shown(&warning(raw))).collect()
}

/// A warning that is an object with a code and a message, or a text.
fn warning(raw: &RawValue) -> String {
    match serde_json::from_str::<Issue>(raw.get()) {
        Ok(issue) => format!("{} {}", issue.code(), issue.message()),
        Err(_) => scalar(raw).1.into_owned(),
    }
}

/// The form of a JSON scalar and its text. For lists and objects, the text is their JSON.
pub(super) fn scalar(raw: &RawValue) -> (Form, Cow<'_, str>) {
    let json = raw.get();
    let form = match json.bytes().next() {
        Some(b'n') => Form::Null,
        Some(b't' | b'f') => Form::Boolean,
        Some(b'-' | b'0'..=b'9') => Form::Number,
        Some(b'"') => {
            return match serde_json::from_str::<Name<'_>>(json) {
                Ok(Name(text)) => (Form::Text, text),
                // Half of a surrogate pair, which a Rust string cannot contain.
                Err(_) => (Form::Text, Cow::Borrowed(json)),
            };
        }
        _ => Form::Text,
    };
    (form, Cow::Borrowed(json))
}

/// A text, or `None` if it is missing or empty.
pub(super) fn filled(text: Option<Loose>) -> Option<Box<str>> {
    text.map(|Loose(text)| text).filter(|text| !text.is_empty())
}

impl Issue {
    pub(super) fn code(&self) -> &str {
        self.code.as_ref().map_or("", |code| &code.0)
    }

    pub(super) fn message(&self) -> &str {
        self.message.as_ref().map_or("", |message| &message.0)
    }
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LooseVisitor;

        impl<'de> Visitor<'de> for LooseVisitor {
            type Value = Loose;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a scalar")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Loose, E> {
                Ok(Loose(text.into()))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Loose, E> {
                Ok(Loose(number.to_string().into()))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Loose, E> {
                Ok(Loose(number.to_string().into()))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Loose, E> {
                Ok(Loose(number.to_string().into()))
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Loose, E> {
                Ok(Loose(value.to_string().into()))
            }

            fn visit_unit<E: Error>(self) -> Result<Loose, E> {
                Ok(Loose::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Loose, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Loose::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Loose::default())
            }
        }

        deserializer.deserialize_any(LooseVisitor)
    }
}

impl<'de> Deserialize<'de> for RowMembers<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = RowMembers<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RowMembers<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(RowMembers(members))
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
}

#[cfg(test)]
mod tests;
