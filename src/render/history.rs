//! A run as its journal tells it: who, when, what was done, and then the lists of the report of an apply.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::journal::{ChangeDetails, Run, RunHead, Since, SinceKind};
use crate::model::{Invocation, Sources, Verb, grouped};
use crate::plan::{Change, FieldChange, MASK, Mask};
use crate::run::LockLeft;

use super::by_file::style;
use super::canary::{tried, undo_stored};
use super::change_fields::fields;
use super::command::undo_command;
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
use super::terminal::RunEnding;

/// A run, and what has happened since.
#[derive(Clone, Copy)]
pub struct PastRun<'a> {
    pub run: &'a Run,
    pub is_running: bool,
    /// What later runs have done about it.
    pub since: &'a [Since],
    /// The number of its records that no run has written since although it was to.
    pub left: usize,
    /// Whether a run on its instance needs a confirmation.
    pub confirm: bool,
    /// What is known of the lock of a run that was killed.
    pub lock: &'a LockLeft,
}

/// Writes a run.
///
/// # Errors
/// Only those of `out`.
pub fn history(
    past: &PastRun<'_>,
    invocation: &Invocation,
    detail: Detail,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let PastRun {
        run,
        is_running,
        since,
        left,
        confirm,
        lock,
    } = *past;
    head(run, is_running, out)?;
    let result = RunResult {
        tally: run.tally(),
        end: run.end.as_ref(),
        is_running,
    };
    let took = run.end.as_ref().map(|end| {
        let took = end.time.duration_since(run.head.began).as_secs_f64();
        format!("{} in {took:.1} s.", counted(end.calls, "call"))
    });
    let (id, name) = (&run.head.id, &run.head.instance);
    let last = since
        .iter()
        .rev()
        .find(|later| !matches!(later.what, SinceKind::Applied { .. }));
    let is_undone = last.is_some_and(|later| later.what.is_whole_undo());
    let is_open = !is_undone && (result.is_complete() || left > 0);
    let unlike = run.end.as_ref().map_or(&[][..], |end| end.how.unlike());
    let undo = undo_command(invocation, id, name, confirm, (&run.changes, &run.outcomes));
    let undo = undo_stored(undo, unlike);
    writeln!(out)?;
    RunEnding {
        verdict: result.verdict(),
        took: took.unwrap_or_default(),
        is_complete: result.is_complete(),
        since: since
            .iter()
            .map(|later| done_since(later, left, run.tally().unknown))
            .collect(),
        next: result.next(lock, name, invocation).filter(|_| is_open),
        details: None,
        undo: Some(undo).filter(|_| !is_undone && !is_running && result.is_undoable()),
    }
    .write(out)?;
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
        end: run.end.as_ref().map(|end| &end.how),
        detail,
        invocation,
    };
    became.write_lists(out)?;
    let mut ends = run.end.iter();
    ends.try_for_each(|end| became.write_unlike(end, out))?;
    done(run, became, out)?;
    if run.unwritten() > 0 {
        writeln!(
            out,
            "\nThe run died before it had written down {} more; nothing had been sent.",
            counted(run.unwritten(), "change")
        )?;
    }
    last_words(run, result, became, out)
}

/// What a later run has done about this one.
fn done_since(later: &Since, left: usize, unknown: usize) -> String {
    let Since { run, what } = later;
    match *what {
        SinceKind::Undid { .. } if what.is_whole_undo() => format!("the run {run} undid it"),
        SinceKind::Undid { undone, applied } => {
            format!(
                "the run {run} undid {undone} of {}",
                counted(applied, "change")
            )
        }
        SinceKind::Redid => format!("the run {run} undid the undo"),
        SinceKind::Applied { records, found } => {
            let rest = if left == 0 {
                "the rest"
            } else {
                "some of the rest"
            };
            let found = match found {
                0 => String::new(),
                found => format!(", and found {} to be there", grouped(found)),
            };
            let settled = if left == 0 && unknown > 0 {
                "; nothing of it is unknown any more"
            } else {
                ""
            };
            format!(
                "the run {run} applied {rest}: {}{found}{settled}",
                counted(records, "record")
            )
        }
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
        Some(end) => format!("ended {}", local(end.time)),
        None if is_running => "still running".to_owned(),
        None => "killed".to_owned(),
    };
    writeln!(out, "  began {}, {ended}", local(*began))
}

/// A time as the clock on the wall shows it.
fn local(time: Timestamp) -> String {
    let zoned = time.to_zoned(TimeZone::system());
    if zoned.offset().seconds() == 0 {
        return zoned.strftime("%F %TZ").to_string();
    }
    zoned.strftime("%F %T %:z").to_string()
}

fn adopted(run: &Run, out: &mut dyn fmt::Write) -> fmt::Result {
    match run.adopted.len() {
        0 => {}
        1 => writeln!(out, "1 record was adopted as it was.")?,
        count => writeln!(out, "{} records were adopted as they were.", grouped(count))?,
    }
    for kept in run.kept() {
        let (kind, key) = (kept.kind.noun, kept.key.to_string());
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
    writeln!(
        out,
        "\n{} ({})",
        Painted(STRONG, "Done"),
        grouped(done.len())
    )?;
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
        change.kind.noun,
        escaped(&shown(change)),
        Painted(FAINT, became.place(&change.at))
    )?;
    if change.verb() != Verb::Update && became.detail != Detail::Full {
        return Ok(());
    }
    let is_stored = |field: &FieldChange| !details.left_out.contains(&field.name);
    let stored: Vec<FieldChange> = change.fields().iter().filter(is_stored).collect();
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

fn last_words(
    run: &Run,
    result: RunResult<'_>,
    became: ChangeOutcomes<'_>,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let Some(end) = &run.end else {
        return writeln!(
            out,
            "\n{}",
            if result.is_running {
                "The run goes on."
            } else {
                "The run was killed."
            }
        );
    };
    match result.ended_why() {
        None => {}
        // What is unknown tells it above, and so does what a canary found.
        Some((_, Some(why))) if became.tells(why) => {}
        Some((said, Some(_))) if !end.how.unlike().is_empty() => {
            writeln!(out, "\n{said}. Nothing else was sent.")?;
        }
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
