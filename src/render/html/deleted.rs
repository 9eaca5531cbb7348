//! The deletions that matter: those of at least one per cent of the pipeline, or where amounts are not known the first ones.

use rust_decimal::Decimal;

use super::data::RowData;
use super::look::{cut, named};
use super::markup::Markup;
use crate::plan::file::{Exact, SavedBrief, SavedDeal};
use crate::render::account::Account;
use crate::render::amounts::{full, short};
use crate::render::recreation::AFTER_DELETION;

/// The most rows.
const ROWS: usize = 40;
/// The rows where no amounts are known.
const WITHOUT_AMOUNTS: usize = 10;
/// The rows where all are small.
const LARGEST: usize = 5;

/// Writes the large deletions, and how many there are in all.
pub(super) fn deleted(
    account: &Account<'_>,
    brief: &SavedBrief,
    rows: &[RowData],
    page: &mut Markup,
) {
    let deletions = &brief.deleted;
    let total = rows.iter().filter(|row| row.action == "delete").count();
    if deletions.is_empty() || account.run.is_some() {
        return;
    }
    let (shown, title) = worth_a_row(brief);
    page.raw("<section class=\"panel deletions\" aria-labelledby=\"deletions\"><h2 id=\"deletions\">Deleted: ");
    page.count(total);
    page.raw(if total == 1 { " record" } else { " records" });
    let amounts = deletions.iter().filter_map(|deal| deal.amount);
    let sum = amounts
        .map(|Exact(amount)| amount)
        .try_fold(Decimal::ZERO, |sum: Decimal, amount| {
            sum.checked_add(amount)
        });
    if let Some(sum) = sum.filter(|sum| !sum.is_zero()) {
        page.raw(", ").text(&short(sum));
    }
    page.raw("</h2><p class=\"faint\">")
        .raw(AFTER_DELETION)
        .raw("</p>");
    if !shown.is_empty() {
        page.raw("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Large deletions\"><table><caption>");
        page.raw(title);
        page.raw("</caption><thead><tr><th scope=\"col\">record</th><th scope=\"col\">stage</th><th scope=\"col\" class=\"number\">amount</th><th scope=\"col\">owner</th><th scope=\"col\">closes</th><th scope=\"col\">with</th></tr></thead><tbody>");
        for deal in &shown {
            row(deal, rows, page);
        }
        page.raw("</tbody></table></div>");
    }
    page.raw("<p class=\"more\"><a href=\"#action=delete\">All ");
    page.count(total).raw(" deletions</a></p></section>");
}

fn row(deal: &SavedDeal, rows: &[RowData], page: &mut Markup) {
    let SavedDeal {
        change,
        stage,
        amount,
        owner,
        closes,
        children: _,
    } = deal;
    let Some(row) = rows.get(*change) else {
        return;
    };
    page.raw("<tr><th scope=\"row\"><a")
        .attribute("href", &format!("#open={change}"));
    page.raw(">");
    named(row, page);
    page.raw("</a></th><td>");
    page.text(&cut(stage.as_deref().unwrap_or_default()));
    page.raw("</td><td class=\"number\">");
    page.text(&amount.map(|amount| full(amount.0)).unwrap_or_default());
    page.raw("</td><td>")
        .text(&cut(owner.as_deref().unwrap_or_default()));
    page.raw("</td><td>")
        .text(closes.as_deref().unwrap_or_default());
    page.raw("</td><td>").text(&row.children).raw("</td></tr>");
}

/// The deletions that have a row, and what they are.
fn worth_a_row(brief: &SavedBrief) -> (Vec<&SavedDeal>, &'static str) {
    let deletions = &brief.deleted;
    let pipeline = brief.impact.open.before.amount.map(|sum| sum.0);
    let Some(pipeline) = pipeline.filter(|sum| *sum > Decimal::ZERO) else {
        let first = deletions.iter().take(WITHOUT_AMOUNTS);
        return (first.collect(), "The first of them");
    };
    let least = pipeline / Decimal::ONE_HUNDRED;
    let large = deletions.iter().filter(|deal| {
        let amount = deal.amount.map(|amount| amount.0);
        amount.is_some_and(|amount| amount >= least)
    });
    let large: Vec<&SavedDeal> = large.take(ROWS).collect();
    if large.is_empty() {
        let largest = deletions.iter().take(LARGEST);
        return (
            largest.collect(),
            "The largest; none is 1 % of the open pipeline",
        );
    }
    (large, "Of at least 1 % of the open pipeline")
}
