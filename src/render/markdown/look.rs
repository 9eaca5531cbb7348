//! What a reviewer looks at first, outside of every fold.

use super::link::name;
use super::page::{Lines, Page, PageSection};
use super::quoting::{code, cut, prose};
use crate::plan::file::{FoundRecord, SavedFinding};
use crate::plan::{FieldChange, MASK};
use crate::render::account::Account;
use crate::render::amounts::value;
use crate::render::plan_facts::PlanFacts;

/// The most findings that are shown.
const FINDINGS: usize = 25;
/// The most records of one finding that are named.
const NAMED: usize = 8;
/// The most characters of a value.
const VALUE: usize = 60;

/// What is said where nothing was found, so that silence is not taken for a check that was not made.
const NOTHING: &str = "The checks found nothing to look at first.";

/// Writes what to look at first.
pub(super) fn look_first(account: &Account<'_>, plan: &PlanFacts, page: &mut Page) {
    let findings = &plan.brief.look_first;
    let is_silent = findings.is_empty() && plan.brief.also_seen.is_empty();
    if is_silent && !account.changes.is_empty() && plan.brief.deleted.is_empty() {
        page.put(PageSection::Look, &format!("{NOTHING}\n\n"));
    }
    let lines = Lines {
        count: findings.len(),
        items: findings.iter().map(|finding| item(finding, account, plan)),
        most: FINDINGS,
        noun: "finding",
    };
    let heading = "> [!IMPORTANT]\n> **Look at these first**";
    page.list(PageSection::Look, heading, "> - ", lines);
}

fn item(finding: &SavedFinding, account: &Account<'_>, plan: &PlanFacts) -> String {
    let text = prose(&finding.text);
    // The sum in brackets is not what is loud.
    let loud = match text.rsplit_once(" (") {
        Some((said, sum)) if finding.amount.is_some() => format!("**{said}** ({sum}"),
        Some(_) | None => format!("**{text}**"),
    };
    let records = finding.records();
    let mut named: Vec<String> = records
        .iter()
        .take(NAMED)
        .filter_map(|record| self::record(record, finding, account, plan))
        .collect();
    let left = records.len() - named.len();
    if left > 0 {
        named.push(format!("… and {left} more"));
    }
    if named.is_empty() {
        loud
    } else {
        format!("{loud}: {}", named.join("; "))
    }
}

fn record(
    record: &FoundRecord<'_>,
    finding: &SavedFinding,
    account: &Account<'_>,
    plan: &PlanFacts,
) -> Option<String> {
    let FoundRecord {
        change,
        fields,
        day,
    } = record;
    let change = account.changes.get(*change)?;
    let mut text = name(change, account.sources, plan.links.as_ref());
    let fields = change
        .fields()
        .iter()
        .filter(|it| fields.contains(&&*it.name));
    let fields: Vec<String> = fields
        .map(|field| {
            let sides = sides(&field, "**");
            if finding.names_fields() {
                format!("{} {sides}", code(&field.name))
            } else {
                sides
            }
        })
        .collect();
    if !fields.is_empty() {
        text.extend([" ", &fields.join(", ")]);
    }
    if let Some(day) = day {
        text.extend([", edited ", &prose(day)]);
    }
    Some(text)
}

/// `before → after`, the new value between these marks; neither of a sensitive field.
pub(super) fn sides(field: &FieldChange, mark: &str) -> String {
    if field.sensitive {
        return MASK.to_owned();
    }
    let shown = |side| prose(&cut(&value(side), VALUE));
    let (before, after) = (shown(&field.before), shown(&field.after));
    format!("{before} → {mark}{after}{mark}")
}
