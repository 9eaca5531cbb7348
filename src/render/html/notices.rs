//! What went wrong, above everything else: why a plan is refused, why a command failed or a run ended early, what is wrong in the manifests.

use super::markup::Markup;
use crate::plan::LedgerAction;
use crate::render::account::Account;
use crate::render::complaint::Complaint;
use crate::render::ending::Failure;
use crate::render::headline::is_for_reviewers;
use crate::render::ledger_changes::in_the_ledger;
use crate::render::markdown::unexpected_lines;
use crate::render::plan_facts::PlanFacts;
use crate::render::run_words::RunResult;

/// The most lines of an excerpt or a difference that are shown.
const LINES: usize = 400;
/// The most members of a list that are shown.
const MEMBERS: usize = 200;

/// Writes what went wrong, if anything did.
pub(super) fn trouble(account: &Account<'_>, page: &mut Markup) {
    refusals(account, page);
    failure(account, page);
    complaints(&account.complaints, page);
}

fn refusals(account: &Account<'_>, page: &mut Markup) {
    let Some(plan) = account
        .plan
        .as_ref()
        .filter(|plan| !plan.refusals.is_empty())
    else {
        return;
    };
    open("Refused: nothing is sent until these are resolved", page);
    let told = &plan.brief.refusals;
    if told.len() == plan.refusals.len() {
        for refusal in told {
            page.raw("<li>")
                .text(&refusal.text)
                .raw("<p class=\"advice\">→ ");
            page.advice(&refusal.remedy).raw("</p></li>");
        }
    } else {
        for refusal in &plan.refusals {
            page.raw("<li>").text(refusal).raw("</li>");
        }
    }
    hints(account, page);
    page.raw("</ul></section>");
}

fn failure(account: &Account<'_>, page: &mut Markup) {
    let is_refused = account
        .plan
        .as_ref()
        .is_some_and(|plan| !plan.refusals.is_empty());
    let failure = account.ending.and_then(|ending| ending.failure);
    // The error of a refused plan says the refusals again, and that of manifests their problems.
    let failure = failure.filter(|_| !is_refused && account.complaints.is_empty());
    let end = account.run.and_then(|run| run.end);
    let early = account.result().and_then(RunResult::ended_why);
    let unsaved = end.and_then(|end| end.unsaved.as_deref());
    if failure.is_none() && early.is_none() && unsaved.is_none() && account.difference.is_none() {
        return;
    }
    match (failure, early) {
        (Some(failure), _) => open(failure.message, page),
        (None, Some((said, None))) => open(said, page),
        (None, Some((said, Some(why)))) => open(&format!("{said}: {why}"), page),
        (None, None) => open("Not everything is as it should be", page),
    }
    if let Some(Failure { causes, .. }) = failure {
        for cause in causes {
            page.raw("<li>").text(cause).raw("</li>");
        }
    }
    if let Some(why) = unsaved {
        page.raw("<li>The ledger was not saved: ").text(why);
        page.raw(". The next apply corrects it.</li>");
    }
    if !is_refused {
        hints(account, page);
    }
    page.raw("</ul>");
    if let Some(unexpected) = account.difference {
        let (summary, lines) = unexpected_lines(unexpected, account);
        page.raw("<details open><summary>")
            .raw(summary)
            .raw("</summary>");
        pre(lines.iter().map(String::as_str), page);
        page.raw("</details>");
    }
    page.raw("</section>");
}

/// The ways out, each of which may have a command.
fn hints(account: &Account<'_>, page: &mut Markup) {
    let failure = account.ending.and_then(|ending| ending.failure);
    // A page for reviewers has the ways out that they have.
    let of_failure = failure.filter(|_| !is_for_reviewers(account));
    let of_failure = of_failure.map_or(&[][..], |failure| failure.hints);
    for hint in of_failure.iter().chain(account.other_hints()) {
        page.raw("<li class=\"advice\">→ ")
            .advice(hint)
            .raw("</li>");
    }
}

fn complaints(complaints: &[Complaint], page: &mut Markup) {
    if complaints.is_empty() {
        return;
    }
    open("No plan: the manifests have problems", page);
    for complaint in complaints.iter().take(MEMBERS) {
        let Complaint {
            code,
            severity: _,
            file,
            line,
            column,
            end_line: _,
            end_column: _,
            message,
            help,
            excerpt,
        } = complaint;
        page.raw("<li><code>")
            .text(&format!("{file}:{line}:{column}"))
            .raw("</code> ")
            .advice(message)
            .raw(" <span class=\"faint\">")
            .text(code)
            .raw("</span>");
        if let Some(help) = help {
            page.raw("<p class=\"advice\">→ ").advice(help).raw("</p>");
        }
        page.raw("<details><summary>Excerpt</summary>");
        pre(excerpt.lines(), page);
        page.raw("</details></li>");
    }
    if let Some(more @ 1..) = complaints.len().checked_sub(MEMBERS) {
        page.raw("<li>… and ")
            .count(more)
            .raw(" more problems</li>");
    }
    page.raw("</ul></section>");
}

/// Writes what is worth knowing, and what only the ledger changes.
pub(super) fn notes(account: &Account<'_>, page: &mut Markup) {
    let plan = account.plan.as_ref();
    let notes: Vec<String> = plan.into_iter().flat_map(PlanFacts::asides).collect();
    if !notes.is_empty() {
        page.raw("<section class=\"panel\" aria-labelledby=\"notes\"><h2 id=\"notes\">Notes</h2><ul class=\"plain\">");
        for note in &notes {
            let note = account.invocation.completed(note);
            page.raw("<li>").advice(&note).raw("</li>");
        }
        page.raw("</ul></section>");
    }
    let records = of_ledger(account);
    if records.is_empty() {
        return;
    }
    page.raw("<section class=\"panel\" aria-labelledby=\"ledger\"><h2 id=\"ledger\">Only in the ledger</h2><ul class=\"plain\">");
    for (record, what) in records.iter().take(MEMBERS) {
        page.raw("<li>")
            .text(record)
            .raw(": ")
            .raw(what)
            .raw("</li>");
    }
    if let Some(more @ 1..) = records.len().checked_sub(MEMBERS) {
        page.raw("<li>… and ").count(more).raw(" more records</li>");
    }
    page.raw("</ul></section>");
}

/// What changes in the ledger alone: as a plan would have it, or as it came to be. The end of a protection comes first.
fn of_ledger(account: &Account<'_>) -> Vec<(String, &'static str)> {
    let mut records: Vec<(LedgerAction, String)> = match (&account.plan, account.run) {
        (Some(plan), None) => {
            let facts = plan.ledger.iter();
            facts
                .map(|fact| (fact.action, fact.record.clone()))
                .collect()
        }
        (_, Some(_)) | (None, None) => {
            let adopted = account.adopted.iter().map(|adopted| {
                let record = format!("{} {}", adopted.kind.noun, adopted.key);
                (LedgerAction::Adopt, record)
            });
            let others = account.ledger.iter().map(|change| {
                let record = format!("{} {}", change.kind.noun, change.key);
                (change.action, record)
            });
            adopted.chain(others).collect()
        }
    };
    records.sort_by_key(|(action, _)| *action != LedgerAction::Unprotect);
    let records = records.into_iter();
    records
        .map(|(action, record)| (record, in_the_ledger(action)))
        .collect()
}

fn open(title: &str, page: &mut Markup) {
    page.raw("<section class=\"notice\"><h2>").text(title);
    page.raw("</h2><ul class=\"plain\">");
}

fn pre<'l>(lines: impl Iterator<Item = &'l str>, page: &mut Markup) {
    page.raw("<pre tabindex=\"0\">");
    let mut left = 0;
    for (index, line) in lines.enumerate() {
        if index < LINES {
            page.text(line).raw("\n");
        } else {
            left += 1;
        }
    }
    if left > 0 {
        page.raw("… and ").count(left).raw(" more lines\n");
    }
    page.raw("</pre>");
}
