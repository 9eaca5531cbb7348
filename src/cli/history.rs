//! `oppctl history`: what the applies of this project did in an instance, by their journals. Nothing is asked of the instance.

use crate::journal::{self, Folder, JournalError, Journals as _, Run, RunId, Summary};
use crate::render::{self, Account, RunsDocument, report_document, runs_table};
use crate::run::fingerprint;

use super::args::{Format, HistoryArgs};
use super::connect::journals;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::output::json;

pub(super) async fn run(context: &Context, args: &HistoryArgs) -> Result<Exit, CliError> {
    let loaded = context.load()?;
    let instance = loaded.instance(context.instance.as_deref())?;
    let fingerprint = fingerprint(&loaded, instance).await?;
    let folder = journals(&loaded, &fingerprint);
    if let Some(wanted) = &args.run {
        let id = folder.find(wanted)?;
        let is_running = folder.is_running(&id)?;
        let run = folder.read(&id)?.ok_or_else(|| {
            CliError::new(
                Exit::Failed,
                format!("the run {id} was killed before it began; nothing was sent"),
            )
        })?;
        let text = match args.format {
            Format::Table => {
                let mut text = String::new();
                let later = later(&folder, &id)?;
                let (since, left) = journal::since(&run, &later);
                let past = render::PastRun {
                    run: &run,
                    is_running,
                    since: &since,
                    left,
                    confirm: instance.confirm,
                };
                render::history(&past, &context.invocation, context.detail, &mut text)
                    .expect("writing to a string cannot fail");
                text
            }
            Format::Json => json(&report_document(&Account::of_past(
                &run,
                is_running,
                &instance.name,
            )))?,
        };
        match args.format {
            Format::Table => context.out.text(&text)?,
            Format::Json => context.out.data(&text)?,
        }
        return Ok(Exit::Done);
    }
    let mut summaries = Vec::new();
    let mut exit = Exit::Done;
    for id in folder.runs()?.iter().rev() {
        match folder.summary(id) {
            Ok(summary) => summaries.extend(summary),
            // One that is damaged does not hide the others.
            Err(error) => exit = context.error(error.into()),
        }
    }
    if summaries.is_empty() && args.format == Format::Table {
        context.out.message(&format!(
            "no earlier runs on {}: {} has no journals\n",
            render::escaped(&instance.name),
            render::escaped(&folder.directory().display().to_string())
        ));
        return Ok(exit);
    }
    list(context, &instance.name, &summaries, args.format)?;
    Ok(exit)
}

/// The most later runs that are read for what they have done about an earlier one.
const LATER: usize = 20;

/// The runs that began next after this one. One that cannot be read says nothing of this one.
fn later(folder: &Folder, id: &RunId) -> Result<Vec<Run>, JournalError> {
    let ids = folder.runs()?;
    let later = ids.iter().filter(|other| *other > id).take(LATER);
    Ok(later
        .filter_map(|id| folder.read(id).ok().flatten())
        .collect())
}

fn list(
    context: &Context,
    instance: &str,
    summaries: &[Summary],
    format: Format,
) -> Result<(), CliError> {
    let text = match format {
        Format::Json => json(&RunsDocument::of(instance, summaries))?,

        Format::Table => runs_table(summaries),
    };
    context.out.data(&text)
}
