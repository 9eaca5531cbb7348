//! What an apply has done, as a person reads it: the counts, then every record that was rejected, not attempted or is unknown,
//! each at the line of the manifest that asked for it.

use std::fmt::{self, Write as _};

use jiff::Zoned;
use jiff::tz::TimeZone;

use crate::api::{ApiError, Reason, meaning_of_call, meaning_of_write};
use crate::apply::{Halt, Outcome, WhyNot, with_causes};
use crate::ledger::Origin;
use crate::model::{Invocation, Sources};
use crate::plan::{At, Change, Counts, Mask};
use crate::run::{Planned, Sent};

use super::advice::{native_crm, quota_renewal};
use super::canary::{FailedCanary, tried};
use super::command::undo_command;
use super::counting::{counted, participle, tallied};
use super::detail::Detail;
use super::escape::escaped;
use super::outcome_list::OutcomeList;
use super::place::{place, written};
use super::shortened::listed;
use super::style::{CREATED, DELETED, Painted, STRONG, UPDATED};
use super::wording::REST;

/// Writes what became of a plan.
///
/// # Errors
/// Only those of `out`.
pub fn report(
    planned: &Planned,
    sent: &Sent,
    invocation: &Invocation,
    detail: Detail,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let Planned { plan, sources, .. } = planned;
    let Sent { report, end, .. } = sent;
    let applied = applied(report.applied(plan), report.is_complete());
    let seconds = sent.took.as_secs_f64();
    let calls = counted(end.calls, "call");
    writeln!(out, "{applied}  {calls} in {seconds:.1} s.")?;
    report.tried.map_or(Ok(()), |changes| tried(changes, out))?;
    let mask = Mask::of(&plan.changes);
    let became = ChangeOutcomes {
        mask: &mask,
        changes: &plan.changes,
        outcomes: &report.outcomes,
        sources,
        own: None,
        is_canary: matches!(report.halt, Some(Halt::Canary(_))),
        detail,
        invocation,
    };
    became.write_lists(out)?;
    match &report.halt {
        None => Ok(()),
        Some(Halt::Interrupted) => writeln!(out, "\nInterrupted. {REST}"),
        Some(Halt::LockLost(lost)) => writeln!(
            out,
            "\nThe run ended early, because its lock was lost: {}. {REST}",
            escaped(&lost.to_string())
        ),
        Some(Halt::Unrecorded(error)) => writeln!(
            out,
            "\nThe run ended early, because the journal could not be written: {}. {REST}",
            escaped(&with_causes(&**error))
        ),
        Some(Halt::Api(error)) => {
            let now = end.time.to_zoned(TimeZone::system());
            early_end(error, became, &now, out)
        }
        Some(Halt::Canary(failure)) => {
            let failed = FailedCanary {
                failure,
                outcomes: &report.outcomes,
                undo: &undo_command(
                    invocation,
                    &sent.head.id,
                    &planned.instance.name,
                    planned.confirm,
                ),
            };
            failed.write(sources, out)
        }
        Some(Halt::Panicked(panicked)) => writeln!(
            out,
            "\nThe run ended early, because of {}. Please report it as a bug. {REST}",
            escaped(&panicked.to_string())
        ),
    }
}

/// "Applied: 1 created, 2 deleted."
pub(super) fn applied(counts: Counts, is_complete: bool) -> String {
    let applied = tallied(counts, participle);
    let applied = if applied.is_empty() {
        "nothing"
    } else {
        &applied
    };
    let style = if is_complete { CREATED } else { STRONG };
    format!("{} {applied}.", Painted(style, "Applied:"))
}

/// Why a run could not go on, what to do about it, and that nothing is lost.
fn early_end(
    error: &ApiError,
    became: ChangeOutcomes<'_>,
    now: &Zoned,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    writeln!(
        out,
        "\nThe run ended early: {}",
        escaped(&became.mask.error(error))
    )?;
    for way in ways_out(error, now) {
        writeln!(out, "      {}", became.invocation.completed(&way))?;
    }
    if matches!(error, ApiError::NativeCrmSync { .. }) {
        return Ok(());
    }
    writeln!(out, "{REST}")
}

/// What can be done about an error of the client, at this time.
#[must_use]
pub fn ways_out(error: &ApiError, now: &Zoned) -> Vec<String> {
    if matches!(error, ApiError::NativeCrmSync { .. }) {
        return native_crm();
    }
    let refused = error.refusal().zip(error.call());
    let known = refused.and_then(|(refusal, call)| meaning_of_call(&refusal.code, call));
    let advice = known.map(|meaning| meaning.advice.into_owned());
    let renewal = matches!(error, ApiError::Quota { .. }).then(|| quota_renewal(now));
    advice.into_iter().chain(renewal).collect()
}

/// Changes, and what became of each.
#[derive(Clone, Copy)]
pub(super) struct ChangeOutcomes<'r> {
    /// The sensitive values of all changes.
    pub(super) mask: &'r Mask,
    pub(super) changes: &'r [Change],
    pub(super) outcomes: &'r [Outcome],
    pub(super) sources: &'r Sources,
    /// The apply of these changes; places that it recorded itself are shown without its commit.
    pub(super) own: Option<&'r Origin>,
    /// Whether the run ended because its canary had failed.
    pub(super) is_canary: bool,
    pub(super) detail: Detail,
    pub(super) invocation: &'r Invocation,
}

impl ChangeOutcomes<'_> {
    /// Writes the lists of what was not applied.
    pub(super) fn write_lists(self, out: &mut dyn fmt::Write) -> fmt::Result {
        let mut lists = OutcomeList::NOT_APPLIED.into_iter();
        lists.try_for_each(|list| write_list(list, self, out))
    }

    /// Where a change comes from.
    pub(super) fn place(self, at: &At) -> String {
        match at {
            At::Before { place, origin } if self.own == Some(&**origin) => written(place),
            At::Here(_) | At::Saved { .. } | At::Before { .. } => place(at, self.sources),
        }
    }
}

/// Writes a list, if it has members.
fn write_list(
    list: OutcomeList,
    became: ChangeOutcomes<'_>,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let (title, style) = match list {
        OutcomeList::Rejected => ("Rejected", DELETED),
        OutcomeList::Unknown => ("Unknown", UPDATED),
        OutcomeList::NotAttempted => ("Not attempted", UPDATED),
        OutcomeList::Applied => ("Done", STRONG),
    };
    let members = list.members(became.changes, became.outcomes);
    if members.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{} ({})", Painted(style, title), members.len())?;
    let (shown, more) = listed(&members, became.detail);
    for (change, outcome) in shown {
        entry(change, outcome, became, out)?;
    }
    write_omitted(more, out)
}

/// Counts the members of a list that are not shown.
pub(super) fn write_omitted(count: usize, out: &mut dyn fmt::Write) -> fmt::Result {
    if count == 0 {
        return Ok(());
    }
    writeln!(out, "  … and {count} more; -v lists all")
}

fn entry(
    change: &Change,
    outcome: &Outcome,
    became: ChangeOutcomes<'_>,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    writeln!(
        out,
        "  {}  {} {}",
        blamed(change, outcome, became),
        change.kind.name,
        escaped(&change.shown)
    )?;
    match outcome {
        Outcome::Applied { .. } => Ok(()),
        Outcome::Rejected {
            reasons,
            request_id,
        } => {
            for reason in reasons {
                self::reason(reason, change, became, out)?;
            }
            request_id.as_ref().map_or(Ok(()), |id| {
                writeln!(
                    out,
                    "      request {}, which Adobe's support asks for",
                    escaped(id)
                )
            })
        }
        Outcome::Unknown { why } => {
            writeln!(out, "      {}", escaped(why))?;
            writeln!(
                out,
                "      It may or may not have been written. A further plan reads it and shows what is left to do."
            )
        }
        Outcome::NotAttempted(why) => {
            let name = |index: usize| {
                let change = &became.changes[index];
                let place = became.place(&change.at);
                format!("{} {} ({place})", change.kind.name, escaped(&change.shown))
            };
            let why = not_attempted(*why, became.is_canary, name);
            writeln!(out, "      {why}")
        }
    }
}

fn reason(
    reason: &Reason,
    change: &Change,
    became: ChangeOutcomes<'_>,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let Reason { code, message } = reason;
    let message = became.mask.text(message);
    let mut line = format!("      {} {}", escaped(code), escaped(&message));
    let known = meaning_of_write(code, change.verb(), change.kind);
    if let Some(meaning) = &known {
        write!(line, ": {}", meaning.meaning)?;
    }
    writeln!(out, "{line}")?;
    known.map_or(Ok(()), |meaning| {
        let advice = became.invocation.completed(&meaning.advice);
        writeln!(out, "      {advice}")
    })
}

/// Why a change was not attempted. `name` names a change by its index.
pub(super) fn not_attempted(
    why: WhyNot,
    is_canary: bool,
    name: impl Fn(usize) -> String,
) -> String {
    match why {
        WhyNot::Parent(index) => format!("{} was not created", name(index)),
        WhyNot::Child(index) => format!("{} was not deleted", name(index)),
        WhyNot::Unwritten(index) => {
            format!("{} was not written, and deletes come last", name(index))
        }
        WhyNot::Halted if is_canary => "the canary failed".to_owned(),
        WhyNot::Halted => "the run had ended".to_owned(),
    }
}

/// The place that a rejection is about: the value of a field that the instance's message names in quotes, else the entry.
fn blamed(change: &Change, outcome: &Outcome, became: ChangeOutcomes<'_>) -> String {
    let Outcome::Rejected { reasons, .. } = outcome else {
        return became.place(&change.at);
    };
    let named = |name: &str| {
        reasons
            .iter()
            .any(|reason| reason.message.contains(&format!("'{name}'")))
    };
    change
        .fields()
        .iter()
        .find(|field| named(&field.name))
        .and_then(|field| field.at)
        .map_or_else(
            || became.place(&change.at),
            |at| escaped(&became.sources.place(at)).into_owned(),
        )
}
