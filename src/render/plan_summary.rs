//! The first line of a plan and its last ones: where it was made, what it comes to, and how many calls it takes.

use std::fmt;

use crate::api::Calls;
use crate::model::{Invocation, ObjectKind};
use crate::plan::file::{SavedBasis, SavedBrief, SavedPart};
use crate::plan::{Counts, Plan, short_digest};
use crate::run::Planned;

use super::basis::{loudly, unknown_count};
use super::brief::count;
use super::checkout::lag;
use super::counting::{counted, imperative, in_calls, infinitive, not_looked_at, tallied};
use super::escape::escaped;
use super::place::short;
use super::plan_facts::{Costs, PlanFacts};
use super::recreation::AFTER_DELETION;
use super::style::{DELETED, FAINT, Painted, STRONG};

/// What the first and last lines of a plan say besides its changes.
pub struct Head<'a> {
    /// The instance's name in the configuration.
    pub instance: &'a str,
    /// Where it is: its base URL, or that it is the simulator.
    pub place: &'a str,
    /// Which plan it is: "plan b53e6f76 for commit 356ef327fd".
    pub plan: String,
    /// What it looked at, if it is of the changed records alone.
    pub part: Option<&'a SavedPart>,
    /// What it compares the manifests with, if that is not what the instance has.
    pub basis: Option<&'a SavedBasis>,
    /// How many records are not known.
    pub not_known: usize,
    /// The records that were read for it; `None` for a saved plan.
    pub read: Option<String>,
    /// What the plan means to people.
    pub brief: &'a SavedBrief,
    /// Why an apply would be refused.
    pub refusals: Vec<String>,
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
    pub fn of(planned: &'a Planned, facts: &'a PlanFacts, invocation: &'a Invocation) -> Self {
        Self {
            instance: &planned.instance.name,
            place: &planned.instance.place,
            plan: of_commit(&facts.digest, facts.commit.as_deref()),
            part: facts.part.as_ref(),
            basis: facts.basis.as_ref(),
            not_known: facts.not_known,
            read: Some(read_from(&planned.read)),
            brief: &facts.brief,
            refusals: facts.refusals.clone(),
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

/// "plan b53e6f76 for commit 356ef327fd".
pub(super) fn of_commit(digest: &str, commit: Option<&str>) -> String {
    let digits = short_digest(digest);
    let commit = commit.map(|commit| format!(" for commit {}", short(commit)));
    format!("plan {}{}", escaped(&digits), commit.unwrap_or_default())
}

/// What was read where no record was.
const NOTHING: &str = "nothing";

/// "2 opportunities, 4 roles".
fn read_from(read: &[(&'static ObjectKind, usize)]) -> String {
    let kinds = read.iter().map(|(kind, count)| kind.counted(*count));
    let kinds: Vec<String> = kinds.collect();
    if kinds.is_empty() {
        NOTHING.to_owned()
    } else {
        kinds.join(", ")
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
        head.plan
    )?;
    if let Some(part) = head.part {
        let only = format!(
            "Only what changed since {} is planned{}.",
            escaped(&part.revision),
            not_looked_at(Some(part))
        );
        writeln!(out, "{}", Painted(STRONG, only))?;
    }
    if let Some(said) = loudly(head.basis) {
        writeln!(out, "{}", Painted(STRONG, said))?;
    }
    if let Some(lag) = &head.lag {
        writeln!(out, "{lag}")?;
    }
    writeln!(out)
}

/// What a plan comes to, and what it costs.
pub(super) fn summary(totals: &Totals, head: &Head<'_>, out: &mut dyn fmt::Write) -> fmt::Result {
    let Totals {
        counts,
        unchanged,
        ledger,
        is_refused,
    } = totals;
    let costs = head.costs;
    let planned = match (head.read.as_deref(), costs.planning) {
        (Some(NOTHING), 0) => "Made no call".to_owned(),
        (Some(read), calls) => format!("Read {read} {}", in_calls(calls)),
        (None, calls) => format!("Planned {}", in_calls(calls)),
    };
    let left = not_looked_at(head.part) + &unknown_count(head.not_known);
    if counts.total() == 0 {
        // Refused changes are printed as an error, after the plan.
        let head = match *ledger {
            _ if *is_refused => "Refused.".to_owned(),
            0 => "No changes.".to_owned(),
            entries => format!("No changes in Marketo, {} in the ledger.", count(entries)),
        };
        writeln!(
            out,
            "{} {} unchanged{left}.",
            Painted(STRONG, head),
            count(*unchanged)
        )?;
        return writeln!(out, "{}", Painted(FAINT, format!("{planned}.")));
    }
    if counts.delete > 0 {
        writeln!(out, "{AFTER_DELETION}")?;
    }
    let tally = format!(
        "{} {}; {} unchanged{left}.",
        Painted(STRONG, "Plan:"),
        tallied(*counts, infinitive),
        count(*unchanged)
    );
    // What an apply needs is told of a plan that one accepts.
    if head.basis.is_some() {
        return writeln!(out, "{tally}\n{}", Painted(FAINT, format!("{planned}.")));
    }
    writeln!(
        out,
        "{tally}  Apply needs {}.",
        counted(costs.apply, "call")
    )?;
    let of_day = costs.of_day(&format!("{} a day", count(costs.daily)));
    let quota = format!("{planned}; the apply is {of_day}.");
    writeln!(out, "{}", Painted(FAINT, quota))
}

/// The word to type, and what for: "Type "yes" to create 40, update 30 and delete 20 records in production".
#[must_use]
pub fn question(planned: &Planned, word: &str) -> String {
    let counts = planned.plan.counts();
    let parts = counts.iter().filter(|(_, count)| *count > 0);
    let mut parts: Vec<String> = parts
        .map(|(action, number)| format!("{} {}", imperative(action), count(number)))
        .collect();
    let last = parts.pop();
    let name = escaped(&planned.instance.name);
    let what = match (last, counts.total()) {
        (None, _) => {
            let entries = planned.plan.ledger_changes.seen().count();
            format!(
                "write {} of {name}",
                counted(entries, "change of the ledger")
            )
        }
        (Some(last), total) => {
            let noun = if total == 1 { "record" } else { "records" };
            let joint = if parts.is_empty() { "" } else { " and " };
            format!("{}{joint}{last} {noun} in {name}", parts.join(", "))
        }
    };
    format!("Type \"{}\" to {what}", escaped(word))
}

/// Says that the plan is refused, if it is: this stays where the errors go elsewhere.
pub(super) fn refused(refusals: &[String], out: &mut dyn fmt::Write) -> fmt::Result {
    match refusals {
        [] => Ok(()),
        [only] => writeln!(
            out,
            "{} {}. Nothing was sent.",
            Painted(DELETED, "Refused:"),
            escaped(only)
        ),
        several => {
            let reasons = counted(several.len(), "reason");
            writeln!(
                out,
                "{} for {reasons}; nothing was sent.",
                Painted(DELETED, "Refused")
            )?;
            several
                .iter()
                .try_for_each(|reason| writeln!(out, "  {}", escaped(reason)))
        }
    }
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
