//! Folds with tables: as many rows as the page has room for.

use super::page::{Lines, Page, PageSection};

/// What a fold takes beside its rows.
const FRAME: usize = 300;

/// Puts a table into a fold; without room for a row, nothing.
pub(super) fn table(
    page: &mut Page,
    place: PageSection,
    summary: &str,
    [head, rule]: [&str; 2],
    lines: Lines<impl Iterator<Item = String>>,
) {
    if lines.count == 0 || !page.has_room(FRAME) {
        return;
    }
    let (rows, left) = page.take(lines, |line| format!("{line}\n"));
    if rows.is_empty() {
        return;
    }
    let left = left.map_or_else(String::new, |left| {
        format!("\n{left}: the page would be too long.\n")
    });
    page.put(
        place,
        &format!(
            "<details>\n<summary>{summary}</summary>\n\n{head}\n{rule}\n{rows}{left}\n</details>\n\n"
        ),
    );
}
