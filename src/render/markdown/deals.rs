//! Tables of the records that a plan creates or deletes.

use std::collections::BTreeMap;

use super::link::{key, name_and_key};
use super::page::{Lines, Page, PageSection};
use super::quoting::{cut, prose};
use crate::plan::file::SavedDeal;
use crate::plan::{Action, ActionName, Change};
use crate::render::account::Account;
use crate::render::amounts::{full, short, sum};
use crate::render::brief::{count, tally};
use crate::render::by_file::reason;
use crate::render::counting::counted;
use crate::render::plan_facts::PlanFacts;
use crate::render::recreation::AFTER_DELETION;

/// The most deletions in the table; of the others only the keys are shown, in a fold.
const ROWS: usize = 40;
/// The most characters of a value.
const VALUE: usize = 60;
/// The most reasons of deletions that are named.
const REASONS: usize = 3;

/// The columns that a table of these rows has.
#[derive(Clone, Copy)]
struct Columns {
    stage: bool,
    amount: bool,
    owner: bool,
    closes: bool,
    /// The word for the children, if any row has some.
    children: Option<&'static str>,
}

impl Columns {
    fn of(rows: &[SavedDeal], changes: &[Change]) -> Self {
        let has = |test: fn(&SavedDeal) -> bool| rows.iter().any(test);
        let parent = rows.iter().find(|row| row.children > 0);
        let parent = parent.and_then(|row| changes.get(row.change));
        let child = parent.and_then(|change| change.kind.children().next());
        Self {
            stage: has(|row| row.stage.is_some()),
            amount: has(|row| row.amount.is_some()),
            owner: has(|row| row.owner.is_some()),
            closes: has(|row| row.closes.is_some()),
            children: child.map(|kind| kind.nouns),
        }
    }

    fn head(self, first: &str) -> [String; 2] {
        let mut head = format!("| {first} |");
        let mut rule = "|:--|".to_owned();
        let columns = [
            (self.stage, "stage", ":--"),
            (self.amount, "amount", "--:"),
            (self.owner, "owner", ":--"),
            (self.closes, "closes", ":--"),
            (
                self.children.is_some(),
                self.children.unwrap_or_default(),
                "--:",
            ),
        ];
        for (_, name, align) in columns.into_iter().filter(|(is_there, ..)| *is_there) {
            head.extend([" ", name, " |"]);
            rule.extend([align, "|"]);
        }
        [head, rule]
    }

    fn row(self, name: &str, row: &SavedDeal) -> String {
        let SavedDeal {
            change: _,
            stage,
            amount,
            owner,
            closes,
            children,
        } = row;
        let text = |text: &Option<String>| {
            let text = text.as_deref().map(|text| prose(&cut(text, VALUE)));
            text.unwrap_or_default()
        };
        let amount = amount.map(|amount| full(amount.0)).unwrap_or_default();
        let children = if *children > 0 {
            count(*children)
        } else {
            String::new()
        };
        let cells = [
            (self.stage, text(stage)),
            (self.amount, amount),
            (self.owner, text(owner)),
            (self.closes, text(closes)),
            (self.children.is_some(), children),
        ];
        let cells = cells.into_iter().filter(|(is_there, _)| *is_there);
        let mut line = format!("| {name} |");
        for (_, cell) in cells {
            line.extend([" ", &cell, " |"]);
        }
        line
    }
}

/// Writes the deletions: the largest in a table, the keys of all others in a fold.
pub(super) fn deleted(account: &Account<'_>, plan: &PlanFacts, page: &mut Page) {
    let (rows, changes) = (&plan.brief.deleted, account.changes);
    let deletions: Vec<&Change> = of(changes, ActionName::Delete).collect();
    if deletions.is_empty() {
        return;
    }
    let said = tally(deletions.iter().copied(), "");
    let said = said.strip_prefix("deletes ").unwrap_or(&said);
    let (shown, rest) = rows.split_at(ROWS.min(rows.len()));
    let worth = total(rows);
    let heading = format!(
        "> [!WARNING]\n> **Deleted: {said}{worth}.** {} {AFTER_DELETION}\n>\n",
        reasons(&deletions)
    );
    let columns = Columns::of(shown, changes);
    let [head, rule] = columns.head("record");
    let lines = Lines {
        count: shown.len(),
        items: shown.iter().filter_map(|row| {
            let change = changes.get(row.change)?;
            let name = name_and_key(change, account.sources, plan.links.as_ref());
            Some(columns.row(&name, row))
        }),
        most: usize::MAX,
        noun: "deletion",
    };
    let (table, left) = page.take(lines, |line| format!("> {line}\n"));
    let left = left.map_or_else(String::new, |left| format!(">\n> {left}\n"));
    page.put(
        PageSection::Deleted,
        &format!("{heading}> {head}\n> {rule}\n{table}{left}\n"),
    );
    if !rest.is_empty() {
        keys(rest, changes, page);
    }
}

/// Writes the keys of the smaller deletions.
fn keys(rows: &[SavedDeal], changes: &[Change], page: &mut Page) {
    let lines = Lines {
        count: rows.len(),
        items: rows
            .iter()
            .filter_map(|row| changes.get(row.change))
            .map(key),
        most: usize::MAX,
        noun: "deletion",
    };
    let (keys, left) = page.take(lines, |key| format!("{key} "));
    let left = left.map_or_else(String::new, |left| format!("\n\n{left}"));
    let (number, worth) = (count(rows.len()), total(rows));
    page.put(
        PageSection::Deleted,
        &format!(
            "<details>\n<summary>{number} more deletions, each smaller{worth}</summary>\n\n{}{left}\n\n</details>\n\n",
            keys.trim_end()
        ),
    );
}

/// Writes how much is created.
pub(super) fn created_in_all(account: &Account<'_>, plan: &PlanFacts, page: &mut Page) {
    let creations = tally(of(account.changes, ActionName::Create), "");
    if let Some(said) = creations.strip_prefix("creates ") {
        let text = format!("**New: {said}{}**\n\n", total(&plan.brief.created));
        page.put(PageSection::Patterns, &text);
    }
}

/// Writes everything that is created, in a fold.
pub(super) fn created(account: &Account<'_>, plan: &PlanFacts, page: &mut Page) {
    let (rows, changes) = (&plan.brief.created, account.changes);
    let columns = Columns::of(rows, changes);
    let [head, rule] = columns.head("record");
    let lines = Lines {
        count: rows.len(),
        items: rows.iter().filter_map(|row| {
            let change = changes.get(row.change)?;
            let name = name_and_key(change, account.sources, plan.links.as_ref());
            Some(columns.row(&name, row))
        }),
        most: usize::MAX,
        noun: "record",
    };
    let summary = all(rows.len(), "new record") + &total(rows);
    super::fold::table(page, PageSection::Created, &summary, [&head, &rule], lines);
}

/// "All 97 updates", "1 update".
pub(super) fn all(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        many => format!("All {} {noun}s", count(many)),
    }
}

/// ", 1.26 M": what rows are worth together.
fn total(rows: &[SavedDeal]) -> String {
    sum(rows).map_or_else(String::new, |sum| format!(", {}", short(sum)))
}

pub(super) fn of(changes: &[Change], action: ActionName) -> impl Iterator<Item = &Change> {
    changes
        .iter()
        .filter(move |change| change.action.name() == action)
}

/// Why records are deleted: each reason once, the most frequent first.
fn reasons(deletions: &[&Change]) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for change in deletions {
        if let Action::Delete { why, .. } = &change.action {
            *counts.entry(reason(*why, change)).or_default() += 1;
        }
    }
    let mut reasons: Vec<(String, usize)> = counts.into_iter().collect();
    reasons.sort_by_key(|(_, count)| usize::MAX - count);
    if let [(only, _)] = &reasons[..] {
        return format!("Why: {}.", prose(only));
    }
    let others = reasons.len().saturating_sub(REASONS);
    let shown = reasons.iter().take(REASONS);
    let mut shown: Vec<String> = shown
        .map(|(reason, number)| format!("{}: {}", counted(*number, "record"), prose(reason)))
        .collect();
    if others > 0 {
        shown.push(format!("and {others} more reasons"));
    }
    format!("Why: {}.", shown.join("; "))
}
