//! Tables for a terminal: plain columns without lines, so that they can be cut and searched.

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};

use crate::render::escape::escaped;

/// A table with this heading and these rows; values that come from an instance are escaped.
pub(in crate::render) fn table(
    heading: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
) -> String {
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(heading);
    for row in rows {
        table.add_row(row.iter().map(|cell| escaped(cell)));
    }
    let lines = table.to_string();
    lines
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}
