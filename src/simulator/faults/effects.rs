//! The effects of faults: their failures and reasons, and the changes that they make to rows,
//! messages and whole answers.

use std::borrow::Cow;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde_json::Value;

use super::fault::{Alteration, FaultKind, Garbling, Moment};
use crate::simulator::wire::codes::{CallFailure, CodedReason, message};
use crate::simulator::wire::json::{raw, text};
use crate::simulator::wire::reply::{ResultPage, ResultRow};
use crate::simulator::wire::request::JsonMembers;

/// The failure of `FaultKind::Answer`.
fn answer(code: &str, text: Option<&str>) -> CallFailure {
    CallFailure::Refused(CodedReason {
        code: Cow::Owned(code.to_owned()),
        message: text.unwrap_or_else(|| message(code)).to_owned(),
    })
}

/// By how much a fault delays a call.
pub(in crate::simulator) fn delay(fault: Option<&FaultKind>) -> Duration {
    match fault {
        Some(FaultKind::Delay(more)) => *more,
        _ => Duration::ZERO,
    }
}

/// Applies the faults that take effect before the call is executed.
pub(in crate::simulator) fn before(fault: Option<&FaultKind>) -> Result<(), CallFailure> {
    match fault {
        Some(FaultKind::Answer { code, message }) => Err(answer(code, message.as_deref())),
        Some(FaultKind::Break {
            how,
            when: Moment::BeforeCommit,
        }) => Err(how.failure()),
        Some(
            FaultKind::Break {
                when: Moment::AfterCommit,
                ..
            }
            | FaultKind::Delay(_)
            | FaultKind::Token(_)
            | FaultKind::SkipRecord { .. }
            | FaultKind::Lose { .. }
            | FaultKind::Alter(_)
            | FaultKind::Reword
            | FaultKind::Warn(_)
            | FaultKind::Garble(_),
        )
        | None => Ok(()),
    }
}

/// Applies the faults that take effect after the call was executed.
pub(in crate::simulator) fn after<T>(
    fault: Option<&FaultKind>,
    done: Result<T, CallFailure>,
) -> Result<T, CallFailure> {
    match fault {
        Some(FaultKind::Break {
            how,
            when: Moment::AfterCommit,
        }) => Err(how.failure()),
        _ => done,
    }
}

/// The record that a fault skips.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct SkippedRecord {
    pub index: usize,
    pub reason: CodedReason,
}

impl SkippedRecord {
    /// The record that a fault skips, if it skips one.
    pub(in crate::simulator) fn of(kind: Option<&FaultKind>) -> Option<Self> {
        match kind? {
            FaultKind::SkipRecord {
                index,
                code,
                message,
            } => Some(Self {
                index: *index,
                reason: CodedReason {
                    code: Cow::Owned(code.clone()),
                    message: message.clone(),
                },
            }),
            FaultKind::Answer { .. }
            | FaultKind::Delay(_)
            | FaultKind::Break { .. }
            | FaultKind::Token(_)
            | FaultKind::Lose { .. }
            | FaultKind::Alter(_)
            | FaultKind::Reword
            | FaultKind::Warn(_)
            | FaultKind::Garble(_) => None,
        }
    }

    /// The reason for skipping the record with this index.
    pub(in crate::simulator) fn at(skip: Option<&Self>, index: usize) -> Option<CodedReason> {
        let skip = skip.filter(|skip| skip.index == index)?;
        Some(skip.reason.clone())
    }
}

/// Removes from the records of a sync what `FaultKind::Lose` does not store.
pub(in crate::simulator) fn lose(kind: Option<&FaultKind>, input: &mut [JsonMembers]) {
    let Some(FaultKind::Lose { field, kept }) = kind else {
        return;
    };
    for record in input {
        let sent = record.get(field).and_then(|value| text(value));
        match sent {
            Some(text) if *kept > 0 => {
                let start: String = text.chars().take(*kept).collect();
                record.insert(field.clone(), raw(start));
            }
            Some(_) | None => drop(record.remove(field)),
        }
    }
}

/// Alters the rows of a successful call.
pub(in crate::simulator) fn alter(reply: &mut ResultPage, alteration: Alteration) {
    match alteration {
        Alteration::OmitRow(index) => {
            if index < reply.rows.len() {
                reply.rows.remove(index);
            }
        }
        Alteration::ReverseRows => reply.rows.reverse(),
        Alteration::NumbersAsText => each_member(reply, |name, text| {
            let number = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
            (number && name != "seq").then(|| text.to_owned())
        }),
        Alteration::TrailingBlank => each_member(reply, |name, text| {
            let id = text.strip_prefix('"')?.strip_suffix('"')?;
            (name == "marketoGUID").then(|| format!("{id} "))
        }),
        Alteration::LowerCaseNames => {
            for ResultRow(members) in &mut reply.rows {
                for (name, _) in members {
                    *name = Cow::Owned(name.to_lowercase());
                }
            }
        }
    }
}

/// Replaces each value for which `change` returns text, given its name and JSON text.
pub(in crate::simulator) fn each_member(
    reply: &mut ResultPage,
    change: impl Fn(&str, &str) -> Option<String>,
) {
    for ResultRow(members) in &mut reply.rows {
        for (name, value) in members {
            if let Some(text) = change(name, value.get()) {
                *value = raw(text);
            }
        }
    }
}

/// Gives the messages of an outcome other words.
pub(in crate::simulator) fn reword(
    outcome: Result<ResultPage, CallFailure>,
) -> Result<ResultPage, CallFailure> {
    match outcome {
        Ok(mut reply) => {
            for ResultRow(members) in &mut reply.rows {
                let reasons = members.iter_mut().filter(|(name, _)| name == "reasons");
                for (_, reasons) in reasons {
                    let mut list: Value =
                        serde_json::from_str(reasons.get()).expect("reasons are JSON");
                    for reason in list.as_array_mut().into_iter().flatten() {
                        let text = reason["message"].as_str().unwrap_or_default();
                        reason["message"] = reworded(text).into();
                    }
                    *reasons = raw(list);
                }
            }
            Ok(reply)
        }
        Err(CallFailure::Refused(CodedReason { code, message })) => {
            Err(CallFailure::Refused(CodedReason {
                code,
                message: reworded(&message),
            }))
        }
        Err(
            failure @ (CallFailure::Gateway(_) | CallFailure::Identity { .. } | CallFailure::Cut),
        ) => Err(failure),
    }
}

fn reworded(message: &str) -> String {
    format!("The service reports: {}.", message.to_lowercase())
}

/// The response; unreadable if the fault garbles it.
pub(in crate::simulator) async fn garbled(
    fault: Option<&FaultKind>,
    response: Response,
) -> Response {
    match fault {
        Some(FaultKind::Garble(garbling)) => garble(response, *garbling).await,
        _ => response,
    }
}

async fn garble(response: Response, garbling: Garbling) -> Response {
    let (mut parts, body) = response.into_parts();
    let text = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let body = match garbling {
        Garbling::Truncate => text.slice(..text.len() / 2),
        Garbling::OmitResult => {
            let mut envelope: Value = serde_json::from_slice(&text).unwrap_or_default();
            if let Some(members) = envelope.as_object_mut() {
                members.remove("result");
            }
            envelope.to_string().into()
        }
        Garbling::Html => {
            let html = HeaderValue::from_static("text/html");
            parts.headers.insert(header::CONTENT_TYPE, html);
            "<html><body>Scheduled maintenance</body></html>".into()
        }
    };
    Response::from_parts(parts, Body::from(body))
}
