//! `oppctl apply`: plan, guard, ask, send, report.

use std::error::Error;
use std::io::{self, IsTerminal as _};
use std::time::Instant;

use jiff::Zoned;

use crate::apply::{self, Event, Halt, Report};
use crate::config::Instance;
use crate::render::{self, Tail};

use super::args::Apply;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::prepare::{Prepared, connect, prepare};
use super::progress::Progress;
use super::session::{Session, exit_of};
use super::signals::Signals;

pub(super) async fn run(context: &Context, args: &Apply) -> Result<Exit, CliError> {
    if !args.yes && !io::stdin().is_terminal() {
        return Err(CliError::new(
            Exit::Usage,
            "apply asks before it changes anything, and there is no terminal to answer on",
        )
        .hint("review `oppctl plan`, then pass --yes"));
    }
    let signals = Signals::listen()?;
    let (loaded, instance, session) = connect(context).await?;
    confirmed(&instance, args)?;
    let prepared = match signals
        .unless(prepare(context, &loaded, &session, &args.paths))
        .await?
    {
        Ok(prepared) => prepared,
        Err(exit) => return Ok(exit),
    };
    prepared.show(context, &loaded, &session)?;
    if prepared.plan.is_empty() {
        session.close().await?;
        return Ok(Exit::Done);
    }
    prepared.guard(&loaded, &args.allow)?;
    if !args.yes && !signals.unless(agreed(context, &session)).await? {
        context.out.message("Nothing was changed.\n");
        return Ok(Exit::Failed);
    }
    let exit = send(context, &session, &prepared, &signals).await?;
    session.close().await?;
    Ok(exit)
}

/// Refuses an instance that wants to be named and was not.
fn confirmed(instance: &Instance, args: &Apply) -> Result<(), CliError> {
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

async fn agreed(context: &Context, session: &Session) -> Result<bool, CliError> {
    context.out.message(&format!(
        "\nApply these changes to Marketo {} ({})? Only \"yes\" does: ",
        session.name, session.place
    ));
    let failed = |source: &dyn Error| {
        CliError::new(Exit::Failed, "cannot read the answer").caused_by(source)
    };
    // On a thread of its own: a signal must be heard while nobody answers.
    let read = || io::stdin().lines().next().transpose();
    let answer = tokio::task::spawn_blocking(read)
        .await
        .map_err(|source| failed(&source))?;
    let answer = answer.map_err(|source| failed(&source))?;
    Ok(answer.is_some_and(|answer| answer.trim() == "yes"))
}

async fn send(
    context: &Context,
    session: &Session,
    prepared: &Prepared,
    signals: &Signals,
) -> Result<Exit, CliError> {
    let Prepared {
        plan,
        waves,
        schemas,
        sources,
        ..
    } = prepared;
    let started = Instant::now();
    let before = session.client.calls();
    let mut progress = Progress::new(context.out, plan.changes.len());
    let report = apply::apply(
        plan,
        waves,
        schemas,
        &session.client,
        signals.stop(),
        &mut |event| match event {
            Event::Settled { changes } => progress.advance(changes),
            Event::Stopping => {
                progress.say("finishing the calls in flight; interrupt again to stop at once");
            }
        },
    )
    .await;
    progress.finish();
    let calls = session.client.calls().counted() - before.counted();
    let tail = Tail {
        calls: usize::try_from(calls).unwrap_or(usize::MAX),
        took: started.elapsed(),
        ended: Zoned::now(),
    };
    let mut text = String::from("\n");
    render::report(&report, plan, sources, &tail, context.detail, &mut text)
        .expect("writing to a string cannot fail");
    context.out.data(&text)?;
    Ok(exit(&report, signals))
}

fn exit(report: &Report, signals: &Signals) -> Exit {
    match &report.halt {
        Some(Halt::Interrupted) => signals.exit(),
        Some(Halt::Api(error)) => {
            let exit = exit_of(error);
            if matches!(exit, Exit::Denied | Exit::Unavailable) {
                exit
            } else {
                Exit::Partial
            }
        }
        None if report.is_complete() => Exit::Done,
        None => Exit::Partial,
    }
}
