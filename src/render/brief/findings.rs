//! What to look at first, in words.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::brief::{Brief, Finding, FindingCode, FindingPlace};
use crate::model::ObjectKind;
use crate::plan::Plan;
use crate::render::counting::{counted, counted_entries};

use super::verdict::joined;
use crate::render::amounts::{short, signed};

/// A finding as people read it.
pub(super) fn text(finding: &Finding, plan: &Plan, brief: &Brief) -> String {
    let Finding {
        code,
        level: _,
        subject,
        count,
        amount,
        places,
    } = finding;
    let count = *count;
    let kinds = places.iter().map(|place| plan.changes[place.change].kind);
    let records = |adjective: &str| records(kinds.clone(), count, adjective);
    let subject = subject.as_deref().unwrap_or_default();
    let verb = |one: &str, many: &str| if count == 1 { one } else { many }.to_owned();
    let moved = amount.map_or_else(String::new, |sum| format!(" ({})", signed(sum)));
    let worth = amount.map_or_else(String::new, |sum| format!(" ({})", short(sum)));
    match code {
        FindingCode::Behind => {
            "An apply from this checkout is refused: it would take back what others have applied"
                .to_owned()
        }
        FindingCode::Blocked => format!(
            "{} {} blocked: what {} to is missing or doubled in Marketo",
            counted_entries(count),
            verb("is", "are"),
            verb("it refers", "they refer")
        ),
        FindingCode::AmountFactor => format!(
            "{} {} by a factor of 5 or more{moved}",
            counted(count, "amount"),
            verb("changes", "change")
        ),
        FindingCode::AmountSum => amount_sum(*amount, brief) + &moved,
        FindingCode::Conflict => format!(
            "{} {} changed both in the manifests and in Marketo since the last apply: the manifests win",
            counted(count, "field"),
            verb("was", "were")
        ),
        FindingCode::OverwritesMarketo => format!(
            "{} made in Marketo since the last apply {} overwritten{}",
            counted(count, "edit"),
            verb("is", "are"),
            in_records(places)
        ),
        FindingCode::Recreates => format!(
            "{} that somebody deleted in Marketo {} created again",
            records(""),
            verb("is", "are")
        ),
        FindingCode::KeyChanged => key_changed(&records(""), count, subject),
        FindingCode::DeletesWon => {
            format!("{} {} deleted{worth}", records("won"), verb("is", "are"))
        }
        FindingCode::Reopens => format!(
            "{} {} open again{worth}",
            records("closed"),
            verb("becomes", "become")
        ),
        FindingCode::WinsWithoutAmount => format!(
            "{} {} won without an amount",
            records(""),
            verb("is", "are")
        ),
        FindingCode::PastCloseDate => format!(
            "{} {} a close date in the past{worth}",
            records("open"),
            verb("gets", "get")
        ),
        FindingCode::StageUnknown => format!(
            "{} {} the stage \"{subject}\", which no record has: is it a typo?",
            records(""),
            verb("gets", "get")
        ),
        FindingCode::PrimaryTwice => format!(
            "{} {} primary beside another one",
            records(""),
            verb("becomes", "become")
        ),
        FindingCode::LeftBehind => left_behind(count, subject),
        FindingCode::Unmasked => {
            "It is not known which fields are sensitive: the values of all fields are shown"
                .to_owned()
        }
        FindingCode::UnknownField => format!(
            "`impact` in the configuration names the field {subject}, which this instance does not have"
        ),
        FindingCode::UnappliedCommit => {
            "The manifests have changes that are not committed".to_owned()
        }
    }
}

/// "2 won opportunities", "2 opportunities and 4 roles".
fn records(
    kinds: impl Iterator<Item = &'static ObjectKind>,
    count: usize,
    adjective: &str,
) -> String {
    let mut counts: BTreeMap<&'static ObjectKind, usize> = BTreeMap::new();
    for kind in kinds {
        *counts.entry(kind).or_default() += 1;
    }
    let mut phrases: Vec<String> = counts
        .into_iter()
        .map(|(kind, count)| kind.counted(count))
        .collect();
    if phrases.is_empty() {
        phrases.push(counted(count, "record"));
    }
    for phrase in &mut phrases {
        if let (Some((number, noun)), false) = (phrase.split_once(' '), adjective.is_empty()) {
            *phrase = format!("{number} {adjective} {noun}");
        }
    }
    joined(&phrases)
}

/// How far updates and deletions move the open pipeline.
fn amount_sum(moved: Option<Decimal>, brief: &Brief) -> String {
    let open = brief.pipeline.open.before.amount.unwrap_or_default();
    let percent = |moved: Decimal| {
        moved
            .abs()
            .checked_mul(Decimal::ONE_HUNDRED)?
            .checked_div(open)
    };
    let percent = moved.and_then(percent).map_or_else(
        || "10 % or more".to_owned(),
        |percent| format!("{} %", percent.round()),
    );
    let verb = if moved.is_some_and(|moved| moved.is_sign_negative()) {
        "lower"
    } else {
        "raise"
    };
    format!(
        "Updates and deletions {verb} the open pipeline of {} by {percent}",
        short(open)
    )
}

/// The records that get another key; some of these are named.
fn key_changed(records: &str, count: usize, named: &str) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    let more = if named.matches('→').count() < count {
        ", …"
    } else {
        ""
    };
    format!(
        "{records} {verb} deleted and created again under another key: {named}{more}. What is created again has a new id and no history"
    )
}

/// The records that nothing declares and nothing deletes.
fn left_behind(count: usize, named: &str) -> String {
    let (records, they) = if count == 1 {
        ("1 record is".to_owned(), "it stays")
    } else {
        (format!("{} are", counted(count, "record")), "they stay")
    };
    format!("{records} not declared any more, and without a ledger {they} in Marketo: {named}")
}

/// ", in 7 records", if several fields of one are meant.
fn in_records(places: &[FindingPlace]) -> String {
    let records: BTreeSet<usize> = places.iter().map(|place| place.change).collect();
    if records.len() == places.len() {
        String::new()
    } else {
        format!(", in {}", counted(records.len(), "record"))
    }
}
