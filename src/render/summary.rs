//! The first line of a plan and its last ones: where it was made, what it comes to, and how many calls it takes.

use std::fmt;

use crate::api::Calls;
use crate::model::ObjectKind;
use crate::plan::Plan;

use super::style::{FAINT, Painted, STRONG};
use super::words::{counted, share, tallied};

/// What is said about a run beside its plan.
pub struct Head<'a> {
    /// The instance's name in the configuration.
    pub instance: &'a str,
    /// Where it is: its base URL, or that it is the simulator.
    pub place: &'a str,
    /// How many records of each kind were read.
    pub read: &'a [(&'static ObjectKind, usize)],
    /// In how many calls of each sort; those of queries are told beside the records.
    pub calls: Calls,
    /// How many calls an apply would make.
    pub write_calls: usize,
    /// How many calls the instance allows in a day.
    pub daily_calls: usize,
}

/// Where a plan was made, and from how many records.
pub(super) fn first_line(head: &Head<'_>, out: &mut dyn fmt::Write) -> fmt::Result {
    let read: Vec<String> = head
        .read
        .iter()
        .map(|(kind, count)| kind.counted(*count))
        .collect();
    let read = if read.is_empty() {
        "nothing to read".to_owned()
    } else {
        format!("{} read in {}", read.join(", "), calls(head.calls.query))
    };
    writeln!(
        out,
        "{} {} ({})   {read}",
        Painted(STRONG, "Marketo"),
        Painted(STRONG, head.instance),
        head.place
    )?;
    writeln!(out)
}

/// What a plan comes to, and what it costs.
pub(super) fn summary(plan: &Plan, head: &Head<'_>, out: &mut dyn fmt::Write) -> fmt::Result {
    let unchanged: usize = plan.unchanged.values().sum();
    let planned = calls(head.calls.counted());
    if plan.is_empty() {
        writeln!(
            out,
            "{} {unchanged} unchanged.",
            Painted(STRONG, "No changes.")
        )?;
        return writeln!(
            out,
            "{}",
            Painted(FAINT, format!("Planning took {planned}."))
        );
    }
    let [.., deleted] = plan.counts();
    if deleted > 0 {
        writeln!(
            out,
            "Deleting cannot be undone: a record that is created again has another GUID, and smart campaigns may react to both."
        )?;
    }
    writeln!(
        out,
        "{} {}; {unchanged} unchanged.  Apply needs {}.",
        Painted(STRONG, "Plan:"),
        tallied(
            plan.counts(),
            ["to create", "to adopt", "to update", "to delete"]
        ),
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
