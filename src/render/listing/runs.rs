//! The runs of an instance, as their journals have them.

use super::table::table;
use crate::journal::{RunHead, Summary, Tally};
use crate::plan::Counts;
use crate::render::history::ended;
use crate::render::place::short;

const HEADING: [&str; 9] = [
    "run",
    "began",
    "by",
    "commit",
    "applied",
    "rejected",
    "unknown",
    "not attempted",
    "end",
];

/// A row for each run.
#[must_use]
pub fn runs_table(summaries: &[Summary]) -> String {
    table(&HEADING, summaries.iter().map(row))
}

fn row(summary: &Summary) -> Vec<String> {
    let Summary {
        head,
        tally,
        end,
        is_running,
    } = summary;
    let RunHead {
        id,
        began,
        owner,
        project: _,
        commit,
        undoes,
        ..
    } = head;
    let Tally {
        applied,
        rejected,
        unknown,
        not_attempted,
    } = tally;
    let commit = commit.as_deref().unwrap_or_default();
    let ended = ended(end.as_ref().map(|end| &end.how), *is_running);
    vec![
        id.to_string(),
        began.strftime("%F %TZ").to_string(),
        owner.user.clone(),
        short(commit),
        applied_cell(*applied),
        rejected.to_string(),
        unknown.to_string(),
        not_attempted.to_string(),
        match undoes {
            None => ended.to_owned(),
            Some(undone) => format!("{ended}, undid {undone}"),
        },
    ]
}

/// "+3 ~1", in the symbols of a plan.
fn applied_cell(applied: Counts) -> String {
    let cells: Vec<String> = applied
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(action, count)| format!("{}{count}", action.symbol()))
        .collect();
    if cells.is_empty() {
        "0".to_owned()
    } else {
        cells.join(" ")
    }
}
