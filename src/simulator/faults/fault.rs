//! Scripted faults, as data: which calls, how often, and what goes wrong.
//!
//! Each kind takes effect at one place: `Answer`, `Delay`, `Token` and a `Breakdown` before the
//! commit in the handler's gate, `SkipRecord` and `Lose` in the write itself, `Alter` on the finished rows
//! (`alter`), `Reword` on the messages, `Warn` and `Garble` on the answer as it leaves, and a
//! `Breakdown` after the commit in its place. A further kind is a variant here, an entry in
//! `fault_table`, and its line at that place.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::simulator::wire::call_log::CallOperation;
use crate::simulator::wire::codes::CallFailure;
use crate::simulator::wire::request::ReceivedCall;

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
    pub operation: Option<CallOperation>,
    /// How many matching calls pass unharmed first.
    pub after: u32,
    /// Whether the matching calls after them are hit by chance; without it, each is.
    pub chance: Option<Chance>,
    /// How many calls it hits.
    pub times: u32,
    /// What goes wrong.
    pub kind: FaultKind,
}

/// A chance of one call, decided by a seed: the same calls in the same order meet the same faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chance {
    /// Calls of a million.
    pub per_million: u32,
    pub seed: u64,
    /// How many calls were decided.
    pub drawn: u64,
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
    /// The tokens of the instance end, and with them this call's.
    Token(TokenLoss),
    /// One record of a sync or delete is not applied.
    SkipRecord {
        index: usize,
        code: String,
        message: String,
    },
    /// A sync succeeds, and of this field of its records no more than so many characters are stored; with none of
    /// them the field stays as it was.
    Lose { field: String, kept: usize },
    /// The call succeeds, and its rows look different.
    Alter(Alteration),
    /// The messages of errors and reasons are worded differently.
    Reword,
    /// The call succeeds with this warning.
    Warn(String),
    /// The answer to the executed call cannot be read.
    Garble(Garbling),
}

/// How tokens end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenLoss {
    /// 602 once, then 601.
    Expire,
    /// 601.
    Revoke,
}

/// How an answer cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Garbling {
    /// It ends in the middle of its JSON.
    Truncate,
    /// It has no `result`.
    OmitResult,
    /// HTTP 200 with a page of HTML.
    Html,
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
            chance: None,
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
    pub fn on(mut self, operation: CallOperation) -> Self {
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

    /// Makes it hit calls by chance, and without an end.
    #[must_use]
    pub fn by_chance(mut self, per_million: u32, seed: u64) -> Self {
        self.chance = Some(Chance {
            per_million,
            seed,
            drawn: 0,
        });
        self.times = u32::MAX;
        self
    }

    /// Makes it hit this many calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Whether it hits the matching call that comes now.
    fn is_due(&mut self) -> bool {
        if self.after > 0 {
            self.after -= 1;
            return false;
        }
        self.chance.as_mut().is_none_or(Chance::draw)
    }

    fn matches(&self, path: &str, operation: CallOperation, call: &ReceivedCall) -> bool {
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
    pub(in crate::simulator) fn take(
        &self,
        path: &str,
        operation: CallOperation,
        call: &ReceivedCall,
    ) -> Option<FaultKind> {
        let mut queue = self.queue();
        let mut hit = None;
        for (index, fault) in queue.iter_mut().enumerate() {
            if !fault.matches(path, operation, call) {
                continue;
            }
            if fault.is_due() && hit.is_none() {
                // Without an end it never runs out.
                fault.times -= u32::from(fault.times != u32::MAX);
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

impl Chance {
    /// Whether the next call is hit.
    fn draw(&mut self) -> bool {
        // Each call has a generator of its own, so that its fate depends on its number alone.
        let step = self.drawn.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut random = fastrand::Rng::with_seed(self.seed.wrapping_add(step));
        self.drawn += 1;
        random.u32(..1_000_000) < self.per_million
    }
}

impl Breakdown {
    /// What the client sees.
    pub(in crate::simulator) fn failure(self) -> CallFailure {
        match self {
            Self::TimeOut => CallFailure::code("604"),
            Self::BadGateway => CallFailure::Gateway(502),
            Self::Disconnect => CallFailure::Cut,
            Self::TooLarge => CallFailure::Gateway(413),
        }
    }
}
