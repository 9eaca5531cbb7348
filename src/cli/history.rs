//! `oppctl history`: what the applies of this project did in an instance, by their journals. Nothing is asked of the instance.

use crate::journal::{self, Journals as _, Summary};
use crate::render::{self, Account, RunsDocument, journals_kept, report_document, runs_table};
use crate::run::{LockLeft, fingerprint, lock_owner};

use super::args::{HistoryArgs, HistoryFormat};
use super::connect::{journals, store};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::output::{json, text};

/// The most later runs that are read for what they have done about an earlier one.
const LATER: usize = 20;

pub(super) async fn run(context: &Context, args: &HistoryArgs) -> Result<Exit, CliError> {
    let loaded = context.load()?;
    let instance = loaded.instance(context.instance.as_deref())?;
    let fingerprint = fingerprint(&loaded, instance).await?;
    let folder = journals(&loaded, &fingerprint)?;
    // Without its location the ledger cannot be asked, and the history is shown all the same.
    let ledger = store(&loaded, &fingerprint).ok().flatten();
    // Where journals do not show whether their runs are alive, the lock does.
    let living = match folder.is_remote() {
        true => lock_owner(ledger.as_ref()).await,
        false => None,
    };
    if let Some(wanted) = &args.run {
        let id = folder.find(wanted)?;
        let mut run = folder.read(&id)?.ok_or_else(|| {
            CliError::new(
                Exit::Failed,
                format!("the run {id} was killed before it began; nothing was sent"),
            )
        })?;
        run.hide(&loaded.config.sensitive);
        let is_living = run.end.is_none() && living.as_ref() == Some(&run.head.owner.id);
        let is_running = is_living || folder.is_running(&id)?;
        let account = Account::of_past(&run, is_running, instance, &context.invocation);
        let text = match args.format {
            HistoryFormat::Table => {
                let later = folder.next_runs(&id, LATER)?;
                let (since, left) = journal::since(&run, &later);
                let past = render::PastRun {
                    run: &run,
                    is_running,
                    since: &since,
                    left,
                    confirm: instance.confirm,
                    lock: &LockLeft::of(&run, is_running, ledger.as_ref()).await,
                };
                let (invocation, detail) = (&context.invocation, context.detail);
                text(|out| render::history(&past, invocation, detail, out))
            }
            HistoryFormat::Json => json(&report_document(&account))?,
            HistoryFormat::Html => render::html(&account),
        };
        match args.format {
            HistoryFormat::Table => context.out.text(&text)?,
            HistoryFormat::Json | HistoryFormat::Html => context.out.data(&text)?,
        }
        return Ok(Exit::Done);
    }
    let mut summaries = Vec::new();
    let mut exit = Exit::Done;
    for summary in folder.summaries()? {
        match summary {
            Ok(mut summary) => {
                let owner = Some(&summary.head.owner.id);
                summary.is_running |= summary.end.is_none() && living.as_ref() == owner;
                summaries.push(summary);
            }
            // One that is damaged does not hide the others.
            Err(error) => exit = context.error(error.into()),
        }
    }
    if summaries.is_empty() && args.format == HistoryFormat::Table {
        context.out.message(&format!(
            "no earlier runs on {}: {} has no journals\n",
            render::escaped(&instance.name),
            render::escaped(&folder.shown())
        ));
        return Ok(exit);
    }
    list(context, &instance.name, &summaries, args.format)?;
    if let Some(keep) = loaded.config.journal.keep {
        context.out.message(&format!("{}\n", journals_kept(keep)));
    }
    Ok(exit)
}

fn list(
    context: &Context,
    instance: &str,
    summaries: &[Summary],
    format: HistoryFormat,
) -> Result<(), CliError> {
    match format {
        HistoryFormat::Json => {
            let text = json(&RunsDocument::of(instance, summaries))?;
            context.out.data(&text)
        }
        // A page is about one run.
        HistoryFormat::Table | HistoryFormat::Html => context.out.text(&runs_table(summaries)),
    }
}
