//! Why changes were not applied: each cause once, with the changes that it stopped.

use super::data::RowData;
use super::look::row_links;
use super::markup::Markup;
use super::rows::word;
use crate::render::account::{Account, RunFacts};
use crate::render::causes::{Cause, CauseReason};
use crate::render::outcome_list::OutcomeList;

/// The most causes that are shown.
const CAUSES: usize = 20;
/// The most values of one cause that are shown.
const VALUES: usize = 8;

/// Writes the causes, the gravest outcomes first.
pub(super) fn causes(account: &Account<'_>, rows: &[RowData], page: &mut Markup) {
    let Some(run) = account.run else {
        return;
    };
    let causes = collected(account, run);
    if causes.is_empty() {
        return;
    }
    page.raw("<section class=\"panel causes\" aria-labelledby=\"causes\"><h2 id=\"causes\">Not applied</h2><ul class=\"findings\">");
    for (list, cause) in causes.iter().take(CAUSES) {
        page.raw("<li><p class=\"finding\"><strong>")
            .count(cause.members.len())
            .raw(" ")
            .text(word(*list))
            .raw(":</strong> ")
            .text(&title(*list, cause))
            .raw("</p>");
        for reason in &cause.reasons {
            if let Some(advice) = told(reason) {
                page.raw("<p class=\"advice\">→ ")
                    .advice(&advice)
                    .raw("</p>");
            }
        }
        if let Some(values) = cause.listed_values(VALUES) {
            page.raw("<p class=\"values\">").text(&values).raw("</p>");
        }
        row_links(
            cause.members.iter().map(|index| (*index, Vec::new())),
            false,
            rows,
            page,
        );
        page.raw("</li>");
    }
    if let Some(more @ 1..) = causes.len().checked_sub(CAUSES) {
        page.raw("<li>… and ").count(more).raw(" more causes</li>");
    }
    page.raw("</ul></section>");
}

fn collected(account: &Account<'_>, run: RunFacts<'_>) -> Vec<(OutcomeList, Cause)> {
    let lists = OutcomeList::NOT_APPLIED.into_iter();
    let causes = lists.flat_map(|list| {
        let causes = account.causes(list, run).into_iter();
        causes.map(move |cause| (list, cause))
    });
    causes.collect()
}

/// "1004 Lead … not found".
fn title(list: OutcomeList, cause: &Cause) -> String {
    let reasons = cause.reasons.iter().map(|reason| match &reason.code {
        Some(code) => format!("{code} {}", reason.message),
        None => reason.message.clone(),
    });
    let reasons: Vec<String> = reasons.collect();
    let after = match list {
        OutcomeList::Unknown => ": it may or may not have been written; a further plan reads it",
        OutcomeList::Rejected | OutcomeList::NotAttempted | OutcomeList::Applied => "",
    };
    format!("{}{after}", reasons.join("; "))
}

/// What a reason means and what to do.
fn told(reason: &CauseReason) -> Option<String> {
    let parts = [reason.meaning, reason.advice.as_deref()];
    let parts: Vec<&str> = parts
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}
