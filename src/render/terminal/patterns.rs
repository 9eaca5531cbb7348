//! A large plan: the shapes of its updates, and what its creates come to.

use std::fmt;

use crate::plan::file::SavedPattern;
use crate::plan::{ActionName, Change};
use crate::render::amounts::{short, signed, sum};
use crate::render::brief::count;
use crate::render::escape::escaped;
use crate::render::style::{CREATED, FAINT, Painted, UPDATED, columns, padding};
use crate::render::width::Width;

use super::text::{ALL, PlanText, said};

/// The most patterns of one field that are shown.
const PATTERNS: usize = 6;
/// The widest shape.
const WIDEST: usize = 44;

/// Writes the patterns of the updates.
pub(super) fn updates(text: PlanText<'_>, out: &mut dyn fmt::Write) -> fmt::Result {
    let brief = text.brief;
    let updated = brief.updated.iter();
    let updated: Vec<&Change> = updated
        .filter_map(|index| text.changes.get(*index))
        .collect();
    if updated.is_empty() {
        return Ok(());
    }
    for (action, title) in [
        (ActionName::Adopt, "Adopts"),
        (ActionName::Update, "Updates"),
    ] {
        let of_action = updated
            .iter()
            .filter(|change| change.action.name() == action);
        let said = said(of_action.copied());
        if !said.is_empty() {
            writeln!(out, "{}  {said}", Painted(UPDATED, title))?;
        }
    }
    let names = brief.patterns.iter().map(|pattern| columns(&pattern.field));
    let names = names.max().unwrap_or(0);
    let shapes = brief.patterns.iter();
    let shapes = shapes.map(|pattern| columns(&shape(pattern)));
    let shapes = shapes.max().unwrap_or(0);
    let alike = |a: &SavedPattern, b: &SavedPattern| (&a.kind, &a.field) == (&b.kind, &b.field);
    for of_field in brief.patterns.chunk_by(alike) {
        let (shown, rest) = of_field.split_at(PATTERNS.min(of_field.len()));
        let mut name = escaped(&of_field[0].field);
        for pattern in shown {
            let shape = shape(pattern);
            let moved = pattern.amount.map(|sum| signed(sum.0)).unwrap_or_default();
            let line = format!(
                "  {name}{}  {shape}{}  {:>7}   {moved}",
                padding(&name, names),
                padding(&shape, shapes),
                count(pattern.count)
            );
            writeln!(out, "{}", line.trim_end())?;
            name = "".into();
        }
        if !rest.is_empty() {
            let records: usize = rest.iter().map(|pattern| pattern.count).sum();
            let others = format!("in {} other ways", count(rest.len()));
            writeln!(
                out,
                "  {}  {others}{}  {:>7}",
                padding("", names),
                padding(&others, shapes),
                count(records)
            )?;
        }
    }
    writeln!(out, "  {}\n", Painted(FAINT, ALL))
}

/// Writes what is created, as a sum.
pub(super) fn creates(text: PlanText<'_>, out: &mut dyn fmt::Write) -> fmt::Result {
    let created = text.changes.iter();
    let created = created.filter(|change| change.action.name() == ActionName::Create);
    let said = said(created);
    if said.is_empty() {
        return Ok(());
    }
    let worth = sum(&text.brief.created).map(|sum| format!("   {}", short(sum)));
    let title = Painted(CREATED, "Creates");
    writeln!(out, "{title}  {}{}\n", said, worth.unwrap_or_default())
}

fn shape(pattern: &SavedPattern) -> String {
    Width::cut(&escaped(&pattern.text), WIDEST)
}
