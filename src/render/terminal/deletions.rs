//! What is deleted, as a block: the last thing that a person reads before the summary.

use std::collections::HashMap;
use std::fmt;

use crate::model::Verb;
use crate::plan::file::SavedDeal;
use crate::plan::{Action, Change};
use crate::render::amounts::{full, short, sum};
use crate::render::brief::count;
use crate::render::by_file::reason;
use crate::render::escape::escaped;
use crate::render::place::line;
use crate::render::style::{DELETED, FAINT, Painted, columns, padding};
use crate::render::width::Width;

use super::text::{ALL, PlanText, said};

/// The most rows in a plan that is shown by its patterns.
const ROWS: usize = 10;
/// The widest name beside its key.
const NARROW: usize = 22;
/// The widest name and the widest stage.
const WIDEST: usize = 32;
/// Wider cells do not push the columns of the others to the right.
const MOST: usize = 64;

/// Writes the deletions: all of a short plan, the largest of another one.
pub(super) fn deletions(
    text: PlanText<'_>,
    is_short: bool,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let deleted = text.changes.iter().enumerate();
    let deleted = deleted.filter(|(_, change)| change.verb() == Verb::Delete);
    let mut deleted: Vec<(usize, &Change)> = deleted.collect();
    if deleted.is_empty() {
        return Ok(());
    }
    let brief = &text.brief.deleted;
    let all = deleted.iter().map(|(_, change)| *change);
    let worth = sum(brief).map(|sum| format!("   {}", short(sum)));
    let title = Painted(
        DELETED,
        format!("Deletes  {}{}", said(all), worth.unwrap_or_default()),
    );
    writeln!(out, "{title}")?;
    let why: Vec<String> = deleted
        .iter()
        .filter_map(|(_, change)| why(change))
        .collect();
    let shared = why.iter().all(|other| *other == why[0]).then(|| &why[0]);
    let says_why = shared.is_none();
    let rows: Vec<Vec<String>> = if is_short {
        let deals: HashMap<usize, &SavedDeal> =
            brief.iter().map(|deal| (deal.change, deal)).collect();
        deleted.sort_by_key(|(_, change)| {
            (change.at.file(text.sources), change.at.line(text.sources))
        });
        let rows = deleted.iter().map(|(index, change)| {
            row(change, deals.get(index).copied(), is_short, says_why, text)
        });
        rows.collect()
    } else {
        let rows = brief.iter().take(ROWS).filter_map(|deal| {
            let change = text.changes.get(deal.change)?;
            Some(row(change, Some(deal), is_short, says_why, text))
        });
        rows.collect()
    };
    write_rows(&rows, out)?;
    if !is_short && brief.len() > rows.len() {
        let left = brief.len() - rows.len();
        writeln!(out, "  … and {} more, each smaller; {ALL}", count(left))?;
    }
    if let Some(why) = shared {
        writeln!(out, "  {}", Painted(FAINT, format!("Why: {why}.")))?;
    }
    writeln!(out)
}

/// The column that is aligned at its right.
const AMOUNT: usize = 1;

/// The cells of a deletion: the record, its amount, its stage, its children, its place, and why it is deleted. In a short list, which
/// has roles of their own, it is named by its kind and key too.
fn row(
    change: &Change,
    deal: Option<&SavedDeal>,
    is_short: bool,
    says_why: bool,
    text: PlanText<'_>,
) -> Vec<String> {
    let key = escaped(&change.shown);
    let label = change.label.as_deref();
    let label = label.map(|label| Width::cut(&escaped(label), WIDEST));
    let record = match (label, is_short) {
        (Some(label), true) => format!("{} {key}  \"{label}\"", change.kind.noun),
        (None, true) => format!("{} {key}", change.kind.noun),
        (Some(label), false) => format!("{}  {key}", Width::cut(&label, NARROW)),
        (None, false) => key.into_owned(),
    };
    let stage = deal.and_then(|deal| deal.stage.as_ref());
    let stage = stage.map(|text| Width::cut(&escaped(text), WIDEST));
    let amount = deal.and_then(|deal| deal.amount);
    let amount = amount.map(|amount| full(amount.0));
    let children = deal.map_or(0, |deal| deal.children);
    let child = change
        .kind
        .children()
        .next()
        .filter(|_| children > 0 && !is_short);
    let child = child.map(|kind| kind.counted(children));
    let mut cells = vec![record];
    cells.extend([amount, stage, child].map(Option::unwrap_or_default));
    let place = is_short.then(|| line(&change.at, text.sources));
    cells.push(place.unwrap_or_default());
    cells.extend(why(change).filter(|_| says_why));
    cells
}

/// Writes rows whose columns stand below each other; columns without a value in any row are left out.
fn write_rows(rows: &[Vec<String>], out: &mut dyn fmt::Write) -> fmt::Result {
    let last = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let widths = cells.map(|cell| columns(cell));
        widths.filter(|width| *width <= MOST).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..last).map(width).collect();
    for row in rows {
        let mut text = String::from("-");
        let mut gap = " ";
        for (column, cell) in row
            .iter()
            .enumerate()
            .filter(|(column, _)| widths[*column] > 0)
        {
            let blanks = padding(cell, widths[column]);
            let cell = if column == AMOUNT {
                format!("{gap}{blanks}{cell}")
            } else {
                format!("{gap}{cell}{blanks}")
            };
            text.push_str(&cell);
            gap = "  ";
        }
        writeln!(out, "  {}", Painted(DELETED, text.trim_end()))?;
    }
    Ok(())
}

fn why(change: &Change) -> Option<String> {
    match &change.action {
        Action::Delete { why, .. } => Some(reason(*why, change)),
        Action::Create { .. } | Action::Adopt { .. } | Action::Update { .. } => None,
    }
}
