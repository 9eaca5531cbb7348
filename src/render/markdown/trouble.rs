//! What went wrong, at the top of a page: what is wrong in the manifests, why a plan is refused or stale, why a run ended early.

use anstream::adapter::strip_str;

use super::inert::{code, cut, fence, prose};
use super::page::{Lines, Page, Place};
use crate::render::account::{Account, Failure};
use crate::render::escape::escaped;
use crate::render::history::ended_why;
use crate::render::json::Complaint;

/// So many characters of a line of an excerpt are shown.
const EXCERPT: usize = 300;

/// Writes what went wrong, if anything did.
pub(super) fn trouble(account: &Account<'_>, page: &mut Page) {
    let lines = told(account);
    let (alert, heading) = match lines.split_first() {
        None => return complaints(account.complaints, page),
        Some((heading, _)) => ("> [!CAUTION]\n> ", heading),
    };
    let heading = format!("{alert}{heading}");
    if let [_, rest @ ..] = &*lines
        && !rest.is_empty()
    {
        let lines = Lines {
            count: rest.len(),
            items: rest.iter().cloned(),
            most: usize::MAX,
            noun: "reason",
        };
        page.list(Place::Trouble, &heading, "> - ", lines);
    } else {
        page.put(Place::Trouble, &format!("{heading}\n\n"));
    }
    if let Some(difference) = account.difference {
        let summary = match account.run {
            None => "What has changed since the review",
            Some(_) => "What the canary came to",
        };
        folded_difference(summary, difference, page);
    }
    complaints(account.complaints, page);
}

/// The heading, then its reasons and ways out.
fn told(account: &Account<'_>) -> Vec<String> {
    let refusals = account.plan.map_or(&[][..], |plan| &plan.refusals);
    let failure = account.ending.and_then(|ending| ending.failure);
    let mut lines = Vec::new();
    if !refusals.is_empty() {
        lines.push("**Refused.** Nothing is sent as long as this is so:".to_owned());
        lines.extend(refusals.iter().map(|refusal| prose(refusal)));
    }
    if let Some(Failure {
        message,
        causes,
        hints,
    }) = failure
    {
        // The error of a refused plan says the refusals again.
        if refusals.is_empty() {
            lines.push(format!("**{}**", prose(message)));
            lines.extend(causes.iter().map(|cause| prose(cause)));
        }
        lines.extend(hints.iter().map(|hint| format!("*Hint:* {}", prose(hint))));
    }
    let end = account.run.and_then(|run| run.end);
    if let Some((said, why)) = end.and_then(|end| ended_why(&end.how)) {
        let why = why.map_or_else(String::new, |why| {
            let why = crate::plan::masked(why, account.changes);
            format!(": {}", prose(&why))
        });
        lines.push(format!(
            "**{said}{why}.** What is done is done: a further apply plans only the rest."
        ));
    }
    let hints = account.hints.iter();
    lines.extend(hints.map(|hint| format!("*Hint:* {}", prose(hint))));
    lines
}

/// Writes the problems of manifests: each with its place outside, and all excerpts in a fold.
fn complaints(complaints: &[Complaint], page: &mut Page) {
    let item = |complaint: &Complaint| {
        let Complaint {
            code: word,
            file,
            line,
            column,
            message,
            help,
            excerpt: _,
        } = complaint;
        let place = code(&format!("{file}:{line}:{column}"));
        let help = help
            .as_deref()
            .map_or_else(String::new, |help| format!(" *Help:* {}", prose(help)));
        format!("{place} {} ({}).{help}", prose(message), code(word))
    };
    let heading = "> [!CAUTION]\n> **Nothing is planned as long as the manifests have problems:**";
    let lines = Lines {
        count: complaints.len(),
        items: complaints.iter().map(item),
        most: usize::MAX,
        noun: "problem",
    };
    page.list(Place::Problems, heading, "> - ", lines);
    if complaints.is_empty() {
        return;
    }
    let excerpts = complaints.iter().flat_map(|complaint| {
        let lines = complaint.excerpt.lines();
        lines.map(|line| cut(&escaped(line), EXCERPT))
    });
    let count = complaints.iter();
    let lines = Lines {
        count: count
            .map(|complaint| complaint.excerpt.lines().count())
            .sum(),
        items: excerpts,
        most: usize::MAX,
        noun: "line",
    };
    fold("Where they are", Place::Values(0), lines, page);
}

fn folded_difference(summary: &str, difference: &str, page: &mut Page) {
    // It was made for a terminal.
    let difference = strip_str(difference).to_string();
    let lines = difference.lines();
    let lines = Lines {
        count: lines.clone().count(),
        items: lines.map(|line| cut(&escaped(line), EXCERPT)),
        most: usize::MAX,
        noun: "line",
    };
    fold(summary, Place::Problems, lines, page);
}

/// Puts plain lines into a fold; without room for any, nothing.
fn fold(summary: &str, place: Place, lines: Lines<impl Iterator<Item = String>>, page: &mut Page) {
    let (text, left) = page.take(lines, |line| format!("{line}\n"));
    if text.is_empty() {
        return;
    }
    let fence = fence(text.lines());
    let left = left.map_or_else(String::new, |left| format!("{left}\n\n"));
    page.put(
        place,
        &format!(
            "<details>\n<summary>{summary}</summary>\n\n{fence}text\n{text}{fence}\n\n{left}</details>\n\n"
        ),
    );
}
