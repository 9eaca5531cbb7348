//! Scripted faults, as data: which calls, how often, and what goes wrong.
//!
//! Each kind takes effect at one place: `Answer`, `Delay` and a `Breakdown` before the commit in
//! the handler's gate, `SkipRecord` in the write itself, `Alter` on the finished rows below, and a
//! `Breakdown` after the commit where the answer would leave. A further kind is a variant here and
//! its line at that place.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::calls::Operation;
use super::codes::{Failure, Reason, message};
use super::reply::{Reply, Row};
use super::request::Call;
use super::value::raw;

/// A fault that waits for its calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The path begins with this; empty is any.
    pub path_prefix: String,
    /// The path ends with this; empty is any.
    pub path_suffix: String,
    /// A parameter or the JSON body contains this; empty is any.
    pub text: String,
    /// What the call does; `None` is anything.
    pub operation: Option<Operation>,
    /// How many matching calls pass unharmed first.
    pub after: u32,
    /// How many calls it hits.
    pub times: u32,
    /// What goes wrong.
    pub kind: FaultKind,
}

/// What goes wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A response-level error; nothing is executed. Without a message, the documented one.
    Answer {
        code: String,
        message: Option<String>,
    },
    /// The call takes this much longer.
    Delay(Duration),
    /// No usable answer comes, though the call may have been executed.
    Break { how: Breakdown, when: Moment },
    /// One record of a sync or delete is not applied.
    SkipRecord {
        index: usize,
        code: String,
        message: String,
    },
    /// The call succeeds, and its rows look different.
    Alter(Alteration),
}

/// How an answer fails to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breakdown {
    /// Code 604.
    TimeOut,
    /// HTTP 502 with a page of HTML.
    BadGateway,
    /// The connection closes.
    Disconnect,
    /// HTTP 413 with a page of HTML: a gateway that takes less than the documented 1 MB.
    TooLarge,
}

/// When it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    BeforeCommit,
    AfterCommit,
}

/// How rows look different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alteration {
    /// The row of this index is missing.
    OmitRow(usize),
    /// The rows come in reverse.
    ReverseRows,
    /// Numbers, but for `seq`, are text.
    NumbersAsText,
    /// A blank follows each id.
    TrailingBlank,
    /// Field names are in lower case.
    LowerCaseNames,
}

impl Fault {
    /// A fault that hits the next call, whatever it is.
    #[must_use]
    pub fn new(kind: FaultKind) -> Self {
        Self {
            path_prefix: String::new(),
            path_suffix: String::new(),
            text: String::new(),
            operation: None,
            after: 0,
            times: 1,
            kind,
        }
    }

    /// The documented error with this code.
    #[must_use]
    pub fn code(code: &str) -> Self {
        Self::new(FaultKind::Answer {
            code: code.to_owned(),
            message: None,
        })
    }

    /// Limits it to calls of this operation.
    #[must_use]
    pub fn on(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Limits it to paths that begin so.
    #[must_use]
    pub fn prefix(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.path_prefix);
        self
    }

    /// Limits it to paths that end so.
    #[must_use]
    pub fn suffix(mut self, suffix: &str) -> Self {
        suffix.clone_into(&mut self.path_suffix);
        self
    }

    /// Limits it to calls that name this in a parameter or in their JSON body, as one record does of many.
    #[must_use]
    pub fn naming(mut self, text: &str) -> Self {
        text.clone_into(&mut self.text);
        self
    }

    /// Lets this many matching calls pass first.
    #[must_use]
    pub fn after(mut self, calls: u32) -> Self {
        self.after = calls;
        self
    }

    /// Makes it hit this many calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    fn matches(&self, path: &str, operation: Operation, call: &Call) -> bool {
        path.starts_with(&self.path_prefix)
            && path.ends_with(&self.path_suffix)
            && self.operation.is_none_or(|wanted| wanted == operation)
            && call.names(&self.text)
    }
}

/// The faults that wait; a call meets the first that matches it and lets no further call pass.
#[derive(Debug, Default)]
pub struct Faults(Mutex<VecDeque<Fault>>);

impl Faults {
    /// Adds a fault behind those that wait.
    pub fn push(&self, fault: Fault) {
        if fault.times > 0 {
            self.queue().push_back(fault);
        }
    }

    /// Forgets all that wait.
    pub fn clear(&self) {
        self.queue().clear();
    }

    /// Those that still wait.
    #[must_use]
    pub fn waiting(&self) -> Vec<Fault> {
        self.queue().iter().cloned().collect()
    }

    /// What goes wrong with this call, and one use of that fault less.
    pub(super) fn take(&self, path: &str, operation: Operation, call: &Call) -> Option<FaultKind> {
        let mut queue = self.queue();
        let mut hit = None;
        for (index, fault) in queue.iter_mut().enumerate() {
            if !fault.matches(path, operation, call) {
                continue;
            }
            if fault.after > 0 {
                fault.after -= 1;
            } else if hit.is_none() {
                fault.times -= 1;
                hit = Some((index, fault.times, fault.kind.clone()));
            }
        }
        let (index, left, kind) = hit?;
        if left == 0 {
            queue.remove(index);
        }
        Some(kind)
    }

    fn queue(&self) -> MutexGuard<'_, VecDeque<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Breakdown {
    /// What the client sees.
    pub(super) fn failure(self) -> Failure {
        match self {
            Self::TimeOut => Failure::code("604"),
            Self::BadGateway => Failure::Gateway(502),
            Self::Disconnect => Failure::Cut,
            Self::TooLarge => Failure::Gateway(413),
        }
    }
}

/// The answer of `FaultKind::Answer`.
pub(super) fn answer(code: &str, text: Option<&str>) -> Failure {
    Failure::Refused(Reason {
        code: Cow::Owned(code.to_owned()),
        message: text.unwrap_or_else(|| message(code)).to_owned(),
    })
}

/// The record of a write that is to be skipped.
#[derive(Clone, Debug)]
pub(super) struct Skip {
    pub index: usize,
    pub reason: Reason,
}

impl Skip {
    /// What `kind` says of records.
    pub(super) fn of(kind: Option<&FaultKind>) -> Option<Self> {
        match kind? {
            FaultKind::SkipRecord {
                index,
                code,
                message,
            } => Some(Self {
                index: *index,
                reason: Reason {
                    code: Cow::Owned(code.clone()),
                    message: message.clone(),
                },
            }),
            FaultKind::Answer { .. }
            | FaultKind::Delay(_)
            | FaultKind::Break { .. }
            | FaultKind::Alter(_) => None,
        }
    }

    /// The reason to skip the record of this index.
    pub(super) fn at(skip: Option<&Self>, index: usize) -> Option<Reason> {
        skip.filter(|skip| skip.index == index)
            .map(|skip| skip.reason.clone())
    }
}

/// Changes the rows of a successful call.
pub(super) fn alter(reply: &mut Reply, alteration: Alteration) {
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
            for Row(members) in &mut reply.rows {
                for (name, _) in members {
                    *name = Cow::Owned(name.to_lowercase());
                }
            }
        }
    }
}

/// Replaces a value by the text that `change` makes of its name and JSON text.
fn each_member(reply: &mut Reply, change: impl Fn(&str, &str) -> Option<String>) {
    for Row(members) in &mut reply.rows {
        for (name, value) in members {
            if let Some(text) = change(name, value.get()) {
                *value = raw(text);
            }
        }
    }
}
