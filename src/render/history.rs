//! A run as its journal tells it: who, when, what was done, and then the lists of the report of an apply.

use std::borrow::Cow;
use std::fmt;

use crate::journal::{ChangeDetails, EndReason, Run, RunHead};
use crate::model::{Invocation, Sources, Verb};
use crate::plan::{Change, FieldChange, MASK, Mask};

use super::by_file::style;
use super::canary::tried;
use super::change_fields::fields;
use super::counting::counted;
use super::detail::Detail;
use super::escape::escaped;
use super::keys::exact_if_needed;
use super::ledger_changes::in_the_ledger;
use super::place::short;
use super::run_report::{ChangeOutcomes, write_omitted};
use super::run_words::RunResult;
use super::shortened::listed;
use super::style::{FAINT, Painted, STRONG};

/// Writes a run.
///
/// # Errors
/// Only those of `out`.
pub fn history(
    run: &Run,
    is_running: bool,
    invocation: &Invocation,
    detail: Detail,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    head(run, is_running, out)?;
    let result = RunResult {
        tally: run.tally(),
        how: run.end.as_ref().map(|end| &end.how),
        is_running,
    };
    write!(out, "\n{}", result.verdict())?;
    if let Some(end) = &run.end {
        let took = end.time.duration_since(run.head.began).as_secs_f64();
        write!(out, "  {} in {took:.1} s.", counted(end.calls, "call"))?;
    }
    writeln!(out)?;
    run.tried.map_or(Ok(()), |changes| tried(changes, out))?;
    adopted(run, out)?;
    let own = run.head.origin();
    let mask = Mask::of(&run.changes);
    let became = ChangeOutcomes {
        mask: &mask,
        changes: &run.changes,
        outcomes: &run.outcomes,
        sources: &Sources::default(),
        own: Some(&own),
        is_canary: run.end.as_ref().is_some_and(|end| end.how.is_canary()),
        detail,
        invocation,
    };
    done(run, became, out)?;
    became.write_lists(out)?;
    if run.unwritten() > 0 {
        writeln!(
            out,
            "\nThe run died before it had written down {} more; nothing had been sent.",
            counted(run.unwritten(), "change")
        )?;
    }
    last_words(run, is_running, out)
}

/// How a run ended, in as few words as a table has room for.
#[must_use]
pub fn ended(how: Option<&EndReason>, is_running: bool) -> &'static str {
    match how {
        None if is_running => "running",
        None => "killed",
        Some(EndReason::Finished) => "finished",
        Some(EndReason::Interrupted) => "interrupted",
        Some(EndReason::NotBegun(_)) => "nothing sent",
        Some(EndReason::LockLost(_)) => "lost its lock",
        Some(EndReason::Unrecorded(_)) => "lost its journal",
        Some(EndReason::Instance(_)) => "ended early",
        Some(EndReason::Canary(_)) => "canary failed",
        Some(EndReason::Panicked(_)) => "panicked",
    }
}

fn head(run: &Run, is_running: bool, out: &mut dyn fmt::Write) -> fmt::Result {
    let RunHead {
        id,
        began,
        origin: _,
        project: _,
        instance,
        fingerprint,
        owner,
        commit,
        digest,
        undoes,
        program,
        counts: _,
    } = &run.head;
    let title = format!("Run {id}");
    writeln!(
        out,
        "{} on {} ({})",
        Painted(STRONG, title),
        escaped(instance),
        escaped(fingerprint)
    )?;
    if let Some(undone) = undoes {
        writeln!(out, "  undid the run {undone}")?;
    }
    let commit = commit.as_deref().map(short);
    let commit = commit.map_or_else(String::new, |commit| format!(", commit {commit}"));
    let (user, host) = (escaped(&owner.user), escaped(&owner.host));
    let program = escaped(program);
    writeln!(out, "  by {user} on {host}{commit}, oppctl {program}")?;
    if let Some(url) = &owner.run {
        writeln!(out, "  {}", escaped(url))?;
    }
    if let Some(digest) = digest {
        writeln!(out, "  the plan with the digest {}", escaped(digest))?;
    }
    let ended = match &run.end {
        Some(end) => format!("ended {}", end.time.strftime("%F %TZ")),
        None if is_running => "still running".to_owned(),
        None => "killed".to_owned(),
    };
    writeln!(out, "  began {}, {ended}", began.strftime("%F %TZ"))
}

fn adopted(run: &Run, out: &mut dyn fmt::Write) -> fmt::Result {
    match run.adopted.len() {
        0 => {}
        1 => writeln!(out, "1 record was adopted as it was.")?,
        count => writeln!(out, "{count} records were adopted as they were.")?,
    }
    for kept in run.kept() {
        let (kind, key) = (kept.kind.name, kept.key.to_string());
        let became = in_the_ledger(kept.action);
        writeln!(out, "{kind} {}: {became}.", escaped(&key))?;
    }
    Ok(())
}

/// Writes what was applied: the only place where it can be looked up later.
fn done(run: &Run, became: ChangeOutcomes<'_>, out: &mut dyn fmt::Write) -> fmt::Result {
    let of_changes = run.changes.iter().zip(&run.outcomes).zip(&run.details);
    let done = of_changes.filter(|((_, outcome), _)| outcome.is_applied());
    let done: Vec<_> = done
        .map(|((change, _), details)| (change, details))
        .collect();
    if done.is_empty() || became.detail == Detail::Summary {
        return Ok(());
    }
    writeln!(out, "\n{} ({})", Painted(STRONG, "Done"), done.len())?;
    let (shown, more) = listed(&done, became.detail);
    for (change, details) in shown {
        entry(change, details, became, out)?;
    }
    write_omitted(more, out)
}

fn entry(
    change: &Change,
    details: &ChangeDetails,
    became: ChangeOutcomes<'_>,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let action = change.action.name();
    let label = change.label.as_deref();
    let label = label.map_or_else(String::new, |label| format!("  \"{}\"", escaped(label)));
    writeln!(
        out,
        "  {} {} {}{label}  {}",
        Painted(style(action), action.symbol()),
        change.kind.name,
        escaped(&shown(change)),
        Painted(FAINT, became.place(&change.at))
    )?;
    if change.verb() != Verb::Update && became.detail != Detail::Full {
        return Ok(());
    }
    let is_stored = |field: &&FieldChange| !details.left_out.contains(&field.name);
    let stored: Vec<FieldChange> = change.fields().iter().filter(is_stored).cloned().collect();
    fields(&stored, change.verb(), out)?;
    let mut left_out = details.left_out.iter();
    left_out.try_for_each(|name| writeln!(out, "      {}  {MASK}", escaped(name)))
}

/// The key as its entry wrote it, and its exact form where that is needed to name the record.
fn shown(change: &Change) -> Cow<'_, str> {
    match exact_if_needed(change.kind, &change.key) {
        Some(exact) => format!("{}  {exact}", change.shown).into(),
        None => Cow::Borrowed(&*change.shown),
    }
}

fn last_words(run: &Run, is_running: bool, out: &mut dyn fmt::Write) -> fmt::Result {
    let Some(end) = &run.end else {
        return writeln!(
            out,
            "\n{}",
            if is_running {
                "The run goes on."
            } else {
                "The run was killed. A plan reads what is unknown and shows what is left to do."
            }
        );
    };
    match ended_why(&end.how) {
        None => {}
        Some((said, None)) => writeln!(out, "\n{said}.")?,
        Some((said, Some(why))) => {
            writeln!(out, "\n{said}: {}", escaped(why))?;
        }
    }
    let Some(why) = &end.unsaved else {
        return Ok(());
    };
    writeln!(
        out,
        "\nThe ledger was not saved: {}. The next apply corrects it.",
        escaped(why)
    )
}

/// What is said of a run that ended before its end, and why it did.
pub(super) fn ended_why(how: &EndReason) -> Option<(&'static str, Option<&str>)> {
    match how {
        EndReason::Finished => None,
        EndReason::Interrupted => Some(("Interrupted", None)),
        EndReason::NotBegun(why) => Some(("Nothing was sent", Some(why))),
        EndReason::LockLost(why) => {
            Some(("The run ended early, because its lock was lost", Some(why)))
        }
        EndReason::Unrecorded(why) => Some((
            "The run ended early, because the journal could not be written",
            Some(why),
        )),
        EndReason::Instance(why) => Some(("The run ended early", Some(why))),
        EndReason::Canary(why) => Some(("The canary failed", Some(why))),
        EndReason::Panicked(why) => Some(("The run ended early", Some(why))),
    }
}
