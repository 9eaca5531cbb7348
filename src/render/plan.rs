//! A plan as a person reads it in a terminal or a CI log: by file, deletions last, changed fields only, the summary at the end.

use std::fmt;

use crate::model::Sources;
use crate::plan::Plan;

use super::detail::Detail;
use super::ledger_changes::keeping;
use super::not_undone::left;
use super::notes::{blocked, others};
use super::plan_summary::{Head, Totals, first_line, refused, sorts, summary};
use super::terminal::PlanText;

/// Writes a plan.
///
/// # Errors
/// Only those of `out`.
pub fn plan(
    plan: &Plan,
    sources: &Sources,
    head: &Head<'_>,
    detail: Detail,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    first_line(head, out)?;
    let blocked = blocked(plan, sources);
    for entry in &blocked {
        writeln!(out, "Blocked: {entry}")?;
    }
    if !blocked.is_empty() {
        writeln!(out)?;
    }
    let text = PlanText {
        changes: &plan.changes,
        sources,
        brief: head.brief,
        detail,
    };
    text.changes(out)?;
    let notes = others(plan, sources);
    for note in &notes {
        writeln!(out, "Note: {}", head.invocation.completed(note))?;
    }
    let mut has_notes = !notes.is_empty();
    for one in plan.not_undone() {
        left(one, sources, out)?;
        has_notes = true;
    }
    if has_notes {
        writeln!(out)?;
    }
    let (mut kept, mut meaning) = (String::new(), String::new());
    keeping(plan, detail, &mut kept)?;
    text.meaning(&mut meaning)?;
    out.write_str(&kept)?;
    if !kept.is_empty() && !meaning.is_empty() {
        writeln!(out)?;
    }
    out.write_str(&meaning)?;
    summary(&Totals::of(plan), head, out)?;
    if let (Detail::Full, Some(calls)) = (detail, head.calls) {
        sorts(calls, out)?;
    }
    refused(&head.refusals, out)
}
