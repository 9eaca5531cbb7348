//! A saved plan as a person reads it: as `plan` showed it, as far as its file tells.

use std::fmt;

use crate::model::{Invocation, Sources};
use crate::plan::file::SavedPlan;
use crate::plan::{Counts, LedgerAction};

use super::by_file::by_file;
use super::counting::counted;
use super::detail::Detail;
use super::escape::escaped;
use super::ledger_changes::in_the_ledger;
use super::place::short;
use super::plan_facts::{Costs, PlanFacts, UndoFacts};
use super::plan_summary::{Head, Totals, first_line, summary};

/// Writes a saved plan.
///
/// # Errors
/// Only those of `out`.
pub fn saved_plan(
    saved: &SavedPlan,
    invocation: &Invocation,
    detail: Detail,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let SavedPlan { file, changes, .. } = saved;
    let facts = PlanFacts::of_file(file, changes);
    let head = Head {
        instance: &file.instance.name,
        place: &file.instance.place,
        from: origin(&facts),
        costs: Costs::of_file(file),
        lag: None,
        calls: None,
        invocation,
    };
    first_line(&head, out)?;
    if detail != Detail::Summary {
        // A plan file says itself where its changes come from.
        by_file(changes, Sources::none(), detail, out)?;
    }
    let totals = Totals {
        counts: Counts::of(changes),
        unchanged: facts.unchanged,
        ledger: facts.ledger.len(),
        is_refused: false,
    };
    summary(&totals, head.costs, out)?;
    for action in LedgerAction::ALL {
        let of_action = facts.ledger.iter().filter(|fact| fact.action == action);
        let records: Vec<&str> = of_action.map(|fact| &*fact.record).collect();
        if records.is_empty() {
            continue;
        }
        let (counted, what) = (counted(records.len(), "record"), in_the_ledger(action));
        writeln!(out, "In the ledger, {counted}: {what}.")?;
        for record in records {
            writeln!(out, "  {}", escaped(record))?;
        }
    }
    for note in &facts.notes {
        writeln!(out, "Note: {}", escaped(&invocation.completed(note)))?;
    }
    for refusal in &facts.refusals {
        writeln!(out, "Refused: {}", escaped(refusal))?;
    }
    Ok(())
}

/// "saved plan to undo RUN at COMMIT, digest DIGEST".
fn origin(facts: &PlanFacts) -> String {
    let mut text = "saved plan".to_owned();
    if let Some(UndoFacts { run, .. }) = &facts.undoes {
        text.extend([" to undo ", &escaped(run)]);
    }
    if let Some(commit) = &facts.commit {
        text.extend([" at ", &short(commit)]);
    }
    text.extend([", digest ", &facts.digest]);
    text
}
