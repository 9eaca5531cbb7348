//! The outcomes of a run: first what was rejected and what is unknown, then what was not attempted, then what was applied.

use super::page::{Lines, Page, PageSection};
use super::quoting::{advice, code, prose};
use super::record::{at, named};
use crate::model::grouped;
use crate::plan::{ActionName, Change};
use crate::render::account::{Account, RunFacts};
use crate::render::causes::{Cause, CauseReason};
use crate::render::counting::{counted, participle};
use crate::render::ledger_changes::in_the_ledger;
use crate::render::outcome_list::OutcomeList;
use crate::render::shortened::LISTED;

/// Writes what became of the changes.
pub(super) fn outcomes(account: &Account<'_>, run: RunFacts<'_>, page: &mut Page) {
    let lists = OutcomeList::NOT_APPLIED.into_iter();
    for list in lists.chain([OutcomeList::Applied]) {
        write_list(list, account, run, page);
    }
    let adopted = account.adopted.len();
    if adopted > 0 {
        let adopted = counted(adopted, "record");
        page.put(
            PageSection::Notes,
            &format!("{adopted} adopted without a write.\n\n"),
        );
    }
    let of_ledger = account.ledger.iter();
    let lines = Lines {
        count: account.ledger.len(),
        items: of_ledger.map(|kept| {
            let record = code(&format!("{} {}", kept.kind.noun, kept.key));
            format!("{record}: {}", in_the_ledger(kept.action))
        }),
        most: usize::MAX,
        noun: "record",
    };
    page.list(PageSection::Names(4), "**In the ledger**", "- ", lines);
    if let Some(plan) = &account.plan {
        let lines = Lines {
            count: plan.asides().count(),
            items: plan
                .asides()
                .map(|note| advice(&account.invocation.completed(&note))),
            most: usize::MAX,
            noun: "note",
        };
        page.list(PageSection::Notes, "**Notes**", "- ", lines);
    }
}

fn write_list(list: OutcomeList, account: &Account<'_>, run: RunFacts<'_>, page: &mut Page) {
    if list != OutcomeList::Applied {
        return write_causes(list, account, run, page);
    }
    let members = list.members(account.changes, run.outcomes);
    let count = members.len();
    let lines = Lines {
        count,
        items: members.iter().map(|(change, _)| done(change)),
        most: LISTED,
        noun: "record",
    };
    page.list(
        PageSection::Names(0),
        &format!("**Done** ({})", grouped(count)),
        "- ",
        lines,
    );
}

/// Writes each cause once, with the records that it has met.
fn write_causes(list: OutcomeList, account: &Account<'_>, run: RunFacts<'_>, page: &mut Page) {
    let causes = account.causes(list, run);
    let count: usize = causes.iter().map(|cause| cause.members.len()).sum();
    let (at, heading, mark) = match list {
        OutcomeList::Rejected => (
            PageSection::Failed,
            format!("> [!CAUTION]\n> **{} rejected:**", grouped(count)),
            "> - ",
        ),
        OutcomeList::Unknown => (
            PageSection::Unknown,
            format!(
                "> [!CAUTION]\n> **{} unknown:** they may or may not have been written. A further plan reads them and shows what is left to do.",
                grouped(count)
            ),
            "> - ",
        ),
        OutcomeList::NotAttempted | OutcomeList::Applied => (
            PageSection::NotAttempted,
            format!("**Not attempted** ({})", grouped(count)),
            "- ",
        ),
    };
    // What was not attempted is planned again, whatever it was.
    let most = match list {
        OutcomeList::Rejected | OutcomeList::Unknown => KEYS / causes.len().max(1),
        OutcomeList::NotAttempted | OutcomeList::Applied => 0,
    };
    let lines = Lines {
        count: causes.len(),
        items: causes.iter().map(|cause| item(cause, account, most)),
        most: usize::MAX,
        noun: "cause",
    };
    page.list(at, &heading, mark, lines);
}

/// The most records of one cause that are named with their places, the most values, and the most further keys of all causes.
const NAMED: usize = 5;
const KEYS: usize = 1_000;
const VALUES: usize = 8;

/// A cause, what can be done about it, and the records that it has met.
fn item(cause: &Cause, account: &Account<'_>, most: usize) -> String {
    let reasons = cause.reasons.iter().map(|reason| {
        let CauseReason {
            code: number,
            message,
            meaning,
            advice: way,
        } = reason;
        let mut text = String::new();
        if let Some(number) = number {
            text.extend([&code(number), " "]);
        }
        text.push_str(&prose(message));
        if let Some(meaning) = meaning {
            text.extend([": ", meaning]);
        }
        if let Some(way) = way {
            text.extend(["; ", &advice(way)]);
        }
        text
    });
    let reasons: Vec<String> = reasons.collect();
    let mut text = cause
        .who
        .as_ref()
        .map_or_else(String::new, |who| format!("{who}, because "));
    text.push_str(&reasons.join("; "));
    if let Some(values) = cause.listed_values(VALUES) {
        text.extend([" (", &prose(&values), ")"]);
    }
    if !cause.names_members(NAMED) {
        return text;
    }
    let members = cause
        .members
        .iter()
        .filter_map(|index| account.changes.get(*index));
    let placed = members
        .clone()
        .take(NAMED)
        .map(|change| format!("{} ({})", named(change), at(change, account.sources)));
    let others = members
        .skip(NAMED)
        .take(most)
        .map(|change| code(&change.shown));
    let mut named: Vec<String> = placed.chain(others).collect();
    let left = cause.members.len() - named.len();
    if left > 0 {
        named.push(format!("… and {} more", grouped(left)));
    }
    text.extend([" — ", &named.join(", ")]);
    if let Some(request) = &cause.request {
        text.extend([" (request ", &code(request), ")"]);
    }
    text
}

fn done(change: &Change) -> String {
    let (action, name) = (change.action.name(), named(change));
    let word = participle(action);
    match action {
        ActionName::Delete => format!("**{word}** {name}"),
        ActionName::Create | ActionName::Adopt | ActionName::Update => format!("{word} {name}"),
    }
}
