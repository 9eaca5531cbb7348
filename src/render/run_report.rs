//! What an apply has done, as a person reads it: the counts, then every record that was rejected, not attempted or is unknown,
//! each at the line of the manifest that asked for it.

use std::fmt;

use jiff::Zoned;
use jiff::tz::TimeZone;

use crate::api::{ApiError, meaning_of_call, references_of};
use crate::apply::{Halt, Outcome, WhyNot};
use crate::journal::{End, EndReason, Need, Tally};
use crate::ledger::Origin;
use crate::model::{Invocation, Sources, grouped};
use crate::plan::{At, Change, Counts, Mask};
use crate::run::{LockLeft, Planned, Sent};

use super::advice::{native_crm, quota_renewal};
use super::canary::{failed, is_undoable, obstacles, tried, undo_stored, write_unlike};
use super::causes::{Cause, CauseFacts, CauseReason};
use super::command::{history_command, undo_command};
use super::counting::counted;
use super::detail::Detail;
use super::escape::escaped;
use super::ledger_changes::kept;
use super::outcome_list::OutcomeList;
use super::place::{place, written};
use super::run_words::RunResult;
use super::shortened::{first, listed};
use super::style::{DELETED, FAINT, Painted, STRONG, UPDATED};
use super::terminal::RunEnding;

/// Writes what became of a plan: what was not applied and why, then the verdict, and what to do next.
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
    let Planned {
        plan,
        sources,
        instance,
        ..
    } = planned;
    let Sent { report, end, .. } = sent;
    report.tried.map_or(Ok(()), |changes| {
        writeln!(out)?;
        tried(changes, out)
    })?;
    let mask = Mask::of(&plan.changes);
    let became = ChangeOutcomes {
        mask: &mask,
        changes: &plan.changes,
        outcomes: &report.outcomes,
        sources,
        own: None,
        end: Some(&end.how),
        detail,
        invocation,
    };
    became.write_lists(out)?;
    let id = &sent.head.id;
    let result = result(planned, sent);
    let mut undo = Some(undo_command(
        invocation,
        id,
        &instance.name,
        planned.confirm,
        (&plan.changes, &report.outcomes),
    ));
    let next = result.next(&LockLeft::Gone, &instance.name, invocation);
    if let Some(Halt::Canary(failure)) = &report.halt {
        writeln!(out, "\n{}", escaped(&failed(failure)))?;
        became.write_unlike(end, out)?;
        let lines = obstacles(failure, sources);
        let mut lines = lines.iter();
        lines.try_for_each(|line| writeln!(out, "{line}"))?;
        undo = undo
            .filter(|_| is_undoable(failure))
            .map(|undo| undo_stored(undo, end.how.unlike()));
    } else if let Some(halt) = &report.halt {
        early_end(result, halt, became, end, out)?;
    }
    if sent.is_saved() {
        kept(plan, out)?;
    }
    let seconds = sent.took.as_secs_f64();
    let ending = RunEnding {
        verdict: result.verdict(),
        took: format!("{} in {seconds:.1} s.", counted(end.calls, "call")),
        is_complete: result.is_complete(),
        since: Vec::new(),
        next,
        details: Some(history_command(invocation, id, &instance.name)),
        undo: undo.filter(|_| result.is_undoable()),
    };
    writeln!(out)?;
    ending.write(out)
}

/// How a run came out.
fn result<'r>(planned: &Planned, sent: &'r Sent) -> RunResult<'r> {
    let changes = &planned.plan.changes;
    RunResult {
        tally: Tally::of(changes, &sent.report.outcomes, Counts::of(changes)),
        end: Some(&sent.end),
        is_running: false,
    }
}

/// What became of a plan, in one sentence.
#[must_use]
pub fn run_verdict(planned: &Planned, sent: &Sent) -> String {
    result(planned, sent).verdict()
}

/// Why a run could not go on, and what else can be done about it.
fn early_end(
    result: RunResult<'_>,
    halt: &Halt,
    became: ChangeOutcomes<'_>,
    end: &End,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    match result.ended_why() {
        None => {}
        Some((said, None)) => writeln!(out, "\n{said}.")?,
        // What is unknown tells it above.
        Some((_, Some(why))) if became.tells(why) => {}
        Some((said, Some(why))) => {
            writeln!(out, "\n{said}: {}.", escaped(why).trim_end_matches('.'))?;
        }
    }
    let Halt::Api(error) = halt else {
        return Ok(());
    };
    for way in left_to_say(error, end) {
        writeln!(out, "      {}", became.invocation.completed(&way))?;
    }
    Ok(())
}

/// What can be done about an error of the client beside what a run says to do next.
pub(super) fn left_to_say(error: &ApiError, end: &End) -> Vec<String> {
    match Need::of(error) {
        Some(Need::Quota | Need::Credentials) => Vec::new(),
        Some(Need::Permissions(names)) if !names.is_empty() => {
            let code = error.refusal().map(|refusal| &*refusal.code);
            let other = |code| {
                format!(
                    "if the role has it already: `oppctl explain {code}` tells the other causes"
                )
            };
            code.filter(|code| !code.is_empty())
                .map(other)
                .into_iter()
                .collect()
        }
        Some(Need::Permissions(_) | Need::NoCrmSync) | None => {
            ways_out(error, &end.time.to_zoned(TimeZone::system()))
        }
    }
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
    /// How the run ended, if it did.
    pub(super) end: Option<&'r EndReason>,
    pub(super) detail: Detail,
    pub(super) invocation: &'r Invocation,
}

impl<'r> ChangeOutcomes<'r> {
    /// Writes the lists of what was not applied.
    pub(super) fn write_lists(self, out: &mut dyn fmt::Write) -> fmt::Result {
        let mut lists = OutcomeList::NOT_APPLIED.into_iter();
        lists.try_for_each(|list| write_list(list, self, out))
    }

    /// Writes what a canary found otherwise than it was sent, if it did.
    pub(super) fn write_unlike(self, end: &End, out: &mut dyn fmt::Write) -> fmt::Result {
        let place = |change: &Change| self.place(&change.at);
        write_unlike(end.how.unlike(), self.changes, place, self.detail, out)
    }

    /// Whether what is unknown says this already.
    pub(super) fn tells(self, why: &str) -> bool {
        self.outcomes.iter().any(|outcome| match outcome {
            Outcome::Unknown { why: said } => said.contains(why),
            Outcome::Applied { .. } | Outcome::Rejected { .. } | Outcome::NotAttempted(_) => false,
        })
    }

    /// What the causes are made from.
    fn facts(self) -> CauseFacts<'r> {
        CauseFacts {
            changes: self.changes,
            outcomes: self.outcomes,
            mask: self.mask,
            invocation: self.invocation,
            end: self.end,
        }
    }

    /// Where a change comes from.
    pub(super) fn place(self, at: &At) -> String {
        match at {
            At::Before { place, origin } if self.own == Some(&**origin) => written(place),
            At::Here(_) | At::Saved { .. } | At::Before { .. } => place(at, self.sources),
        }
    }
}

/// Writes a list, if it has members: each cause once, and below it the records that it has met.
fn write_list(
    list: OutcomeList,
    became: ChangeOutcomes<'_>,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let (title, style) = match list {
        OutcomeList::Rejected => ("Rejected", DELETED),
        OutcomeList::Unknown => ("Unknown: may or may not have been written", UPDATED),
        OutcomeList::NotAttempted => ("Not attempted", UPDATED),
        OutcomeList::Applied => ("Done", STRONG),
    };
    let causes = became.facts().causes(list);
    let count: usize = causes.iter().map(|cause| cause.members.len()).sum();
    if count == 0 {
        return Ok(());
    }
    writeln!(out, "\n{} ({})", Painted(style, title), grouped(count))?;
    let (shown, rest) = listed(&causes, became.detail);
    for cause in shown {
        write_cause(cause, became, out)?;
    }
    write_omitted(rest, out)
}

/// Counts the members of a list that are not shown.
pub(super) fn write_omitted(count: usize, out: &mut dyn fmt::Write) -> fmt::Result {
    if count == 0 {
        return Ok(());
    }
    writeln!(out, "  … and {} more; -v lists all", grouped(count))
}

/// The most records of one cause that are named, unless everything is asked for.
const PLACES: usize = 5;
/// The most values of one cause that are named.
const VALUES: usize = 8;

fn write_cause(cause: &Cause, became: ChangeOutcomes<'_>, out: &mut dyn fmt::Write) -> fmt::Result {
    for CauseReason {
        code,
        message,
        meaning,
        advice: _,
    } in &cause.reasons
    {
        let mut line = String::from(" ");
        if let Some(who) = &cause.who {
            line.extend([" ", who, ", because"]);
        }
        if let Some(code) = code {
            line.extend([" ", &escaped(code)]);
        }
        line.extend([" ", &escaped(message)]);
        if let Some(meaning) = meaning {
            line.extend([": ", meaning]);
        }
        writeln!(out, "{line}")?;
    }
    if let Some(values) = cause.listed_values(VALUES) {
        writeln!(out, "      {}", escaped(&values))?;
    }
    let most = match became.detail {
        Detail::Summary | Detail::Normal if cause.names_members(PLACES) => PLACES,
        Detail::Summary | Detail::Normal => return writeln!(out, "      -v lists them"),
        Detail::Full => usize::MAX,
    };
    let (shown, more) = first(&cause.members, most);
    for index in shown {
        let change = &became.changes[*index];
        writeln!(
            out,
            "      {}  {} {}",
            Painted(FAINT, blamed(change, &became.outcomes[*index], became)),
            change.kind.noun,
            escaped(&change.shown)
        )?;
    }
    if more > 0 {
        writeln!(out, "      … and {} more; -v lists all", grouped(more))?;
    }
    for advice in cause
        .reasons
        .iter()
        .filter_map(|reason| reason.advice.as_ref())
    {
        writeln!(out, "    → {advice}")?;
    }
    cause.request.as_ref().map_or(Ok(()), |id| {
        writeln!(out, "    For Adobe Support: request {}", escaped(id))
    })
}

/// Why a change was not attempted. `name` names a change by its index.
pub(super) fn not_attempted(
    why: WhyNot,
    is_canary: bool,
    name: impl Fn(usize) -> String,
) -> String {
    match why {
        WhyNot::Referred(index) => format!("{} was not created", name(index)),
        WhyNot::Referring(index) => format!("{} still names it", name(index)),
        WhyNot::Unwritten(index) => {
            format!("{} was not written, and deletes come last", name(index))
        }
        WhyNot::Halted if is_canary => "the canary failed".to_owned(),
        WhyNot::Halted => "the run ended early".to_owned(),
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
    let refers = |name: &str| {
        let references = reasons
            .iter()
            .flat_map(|reason| references_of(&reason.code, change.verb(), change.kind));
        references.into_iter().any(|it| it.field == name)
    };
    let fields = change.fields().iter();
    let mut blamed = fields.clone().filter(|field| named(&field.name));
    let mut referring = fields.filter(|field| refers(&field.name));
    blamed
        .next()
        .or_else(|| referring.next())
        .and_then(|field| field.at)
        .map_or_else(
            || became.place(&change.at),
            |at| escaped(&became.sources.place(at)).into_owned(),
        )
}
