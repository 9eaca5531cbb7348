//! A plan: what to look at first, what it does to the pipeline, what is lost, the shapes of the updates; then, in folds, every record.
//!
//! The page's budget goes to them in this order.

use super::page::{Lines, Page, PageSection};
use super::quoting::{advice, code};
use super::{deals, impact, look, record, updates};
use crate::plan::LedgerAction;
use crate::render::account::Account;
use crate::render::plan_facts::PlanFacts;
use crate::render::shortened::LISTED;

/// Writes what a plan would do.
pub(super) fn plan(account: &Account<'_>, page: &mut Page) {
    let Some(plan) = &account.plan else {
        return;
    };
    look::look_first(account, plan, page);
    impact::impact(&plan.brief.impact, page);
    deals::deleted(account, plan, page);
    updates::patterns(account, plan, page);
    deals::created_in_all(account, plan, page);
    ledger(plan, page);
    notes(account, plan, page);
    if plan.brief.created.is_empty() {
        updates::each(account, plan, page);
    } else {
        page.half(|page| updates::each(account, plan, page));
    }
    deals::created(account, plan, page);
    record::texts(account, page);
    record::lost(account, page);
}

/// Writes what only the ledger changes. The end of a protection is never left out.
fn ledger(plan: &PlanFacts, page: &mut Page) {
    for (sort, action) in (4..).zip(LedgerAction::ALL) {
        let of_action = plan.ledger.iter().filter(|fact| fact.action == action);
        let count = of_action.clone().count();
        let (title, most) = match action {
            LedgerAction::Adopt => ("To adopt as they are; only the ledger changes", LISTED),
            LedgerAction::Protect => ("To protect from deletion", LISTED),
            LedgerAction::Unprotect => (
                "To protect from deletion no longer (lifecycle.protect)",
                usize::MAX,
            ),
            LedgerAction::Forget => ("To forget: no longer managed, and left as they are", LISTED),
        };
        let lines = Lines {
            count,
            items: of_action.map(|fact| code(&fact.record)),
            most,
            noun: "record",
        };
        let heading = format!("**{title}** ({count})");
        page.list(PageSection::Names(sort), &heading, "- ", lines);
    }
}

fn notes(account: &Account<'_>, plan: &PlanFacts, page: &mut Page) {
    let notes: Vec<String> = plan
        .asides()
        .map(|note| advice(&account.invocation.completed(&note)))
        .collect();
    let lines = Lines {
        count: notes.len(),
        items: notes.into_iter(),
        most: usize::MAX,
        noun: "note",
    };
    page.list(PageSection::Notes, "**Notes**", "- ", lines);
}
