//! What became of each change.

use std::error::Error;
use std::fmt;

use crate::api::{ApiError, CallRefusal, Reason};
use crate::ledger::Lost;
use crate::plan::{Change, Counts, Plan};

/// The outcomes of an apply, one for each change of its plan and in the same order.
#[must_use]
#[derive(Debug)]
pub struct Report {
    pub outcomes: Vec<Outcome>,
    /// Why the run ended early, if it did.
    pub halt: Option<Halt>,
    /// How many changes went out as a canary and were found in the instance before the rest went; nothing without one.
    pub tried: Option<usize>,
}

/// A change that has its outcome.
#[derive(Debug)]
pub struct Settled {
    /// Its index in the plan.
    pub change: usize,
    pub outcome: Outcome,
    /// How often it went out.
    pub tries: usize,
}

/// What became of one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The instance holds it; the id of the record, where it is known.
    Applied { id: Option<Box<str>> },
    /// The instance refused it.
    Rejected {
        reasons: Vec<Reason>,
        request_id: Option<Box<str>>,
    },
    /// It was never sent.
    NotAttempted(WhyNot),
    /// It was sent, and neither the answer nor a look afterwards told what became of it.
    Unknown { why: String },
}

/// Why a change was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// The record that it hangs on was not written; the index of that change.
    Parent(usize),
    /// A record that hangs on it was not deleted; the index of that change.
    Child(usize),
    /// The run had ended by then.
    Halted,
}

/// Why a run ended before its last batch.
#[derive(Debug)]
pub enum Halt {
    /// A person or the system asked for it.
    Interrupted,
    /// Somebody else may be writing by now.
    LockLost(Lost),
    /// What was about to happen, or had happened, could not be written down.
    Unrecorded(Unrecorded),
    /// The instance does not take further calls now, or none by these credentials.
    Api(ApiError),
    /// What was tried first did not come to what was planned.
    Canary(CanaryFailure),
}

/// What is wrong with a canary.
#[derive(Debug)]
pub enum CanaryFailure {
    /// So many of its changes were not applied.
    NotApplied { refused: usize, changes: usize },
    /// All of them were, and the instance holds something else than what was sent.
    Unlike {
        /// What a plan would still want of its records.
        remains: Box<Plan>,
    },
}

/// Why something could not be written down.
pub type Unrecorded = Box<dyn Error + Send + Sync>;

/// An error and what caused it, in a line.
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

/// How many records a failed canary names.
const NAMED: usize = 5;

impl fmt::Display for CanaryFailure {
    /// Without values: it is stored.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotApplied { refused, changes } => {
                write!(f, "{refused} of its {changes} changes were not applied")
            }
            Self::Unlike { remains } => {
                f.write_str("Marketo holds something else than was planned")?;
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
    let record = format!("{} {}", change.kind.name, change.shown);
    let fields: Vec<&str> = change.fields().iter().map(|field| &*field.name).collect();
    if fields.is_empty() {
        record
    } else {
        format!("{record} ({})", fields.join(", "))
    }
}

impl Outcome {
    /// The outcome of a record whose whole call was refused.
    pub(super) fn refused(refusal: &CallRefusal) -> Self {
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
        let applied = of_changes.filter(|(_, outcome)| matches!(outcome, Outcome::Applied { .. }));
        Counts::of(applied.map(|(change, _)| change))
    }

    /// Whether every change was applied.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.outcomes
            .iter()
            .all(|outcome| matches!(outcome, Outcome::Applied { .. }))
    }
}
