//! The first line of a plan and its last ones: where it was made, what it comes to, and how many calls it takes.

use std::fmt;

use crate::api::Calls;
use crate::model::ObjectKind;
use crate::plan::Plan;

use super::escape::escaped;
use super::style::{FAINT, Painted, STRONG};
use super::words::{counted, infinitive, share, tallied};

/// What is said about a run beside its plan.
pub struct Head<'a> {
    /// The instance's name in the configuration.
    pub instance: &'a str,
    /// Where it is: its base URL, or that it is the simulator.
    pub place: &'a str,
    /// What the plan was made from: see [`read_from`].
    pub from: &'a str,
    /// How many calls the plan took.
    pub planned: u64,
    /// Of which sorts they were, where that is known.
    pub calls: Option<Calls>,
    /// How many calls an apply would make.
    pub write_calls: usize,
    /// How many calls the instance allows in a day.
    pub daily_calls: usize,
}

/// "2 opportunities, 4 roles read in 2 calls".
#[must_use]
pub fn read_from(read: &[(&'static ObjectKind, usize)], queries: u64) -> String {
    let kinds = read.iter().map(|(kind, count)| kind.counted(*count));
    let kinds: Vec<String> = kinds.collect();
    if kinds.is_empty() {
        "nothing to read".to_owned()
    } else {
        format!("{} read in {}", kinds.join(", "), calls(queries))
    }
}

/// Where a plan was made, and from what.
pub(super) fn first_line(head: &Head<'_>, out: &mut dyn fmt::Write) -> fmt::Result {
    writeln!(
        out,
        "{} {} ({})   {}",
        Painted(STRONG, "Marketo"),
        Painted(STRONG, escaped(head.instance)),
        escaped(head.place),
        escaped(head.from)
    )?;
    writeln!(out)
}

/// What a plan comes to, and what it costs.
pub(super) fn summary(plan: &Plan, head: &Head<'_>, out: &mut dyn fmt::Write) -> fmt::Result {
    let unchanged: usize = plan.unchanged.values().sum();
    let planned = calls(head.planned);
    if plan.is_empty() {
        // What is refused is no change: it is told as an error, after the plan.
        let head = if plan.refusals.is_empty() {
            "No changes."
        } else {
            "Refused."
        };
        writeln!(out, "{} {unchanged} unchanged.", Painted(STRONG, head))?;
        return writeln!(
            out,
            "{}",
            Painted(FAINT, format!("Planning took {planned}."))
        );
    }
    if plan.counts().delete > 0 {
        writeln!(
            out,
            "What is deleted comes back, by an undo or otherwise, only as a new record: with another GUID, and smart campaigns may react to both."
        )?;
    }
    writeln!(
        out,
        "{} {}; {unchanged} unchanged.  Apply needs {}.",
        Painted(STRONG, "Plan:"),
        tallied(plan.counts(), infinitive),
        counted(head.write_calls, "call")
    )?;
    let share = share(head.write_calls, head.daily_calls);
    let quota = format!(
        "Planning took {planned}; the apply is {share} of the day's {}.",
        head.daily_calls
    );
    writeln!(out, "{}", Painted(FAINT, quota))
}

fn calls(count: u64) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), "call")
}

/// How many calls of which sort a plan took.
pub(super) fn sorts(calls: Calls, out: &mut dyn fmt::Write) -> fmt::Result {
    let Calls {
        identity,
        describe,
        fields,
        query,
        leads,
        usage,
        write,
    } = calls;
    let sorts = [
        (describe, "describe"),
        (fields, "fields"),
        (leads, "leads"),
        (query, "query"),
        (usage, "usage"),
        (write, "write"),
    ];
    let made: Vec<String> = sorts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, sort)| format!("{count} {sort}"))
        .collect();
    writeln!(
        out,
        "Calls: {}; {identity} for a token, which Marketo does not count.",
        made.join(", ")
    )
}
