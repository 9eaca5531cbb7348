//! Scripted faults as data: which calls they hit, how often, and what goes wrong.
//!
//! Each kind takes effect at one place:
//!
//! | kind | where |
//! |---|---|
//! | `Token` | `server/handler.rs`, before the call runs |
//! | `Delay`, `Answer`, `Break` before the commit | `AdmittedCall::run`, before the call is executed |
//! | `SkipRecord`, `Lose` | `AdmittedCall::records`, in the write itself |
//! | `Alter` | `AdmittedCall::execute`, on the finished rows |
//! | `Break` after the commit, `Warn` | `AdmittedCall::run`, after the call was executed |
//! | `Reword`, `Garble` | `server/handler.rs`, on the messages and on the response |
//!
//! A further kind is a variant here, an entry in `table`, and a line at one of these places.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::simulator::wire::call_log::CallOperation;
use crate::simulator::wire::codes::CallFailure;
use crate::simulator::wire::request::ReceivedCall;

/// A fault and the calls that it hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The beginning of the path; empty for any path.
    pub path_prefix: String,
    /// The end of the path; empty for any path.
    pub path_suffix: String,
    /// Text that a parameter or the JSON body contains; empty for any call.
    pub text: String,
    /// The operation of the call; `None` for any operation.
    pub operation: Option<CallOperation>,
    /// How many matching calls pass before the first hit.
    pub after: u32,
    /// The probability that a later matching call is hit; `None` hits each of them.
    pub chance: Option<Chance>,
    /// How many calls it hits.
    pub times: u32,
    /// What goes wrong.
    pub kind: FaultKind,
}

/// A probability with a seed: the same calls in the same order get the same faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chance {
    /// The hits in a million calls.
    pub per_million: u32,
    pub seed: u64,
    /// How many calls were drawn.
    pub drawn: u64,
}

/// What goes wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A response-level error; the call is not executed. Without a message, the documented one.
    Answer {
        code: String,
        message: Option<String>,
    },
    /// The call takes this much longer.
    Delay(Duration),
    /// No usable answer arrives, although the call may have been executed.
    Break { how: Breakdown, when: Moment },
    /// All tokens of the instance end, including the one of this call.
    Token(TokenLoss),
    /// One record of a sync or delete is not applied.
    SkipRecord {
        index: usize,
        code: String,
        message: String,
    },
    /// A sync succeeds, but stores only the first `kept` characters of this field. With `kept` 0 the
    /// field is not written.
    Lose { field: String, kept: usize },
    /// The call succeeds, but its rows are altered.
    Alter(Alteration),
    /// The messages of errors and reasons have other words.
    Reword,
    /// The call succeeds with this warning.
    Warn(String),
    /// The call is executed, but its answer is unreadable.
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

/// How an answer is unreadable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Garbling {
    /// It ends in the middle of its JSON.
    Truncate,
    /// It has no `result`.
    OmitResult,
    /// HTTP 200 with a page of HTML.
    Html,
}

/// How the answer to a call is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breakdown {
    /// Code 604.
    TimeOut,
    /// HTTP 502 with a page of HTML.
    BadGateway,
    /// The connection closes.
    Disconnect,
    /// HTTP 413 with a page of HTML: a gateway with a limit below the documented 1 MB.
    TooLarge,
}

/// When the answer is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    BeforeCommit,
    AfterCommit,
}

/// How rows are altered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alteration {
    /// The row of this index is missing.
    OmitRow(usize),
    /// The rows are in reverse order.
    ReverseRows,
    /// All numbers except `seq` are text.
    NumbersAsText,
    /// A blank follows each id.
    TrailingBlank,
    /// Field names are in lower case.
    LowerCaseNames,
}

impl Fault {
    /// A fault that hits the next call of any sort.
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

    /// A fault that answers the documented error with this code.
    #[must_use]
    pub fn code(code: &str) -> Self {
        Self::new(FaultKind::Answer {
            code: code.to_owned(),
            message: None,
        })
    }

    /// Limits the fault to calls of this operation.
    #[must_use]
    pub fn on(mut self, operation: CallOperation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Limits the fault to paths with this beginning.
    #[must_use]
    pub fn prefix(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.path_prefix);
        self
    }

    /// Limits the fault to paths with this end.
    #[must_use]
    pub fn suffix(mut self, suffix: &str) -> Self {
        suffix.clone_into(&mut self.path_suffix);
        self
    }

    /// Limits the fault to calls with this text in a parameter or in the JSON body, for example the
    /// key of one record.
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

    /// Makes the fault hit calls with a probability, any number of times.
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

    /// Makes the fault hit this many calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Whether the fault hits the current call, which matches it.
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

/// The waiting faults. A call is hit by the first one that matches and is due, and advances the counters of all that match.
#[derive(Debug, Default)]
pub struct Faults(Mutex<VecDeque<Fault>>);

impl Faults {
    /// Adds a fault at the end of the queue.
    pub fn push(&self, fault: Fault) {
        if fault.times > 0 {
            self.queue().push_back(fault);
        }
    }

    /// Removes all waiting faults.
    pub fn clear(&self) {
        self.queue().clear();
    }

    /// The faults that still wait.
    #[must_use]
    pub fn waiting(&self) -> Vec<Fault> {
        self.queue().iter().cloned().collect()
    }

    /// The fault that this call meets; one of its uses is then spent.
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
                // `u32::MAX` means any number of times.
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
        // Each call has its own generator, so the result depends only on the number of the call.
        let step = self.drawn.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut random = fastrand::Rng::with_seed(self.seed.wrapping_add(step));
        self.drawn += 1;
        random.u32(..1_000_000) < self.per_million
    }
}

impl Breakdown {
    /// What the client receives.
    pub(in crate::simulator) fn failure(self) -> CallFailure {
        match self {
            Self::TimeOut => CallFailure::code("604"),
            Self::BadGateway => CallFailure::Gateway(502),
            Self::Disconnect => CallFailure::Cut,
            Self::TooLarge => CallFailure::Gateway(413),
        }
    }
}
