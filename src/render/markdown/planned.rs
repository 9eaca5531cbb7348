//! A plan: the deletions, then the names of everything else that changes, then what is worth knowing.

use super::page::{Lines, Page, PageSection};
use super::quoting::{advice, code, prose};
use super::record::{at, named};
use crate::plan::{Action, Change, LedgerAction};
use crate::render::account::Account;
use crate::render::by_file::reason;
use crate::render::counting::counted;
use crate::render::plan_facts::PlanFacts;
use crate::render::recreation::AFTER_DELETION;
use crate::render::shortened::LISTED;

/// Writes what a plan would do.
pub(super) fn plan(account: &Account<'_>, page: &mut Page) {
    deletions(account, page);
    let lists = [("To create", 0), ("To adopt", 1), ("To update", 2)];
    for (title, sort) in lists {
        let of_sort = account
            .changes
            .iter()
            .filter(|change| index(change) == sort);
        let count = of_sort.clone().count();
        let lines = Lines {
            count,
            items: of_sort.map(with_fields),
            most: LISTED,
            noun: "record",
        };
        let heading = format!("**{title}** ({count})");
        page.list(PageSection::Names(sort), &heading, "- ", lines);
    }
    if let Some(plan) = &account.plan {
        ledger(plan, page);
        notes(account, plan, page);
    }
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

/// Writes the deletions, every one of them with its reason, as long as the page has room.
fn deletions(account: &Account<'_>, page: &mut Page) {
    let deletions = account
        .changes
        .iter()
        .filter_map(|change| match &change.action {
            Action::Delete { why, .. } => Some((change, *why)),
            Action::Create { .. } | Action::Adopt { .. } | Action::Update { .. } => None,
        });
    let count = deletions.clone().count();
    let heading = format!(
        "> [!WARNING]\n> **{} to delete.** {AFTER_DELETION}",
        counted(count, "record")
    );
    let items = deletions.map(|(change, why)| {
        let at = at(change, account.sources);
        format!("{}: {} ({at})", named(change), prose(&reason(why, change)))
    });
    let lines = Lines {
        count,
        items,
        most: usize::MAX,
        noun: "deletion",
    };
    page.list(PageSection::Deleted, &heading, "> - ", lines);
}

fn index(change: &Change) -> u8 {
    match change.action {
        Action::Create { .. } => 0,
        Action::Adopt { .. } => 1,
        Action::Update { .. } => 2,
        Action::Delete { .. } => 3,
    }
}

/// A record, and which of its fields get other values.
fn with_fields(change: &Change) -> String {
    /// The most fields that are named.
    const FIELDS: usize = 8;
    let Action::Update { fields, .. } = &change.action else {
        return named(change);
    };
    let mut names: Vec<String> = fields
        .iter()
        .take(FIELDS)
        .map(|field| code(&field.name))
        .collect();
    if fields.len() > FIELDS {
        names.push(counted(fields.len() - FIELDS, "other"));
    }
    format!("{}: {}", named(change), names.join(", "))
}

fn notes(account: &Account<'_>, plan: &PlanFacts, page: &mut Page) {
    let notes = plan.notes.iter();
    let notes: Vec<String> = notes
        .map(|note| advice(&account.invocation.completed(note)))
        .collect();
    let lines = Lines {
        count: notes.len(),
        items: notes.into_iter(),
        most: usize::MAX,
        noun: "note",
    };
    page.list(PageSection::Notes, "**Notes**", "- ", lines);
}
