//! The errors of the stages as those of a command: exit, text, causes and the way out.

use jiff::Zoned;

use crate::api::ApiError;
use crate::journal::JournalError;
use crate::ledger::{LedgerError, LockError};
use crate::render::{self, ways_out};
use crate::run::{MarkerError, Planned, RunError, SessionError, Stale, UndoneError};

use super::exit::{CliError, Exit};
use super::input::nothing_declared;
use super::output::unwritable;

impl CliError {
    /// Why a run ended before it sent anything. `interrupted` is the exit that the signals so far mean.
    pub(super) fn of_run(error: &RunError, planned: Option<&Planned>, interrupted: Exit) -> Self {
        match error {
            RunError::Refused => refused(planned),
            RunError::NothingDeclared { files } => nothing_declared(*files),
            RunError::Marker(error) => error.into(),
            RunError::Undone(error) => error.into(),
            RunError::Api(error) => error.into(),
            RunError::Ledger(error) => error.into(),
            RunError::Lock(error) => error.into(),
            RunError::Journal(error) => Self::from(error).hint("nothing was sent"),
            RunError::Stale(stale) => stale.into(),
            RunError::Tell(error) => unwritable(error),
            RunError::Ask(error) => {
                Self::new(Exit::Failed, "cannot read the answer").caused_by(error)
            }
            RunError::Overtaken => Self::new(
                Exit::Stale,
                "another run has applied since this plan was made; nothing was sent",
            )
            .hint("run apply again: it plans anew"),
            RunError::Interrupted => Self::new(interrupted, "interrupted; nothing was changed"),
            RunError::Abandoned => Self::new(
                interrupted,
                "stopped at the third signal, before everything was written down",
            )
            .hint("`oppctl history last` shows what is known; the run's lock expires by itself, and the next apply corrects the ledger"),
            RunError::Invalid(_) => Self::new(Exit::Invalid, error.to_string()),
            RunError::Declined => Self::new(Exit::Failed, error.to_string()),
        }
    }
}

/// Every reason why a guard refuses the plan.
pub(super) fn refused(planned: Option<&Planned>) -> CliError {
    let (messages, hints) = planned.map_or_else(Default::default, |planned| {
        render::refusals(&planned.refusals, &planned.sources)
    });
    let (message, causes) = match <[String; 1]>::try_from(messages) {
        Ok([message]) => (format!("{message}; nothing was sent"), Vec::new()),
        Err(messages) => {
            let count = messages.len();
            let message = format!("the plan is refused for {count} reasons; nothing was sent");
            (message, messages)
        }
    };
    CliError {
        exit: Exit::Guarded,
        message,
        causes,
        hints,
    }
}

impl From<&MarkerError> for CliError {
    fn from(error: &MarkerError) -> Self {
        Self::new(Exit::Invalid, error.to_string()).hint(
            "`oppctl describe` lists the fields; an administrator of Marketo adds a custom one",
        )
    }
}

impl From<&Stale> for CliError {
    fn from(stale: &Stale) -> Self {
        let cli = Self::new(Exit::Stale, format!("{stale}; nothing was sent"));
        match stale {
            Stale::OtherFile { .. } => cli,
            Stale::Altered => {
                cli.hint("make a new plan file and review it: `oppctl plan --out <FILE>`")
            }
            Stale::OtherInstance { name, .. } => cli.hint(format!(
                "--instance {name} names that one, as the configuration had it then"
            )),
            Stale::OtherPlan { .. } => cli.hint(
                "review a new plan: something has changed in Marketo or in the manifests since",
            ),
        }
    }
}

impl From<&UndoneError> for CliError {
    fn from(error: &UndoneError) -> Self {
        match error {
            UndoneError::Journal(error) => error.into(),
            UndoneError::NotBegun { .. } => Self::new(Exit::Failed, error.to_string()),
            UndoneError::Running { .. } => Self::new(Exit::Unavailable, error.to_string())
                .hint("undo when it has ended; an interrupt ends it after the calls in flight"),
            UndoneError::NotChanged { .. } => Self::new(Exit::Usage, error.to_string()),
            UndoneError::Other { undone, source } => Self::from(source).hint(format!(
                "its journal may show which of {undone}'s changes another run made"
            )),
        }
    }
}

impl From<&LedgerError> for CliError {
    fn from(error: &LedgerError) -> Self {
        Self::of(error).hints(error.hint())
    }
}

impl From<&LockError> for CliError {
    fn from(error: &LockError) -> Self {
        match error {
            LockError::Store(error) => error.into(),
            LockError::Held { .. } | LockError::Free | LockError::Lost(_) => {
                Self::of(error).hints(error.hint())
            }
        }
    }
}

impl From<&JournalError> for CliError {
    fn from(error: &JournalError) -> Self {
        Self::of(error).hints(error.hint())
    }
}

impl From<&ApiError> for CliError {
    fn from(error: &ApiError) -> Self {
        let mut cli = Self::of(error);
        cli.hints = ways_out(error, &Zoned::now());
        if cli.hints.is_empty() {
            cli.hints.extend(advice(cli.exit).map(str::to_owned));
        }
        cli
    }
}

/// The way out of an error of the client that has none of its own.
fn advice(exit: Exit) -> Option<&'static str> {
    match exit {
        Exit::Denied => Some(
            "check the client id and secret of the LaunchPoint service: Admin > Integration > LaunchPoint",
        ),
        Exit::Unavailable => Some(
            "run this again later; if it stays so, check baseUrl, which Admin > Integration > Web Services shows as the endpoint",
        ),
        Exit::Failed => Some(
            "check that baseUrl is Marketo's REST endpoint: Admin > Integration > Web Services shows it",
        ),
        Exit::Done
        | Exit::Pending
        | Exit::Invalid
        | Exit::Partial
        | Exit::Guarded
        | Exit::Stale
        | Exit::Usage
        | Exit::Interrupted
        | Exit::Terminated => None,
    }
}

impl From<SessionError> for CliError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Credential { source, .. } => Self::of(&source),
            SessionError::Simulator(error) => error.into(),
            SessionError::Client(error) => error.into(),
        }
    }
}

/// Conversions of owned errors.
macro_rules! owned {
    ($($error:ty),*) => {$(
        impl From<$error> for CliError {
            fn from(error: $error) -> Self {
                (&error).into()
            }
        }
    )*};
}

owned!(
    ApiError,
    JournalError,
    LedgerError,
    LockError,
    MarkerError,
    Stale,
    UndoneError
);
