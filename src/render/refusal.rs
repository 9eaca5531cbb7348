//! Why a plan is refused, in words.

use std::sync::Arc;

use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use crate::model::{ObjectKind, Sources, grouped};
use crate::plan::{
    AmountJump, GuardLimit, PercentBase, Protection, Refusal, SetBy, Sides, Sum, Threshold,
    UpdateThreshold, WhyDelete, most_by_percent,
};

use super::advice::quota_renewal;
use super::amounts::{full, value};
use super::counting::counted;
use super::escape::escaped;
use super::place::{place, since};
use super::refusal_hint::hint;
use super::refused_records::{named_keys, unread, used, without_many_alike};
use super::shortened::first;

/// The most amounts that are named.
const JUMPS: usize = 3;

/// A message for each refusal, and what a person can do about them.
#[must_use]
pub fn refusals(refusals: &[Refusal], sources: &Sources) -> (Vec<String>, Vec<String>) {
    let (shown, alike) = without_many_alike(refusals);
    let mut messages: Vec<String> = shown
        .iter()
        .map(|refusal| message(refusal, sources))
        .collect();
    if alike > 0 {
        let records = grouped(alike);
        messages.push(format!("and {records} more records like these"));
    }
    let mut hints: Vec<String> = Vec::new();
    for hint in refusals
        .iter()
        .filter(|it| !is_explained(it, refusals))
        .map(hint)
    {
        if !hints.contains(&hint) {
            hints.push(hint);
        }
    }
    (messages, hints)
}

/// Whether other refusals tell why the plan does what this one refuses: then it is not to be allowed before they are resolved.
pub(super) fn is_explained(refusal: &Refusal, refusals: &[Refusal]) -> bool {
    let is_unread = |refusal: &Refusal| matches!(refusal, Refusal::Unread { .. });
    matches!(refusal, Refusal::TooManyDeletes { .. }) && refusals.iter().any(is_unread)
}

/// Who does not know the children of a record that would be deleted.
fn does_not_know(why: WhyDelete) -> &'static str {
    match why {
        WhyDelete::Undone => "the run that is undone did not create",
        WhyDelete::Tombstone
        | WhyDelete::NotListed
        | WhyDelete::Removed
        | WhyDelete::WithParent => "no manifest declares",
    }
}

/// "role", "2 roles:".
fn them(kind: &ObjectKind, count: usize) -> String {
    match count {
        1 => kind.noun.to_owned(),
        count => format!("{}:", kind.counted(count)),
    }
}

/// Which values nothing else has.
fn lost(fields: &[Arc<str>]) -> String {
    let names: Vec<_> = fields.iter().map(|name| escaped(name)).collect();
    format!(
        "the journal does not have the sensitive values of {}, so they would be lost",
        names.join(", ")
    )
}

/// Why a guard cannot judge.
fn blind(limit: &str, field: &str, is_sensitive: bool) -> String {
    let field = escaped(field);
    let why = if is_sensitive {
        format!("the field {field} is sensitive")
    } else {
        format!("the instance has no field {field}")
    };
    format!("{limit} cannot be checked: {why}")
}

/// "guards.maxCreates", "maxCreates of the policy".
fn limit_name(guard: &str, by: SetBy) -> String {
    match by {
        SetBy::Configuration => format!("guards.{guard}"),
        SetBy::Policy => format!("{guard} of the policy"),
    }
}

/// Why a plan is refused.
#[expect(clippy::too_many_lines, reason = "one arm for each refusal")]
pub(super) fn message(refusal: &Refusal, sources: &Sources) -> String {
    let named = |kind: &ObjectKind, shown: &str| format!("{} {}", kind.noun, escaped(shown));
    match refusal {
        Refusal::TooManyDeletes {
            deletes,
            children,
            threshold,
        } => deletions(*deletes, *children, threshold),
        Refusal::TooManyUpdates { updates, threshold } => self::updates(*updates, threshold),
        Refusal::TooManyCalls {
            made,
            needed,
            limit,
        } => format!(
            "planning took {}, and the apply needs {}: together more than the {} of this run",
            counted(*made, "call"),
            grouped(*needed),
            grouped(*limit)
        ),
        Refusal::OverQuota {
            needed,
            left,
            daily,
            at,
        } => format!(
            "the apply needs {}, and this day has {} of {} left; {}",
            counted(*needed, "call"),
            grouped(*left),
            grouped(*daily),
            quota_renewal(&at.to_zoned(TimeZone::system()))
        ),
        Refusal::TooManyCreates { creates, limit } => format!(
            "the plan creates {}: {} is {}",
            counted(*creates, "record"),
            limit_name("maxCreates", limit.by),
            limit.most
        ),
        Refusal::AmountFactor { limit, jumps } => amounts(*limit, jumps, sources),
        Refusal::PipelineMoved { limit, open } => moved(*limit, open),
        Refusal::BlindGuard {
            guard,
            by,
            field,
            is_sensitive,
        } => blind(&limit_name(guard, *by), field, *is_sensitive),
        Refusal::Protected {
            kind,
            shown,
            by,
            at,
        } => {
            let record = protected(&named(kind, shown), by);
            format!("{}: {record}, and would be deleted", place(at, sources))
        }
        Refusal::Foreign {
            kind,
            shown,
            owner,
            at,
            deletes,
        } => {
            let would = if *deletes { "deleted" } else { "changed" };
            format!(
                "{}: {} has the marker of another owner, \"{}\", and would be {would}",
                place(at, sources),
                named(kind, shown),
                escaped(owner)
            )
        }
        Refusal::UndeclaredChildren {
            parent,
            shown,
            kind,
            children,
            why,
            at,
        } => format!(
            "{}: {} would be deleted, and {} its {} {}",
            place(at, sources),
            named(parent, shown),
            does_not_know(*why),
            them(kind, children.len()),
            named_keys(children)
        ),
        Refusal::DoubledChildren {
            parent,
            shown,
            kind,
            children,
            at,
        } => format!(
            "{}: {} would be deleted with records that share a key, {} {}",
            place(at, sources),
            named(parent, shown),
            kind.noun,
            named_keys(children)
        ),
        Refusal::Used {
            kind,
            key,
            users,
            unknown,
            is_final: _,
            at,
        } => {
            let record = named(kind, &key.to_string());
            format!(
                "{}: {record} would be deleted, and {}",
                place(at, sources),
                used(users, unknown)
            )
        }
        Refusal::Unread {
            file,
            is_of_other_instance,
            records,
        } => unread(file, *is_of_other_instance, records),
        Refusal::LostValues {
            kind,
            from,
            to,
            fields,
            at,
        } => format!(
            "{}: {} would be deleted, which may be {} under another key: {}",
            place(at, sources),
            named(kind, to),
            escaped(from),
            lost(fields)
        ),
        Refusal::Raised {
            word,
            count,
            allowed,
        } => raised(word, *count, *allowed),
    }
}

/// That a record is protected, and by what.
fn protected(record: &str, by: &Protection) -> String {
    match by {
        Protection::Since(origin) => {
            let since = since(origin);
            format!("{record} has been protected since the apply {since}")
        }
        Protection::Instance => {
            format!("the instance protects all its records: {record} is protected")
        }
    }
}

/// What the configuration takes for an error.
fn raised(word: &str, count: usize, allowed: Option<usize>) -> String {
    let allowed = allowed.map_or_else(String::new, |count| {
        format!(", and --allow-finding {word}={count} allows fewer")
    });
    let findings = counted(count, "finding");
    format!("{findings} of {word}: severity.{word} is error{allowed}")
}

fn deletions(deletes: usize, children: usize, threshold: &Threshold) -> String {
    let share = |limit, of| share(deletes, limit, of);
    let limit = match threshold {
        Threshold::Count {
            limit,
            percent: None,
        } => format!("guards.maxDeletes is {limit}"),
        Threshold::Count {
            limit,
            percent: Some((percent, of)),
        } => format!(
            "guards.maxDeletes is {limit}, and guards.maxDeletePercent is {percent}: {}",
            share(*percent, *of)
        ),
        Threshold::Percent { limit, of } => {
            format!(
                "guards.maxDeletePercent is {limit}, and {}",
                share(*limit, *of)
            )
        }
        Threshold::PolicyCount(limit) => format!("maxDeletes of the policy is {limit}"),
        Threshold::PolicyPercent { limit, of } => format!(
            "maxDeletePercent of the policy is {limit}, and {}",
            share(*limit, *of)
        ),
        Threshold::NothingDeclared => "no manifest declares a record any more".to_owned(),
        Threshold::Allowed(limit) => format!("--allow-deletes {limit} allows fewer"),
    };
    let children = match children {
        0 => String::new(),
        count => format!(", with {count} that no manifest declares"),
    };
    format!(
        "the plan deletes {}{children}: {limit}",
        counted(deletes, "record")
    )
}

fn updates(updates: usize, threshold: &UpdateThreshold) -> String {
    let limit = match threshold {
        UpdateThreshold::Count(limit) => {
            format!("{} is {}", limit_name("maxUpdates", limit.by), limit.most)
        }
        UpdateThreshold::Percent { limit, of } => {
            let share = share(updates, limit.most, *of);
            let name = limit_name("maxUpdatePercent", limit.by);
            format!("{name} is {}, and {share}", limit.most)
        }
    };
    format!("the plan updates {}: {limit}", counted(updates, "record"))
}

/// The amounts that move too far: the largest of them by name.
fn amounts(limit: GuardLimit<u32>, jumps: &[AmountJump], sources: &Sources) -> String {
    let (named, more) = first(jumps, JUMPS);
    let mut named: Vec<String> = named
        .iter()
        .map(|jump| {
            let AmountJump {
                shown,
                before,
                after,
                at,
            } = jump;
            let at = place(at, sources);
            let (before, after) = (value(before), value(after));
            format!("{} {before} → {after} ({at})", escaped(shown))
        })
        .collect();
    if more > 0 {
        named.push(format!("and {} more", grouped(more)));
    }
    let verb = if jumps.len() == 1 {
        "changes"
    } else {
        "change"
    };
    format!(
        "{} {verb} by a factor of more than {}, which is {}: {}",
        counted(jumps.len(), "amount"),
        limit.most,
        limit_name("maxAmountFactor", limit.by),
        named.join(", ")
    )
}

/// The sum of the open deals that moves too far.
fn moved(limit: GuardLimit<Decimal>, open: &Sides) -> String {
    let sum = |sum: &Sum| {
        sum.amount
            .map_or_else(|| "a number with too many digits".to_owned(), full)
    };
    format!(
        "the sum of the open pipeline goes from {} to {}: {} is {}%",
        sum(&open.before),
        sum(&open.after),
        limit_name("maxPipelineChange", limit.by),
        limit.most
    )
}

/// "this is 67 % of the 6 declared records; 2 are allowed".
fn share(records: usize, limit: usize, of: PercentBase) -> String {
    let (count, which) = match of {
        PercentBase::Owned(count) => (count, "owned"),
        PercentBase::Declared(count) => (count, "declared"),
    };
    let percent = (records * 100).div_ceil(count.max(1));
    let most = most_by_percent(limit, of);
    format!("this is {percent} % of the {count} {which} records; {most} are allowed")
}
