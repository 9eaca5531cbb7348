//! The runs of an instance, as their journals have them.

use std::time::Duration;

use super::table::table;
use crate::journal::{RunHead, Summary};
use crate::render::counting::counted;
use crate::render::place::short;
use crate::render::progress::spoken;
use crate::render::run_words::RunResult;
use crate::render::why::local;
use crate::render::width::Width;

const HEADING: [&str; 5] = ["run", "when (local)", "who", "commit", "result"];

/// The fewest characters of the name of a run: the millisecond in which it began.
const LEAST: usize = 18;
/// The most characters of a person's name.
const NAME: usize = 12;

/// How long journals are kept.
#[must_use]
pub fn journals_kept(keep: Duration) -> String {
    format!(
        "Journals of finished runs are kept for {}; an apply removes older ones (`journal.keep`).",
        days(keep)
    )
}

/// That an apply removed old journals.
#[must_use]
pub fn journals_removed(removed: usize, keep: Duration) -> String {
    let journals = counted(removed, "journal");
    format!(
        "Removed {journals} of finished runs that began more than {} ago (`journal.keep`).",
        days(keep)
    )
}

fn days(time: Duration) -> String {
    match (time.as_secs() / DAY, time.as_secs() % DAY) {
        (days, 0) => counted(usize::try_from(days).unwrap_or(usize::MAX), "day"),
        _ => spoken(time),
    }
}

/// In seconds.
const DAY: u64 = 24 * 60 * 60;

/// A row for each run.
#[must_use]
pub fn runs_table(summaries: &[Summary]) -> String {
    let ids: Vec<&str> = summaries
        .iter()
        .map(|summary| summary.head.id.as_str())
        .collect();
    table(&HEADING, summaries.iter().map(|summary| row(summary, &ids)))
}

fn row(summary: &Summary, ids: &[&str]) -> Vec<String> {
    let RunHead {
        id,
        began,
        owner,
        project: _,
        commit,
        undoes,
        ..
    } = &summary.head;
    let undone = undoes.as_ref().map(|undone| {
        let undone = beginning(undone.as_str(), ids);
        format!("undid {undone}: ")
    });
    vec![
        beginning(id.as_str(), ids).to_owned(),
        local(*began),
        Width::cut(&owner.user, NAME),
        commit.as_deref().map(short).unwrap_or_default(),
        format!(
            "{}{}",
            undone.unwrap_or_default(),
            RunResult::of(summary).words(summary.is_settled, summary.settled)
        ),
    ]
}

/// The shortest beginning of the name of a run that no other run has.
fn beginning<'i>(id: &'i str, ids: &[&str]) -> &'i str {
    let common = |other: &&str| {
        let pairs = id.bytes().zip(other.bytes());
        pairs.take_while(|(a, b)| a == b).count()
    };
    let others = ids.iter().filter(|other| **other != id);
    let longest = others.map(common).max().unwrap_or(0);
    id.get(..LEAST.max(longest + 1)).unwrap_or(id)
}
