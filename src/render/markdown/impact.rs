//! What a plan does to the pipeline, as a table.

use super::page::{Page, PageSection};
use super::quoting::{cut, prose};
use crate::model::kind::KINDS;
use crate::plan::file::{Exact, SavedImpact, SavedSides};
use crate::render::amounts::{short, signed};
use crate::render::brief::count;

/// The most stages that are shown.
const STAGES: usize = 15;
/// The most characters of the name of a stage.
const NAME: usize = 60;

/// Writes the pipeline before and after, if the plan moves it.
pub(super) fn impact(impact: &SavedImpact, page: &mut Page) {
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
    if !impact.is_moved() {
        return;
    }
    let deals = KINDS.iter().find(|kind| !kind.deal.is_empty());
    let deals = deals.map_or("records", |kind| kind.nouns);
    let which = if *is_of_part {
        "only what was looked at of the"
    } else {
        "all declared"
    };
    let mut text = format!("**Pipeline** ({which} {deals}, before → after)\n\n");
    let currency = currency
        .as_deref()
        .map(|name| format!(" ({})", prose(name)));
    let currency = currency.unwrap_or_default();
    let head = if *has_amounts {
        format!("| stage | count | amount{currency} | change |\n|:--|--:|--:|--:|\n")
    } else {
        "| stage | count |\n|:--|--:|\n".to_owned()
    };
    text.push_str(&head);
    for sides in stages.iter().take(STAGES) {
        let name = sides.name.as_deref().unwrap_or_default();
        let name = if name.is_empty() {
            "(none)".to_owned()
        } else {
            prose(&cut(name, NAME))
        };
        text += &row(&name, sides, "", *has_amounts);
    }
    if stages.len() > STAGES {
        let left = (stages.len() - STAGES).to_string();
        let rest = if *has_amounts { " | |" } else { "" };
        text.extend(["| and ", &left, " more stages | |", rest, "\n"]);
    }
    let all = if *knows_closed { "open" } else { "all" };
    text += &row(&format!("**{all}**"), open, "**", *has_amounts);
    for (name, sides) in [("won", won), ("lost", lost)] {
        if sides.before.count + sides.after.count > 0 {
            text += &row(name, sides, "", *has_amounts);
        }
    }
    text.push('\n');
    page.put(PageSection::Impact, &text);
}

/// A row; the values between these marks.
fn row(name: &str, sides: &SavedSides, mark: &str, has_amounts: bool) -> String {
    let SavedSides {
        name: _,
        before,
        after,
    } = sides;
    let marked = |text: String| {
        if text.is_empty() {
            text
        } else {
            format!("{mark}{text}{mark}")
        }
    };
    let both = |before: String, after: String| {
        if before == after {
            before
        } else {
            format!("{before} → {after}")
        }
    };
    let counts = marked(both(count(before.count), count(after.count)));
    if !has_amounts {
        return format!("| {name} | {counts} |\n");
    }
    let sum = |amount: Option<Exact>| amount.map_or_else(|| "?".to_owned(), |it| short(it.0));
    let amounts = marked(both(sum(before.amount), sum(after.amount)));
    let change = sides.moved_by().map(signed);
    let change = marked(change.unwrap_or_default());
    format!("| {name} | {counts} | {amounts} | {change} |\n")
}
