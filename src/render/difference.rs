//! How a plan differs from the one that was reviewed, record by record.

use std::fmt::{self, Write as _};

use crate::model::grouped;
use crate::plan::{Change, Difference, Differing};

use super::counting::counted;
use super::diff::FieldDiff;
use super::escape::escaped;
use super::shortened::first;
use super::style::{DELETED, Painted, STRONG};

/// The most records that are shown; the rest is counted.
const SHOWN: usize = 50;

/// Said where a plan file has nothing of what differs.
pub(super) const ONLY_HIDDEN: &str = "They differ in values that no plan file has: those of sensitive fields, or what the ledger adopts and forgets.";

/// Writes the records for which two plans do not do the same, the reviewed plan first.
///
/// # Errors
/// Only those of `out`.
pub fn difference(difference: &Difference, out: &mut dyn fmt::Write) -> fmt::Result {
    let records = &difference.records;
    let (shown, more) = first(records, SHOWN);
    if !records.is_empty() {
        let records = counted(records.len(), "record");
        writeln!(out, "{} ({records})", Painted(DELETED, "Not as reviewed"))?;
    }
    for differing in shown {
        let Differing { reviewed, today } = differing;
        let change = differing.change();
        let shown = Painted(STRONG, escaped(&change.shown));
        let label = change
            .label
            .as_deref()
            .map(|label| format!("  \"{}\"", escaped(label)));
        writeln!(
            out,
            "{} {shown}{}",
            change.kind.noun,
            label.unwrap_or_default()
        )?;
        side("reviewed", reviewed.as_ref(), out)?;
        side("new", today.as_ref(), out)?;
    }
    if records.is_empty() {
        writeln!(out, "{ONLY_HIDDEN}")?;
    } else if more > 0 {
        writeln!(out, "… and {} more", grouped(more))?;
    }
    Ok(())
}

fn side(which: &str, change: Option<&Change>, out: &mut dyn fmt::Write) -> fmt::Result {
    let Some(change) = change else {
        return writeln!(out, "  {which:8}  no change");
    };
    writeln!(out, "  {which:8}  {}", change.action.word())?;
    for field in change.fields().iter() {
        let mut row = format!("            {}", escaped(&field.name));
        for line in FieldDiff::of(&field).lines(0) {
            write!(row, "  {line}")?;
        }
        writeln!(out, "{row}")?;
    }
    Ok(())
}
