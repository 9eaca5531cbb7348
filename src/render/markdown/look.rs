//! What a reviewer looks at first, outside of every fold.

use super::link::name;
use super::page::{Lines, Page, PageSection};
use super::quoting::{cut, prose};
use crate::plan::file::{SavedFinding, SavedFindingPlace};
use crate::plan::{FieldChange, MASK};
use crate::render::account::Account;
use crate::render::brief::value;
use crate::render::plan_facts::PlanFacts;

/// The most findings that are shown.
const FINDINGS: usize = 25;
/// The most changes of one finding that are named.
const NAMED: usize = 5;
/// The most characters of a value.
const VALUE: usize = 60;

/// Writes what to look at first.
pub(super) fn look_first(account: &Account<'_>, plan: &PlanFacts, page: &mut Page) {
    let findings = &plan.brief.look_first;
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
    let places = finding.changes.iter().take(NAMED);
    let mut named: Vec<String> = places
        .filter_map(|place| self::place(place, account, plan))
        .collect();
    let left = finding.changes.len() - named.len();
    if left > 0 {
        named.push(format!("… and {left} more"));
    }
    if named.is_empty() {
        loud
    } else {
        format!("{loud}: {}", named.join("; "))
    }
}

fn place(place: &SavedFindingPlace, account: &Account<'_>, plan: &PlanFacts) -> Option<String> {
    let SavedFindingPlace { change, field, day } = place;
    let change = account.changes.get(*change)?;
    let mut text = name(change, account.sources, plan.links.as_ref());
    let field = field.as_deref().and_then(|field| {
        let mut fields = change.fields().iter();
        fields.find(|it| *it.name == *field)
    });
    if let Some(field) = field {
        text.extend([" ", &sides(field, "**")]);
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
