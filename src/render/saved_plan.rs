//! A saved plan as a person reads it: as `plan` showed it, as far as its file tells.

use std::fmt;

use crate::model::{Invocation, Sources};
use crate::plan::file::SavedPlan;
use crate::plan::{Counts, LedgerAction};

use super::counting::counted;
use super::detail::Detail;
use super::escape::escaped;
use super::ledger_changes::in_the_ledger;
use super::plan_facts::{Costs, PlanFacts, UndoFacts};
use super::plan_summary::{Head, Totals, first_line, of_commit, refused, summary};
use super::terminal::PlanText;

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
        plan: origin(&facts),
        part: facts.part.as_ref(),
        basis: facts.basis.as_ref(),
        not_known: facts.not_known,
        read: None,
        brief: &facts.brief,
        refusals: facts.refusals.clone(),
        costs: Costs::of_file(file),
        lag: None,
        calls: None,
        invocation,
    };
    first_line(&head, out)?;
    let text = PlanText {
        changes,
        // A plan file says itself where its changes come from.
        sources: Sources::none(),
        brief: &facts.brief,
        detail,
    };
    text.changes(out)?;
    text.meaning(out)?;
    let totals = Totals {
        counts: Counts::of(changes),
        unchanged: facts.unchanged,
        ledger: facts.ledger.len(),
        is_refused: false,
    };
    summary(&totals, &head, out)?;
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
    refused(&head.refusals, out)
}

/// "saved plan DIGITS for commit COMMIT to undo RUN".
fn origin(facts: &PlanFacts) -> String {
    let undo = facts.undoes.as_ref();
    let undo = undo.map(|UndoFacts { run, .. }| format!(" to undo {}", escaped(run)));
    format!(
        "saved {}{}",
        of_commit(&facts.digest, facts.commit.as_deref()),
        undo.unwrap_or_default()
    )
}
