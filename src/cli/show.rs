//! `oppctl show`: a saved plan, as `plan` showed it.

use crate::plan::file::SavedPlan;
use crate::render;

use super::args::{PlanFormat, ShowArgs};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::plan_file::load;
use super::reports::{Finished, Reports, Tells};

pub(super) fn run(context: &Context, args: &ShowArgs) -> Result<Exit, CliError> {
    let reports = Reports::new("plan", Tells::Plan, &args.writes, Some(&args.file))?;
    let mut finished = Finished::default();
    let result = show(context, args, &reports, &mut finished);
    reports.write(context, &finished, result)
}

fn show(
    context: &Context,
    args: &ShowArgs,
    reports: &Reports<'_>,
    finished: &mut Finished,
) -> Result<Exit, CliError> {
    finished.saved = Some(load(&args.file)?);
    let text = match (args.format, &finished.saved) {
        (PlanFormat::Text, Some((saved, _))) => text(context, saved),
        // A file of a later version may have members that this one does not know.
        (PlanFormat::Json, Some((_, json))) => json.clone(),
        (PlanFormat::Markdown, _) | (_, None) => reports.markdown(finished, &Ok(Exit::Done)),
    };
    context.out.data(&text)?;
    Ok(Exit::Done)
}

fn text(context: &Context, saved: &SavedPlan) -> String {
    let mut text = String::new();
    render::saved_plan(saved, context.detail, &mut text).expect("writing to a string cannot fail");
    text
}
