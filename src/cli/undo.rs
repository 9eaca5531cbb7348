//! `oppctl undo`: takes an earlier run back, by its journal. Only the goal differs from an apply.

use std::path::Path;

use crate::model::shell_word;
use crate::run::{Ended, Reviewed};

use super::annotations::Shown;
use super::args::UndoArgs;
use super::connect::with_instance;
use super::consent::{answerable, word};
use super::context::Context;
use super::events::Events;
use super::exit::{CliError, Exit};
use super::goal::undone;
use super::plan_file;
use super::reports::{Finished, Reports, Tells};
use super::settings::{of_planning, of_sending};
use super::signals::Signals;
use super::terminal::Terminal;

pub(super) async fn run(context: &Context, args: &UndoArgs) -> Result<Exit, CliError> {
    let writes = &args.sending.writes;
    let reports = match &args.out {
        Some(path) => Reports::new("undo", Tells::Plan, writes, Shown::Nowhere, Some(path))?,
        None => Reports::new("undo", Tells::Run, writes, Shown::Nowhere, &None)?,
    };
    let reports = reports.within(args.sending.page.markdown_limit);
    let events = Events::open(args.sending.events.as_ref(), writes, &[])?;
    let mut finished = Finished::default();
    let result = carry_out(context, args, &events, &mut finished).await;
    reports.end(context, &finished, events, result)
}

async fn carry_out(
    context: &Context,
    args: &UndoArgs,
    events: &Events,
    finished: &mut Finished,
) -> Result<Exit, CliError> {
    let UndoArgs {
        run,
        forced,
        out,
        sending,
    } = args;
    if let Some(path) = out {
        plan_file::replaceable(path)?;
    }
    let reviewed = Reviewed::of(Vec::new(), sending.expect.as_deref())?;
    let signals = Signals::listen()?;
    let Finished {
        instance, ended, ..
    } = finished;
    with_instance(context, instance, async |connected| {
        let terminal = Terminal {
            context,
            connected,
            signals: &signals,
            events,
        };
        // A run that does not exist is found before anybody is asked.
        let goal = undone(connected, run, forced)?;
        if let Some(path) = out {
            let settings = of_planning(context, connected, &sending.page, &sending.allow).await?;
            let ended = ended.insert(terminal.preview(&settings, goal).await?);
            return save(&terminal, ended, path);
        }
        answerable(sending.yes, "undo", &without_terminal(run))?;
        let word = word(&connected.instance, sending)?;
        let mut settings = of_sending(context, connected, sending).await?;
        settings.reviewed = reviewed;
        let ended = ended.insert(terminal.course(&settings, goal, word).await?);
        terminal.print_end_of_sending(ended)
    })
    .await
}

/// What to do if nobody can answer whether a run is to be undone.
fn without_terminal(run: &str) -> String {
    let run = shell_word(run);
    format!(
        "look at the run with `oppctl history {run}`, then add --yes; or save the plan for a review: `oppctl undo {run} --out plan.json`"
    )
}

/// Saves the plan, and shows it.
fn save(terminal: &Terminal<'_>, ended: &Ended, path: &Path) -> Result<Exit, CliError> {
    if let Some(planned) = &ended.planned {
        plan_file::save(path, planned)?;
        terminal.context.out.text(&terminal.plan(planned))?;
        terminal.print_manifests_reminder(planned);
    }
    terminal.print_end(ended).map_err(CliError::of_preview)
}
