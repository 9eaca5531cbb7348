//! The errors of the stages as those of a command: exit, text, causes and the way out.

use jiff::Zoned;

use crate::api::{ApiError, proxy_hint};
use crate::apply::Panicked;
use crate::config::{InstanceFieldsError, PolicyRefusal};
use crate::forge::ForgeError;
use crate::git::BeforeError;
use crate::journal::JournalError;
use crate::ledger::{LedgerError, LockError};
use crate::model::shell_word;
use crate::render::{self, ways_out};
use crate::run::{
    MarkerError, Planned, RunError, SensitiveFieldError, SessionError, SettingsError, Stale,
    UndoneError,
};
use crate::snapshot::{SnapshotError, Task};

use super::exit::{CliError, Exit};
use super::input::nothing_declared;
use super::keys::several_meant;
use super::output::unwritable;

impl CliError {
    /// A mistake in this program.
    pub(super) fn of_panic(panicked: &Panicked) -> Self {
        Self::new(Exit::Failed, panicked.to_string())
            .hint("report it as a bug, with the line above that names the place in the source")
            .hint("if an apply had begun, `oppctl history last` shows what it had sent; run apply again to do the rest")
    }

    /// Why a run on an instance with this name ended without a report. `interrupted` is the exit that the signals so far mean.
    pub(super) fn of_run(
        error: &RunError,
        planned: Option<&Planned>,
        interrupted: Exit,
        instance: &str,
    ) -> Self {
        match error {
            RunError::Refused => refused(planned),
            RunError::NothingDeclared { files } => nothing_declared(*files),
            RunError::NothingMatches { pattern } => Self::new(
                Exit::Usage,
                format!("--only {pattern}: no record that is declared or owned has this key"),
            )
            .hint("write the key of an opportunity, a pattern such as `A-*`, or the key of a role: `A-1/1001/Champion`"),
            RunError::SeveralMeant { pattern, records } => several_meant(pattern, records),
            RunError::NothingApplied => Self::new(
                Exit::Invalid,
                "--refresh ledger needs a ledger, which records what was applied last",
            )
            .hint("write `ownership: { ledger: FOLDER }` into the configuration"),
            RunError::Policy(refusal) => refusal.into(),
            RunError::Marker(error) => error.into(),
            RunError::Sensitive(error) => error.into(),
            RunError::Undone(error) => error.into(),
            RunError::Api(error) => error.into(),
            RunError::Ledger(error) => error.into(),
            RunError::Lock(error) => Self::of_lock(error, instance),
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
                "stopped at the third signal; the ledger and the lock may be out of date",
            )
            .hint(format!(
                "`oppctl history last --instance {}` shows what is known; the run's lock expires by itself, and the next apply corrects the ledger",
                shell_word(instance)
            )),
            RunError::Panicked(panicked) => Self::of_panic(panicked),
            RunError::Invalid(_) => Self::new(Exit::Invalid, error.to_string()),
            RunError::Declined => Self::new(Exit::Failed, error.to_string()),
        }
    }

    /// Why a command does not have the lock of an instance, or lost it.
    pub(super) fn of_lock(error: &LockError, instance: &str) -> Self {
        match error {
            LockError::Store(error) => error.into(),
            LockError::Held { .. } | LockError::Free | LockError::Lost(_) => {
                Self::of(error).hints(error.hint(&shell_word(instance)))
            }
        }
    }
}

/// Every reason why a guard refuses the plan.
pub(super) fn refused(planned: Option<&Planned>) -> CliError {
    let (messages, hints) = planned.map_or_else(Default::default, render::refusals_of);
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
        short: Some("the plan is refused"),
    }
}

impl From<&PolicyRefusal> for CliError {
    fn from(refusal: &PolicyRefusal) -> Self {
        Self::of(refusal).hint(refusal.hint())
    }
}

impl From<&InstanceFieldsError> for CliError {
    fn from(error: &InstanceFieldsError) -> Self {
        let exit = match error {
            InstanceFieldsError::Unreadable { .. } => Exit::Failed,
            InstanceFieldsError::Malformed { .. } | InstanceFieldsError::Newer { .. } => {
                Exit::Invalid
            }
        };
        Self::from_error(exit, error).hint("to write it anew: `oppctl describe --save`")
    }
}

impl From<SettingsError> for CliError {
    fn from(error: SettingsError) -> Self {
        match &error {
            SettingsError::Policy(refusal) => refusal.into(),
            SettingsError::Fields(error) => error.into(),
            SettingsError::Unreadable { .. } => Self::from_error(Exit::Failed, &error),
        }
    }
}

impl From<&MarkerError> for CliError {
    fn from(error: &MarkerError) -> Self {
        Self::new(Exit::Invalid, error.to_string()).hint(
            "list the fields with `oppctl describe`; a Marketo administrator can add a custom field",
        )
    }
}

impl From<&SensitiveFieldError> for CliError {
    fn from(error: &SensitiveFieldError) -> Self {
        let mut cli = Self::new(Exit::Invalid, error.to_string());
        cli.causes = error.causes();
        cli.hint(error.hint())
    }
}

impl From<&Stale> for CliError {
    fn from(stale: &Stale) -> Self {
        let (message, causes, hint) = render::stale(stale);
        let cli = Self::new(Exit::Stale, message).hints(hint);
        Self { causes, ..cli }
    }
}

impl From<&UndoneError> for CliError {
    fn from(error: &UndoneError) -> Self {
        match error {
            UndoneError::Journal(error) => error.into(),
            UndoneError::NotBegun { .. } => Self::new(Exit::Failed, error.to_string()),
            UndoneError::Running { .. } => Self::new(Exit::Unavailable, error.to_string()).hint(
                "wait until the run has ended, or interrupt it with Ctrl-C; then run undo again",
            ),
            UndoneError::OtherProject { .. } => Self::new(Exit::Invalid, error.to_string()).hint(
                "name a run of this project, or give it journals of its own: `journal.directory`",
            ),
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

impl From<BeforeError> for CliError {
    fn from(error: BeforeError) -> Self {
        Self::of(&error).hint(render::before_hint(&error))
    }
}

impl From<SnapshotError> for CliError {
    fn from(error: SnapshotError) -> Self {
        let hint = match &error {
            SnapshotError::NoAge => Some(
                "install it: `brew install age`, `apt-get install age`, or see https://age-encryption.org",
            ),
            SnapshotError::Refused {
                task: Task::Decrypt,
                ..
            } => Some(
                "name the private key of one of its recipients: --identity KEYFILE, a file that `age-keygen -o KEYFILE` has made; if it is the right one, the file is damaged: make a new snapshot",
            ),
            SnapshotError::Refused { .. } => {
                Some("a recipient is a public key, age1…, which `age-keygen -y KEYFILE` prints")
            }
            SnapshotError::NoIdentity => Some(
                "name the file of a private key: --identity KEYFILE; in CI put the key into the variable OPPCTL_SNAPSHOT_IDENTITY",
            ),
            SnapshotError::NotEncrypted { .. } | SnapshotError::NotASnapshot { .. } => {
                Some("make one: `oppctl snapshot --out FILE --recipient age1…`")
            }
            SnapshotError::Newer { .. } => {
                Some("plan with the version of oppctl that made the snapshot")
            }
            SnapshotError::OtherInstance { .. } => {
                Some("choose its instance with --instance, or make a snapshot of this one")
            }
            SnapshotError::NotRun { .. }
            | SnapshotError::TimedOut { .. }
            | SnapshotError::Unreadable { .. } => None,
        };
        Self::from_error(Exit::from(&error), &error).hints(hint.map(str::to_owned))
    }
}

impl From<&ForgeError> for CliError {
    fn from(error: &ForgeError) -> Self {
        Self::of(error).hints(error.hint())
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
            let advice = render::api_advice(error).or_else(|| advice_of_exit(cli.exit));
            cli.hints.extend(advice.map(str::to_owned));
        }
        cli.hints.extend(proxy_hint(error));
        cli
    }
}

/// The way out that most errors with this exit have.
fn advice_of_exit(exit: Exit) -> Option<&'static str> {
    match exit {
        Exit::Denied => Some(
            "check the client id and secret of the LaunchPoint service: Admin > Integration > LaunchPoint",
        ),
        Exit::Unavailable => Some(
            "run the command again later; if it fails again, check `baseUrl`: Marketo shows it as Endpoint in Admin > Integration > Web Services",
        ),
        Exit::Failed => Some(
            "check `baseUrl`: Marketo shows it as Endpoint in Admin > Integration > Web Services",
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
            SessionError::Policy(refusal) => refusal.into(),
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
    ForgeError,
    InstanceFieldsError,
    JournalError,
    LedgerError,
    MarkerError,
    PolicyRefusal,
    SensitiveFieldError,
    Stale,
    UndoneError
);
