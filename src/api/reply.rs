//! The form of replies: every member optional, codes and ids as text or number, rows as the text they came in.
//!
//! The documentation marks members as required that recorded replies leave out, so nothing is relied on
//! but this: a success says so, or has a result and no errors. Rows stay JSON text because numbers must
//! keep every digit; nothing passes through a float.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::text::shown;
use super::{ApiError, Call, CallRefusal};
use crate::model::Form;

/// A reply that reports success.
#[derive(Debug, Default)]
pub(super) struct SuccessReply {
    pub(super) request_id: Option<Box<str>>,
    /// The rows, each as its JSON text.
    pub(super) rows: Vec<Box<RawValue>>,
    /// The token of the next page, if there is one.
    pub(super) next: Paging,
    pub(super) warnings: Vec<Box<str>>,
}

/// Whether a query has more rows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Paging {
    #[default]
    End,
    Next(Box<str>),
    /// More rows are announced but no way to ask for them.
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

/// A code and a message, as replies and rows give them.
#[derive(Deserialize)]
pub(super) struct Issue {
    pub(super) code: Option<Loose>,
    pub(super) message: Option<Loose>,
}

/// A scalar that may come as text, number or boolean; empty for null and for anything else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Loose(pub(super) Box<str>);

/// The members of a row, in the order of the reply.
#[derive(Debug)]
pub(super) struct RowMembers<'a>(pub(super) Vec<(Name<'a>, &'a RawValue)>);

/// The name of a member.
#[derive(Debug, Deserialize)]
pub(super) struct Name<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// Reads a body. None: it is not a reply of the API; else its success, or the error that it reports.
pub(super) fn read(
    call: Call,
    body: &[u8],
    secrets: &[&str],
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
    let request_id = request_id.map(|id| shown(&id.0, secrets));
    let errors = errors.unwrap_or_default();
    if success == Some(false) || !errors.is_empty() {
        let refusal = refusal(&errors, request_id, secrets);
        return Some(Err(ApiError::refused(call, refusal)));
    }
    if success.is_none() && result.is_none() {
        return None;
    }
    Some(Ok(SuccessReply {
        request_id,
        rows: result.unwrap_or_default(),
        next: match (more_result, next_page_token) {
            (Some(true), Some(Loose(token))) if !token.is_empty() => Paging::Next(token),
            (Some(true), _) => Paging::NextUnknown,
            (Some(false) | None, _) => Paging::End,
        },
        warnings: warnings.map_or_else(Vec::new, |raw| self::warnings(&raw, secrets)),
    }))
}

/// The first error decides; the messages of the others are kept.
fn refusal(errors: &[Issue], request_id: Option<Box<str>>, secrets: &[&str]) -> CallRefusal {
    let messages: Vec<&str> = errors.iter().map(Issue::message).collect();
    CallRefusal {
        code: shown(errors.first().map_or("", Issue::code), secrets),
        message: shown(&messages.join("; "), secrets),
        request_id,
    }
}

fn warnings(raw: &RawValue, secrets: &[&str]) -> Vec<Box<str>> {
    let Ok(warnings) = serde_json::from_str::<Vec<Box<RawValue>>>(raw.get()) else {
        return match scalar(raw) {
            (Form::Null, _) => Vec::new(),
            (Form::Boolean | Form::Number | Form::Text, text) => vec![shown(&text, secrets)],
        };
    };
    let text = |warning: &RawValue| match serde_json::from_str::<Issue>(warning.get()) {
        Ok(issue) => format!("{} {}", issue.code(), issue.message()),
        Err(_) => scalar(warning).1.into_owned(),
    };
    warnings
        .iter()
        .map(|warning| shown(&text(warning), secrets))
        .collect()
}

/// The form of a JSON scalar and its text; lists and objects count as text, as they stand.
pub(super) fn scalar(raw: &RawValue) -> (Form, Cow<'_, str>) {
    let json = raw.get();
    let form = match json.bytes().next() {
        Some(b'n') => Form::Null,
        Some(b't' | b'f') => Form::Boolean,
        Some(b'-' | b'0'..=b'9') => Form::Number,
        Some(b'"') => {
            return match serde_json::from_str::<Name<'_>>(json) {
                Ok(Name(text)) => (Form::Text, text),
                // Half a surrogate pair, which no Rust text can hold.
                Err(_) => (Form::Text, Cow::Borrowed(json)),
            };
        }
        _ => Form::Text,
    };
    (form, Cow::Borrowed(json))
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
