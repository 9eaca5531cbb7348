//! What a plan does to the pipeline: a table with bars.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::look::cut;
use super::markup::Markup;
use crate::plan::file::{SavedImpact, SavedSides, SavedSum};
use crate::render::amounts::{short, signed};
use crate::render::brief::count;

/// The most stages or owners that are shown.
const ROWS: usize = 15;

/// Writes the pipeline by stage, and in a fold by owner.
pub(super) fn impact(impact: &SavedImpact, is_done: bool, page: &mut Markup) {
    page.raw("<section class=\"panel pipeline\" aria-labelledby=\"pipeline\"><h2 id=\"pipeline\">Pipeline");
    page.raw(if impact.is_of_part {
        " of what was looked at"
    } else {
        ""
    });
    page.raw(if is_done { "" } else { ", as planned" });
    if let Some(currency) = &impact.currency {
        page.raw(" (").text(currency).raw(")");
    }
    page.raw("</h2>");
    table("stage", &impact.stages, impact, page);
    page.raw("<p class=\"legend\">Thin bar: before. Thick bar: after.</p>");
    if impact.owners.iter().any(|sides| sides.name.is_some()) {
        page.raw("<details class=\"owners\"><summary>By owner</summary>");
        table("owner", &impact.owners, impact, page);
        page.raw("</details>");
    }
    page.raw("</section>");
}

fn table(of: &'static str, parts: &[SavedSides], impact: &SavedImpact, page: &mut Markup) {
    let SavedImpact {
        currency: _,
        has_amounts,
        knows_closed,
        is_of_part: _,
        stages: _,
        open,
        won,
        lost,
        owners: _,
    } = impact;
    let size = |sum: &SavedSum| {
        let amount = sum.amount.filter(|_| *has_amounts);
        let size = amount.map_or_else(|| Decimal::from(sum.count), |amount| amount.0);
        size.max(Decimal::ZERO)
    };
    let shown = parts.iter().take(ROWS);
    let both = |sides: &SavedSides| size(&sides.before).max(size(&sides.after));
    let largest = shown.clone().map(both).max().unwrap_or_default();
    page.raw("<table class=\"sides-table\"><thead><tr><th scope=\"col\">")
        .raw(of);
    page.raw("</th><th scope=\"col\" class=\"number\">records</th>");
    if *has_amounts {
        page.raw("<th scope=\"col\" class=\"number\">amount</th><th scope=\"col\" class=\"number\">change</th>");
    }
    page.raw("<td class=\"bar\"></td></tr></thead><tbody>");
    for sides in shown {
        let name = sides.name.as_deref().unwrap_or_default();
        let name = if name.is_empty() { "(none)" } else { name };
        row(name, "", sides, *has_amounts, page);
        bar([size(&sides.before), size(&sides.after)], largest, page);
    }
    if let Some(more @ 1..) = parts.len().checked_sub(ROWS) {
        page.raw("<tr><th scope=\"row\">… and ").count(more);
        page.raw(" more</th><td></td>");
        page.raw(if *has_amounts {
            "<td></td><td></td>"
        } else {
            ""
        });
        page.raw("<td></td></tr>");
    }
    page.raw("</tbody><tfoot>");
    let all = if *knows_closed { "open" } else { "all" };
    for (name, sides) in [(all, open), ("won", won), ("lost", lost)] {
        if of == "stage" && (name == all || sides.before.count + sides.after.count > 0) {
            row(name, "sum", sides, *has_amounts, page);
            page.raw("<td class=\"bar\"></td></tr>");
        }
    }
    page.raw("</tfoot></table>");
}

/// The cells of a row but the last.
fn row(name: &str, class: &'static str, sides: &SavedSides, has_amounts: bool, page: &mut Markup) {
    let SavedSides {
        name: _,
        before,
        after,
    } = sides;
    page.raw("<tr").attribute("class", class);
    page.raw("><th scope=\"row\">").text(&cut(name));
    page.raw("</th><td class=\"number\">");
    pair(&count(before.count), &count(after.count), page);
    page.raw("</td>");
    if !has_amounts {
        return;
    }
    let sum = |sum: &SavedSum| sum.amount.map_or_else(|| "?".to_owned(), |it| short(it.0));
    page.raw("<td class=\"number\">");
    pair(&sum(before), &sum(after), page);
    page.raw("</td><td class=\"number\">");
    if let Some(change) = sides.moved_by() {
        page.text(&signed(change));
    }
    page.raw("</td>");
}

fn pair(before: &str, after: &str, page: &mut Markup) {
    if before != after {
        page.raw("<span class=\"was\">")
            .text(before)
            .raw(" →</span> ");
    }
    page.text(after);
}

/// The last cell of a row: both sizes as bars. The numbers are in the other cells.
fn bar(sizes: [Decimal; 2], largest: Decimal, page: &mut Markup) {
    let [before, after] = sizes.map(|size| {
        let share = size.checked_div(largest).unwrap_or_default();
        let width = (share * Decimal::ONE_HUNDRED).round_dp(1);
        width.to_f64().unwrap_or_default().to_string()
    });
    page.raw("<td class=\"bar\"><svg viewBox=\"0 0 100 14\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"before\" y=\"0\" height=\"3\"");
    page.attribute("width", &before);
    page.raw("/><rect class=\"after\" y=\"5\" height=\"9\"");
    page.attribute("width", &after).raw("/></svg></td></tr>");
}
