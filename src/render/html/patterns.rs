//! The shapes of the updates.

use super::data::PatternData;
use super::markup::Markup;
use crate::plan::file::{SavedBrief, SavedPattern};
use crate::render::amounts::signed;
use crate::render::escape::escaped;

/// The most shapes that are shown before the others are folded.
const OPEN: usize = 12;
/// The most shapes that are shown.
const ROWS: usize = 200;

/// Writes the shapes of the updates.
pub(super) fn patterns(brief: &SavedBrief, page: &mut Markup) {
    let patterns = &brief.patterns;
    let Some(first) = patterns.first() else {
        return;
    };
    let has_kinds = patterns.iter().any(|pattern| pattern.kind != first.kind);
    page.raw("<section class=\"panel\" aria-labelledby=\"patterns\"><h2 id=\"patterns\">Updates by pattern</h2>");
    let (open, folded) = patterns.split_at(OPEN.min(patterns.len()));
    table(open, has_kinds, page);
    if !folded.is_empty() {
        let shown = &folded[..folded.len().min(ROWS)];
        page.raw("<details><summary>").count(folded.len());
        page.raw(" more patterns</summary>");
        table(shown, has_kinds, page);
        page.raw("</details>");
    }
    page.raw("</section>");
}

fn table(patterns: &[SavedPattern], has_kinds: bool, page: &mut Markup) {
    page.raw("<table class=\"patterns\"><thead><tr><th scope=\"col\">field</th><th scope=\"col\">change</th><th scope=\"col\" class=\"number\">sum</th><th scope=\"col\" class=\"number\">records</th></tr></thead><tbody>");
    for pattern in patterns {
        page.raw("<tr><th scope=\"row\">");
        if has_kinds {
            page.text(&pattern.kind).raw(" ");
        }
        page.text(&pattern.field).raw("</th><td>");
        page.text(&pattern.text).raw("</td><td class=\"number\">");
        let sum = pattern.amount.map(|sum| signed(sum.0));
        page.text(&sum.unwrap_or_default());
        page.raw("</td><td class=\"number\">").count(pattern.count);
        page.raw("</td></tr>");
    }
    page.raw("</tbody></table>");
}

/// The shapes as the script groups by them.
pub(super) fn data(brief: &SavedBrief) -> Vec<PatternData> {
    let patterns = brief.patterns.iter();
    let patterns = patterns.filter(|pattern| !pattern.changes.is_empty());
    let data = patterns.map(|pattern| PatternData {
        text: escaped(&format!("{}: {}", pattern.field, pattern.text)).into_owned(),
        rows: pattern.changes.clone(),
    });
    data.collect()
}
