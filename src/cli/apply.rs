//! `oppctl apply`: its arguments as settings and a goal, and how the run ended as output.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use crate::config::InstanceConfig;
use crate::plan::Permits;
use crate::plan::file::{PlanFile, UndoEntry};
use crate::run::{Goal, Reviewed};

use super::args::{ApplyArgs, SendingArgs};
use super::connect::{Connected, with_instance};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::input;
use super::plan_file::load;
use super::reports::{Finished, Reports, Tells};
use super::settings::of_sending;
use super::signals::Signals;
use super::terminal::Terminal;
use super::undo::undone;

pub(super) async fn run(context: &Context, args: &ApplyArgs) -> Result<Exit, CliError> {
    let plan_file = args.plan.as_deref();
    let reports = Reports::new("apply", Tells::Run, &args.sending.writes, plan_file)?;
    let mut finished = Finished::default();
    let concluded = carry_out(context, args, &mut finished).await;
    reports.write(context, &finished, concluded)
}

async fn carry_out(
    context: &Context,
    args: &ApplyArgs,
    finished: &mut Finished,
) -> Result<Exit, CliError> {
    let ApplyArgs {
        paths,
        plan,
        sending,
    } = args;
    answerable(sending, "apply", "review `oppctl plan`, then pass --yes")?;
    let saved = plan.as_deref().map(load).transpose()?;
    let saved = saved.map(|(saved, _)| saved);
    let reviewed = Reviewed::of(saved, sending.expect.as_deref())?;
    let signals = Signals::listen()?;
    let Finished {
        instance, ended, ..
    } = finished;
    with_instance(context, instance, async |connected| {
        confirmed(&connected.instance, sending)?;
        let mut settings = of_sending(connected, sending)?;
        let goal = match reviewed.as_ref().and_then(Reviewed::saved) {
            None => declared(connected, paths)?,
            Some(saved) => {
                settings.permits = allowed(&saved.file.permits, &settings.permits);
                of_file(connected, &saved.file)?
            }
        };
        settings.reviewed = reviewed;
        let terminal = Terminal {
            context,
            connected,
            signals: &signals,
        };
        let ended = ended.insert(terminal.course(&settings, goal, !sending.yes).await?);
        terminal.conclude(ended)
    })
    .await
}

/// What the manifests at or below these paths declare; all of them without a path.
pub(super) fn declared(connected: &Connected, paths: &[PathBuf]) -> Result<Goal, CliError> {
    let loaded = &connected.loaded;
    let reading = input::read(&loaded.root, &loaded.config.manifests, paths)?;
    Ok(reading.into())
}

/// What a saved plan was made for.
fn of_file(connected: &Connected, file: &PlanFile) -> Result<Goal, CliError> {
    match &file.undoes {
        None => {
            let paths = file.paths.iter();
            let paths: Vec<PathBuf> = paths.map(|path| connected.loaded.root.join(path)).collect();
            declared(connected, &paths)
        }
        Some(UndoEntry { run, forced }) => undone(connected, run, forced),
    }
}

/// What was allowed for a saved plan, and what is for its apply.
fn allowed(reviewed: &Permits, permits: &Permits) -> Permits {
    Permits {
        allow_deletes: permits.allow_deletes.or(reviewed.allow_deletes),
        ..reviewed.clone()
    }
}

/// Refuses to go on where nobody could answer.
pub(super) fn answerable(args: &SendingArgs, command: &str, hint: &str) -> Result<(), CliError> {
    if args.yes || io::stdin().is_terminal() {
        return Ok(());
    }
    Err(CliError::new(
        Exit::Usage,
        format!("{command} asks before it changes anything, and there is no terminal to answer on"),
    )
    .hint(hint))
}

/// Refuses an instance that needs confirmation and has none.
pub(super) fn confirmed(instance: &InstanceConfig, args: &SendingArgs) -> Result<(), CliError> {
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
            format!("the instance {name} needs confirmation; nothing was sent"),
        )
        .hint(format!("if it is the right one: --confirm {name}"))),
        Some(_) | None => Ok(()),
    }
}
