//! The table of the changes. The script takes it over, with the data; without scripts the first rows are here as they are.

use std::collections::BTreeMap;

use super::data::RowData;
use super::markup::Markup;
use crate::plan::ActionName;

/// The action of a row of a drift.
pub(super) const DRIFT: &str = "drift";

/// The most rows that are shown without the script.
const ROWS: usize = 500;

/// A column of the table: its class, its title, and whether it is there only if some row has something in it.
struct Column {
    class: &'static str,
    title: &'static str,
    cell: fn(&RowData, &mut Markup),
    is_needed: fn(&RowData) -> bool,
}

const COLUMNS: [Column; 8] = [
    Column {
        class: "action",
        title: "Action",
        cell: |row, page| {
            let words = words();
            let [sign, word] = words.get(row.action).copied().unwrap_or_default();
            page.raw(sign).raw(" ").raw(word);
        },
        is_needed: |_| true,
    },
    Column {
        class: "record",
        title: "Record",
        cell: record,
        is_needed: |_| true,
    },
    Column {
        class: "change",
        title: "Change",
        cell: |row, page| {
            page.text(&row.summary);
        },
        is_needed: |_| true,
    },
    Column {
        class: "outcome",
        title: "Outcome",
        cell: |row, page| {
            page.text(row.outcome.unwrap_or_default());
        },
        is_needed: |row| row.outcome.is_some(),
    },
    Column {
        class: "stage",
        title: "Stage",
        cell: |row, page| {
            page.text(row.stage.as_deref().unwrap_or_default());
        },
        is_needed: |row| row.stage.is_some(),
    },
    Column {
        class: "amount",
        title: "Amount",
        cell: |row, page| {
            page.text(row.amount.as_deref().unwrap_or_default());
        },
        is_needed: |row| row.amount.is_some(),
    },
    Column {
        class: "owner",
        title: "Owner",
        cell: |row, page| {
            page.text(row.owner.as_deref().unwrap_or_default());
        },
        is_needed: |row| row.owner.is_some(),
    },
    Column {
        class: "place",
        title: "Place",
        cell: |row, page| {
            page.text(&row.place());
        },
        is_needed: |row| !row.file.is_empty(),
    },
];

/// The controls. They are of no use without the script, which shows them and fills their choices.
const CONTROLS: &str = include_str!("controls.html");

/// Writes the controls and the table.
pub(super) fn changes(rows: &[RowData], page: &mut Markup) {
    if rows.is_empty() {
        return;
    }
    page.raw("<section id=\"changes\" aria-labelledby=\"changes-title\"><h2 id=\"changes-title\">Changes</h2>");
    page.raw(CONTROLS);
    let shown: Vec<&RowData> = rows.iter().filter(|row| row.parent.is_none()).collect();
    let left = shown.len().saturating_sub(ROWS);
    if left > 0 {
        page.raw("<noscript><p>The first ").count(ROWS);
        page.raw(" changes; ").count(left);
        page.raw(" more are shown where scripts run.</p></noscript>");
    }
    page.raw("<table id=\"table\"><caption class=\"unseen\">All changes, a row for each record</caption><thead><tr>");
    let columns = COLUMNS
        .iter()
        .filter(|column| rows.iter().any(column.is_needed));
    for column in columns.clone() {
        page.raw("<th scope=\"col\"")
            .attribute("class", column.class);
        page.raw(">").raw(column.title).raw("</th>");
    }
    page.raw("</tr></thead><tbody>");
    for row in shown.iter().take(ROWS) {
        page.raw("<tr").attribute("class", row.action).raw(">");
        for column in columns.clone() {
            let (start, end) = match column.class {
                "record" => ("<th scope=\"row\"", "</th>"),
                _ => ("<td", "</td>"),
            };
            page.raw(start).attribute("class", column.class).raw(">");
            (column.cell)(row, page);
            page.raw(end);
        }
        page.raw("</tr>");
    }
    page.raw("</tbody></table></section>");
}

fn record(row: &RowData, page: &mut Markup) {
    if row.name.is_empty() {
        page.raw("<span class=\"kind\">").text(row.kind);
        page.raw("</span> ").text(&row.key);
    } else {
        page.text(&row.name).raw(" <span class=\"key\">");
        page.text(&row.key).raw("</span>");
    }
    if !row.children.is_empty() {
        page.raw(" <span class=\"with\">+ ")
            .text(&row.children)
            .raw("</span>");
    }
}

/// The sign and the word for each action.
pub(super) fn words() -> BTreeMap<&'static str, [&'static str; 2]> {
    let of = |action: ActionName| match action {
        ActionName::Create => ["+", "new"],
        ActionName::Adopt => [">", "adopted"],
        ActionName::Update => ["~", "changed"],
        ActionName::Delete => ["−", "deleted"],
    };
    let actions = [
        ActionName::Create,
        ActionName::Adopt,
        ActionName::Update,
        ActionName::Delete,
    ];
    let words = actions.map(|action| (action.word(), of(action)));
    words
        .into_iter()
        .chain([(DRIFT, ["!", "drifted"])])
        .collect()
}
