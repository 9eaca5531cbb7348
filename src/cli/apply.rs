//! `oppctl apply`: its arguments, and what they make the run's task.

use std::io::{self, IsTerminal as _};

use crate::config::InstanceConfig;
use crate::plan::file::UndoEntry;

use super::args::{Apply, Sending};
use super::context::Context;
use super::driving::{Task, drive};
use super::exit::{CliError, Exit};
use super::goal::Goal;
use super::prepare::connect;
use super::saved::{Reviewed, allowed};
use super::signals::Signals;
use super::undo::Undone;

pub(super) async fn run(context: &Context, args: &Apply) -> Result<Exit, CliError> {
    let Apply {
        paths,
        plan,
        sending,
    } = args;
    let hint = "review `oppctl plan`, then pass --yes";
    answerable(sending, "apply", hint)?;
    let reviewed = Reviewed::of(plan.as_deref(), sending.expect.as_deref())?;
    let signals = Signals::listen()?;
    let (loaded, instance, session) = connect(context).await?;
    confirmed(&instance, sending)?;
    let saved = reviewed.as_ref().and_then(Reviewed::file);
    let goal = match saved.map(|saved| (saved, &saved.undoes)) {
        None => Goal::Declared(paths.clone()),
        Some((saved, None)) => {
            let paths = saved.paths.iter();
            Goal::Declared(paths.map(|path| loaded.root.join(path)).collect())
        }
        Some((_, Some(UndoEntry { run, forced }))) => {
            let undone = Undone::find(&loaded, &session, run, forced)?;
            Goal::Undone(Box::new(undone))
        }
    };
    let task = Task {
        goal,
        sending,
        allow: match saved {
            Some(saved) => allowed(&saved.permits, &sending.allow),
            None => sending.allow.clone(),
        },
        reviewed,
    };
    drive(context, task, &signals, &loaded, session).await
}

/// Refuses to go on where nobody could answer.
pub(super) fn answerable(args: &Sending, command: &str, hint: &str) -> Result<(), CliError> {
    if args.yes || io::stdin().is_terminal() {
        return Ok(());
    }
    Err(CliError::new(
        Exit::Usage,
        format!("{command} asks before it changes anything, and there is no terminal to answer on"),
    )
    .hint(hint))
}

/// Refuses an instance that wants to be named and was not.
pub(super) fn confirmed(instance: &InstanceConfig, args: &Sending) -> Result<(), CliError> {
    let name = &instance.name;
    match &args.confirm {
        Some(given) if given != name => Err(CliError::new(
            Exit::Guarded,
            format!(
                "--confirm names {given}, but the instance of this run is {name}; nothing was sent"
            ),
        )),
        None if instance.confirm => Err(CliError::new(
            Exit::Guarded,
            format!("the instance {name} wants to be named; nothing was sent"),
        )
        .hint(format!("if it is the right one: --confirm {name}"))),
        Some(_) | None => Ok(()),
    }
}
