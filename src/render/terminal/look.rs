//! What to look at first, with the records that it is about.

use std::fmt;

use crate::model::grouped;
use crate::plan::file::{FoundRecord, SavedFinding};
use crate::plan::{FieldChange, MASK};
use crate::render::amounts::value;
use crate::render::escape::escaped;
use crate::render::place::line;
use crate::render::plan_facts::also_seen;
use crate::render::style::{DELETED, FAINT, Painted, STRONG, UPDATED, columns, padding};
use crate::render::width::Width;

use super::text::PlanText;

/// The most records of one finding that are named.
const NAMED: usize = 3;
/// The widest name of a record, and the widest value.
const WIDEST: usize = 36;

/// The findings that a plan tells in lines of their own, or that say nothing new at a desk.
const TOLD: [&str; 4] = ["behind", "blocked", "unmasked", "unapplied-commit"];

/// Writes what to look at first, if there is something.
pub(super) fn look_first(text: PlanText<'_>, out: &mut dyn fmt::Write) -> fmt::Result {
    let findings = text.brief.look_first.iter();
    let findings: Vec<&SavedFinding> = findings
        .filter(|finding| !TOLD.contains(&&*finding.code))
        .collect();
    if findings.is_empty() {
        return asides(text, out);
    }
    writeln!(out, "{}", Painted(STRONG, "Look first"))?;
    for finding in findings {
        let mark = Painted(DELETED, '!');
        writeln!(out, "  {mark} {}", escaped(&finding.text))?;
        let records = finding.records();
        let rows: Vec<[String; 3]> = records
            .iter()
            .take(NAMED)
            .filter_map(|record| row(record, finding, text))
            .collect();
        let width = |column: usize| rows.iter().map(|row| columns(&row[column])).max();
        let [names, sides] = [0, 1].map(|column| width(column).unwrap_or(0));
        for [name, change, place] in &rows {
            let row = format!(
                "      {name}{}  {}{}  {}",
                padding(name, names),
                Painted(UPDATED, change),
                padding(change, sides),
                Painted(FAINT, place)
            );
            writeln!(out, "{}", row.trim_end())?;
        }
        let left = records.len() - rows.len();
        if left > 0 {
            writeln!(out, "      … and {} more", grouped(left))?;
        }
    }
    writeln!(out)?;
    asides(text, out)
}

/// Writes what the configuration has lowered, if there is something.
fn asides(text: PlanText<'_>, out: &mut dyn fmt::Write) -> fmt::Result {
    let lines: Vec<String> = also_seen(text.brief).collect();
    if lines.is_empty() {
        return Ok(());
    }
    for line in lines {
        writeln!(out, "{}", escaped(&line))?;
    }
    writeln!(out)
}

/// The name of a record, what becomes of the field, and the place.
fn row(
    record: &FoundRecord<'_>,
    finding: &SavedFinding,
    text: PlanText<'_>,
) -> Option<[String; 3]> {
    let FoundRecord {
        change,
        fields,
        day,
    } = record;
    let change = text.changes.get(*change)?;
    let name = escaped(change.label.as_deref().unwrap_or(&change.shown)).into_owned();
    let fields = change
        .fields()
        .iter()
        .filter(|it| fields.contains(&&*it.name));
    let fields: Vec<String> = fields
        .map(|field| {
            if finding.names_fields() {
                format!("{} {}", escaped(&field.name), sides(&field))
            } else {
                sides(&field)
            }
        })
        .collect();
    let mut sides = fields.join(", ");
    if let Some(day) = day {
        let gap = if sides.is_empty() { "" } else { ", " };
        sides.extend([gap, "edited ", &escaped(day)]);
    }
    let at = line(&change.at, text.sources);
    Some([Width::cut(&name, WIDEST), sides, at])
}

/// `before → after`; neither of a sensitive field.
fn sides(field: &FieldChange) -> String {
    if field.sensitive {
        return MASK.to_owned();
    }
    let shown = |side| Width::cut(&escaped(&value(side)), WIDEST);
    format!("{} → {}", shown(&field.before), shown(&field.after))
}
