//! The outcome of each change, and why a run ended early.

use std::error::Error;
use std::fmt;

use tokio::time::Instant;

use crate::api::{ApiError, CallRefusal, Reason};
use crate::ledger::Lost;
use crate::plan::{Change, Counts, Plan};

use super::panicked::Panicked;

/// The outcomes of an apply, one for each change of its plan and in the same order.
#[must_use]
#[derive(Debug)]
pub struct Report {
    pub outcomes: Vec<Outcome>,
    /// Why the run ended early, if it did.
    pub halt: Option<Halt>,
    /// The number of changes of the canary that were found in the instance before the rest was sent; nothing without a canary.
    pub tried: Option<usize>,
}

/// A change that has its outcome.
#[derive(Debug)]
pub struct Settled {
    /// Its index in the plan.
    pub change: usize,
    pub outcome: Outcome,
    /// How often it was sent.
    pub tries: usize,
    /// When the outcome was known: batches are told of as a whole, and some of their records may have to be read back first.
    pub at: Instant,
}

/// The outcome of one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The instance has it. The id of the record, where it is known.
    Applied { id: Option<Box<str>> },
    /// The instance refused it.
    Rejected {
        reasons: Vec<Reason>,
        request_id: Option<Box<str>>,
    },
    /// It was never sent.
    NotAttempted(WhyNot),
    /// It was sent, but neither the answer nor reading back showed the outcome. The reason is without sensitive values.
    Unknown { why: String },
}

/// Why a change was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// A record that it would name was not created; the index of that change.
    Referred(usize),
    /// A record that names it is still there, and names it still; the index of the change that was to end that.
    Referring(usize),
    /// A record that may replace this one was not created or adopted, or its own opportunity was not updated; the index of that
    /// change. Only deletes wait for that.
    Unwritten(usize),
    /// The run had ended by then.
    Halted,
}

/// Why a run ended before its last batch.
#[derive(Debug)]
pub enum Halt {
    /// A person or the system asked for it.
    Interrupted,
    /// Another run may be writing by now.
    LockLost(Lost),
    /// An event could not be written to the journal.
    Unrecorded(Unrecorded),
    /// The instance takes no further calls, at the moment or with these credentials.
    Api(ApiError),
    /// The canary is not as planned.
    Canary(CanaryFailure),
    /// A mistake in this program. What was in flight is unknown.
    Panicked(Panicked),
}

/// What is wrong with a canary.
#[derive(Debug)]
pub enum CanaryFailure {
    /// Of its `changes`, `not_applied` were refused, not sent or of unknown outcome.
    NotApplied { not_applied: usize, changes: usize },
    /// All of them were applied, but the instance stored something else.
    Unlike {
        /// What a further plan would still change in its records.
        remains: Box<Plan>,
    },
}

/// Why something could not be written down.
pub type Unrecorded = Box<dyn Error + Send + Sync>;

/// An error and its causes, in one line.
#[must_use]
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.extend([": ", &error.to_string()]);
        cause = error.source();
    }
    text
}

/// The most records that a failed canary names.
const NAMED: usize = 5;

impl fmt::Display for CanaryFailure {
    /// Without values, because journals store this text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotApplied {
                not_applied,
                changes,
            } => {
                write!(f, "{not_applied} of its {changes} changes were not applied")
            }
            Self::Unlike { remains } => {
                f.write_str("Marketo stored something else than planned")?;
                let mut before = ": ";
                for change in remains.changes.iter().take(NAMED) {
                    write!(f, "{before}{}", named(change))?;
                    before = "; ";
                }
                match remains.changes.len().checked_sub(NAMED) {
                    None | Some(0) => Ok(()),
                    Some(more) => write!(f, "; and {more} more"),
                }
            }
        }
    }
}

/// A record and its fields.
fn named(change: &Change) -> String {
    let record = format!("{} {}", change.kind.noun, change.shown);
    let fields: Vec<&str> = change.fields().names().map(|name| &**name).collect();
    if fields.is_empty() {
        record
    } else {
        format!("{record} ({})", fields.join(", "))
    }
}

impl Outcome {
    /// Whether the instance has the change.
    #[must_use]
    pub fn is_applied(&self) -> bool {
        matches!(self, Self::Applied { .. })
    }

    /// The outcome of a record whose whole call was refused, by Marketo or by something before it.
    pub(super) fn of_error(error: &ApiError) -> Self {
        let Some(refusal) = error.refusal() else {
            let code = error
                .status_code()
                .map_or_else(String::new, |status| status.to_string());
            return Self::Rejected {
                reasons: vec![Reason {
                    code: code.into(),
                    message: error.to_string().into(),
                }],
                request_id: None,
            };
        };
        let CallRefusal {
            code,
            message,
            request_id,
        } = refusal.clone();
        Self::Rejected {
            reasons: vec![Reason { code, message }],
            request_id,
        }
    }
}

impl Report {
    /// The number of applied changes of each action.
    #[must_use]
    pub fn applied(&self, plan: &Plan) -> Counts {
        let of_changes = plan.changes.iter().zip(&self.outcomes);
        let applied = of_changes.filter(|(_, outcome)| outcome.is_applied());
        Counts::of(applied.map(|(change, _)| change))
    }

    /// Whether every change was applied.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.outcomes.iter().all(Outcome::is_applied)
    }
}
