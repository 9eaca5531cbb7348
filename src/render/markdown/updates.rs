//! The updates: by pattern outside of the folds, record by record inside of them, and long texts last.

use std::borrow::Borrow;

use super::deals::all;
use super::fold;
use super::link::name;
use super::look::sides;
use super::page::{Lines, Page, PageSection};
use super::quoting::{code, cut, prose};
use crate::model::Value;
use crate::plan::file::SavedPattern;
use crate::plan::{Change, FieldChange, MASK};
use crate::render::account::Account;
use crate::render::amounts::signed;
use crate::render::brief::{count, tally};
use crate::render::plan_facts::PlanFacts;

/// The most rows of patterns.
const ROWS: usize = 80;
/// The most patterns of one field that are shown.
const PATTERNS: usize = 8;
/// The most characters of a pattern.
const PATTERN: usize = 160;
/// The most characters of a text that stands in a row.
const SHORT: usize = 60;
/// The most fields in a row.
const FIELDS: usize = 8;

/// Writes the patterns of the updates.
pub(super) fn patterns(account: &Account<'_>, plan: &PlanFacts, page: &mut Page) {
    let updates = updates(account, plan);
    let patterns = &plan.brief.patterns;
    if updates.is_empty() || patterns.is_empty() {
        return;
    }
    let said = tally(updates.iter().copied(), "");
    let mut rows: Vec<String> = Vec::new();
    let has_kinds = patterns
        .iter()
        .any(|pattern| pattern.kind != patterns[0].kind);
    let mut fields: Vec<((&str, &str), Vec<&SavedPattern>)> = Vec::new();
    for pattern in patterns {
        let field = (&*pattern.kind, &*pattern.field);
        match fields.last_mut().filter(|(last, _)| *last == field) {
            Some((_, patterns)) => patterns.push(pattern),
            None => fields.push((field, vec![pattern])),
        }
    }
    for ((kind, field), patterns) in fields {
        let field = cell(&code(field));
        let mut name = if has_kinds {
            format!("{} {field}", prose(kind))
        } else {
            field
        };
        let (shown, rest) = patterns.split_at(PATTERNS.min(patterns.len()));
        for pattern in shown {
            let amount = pattern.amount.map(|sum| format!(" ({})", signed(sum.0)));
            let change = prose(&cut(&pattern.text, PATTERN));
            let (amount, number) = (amount.unwrap_or_default(), count(pattern.count));
            rows.push(format!("| {name} | {change}{amount} | {number} |"));
            name.clear();
        }
        if !rest.is_empty() {
            let records: usize = rest.iter().map(|pattern| pattern.count).sum();
            let (others, records) = (count(rest.len()), count(records));
            rows.push(format!("| | in {others} other ways | {records} |"));
        }
    }
    let lines = Lines {
        count: rows.len(),
        items: rows.into_iter(),
        most: ROWS,
        noun: "row",
    };
    let (rows, left) = page.take(lines, |row| format!("{row}\n"));
    let left = left.map_or_else(String::new, |left| format!("\n{left}\n"));
    let head = "| field | change | records |\n|:--|:--|--:|\n";
    page.put(
        PageSection::Patterns,
        &format!("**This plan {said}**\n\n{head}{rows}{left}\n"),
    );
}

/// Writes every update in one row, in a fold.
pub(super) fn each(account: &Account<'_>, plan: &PlanFacts, page: &mut Page) {
    let updates = updates(account, plan);
    let lines = Lines {
        count: updates.len(),
        items: updates.iter().map(|change| {
            let name = name(change, account.sources, plan.links.as_ref());
            let fields = fields(&change.fields().iter().collect::<Vec<_>>());
            format!("| {name} | {fields} |")
        }),
        most: usize::MAX,
        noun: "update",
    };
    let head = ["| record | change |", "|:--|:--|"];
    let summary = all(updates.len(), "update");
    fold::table(page, PageSection::Updated, &summary, head, lines);
}

/// Changed fields of a record on one line.
pub(super) fn fields(changed: &[impl Borrow<FieldChange>]) -> String {
    let first = changed.iter().take(FIELDS);
    let mut shown: Vec<String> = first.map(|of| field(of.borrow())).collect();
    let left = changed.len().saturating_sub(FIELDS);
    if left > 0 {
        shown.push(format!("and {left} more"));
    }
    shown.join(" · ")
}

fn field(field: &FieldChange) -> String {
    let name = cell(&code(&field.name));
    if field.sensitive {
        format!("{name} {MASK}")
    } else if is_long(field) {
        format!("{name} edited")
    } else {
        format!("{name} {}", sides(field, ""))
    }
}

/// Whether a text is shown in lines of its own.
pub(super) fn is_long(field: &FieldChange) -> bool {
    let is_long = |value: &Value| {
        let text = value.to_string();
        text.contains('\n') || text.chars().count() > SHORT
    };
    !field.sensitive && (is_long(&field.before) || is_long(&field.after))
}

/// Code inside of a table.
fn cell(code: &str) -> String {
    code.replace('|', "\\|")
}

fn updates<'a>(account: &Account<'a>, plan: &PlanFacts) -> Vec<&'a Change> {
    let updated = plan.brief.updated.iter();
    updated
        .filter_map(|index| account.changes.get(*index))
        .collect()
}
