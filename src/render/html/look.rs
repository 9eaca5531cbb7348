//! What to look at first.

use super::data::{FieldData, RowData};
use super::markup::Markup;
use crate::plan::file::SavedFinding;

/// The most findings that are shown.
const FINDINGS: usize = 25;
/// The most rows that one of them names.
const NAMED: usize = 8;
/// The most characters of a value.
const VALUE: usize = 60;

/// Writes what to look at first.
pub(super) fn look_first(findings: &[SavedFinding], rows: &[RowData], page: &mut Markup) {
    if findings.is_empty() {
        return;
    }
    page.raw("<section class=\"panel look\" aria-labelledby=\"look\"><h2 id=\"look\">Look at these first</h2><ul class=\"findings\">");
    for finding in findings.iter().take(FINDINGS) {
        page.raw("<li><p class=\"finding\">");
        // The sum in brackets is not what is loud.
        match finding.text.rsplit_once(" (") {
            Some((said, sum)) if finding.amount.is_some() => {
                page.raw("<strong>").text(said).raw("</strong> (").text(sum);
            }
            Some(_) | None => {
                page.raw("<strong>").text(&finding.text).raw("</strong>");
            }
        }
        page.raw("</p>");
        let records = finding.records().into_iter();
        let names = finding.names_fields();
        row_links(
            records.map(|record| (record.change, record.fields)),
            names,
            rows,
            page,
        );
        page.raw("</li>");
    }
    if let Some(more @ 1..) = findings.len().checked_sub(FINDINGS) {
        page.raw("<li>… and ")
            .count(more)
            .raw(" more findings</li>");
    }
    page.raw("</ul></section>");
}

/// Writes a list of some rows, each as a link into the table, with the field that it is about.
pub(super) fn row_links<'a>(
    places: impl ExactSizeIterator<Item = (usize, Vec<&'a str>)>,
    names_fields: bool,
    rows: &[RowData],
    page: &mut Markup,
) {
    let count = places.len();
    if count == 0 {
        return;
    }
    page.raw("<ul class=\"places\">");
    for (index, fields) in places.take(NAMED) {
        let Some(row) = rows.get(index) else {
            continue;
        };
        page.raw("<li><a")
            .attribute("href", &format!("#open={index}"));
        page.raw(">");
        named(row, page);
        page.raw("</a>");
        let mut gap = " ";
        let fields = row
            .fields
            .iter()
            .filter(|field| fields.contains(&&*field.name));
        for FieldData {
            name,
            before,
            after,
            ..
        } in fields
        {
            let side = |side: &Option<String>| cut(side.as_deref().unwrap_or_default());
            page.raw(gap).raw("<span class=\"sides\">");
            gap = ", ";
            if names_fields {
                page.text(name).raw(" ");
            }
            page.text(&side(before));
            page.raw(" → <b>").text(&side(after)).raw("</b></span>");
        }
        page.raw(" <span class=\"place\">")
            .text(&row.place())
            .raw("</span></li>");
    }
    if let Some(more @ 1..) = count.checked_sub(NAMED) {
        page.raw("<li class=\"more\">… and ")
            .count(more)
            .raw(" more</li>");
    }
    page.raw("</ul>");
}

/// Writes what people recognise a row by.
pub(super) fn named(row: &RowData, page: &mut Markup) {
    if row.name.is_empty() {
        page.text(row.kind).raw(" ").text(&cut(&row.key));
    } else {
        page.text(&cut(&row.name));
    }
}

impl RowData {
    /// `file:line`.
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

/// The beginning of a text, on one line.
pub(super) fn cut(text: &str) -> String {
    let line = text.replace('\n', " ");
    match line.char_indices().nth(VALUE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
