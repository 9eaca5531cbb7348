//! The log of answered calls, for tests that count them.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A call and its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedCall {
    /// The HTTP method as sent, before `_method`.
    pub method: String,
    /// The path without its query, which may hold secrets.
    pub path: String,
    /// The protocol, such as `HTTP/1.1`.
    pub protocol: &'static str,
    /// The operation of the call.
    pub operation: CallOperation,
    /// How it was answered.
    pub answer: CallOutcome,
}

/// The operation of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallOperation {
    Identity,
    Describe,
    Schema,
    Query,
    Sync,
    Delete,
    Partitions,
    Usage,
    /// The path does not exist, or does not have the method.
    Unknown,
}

impl CallOperation {
    /// All operations, with their names in fault scripts.
    pub const ALL: [(&'static str, Self); 8] = [
        ("identity", Self::Identity),
        ("describe", Self::Describe),
        ("schema", Self::Schema),
        ("query", Self::Query),
        ("sync", Self::Sync),
        ("delete", Self::Delete),
        ("partitions", Self::Partitions),
        ("usage", Self::Usage),
    ];
}

/// How a call was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallOutcome {
    /// With a result, even if records were skipped.
    Ok,
    /// With a response-level code.
    Code(String),
    /// With an HTTP status other than 200.
    Http(u16),
    /// The connection was closed without an answer.
    Cut,
}

impl fmt::Display for CallOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => f.write_str("ok"),
            Self::Code(code) => f.write_str(code),
            Self::Http(status) => write!(f, "HTTP {status}"),
            Self::Cut => f.write_str("cut"),
        }
    }
}

/// How many calls are kept; a simulator may run for weeks.
const KEPT: usize = 100_000;

/// The latest calls.
#[derive(Debug, Default)]
pub(in crate::simulator) struct CallLog(Mutex<VecDeque<LoggedCall>>);

impl CallLog {
    /// Adds an answered call.
    pub(in crate::simulator) fn push(&self, call: LoggedCall) {
        let mut calls = self.lock();
        if calls.len() == KEPT {
            calls.pop_front();
        }
        calls.push_back(call);
    }

    /// The calls in the order of their answers.
    pub(in crate::simulator) fn all(&self) -> Vec<LoggedCall> {
        self.lock().iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<LoggedCall>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
