//! The first line of a plan and its last ones: where it was made, what it comes to, and how many calls it takes.

use std::fmt;

use crate::api::Calls;
use crate::model::{Invocation, ObjectKind};
use crate::plan::{Counts, Plan};
use crate::run::Planned;

use super::checkout::lag;
use super::counting::{counted, infinitive, share, tallied};
use super::escape::escaped;
use super::plan_facts::Costs;
use super::recreation::AFTER_DELETION;
use super::style::{FAINT, Painted, STRONG};

/// What the first and last lines of a plan say besides its changes.
pub struct Head<'a> {
    /// The instance's name in the configuration.
    pub instance: &'a str,
    /// Where it is: its base URL, or that it is the simulator.
    pub place: &'a str,
    /// What the plan was made from.
    pub from: String,
    pub costs: Costs,
    /// How the checkout stands to the last apply, if that is worth a word.
    pub lag: Option<String>,
    /// The calls of planning by type; `None` for a saved plan.
    pub calls: Option<Calls>,
    /// What the commands in notes need.
    pub invocation: &'a Invocation,
}

/// What a plan comes to.
pub(super) struct Totals {
    pub(super) counts: Counts,
    pub(super) unchanged: usize,
    /// How many entries of the ledger an apply changes beside what follows from the changes.
    pub(super) ledger: usize,
    /// Whether something keeps the plan from being applied.
    pub(super) is_refused: bool,
}

impl<'a> Head<'a> {
    /// What is said of a plan that was just made.
    #[must_use]
    pub fn of(planned: &'a Planned, invocation: &'a Invocation) -> Self {
        Self {
            instance: &planned.instance.name,
            place: &planned.instance.place,
            from: read_from(&planned.read, planned.calls.query),
            costs: Costs::of(planned),
            lag: planned.lag.as_ref().map(lag),
            calls: Some(planned.calls),
            invocation,
        }
    }
}

impl Totals {
    pub(super) fn of(plan: &Plan) -> Self {
        Self {
            counts: plan.counts(),
            unchanged: plan.unchanged.values().sum(),
            ledger: plan.ledger_changes.seen().count(),
            is_refused: !plan.refusals.is_empty(),
        }
    }
}

/// "2 opportunities, 4 roles read in 2 calls".
#[must_use]
fn read_from(read: &[(&'static ObjectKind, usize)], queries: u64) -> String {
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
        escaped(&head.from)
    )?;
    if let Some(lag) = &head.lag {
        writeln!(out, "{lag}")?;
    }
    writeln!(out)
}

/// What a plan comes to, and what it costs.
pub(super) fn summary(totals: &Totals, costs: Costs, out: &mut dyn fmt::Write) -> fmt::Result {
    let Totals {
        counts,
        unchanged,
        ledger,
        is_refused,
    } = totals;
    let planned = calls(costs.planning);
    if counts.total() == 0 {
        // Refused changes are printed as an error, after the plan.
        let head = match *ledger {
            _ if *is_refused => "Refused.".to_owned(),
            0 => "No changes.".to_owned(),
            count => format!("No changes in Marketo, {count} in the ledger."),
        };
        writeln!(out, "{} {unchanged} unchanged.", Painted(STRONG, head))?;
        return writeln!(
            out,
            "{}",
            Painted(FAINT, format!("Planning took {planned}."))
        );
    }
    if counts.delete > 0 {
        writeln!(out, "{AFTER_DELETION}")?;
    }
    writeln!(
        out,
        "{} {}; {unchanged} unchanged.  Apply needs {}.",
        Painted(STRONG, "Plan:"),
        tallied(*counts, infinitive),
        counted(costs.apply, "call")
    )?;
    let share = share(costs.apply, costs.daily);
    let quota = format!(
        "Planning took {planned}; the apply is {share} of the day's {}.",
        costs.daily
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
