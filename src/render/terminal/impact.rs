//! What a plan does to the pipeline.

use std::fmt::{self, Write as _};

use crate::plan::file::{SavedImpact, SavedSides, SavedSum};
use crate::render::amounts::{short, signed};
use crate::render::brief::count;
use crate::render::escape::escaped;
use crate::render::style::{Painted, STRONG, columns, padding};

/// Writes the pipeline before and after, if the plan moves it.
pub(super) fn impact(impact: &SavedImpact, out: &mut dyn fmt::Write) -> fmt::Result {
    let SavedImpact {
        currency,
        has_amounts,
        knows_closed,
        is_of_part,
        stages,
        open,
        won,
        lost,
        owners: _,
    } = impact;
    let mut all = stages.iter().chain([open, won, lost]);
    let has_amount = |sum: &SavedSum| sum.amount.is_none_or(|amount| !amount.0.is_zero());
    let is_worth = all.any(|sides| has_amount(&sides.before) || has_amount(&sides.after));
    // Without amounts the counts of the plan say the same.
    if !*has_amounts || !is_worth || !impact.is_moved() {
        return Ok(());
    }
    let first = if *knows_closed { "open" } else { "all" };
    let mut rows = vec![row(first, open)];
    for (name, sides) in [("won", won), ("lost", lost)] {
        if sides.is_moved() {
            rows.push(row(name, sides));
        }
    }
    let currency = currency
        .as_deref()
        .map(|name| format!(" in {}", escaped(name)));
    let of = if *is_of_part {
        " of what was looked at"
    } else {
        ""
    };
    let title = format!("Pipeline{of}{}", currency.unwrap_or_default());
    writeln!(out, "{}", Painted(STRONG, title))?;
    let width = |column: usize| rows.iter().map(|row| columns(&row[column])).max();
    let widths = [0, 1, 2].map(|column| width(column).unwrap_or(0));
    for row in &rows {
        let mut text = String::from(" ");
        for (cell, width) in row.iter().zip(widths.into_iter().chain([0])) {
            write!(text, " {cell}{} ", padding(cell, width))?;
        }
        writeln!(out, "{}", text.trim_end())?;
    }
    writeln!(out)
}

/// The name, the count and the amount before and after, and how the amount changes.
fn row(name: &str, sides: &SavedSides) -> [String; 4] {
    let SavedSides {
        name: _,
        before,
        after,
    } = sides;
    let joined = |before: String, after: String| {
        if before == after {
            before
        } else {
            format!("{before} → {after}")
        }
    };
    let sum = |sum: &SavedSum| sum.amount.map_or_else(|| "?".to_owned(), |it| short(it.0));
    [
        name.to_owned(),
        joined(count(before.count), count(after.count)),
        joined(sum(before), sum(after)),
        sides.moved_by().map(signed).unwrap_or_default(),
    ]
}
