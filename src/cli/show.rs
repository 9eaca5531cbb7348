//! `oppctl show`: a saved plan, as `plan` showed it.

use std::fmt::Write as _;

use crate::model::Sources;
use crate::model::kind::KINDS;
use crate::plan::Plan;
use crate::plan::file::{PlanFile, SavedPlan};
use crate::render::{self, Head, escaped};

use super::args::{PlanFormat, Show};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::reports::page;
use super::saved::load;

pub(super) fn run(context: &Context, args: &Show) -> Result<Exit, CliError> {
    // As JSON it is told as it is: a file of a later version may have members that this one does not know.
    let (saved, json) = load(&args.file)?;
    let (saved, json) = context.reports.saved(saved, json);
    let text = match args.format {
        PlanFormat::Text => text(context, saved),
        PlanFormat::Json => json.clone(),
        PlanFormat::Markdown => {
            let sources = Sources::default();
            page(&saved.file, &saved.changes, &sources, &Ok(Exit::Done))
        }
    };
    context.out.data(&text)?;
    Ok(Exit::Done)
}

fn text(context: &Context, saved: &SavedPlan) -> String {
    let SavedPlan { file, changes } = saved;
    let PlanFile {
        instance,
        commit,
        digest,
        undoes,
        counts,
        adopted,
        forgotten,
        notes,
        refusals,
        calls,
        ..
    } = file;
    let plan = Plan {
        changes: changes.clone(),
        // Of which kinds they are is not in the file, and nothing here asks.
        unchanged: [(KINDS[0], counts.unchanged)].into(),
        declared: counts.declared,
        ..Plan::default()
    };
    let at = commit.as_deref().map_or_else(String::new, |commit| {
        let short: String = commit.chars().take(10).collect();
        format!(" at {short}")
    });
    let undoes = undoes.as_ref().map_or_else(String::new, |undo| {
        format!(" to undo {}", escaped(&undo.run))
    });
    let from = format!("saved plan{undoes}{at}, digest {digest}");
    let head = Head {
        instance: &instance.name,
        place: &instance.place,
        from: &from,
        planned: calls.plan,
        calls: None,
        write_calls: calls.apply,
        daily_calls: calls.daily,
    };
    let mut text = String::new();
    render::plan(&plan, &Sources::default(), &head, context.detail, &mut text)
        .expect("writing to a string cannot fail");
    for (records, what) in [(adopted, "adopted"), (forgotten, "let go of")] {
        if !records.is_empty() {
            let count = render::counted(records.len(), "record");
            let told = writeln!(text, "{count} {what} without a change in Marketo.");
            told.expect("writing to a string cannot fail");
        }
    }
    for (word, lines) in [("Note", notes), ("Refused", refusals)] {
        for line in lines {
            let told = writeln!(text, "{word}: {}", escaped(line));
            told.expect("writing to a string cannot fail");
        }
    }
    text
}
