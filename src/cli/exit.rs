//! Exit codes, and errors at the edge: what happened, why, and the way out.

use std::error::Error;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};

use crate::model::Invocation;
use crate::render::{command_tip, flag_tip};

/// How a run ended. The numbers are an interface: scripts branch on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done; nothing is pending.
    Done,
    /// Could not complete: a file, the ledger or the journal failed, a record was not found, or the answer was not "yes".
    Failed,
    /// Changes are pending (`plan --exit-code`), others changed records (`plan --drift`), or manifests would change (`pull` without `--yes`, `fmt --check`).
    Pending,
    /// Manifests or configuration are invalid.
    Invalid,
    /// Some records were rejected, not attempted or are unknown.
    Partial,
    /// Refused by a guard.
    Guarded,
    /// The instance or the manifests have changed since the plan was made.
    Stale,
    /// The instance is unavailable or too slow, its quota is used up, or another run holds the lock or the simulator's store.
    Unavailable,
    /// Credentials or permissions are missing, or native CRM sync is on.
    Denied,
    /// The command line is wrong.
    Usage,
    /// SIGINT ended the run.
    Interrupted,
    /// SIGTERM ended the run.
    Terminated,
}

impl Exit {
    /// Its name for those who do not know the numbers.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Pending => "pending",
            Self::Invalid => "invalid",
            Self::Partial => "partial",
            Self::Guarded => "refused",
            Self::Stale => "stale",
            Self::Unavailable => "unavailable",
            Self::Denied => "denied",
            Self::Usage => "usage",
            Self::Interrupted => "interrupted",
            Self::Terminated => "terminated",
        }
    }

    /// The number that the process ends with.
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Pending => 2,
            Self::Invalid => 3,
            Self::Partial => 4,
            Self::Guarded => 5,
            Self::Stale => 6,
            Self::Unavailable => 7,
            Self::Denied => 8,
            Self::Usage => 64,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command could not complete.
#[derive(Debug)]
pub(super) struct CliError {
    pub(super) exit: Exit,
    /// What is wrong and where.
    pub(super) message: String,
    /// Why, from the outermost cause to the innermost.
    pub(super) causes: Vec<String>,
    /// The way out.
    pub(super) hints: Vec<String>,
    /// What is left to say, if anything, where standard output, on the same terminal, has just said the rest.
    pub(super) short: Option<&'static str>,
}

impl CliError {
    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            causes: Vec::new(),
            hints: Vec::new(),
            short: None,
        }
    }

    /// An error of a stage: its exit, its own text, and what caused it.
    pub(super) fn of<E: Error>(error: &E) -> Self
    where
        Exit: for<'e> From<&'e E>,
    {
        Self::from_error(Exit::from(error), error)
    }

    /// The same for an error that means something else where it occurs.
    pub(super) fn from_error(exit: Exit, error: &dyn Error) -> Self {
        let cli = Self::new(exit, error.to_string());
        match error.source() {
            Some(source) => cli.caused_by(source),
            None => cli,
        }
    }

    pub(super) fn caused_by(mut self, source: &dyn Error) -> Self {
        let mut cause = Some(source);
        while let Some(error) = cause {
            self.causes.push(error.to_string());
            cause = error.source();
        }
        self
    }

    /// Adds a hint, if there is one.
    pub(super) fn hints(mut self, hint: Option<String>) -> Self {
        self.hints.extend(hint);
        self
    }

    /// The same for a command that never sends, and so need not say that it did not.
    pub(super) fn of_preview(mut self) -> Self {
        let kept = self.message.trim_end_matches("; nothing was sent").len();
        self.message.truncate(kept);
        self
    }

    /// The same with all that the commands in its hints need.
    pub(super) fn completed(mut self, invocation: &Invocation) -> Self {
        for hint in &mut self.hints {
            *hint = invocation.completed(hint).into_owned();
        }
        self
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// The tip for a long flag with one dash, as other tools have them, of which only the first letter was read as a flag.
fn tip_of_one_dash(flag: &str) -> Option<String> {
    let is_it =
        |arg: &String| arg.starts_with(flag) && arg.chars().nth(2).is_some_and(char::is_alphabetic);
    let short = flag.chars().count() == 2 && !flag.starts_with("--");
    let arg = std::env::args().skip(1).find(is_it).filter(|_| short)?;
    let name = arg.split('=').next()?;
    let long = format!("-{name}");
    Some(flag_tip(&long).unwrap_or_else(|| format!("long flags have two dashes: {long}")))
}

/// Prints what clap has to say: help and versions are no errors, everything else is wrong usage.
pub(super) fn usage(mut error: clap::Error) -> Exit {
    if let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg)
        && let Some(tip) = flag_tip(flag).or_else(|| tip_of_one_dash(flag))
    {
        let tip = ContextValue::StyledStrs(vec![tip.into()]);
        error.insert(ContextKind::Suggested, tip);
    }
    if let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand)
        && let Some(tip) = command_tip(word)
    {
        error.remove(ContextKind::SuggestedSubcommand);
        let tip = ContextValue::StyledStrs(vec![tip.into()]);
        error.insert(ContextKind::Suggested, tip);
    }
    // Nothing can be said where the terminal itself is gone.
    let printed = error.print();
    if error.use_stderr() || printed.is_err() {
        Exit::Usage
    } else {
        Exit::Done
    }
}
