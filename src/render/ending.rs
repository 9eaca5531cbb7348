//! How a command ended, as every format tells it.

/// How a command ended.
#[derive(Clone, Copy)]
pub struct Ending<'a> {
    pub exit: u8,
    pub verdict: Verdict,
    pub failure: Option<Failure<'a>>,
}

/// How a command ended, as far as a title tells it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The command succeeded. Single records may still have been rejected.
    Well,
    /// The command succeeded, but an undo left something, or some records were not applied.
    Partial,
    /// A guard has refused the plan.
    Refused,
    /// The plan is not the one that was reviewed.
    Stale,
    Failed,
}

/// Why a command could not complete.
#[derive(Clone, Copy)]
pub struct Failure<'a> {
    pub message: &'a str,
    /// From the outermost cause to the innermost.
    pub causes: &'a [String],
    pub hints: &'a [String],
}
