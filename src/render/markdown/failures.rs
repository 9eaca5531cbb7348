//! What went wrong, at the top of a page: what is wrong in the manifests, why a plan is refused or stale, why a run ended early.

use super::page::{Lines, Page, PageSection};
use super::quoting::{advice, code, cut, fence, prose};
use super::record::record;
use crate::model::Sources;
use crate::plan::{Difference, Differing};
use crate::render::account::{Account, Unexpected};
use crate::render::canary::{obstacles, stored_otherwise};
use crate::render::complaint::Complaint;
use crate::render::difference::ONLY_HIDDEN;
use crate::render::ending::Failure;
use crate::render::escape::escaped;
use crate::render::headline::is_for_reviewers;
use crate::render::run_words::RunResult;

/// The most characters of a line of an excerpt that are shown.
const EXCERPT: usize = 300;

/// Writes what went wrong, if anything did.
pub(super) fn trouble(account: &Account<'_>, page: &mut Page) {
    let lines = lines_of(account);
    let (alert, heading) = match lines.split_first() {
        None => return complaints(&account.complaints, page),
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
        page.list(PageSection::Trouble, &heading, "> - ", lines);
    } else {
        page.put(PageSection::Trouble, &format!("{heading}\n\n"));
    }
    if let Some(unexpected) = account.difference {
        difference(unexpected, account, page);
    }
    complaints(&account.complaints, page);
}

/// The heading, then its reasons and ways out.
fn lines_of(account: &Account<'_>) -> Vec<String> {
    let plan = account.plan.as_ref();
    let refusals = plan.map_or(&[][..], |plan| &plan.refusals);
    let failure = account.ending.and_then(|ending| ending.failure);
    let mut lines = Vec::new();
    if !refusals.is_empty() {
        lines.push("**Refused.** Nothing is sent until these are resolved:".to_owned());
        lines.extend(refused(account, refusals));
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
        // A page for reviewers has the ways out that they have.
        if refusals.is_empty() || !is_for_reviewers(account) {
            lines.extend(hints.iter().map(|hint| format!("*Hint:* {}", advice(hint))));
        }
    }
    let result = account.result();
    if let Some((said, why)) = result.and_then(RunResult::ended_why) {
        let why = why.map_or_else(String::new, |why| format!(": {}", prose(why)));
        lines.push(format!("**{said}{}.**", why.trim_end_matches('.')));
    }
    let hints = account.other_hints().iter();
    lines.extend(hints.map(|hint| format!("*Hint:* {}", advice(hint))));
    lines
}

/// The refusals, for reviewers each with its way out.
fn refused(account: &Account<'_>, refusals: &[String]) -> Vec<String> {
    let brief = account.plan.as_ref().map(|plan| &plan.brief);
    let told = brief.filter(|brief| brief.refusals.len() == refusals.len());
    match told.filter(|_| is_for_reviewers(account)) {
        Some(brief) => brief
            .refusals
            .iter()
            .map(|refusal| format!("{}; {}.", prose(&refusal.text), advice(&refusal.remedy)))
            .collect(),
        None => refusals.iter().map(|refusal| prose(refusal)).collect(),
    }
}

/// Writes the problems of manifests: each with its place outside, and all excerpts in a fold.
fn complaints(complaints: &[Complaint], page: &mut Page) {
    let item = |complaint: &Complaint| {
        let Complaint {
            code: word,
            severity: _,
            file,
            line,
            column,
            end_line: _,
            end_column: _,
            message,
            help,
            excerpt: _,
        } = complaint;
        let place = code(&format!("{file}:{line}:{column}"));
        let help = help
            .as_deref()
            .map_or_else(String::new, |help| format!(" *Help:* {}", advice(help)));
        format!("{place} {} ({}).{help}", prose(message), code(word))
    };
    let heading = "> [!CAUTION]\n> **No plan: the manifests have problems:**";
    let lines = Lines {
        count: complaints.len(),
        items: complaints.iter().map(item),
        most: usize::MAX,
        noun: "problem",
    };
    page.list(PageSection::Problems, heading, "> - ", lines);
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
    fold("Where they are", PageSection::Values(0), lines, page);
}

/// Writes what differs from what was reviewed or sent, record by record.
fn difference(unexpected: Unexpected<'_>, account: &Account<'_>, page: &mut Page) {
    let (summary, lines) = unexpected_lines(unexpected, account);
    let lines = Lines {
        count: lines.len(),
        items: lines.iter().map(|line| cut(line, EXCERPT)),
        most: usize::MAX,
        noun: "line",
    };
    fold(summary, PageSection::Problems, lines, page);
}

/// What differs, in lines of text, and what they are.
pub(in crate::render) fn unexpected_lines(
    unexpected: Unexpected<'_>,
    account: &Account<'_>,
) -> (&'static str, Vec<String>) {
    let sources = account.sources;
    match unexpected {
        Unexpected::Plan(difference) => (
            "What has changed since the review",
            of_plans(difference, sources),
        ),
        Unexpected::Canary { unlike, failure } => {
            let mut lines = Vec::new();
            for text in stored_otherwise(unlike, account.changes) {
                let change = text.change;
                let name = change.label.as_deref().unwrap_or_default();
                lines.push(format!("{} {} {name}", change.kind.noun, change.shown));
                lines.extend(text.lines.iter().map(|line| format!("    {line}")));
            }
            lines.extend(failure.map_or_else(Vec::new, |it| obstacles(it, sources)));
            ("What was sent, and what is stored", lines)
        }
    }
}

fn of_plans(difference: &Difference, sources: &Sources) -> Vec<String> {
    let mut lines = Vec::new();
    for Differing { reviewed, today } in &difference.records {
        for (which, change) in [("reviewed", reviewed), ("new", today)] {
            lines.push(format!("{which}:"));
            match change {
                None => lines.push("  no change".to_owned()),
                Some(change) => lines.extend(record(change, sources).lines().map(str::to_owned)),
            }
        }
    }
    if lines.is_empty() {
        lines.push(ONLY_HIDDEN.to_owned());
    }
    lines
}

/// Puts plain lines into a fold; without room for any, nothing.
fn fold(
    summary: &str,
    place: PageSection,
    lines: Lines<impl Iterator<Item = String>>,
    page: &mut Page,
) {
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
