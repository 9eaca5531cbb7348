//! How a plan differs from the one that was reviewed, record by record.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

use crate::model::{FoldedKey, ObjectKind, Value};
use crate::plan::Change;

use super::diff::Shown;
use super::escape::escaped;
use super::style::{Painted, STRONG};

/// So many records are shown; the rest is counted.
const SHOWN: usize = 50;

/// Writes what two lists of changes have not in common, the reviewed one first.
///
/// # Errors
/// Only those of `out`.
pub fn difference(reviewed: &[Change], today: &[Change], out: &mut dyn fmt::Write) -> fmt::Result {
    let (reviewed, today) = (by_key(reviewed), by_key(today));
    let keys: BTreeSet<_> = reviewed.keys().chain(today.keys()).collect();
    let differing = keys
        .into_iter()
        .filter(|key| match (reviewed.get(key), today.get(key)) {
            (Some(reviewed), Some(today)) => !is_alike(reviewed, today),
            (Some(_), None) | (None, Some(_)) | (None, None) => true,
        });
    let differing: Vec<_> = differing.collect();
    for key in differing.iter().take(SHOWN) {
        let (reviewed, today) = (reviewed.get(key), today.get(key));
        if let Some(change) = today.or(reviewed) {
            writeln!(
                out,
                "{} {}",
                change.kind.name,
                Painted(STRONG, escaped(&change.shown))
            )?;
        }
        side("reviewed", reviewed.copied(), out)?;
        side("today", today.copied(), out)?;
    }
    if differing.is_empty() {
        writeln!(
            out,
            "They differ in values that no plan file has: those of sensitive fields, or what the ledger adopts and forgets."
        )?;
    } else if differing.len() > SHOWN {
        writeln!(out, "… and {} more", differing.len() - SHOWN)?;
    }
    Ok(())
}

/// Whether two lists of changes differ in what a plan file has of them.
#[must_use]
pub fn differ(reviewed: &[Change], today: &[Change]) -> bool {
    let (reviewed, today) = (by_key(reviewed), by_key(today));
    let is_there = |(key, change): (_, &&Change)| {
        let other: Option<&&Change> = today.get(key);
        other.is_some_and(|other| is_alike(change, other))
    };
    reviewed.len() != today.len() || !reviewed.iter().all(is_there)
}

fn by_key(changes: &[Change]) -> BTreeMap<(&'static ObjectKind, FoldedKey), &Change> {
    let changes = changes.iter();
    changes
        .map(|change| ((change.kind, change.key.folded()), change))
        .collect()
}

fn is_alike(reviewed: &Change, today: &Change) -> bool {
    reviewed.action.word() == today.action.word() && sides(reviewed) == sides(today)
}

/// The fields by name, sensitive ones without their values.
fn sides(change: &Change) -> BTreeMap<&str, Option<(&Value, &Value)>> {
    let fields = change.fields().iter();
    fields
        .map(|field| {
            let sides = (!field.sensitive).then_some((&field.before, &field.after));
            (&*field.name, sides)
        })
        .collect()
}

fn side(which: &str, change: Option<&Change>, out: &mut dyn fmt::Write) -> fmt::Result {
    let Some(change) = change else {
        return writeln!(out, "  {which:8}  no change");
    };
    writeln!(out, "  {which:8}  {}", change.action.word())?;
    for field in change.fields() {
        let mut row = format!("            {}", escaped(&field.name));
        for line in Shown::of(field).lines(0) {
            write!(row, "  {line}")?;
        }
        writeln!(out, "{row}")?;
    }
    Ok(())
}
