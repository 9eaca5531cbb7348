//! The outcomes of a run: first what was rejected and what is unknown, then what was not attempted, then what was applied.

use super::page::{Lines, Page, PageSection};
use super::quoting::{advice, code, prose};
use super::record::{at, named};
use crate::api::{Reason, meaning_of_write};
use crate::apply::Outcome;
use crate::plan::{ActionName, Change};
use crate::render::account::{Account, RunFacts, why_not};
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
            let record = code(&format!("{} {}", kept.kind.name, kept.key));
            format!("{record}: {}", in_the_ledger(kept.action))
        }),
        most: usize::MAX,
        noun: "record",
    };
    page.list(PageSection::Names(4), "**In the ledger**", "- ", lines);
    if let Some(plan) = &account.plan {
        let lines = Lines {
            count: plan.notes.len(),
            items: plan
                .notes
                .iter()
                .map(|note| advice(&account.invocation.completed(note))),
            most: usize::MAX,
            noun: "note",
        };
        page.list(PageSection::Notes, "**Notes**", "- ", lines);
    }
}

fn write_list(list: OutcomeList, account: &Account<'_>, run: RunFacts<'_>, page: &mut Page) {
    let members = list.members(account.changes, run.outcomes);
    let count = members.len();
    let (at, heading, mark, most) = match list {
        OutcomeList::Rejected => (
            PageSection::Failed,
            format!("> [!CAUTION]\n> **{count} rejected:**"),
            "> - ",
            usize::MAX,
        ),
        OutcomeList::Unknown => (
            PageSection::Unknown,
            format!(
                "> [!CAUTION]\n> **{count} unknown:** they may or may not have been written. A further plan reads them and shows what is left to do."
            ),
            "> - ",
            usize::MAX,
        ),
        OutcomeList::NotAttempted => (
            PageSection::NotAttempted,
            format!("**Not attempted** ({count})"),
            "- ",
            LISTED,
        ),
        OutcomeList::Applied => (
            PageSection::Names(0),
            format!("**Done** ({count})"),
            "- ",
            LISTED,
        ),
    };
    let lines = Lines {
        count,
        items: members
            .iter()
            .map(|(change, outcome)| item(change, outcome, account)),
        most,
        noun: "record",
    };
    page.list(at, &heading, mark, lines);
}

fn item(change: &Change, outcome: &Outcome, account: &Account<'_>) -> String {
    let at = || at(change, account.sources);
    let name = named(change);
    match outcome {
        Outcome::Applied { .. } => {
            let action = change.action.name();
            let word = participle(action);
            match action {
                ActionName::Delete => format!("**{word}** {name}"),
                ActionName::Create | ActionName::Adopt | ActionName::Update => {
                    format!("{word} {name}")
                }
            }
        }
        Outcome::NotAttempted(why) => {
            format!(
                "{name}: {}",
                prose(&why_not(
                    *why,
                    account.changes,
                    account.run.and_then(|run| run.end)
                ))
            )
        }
        Outcome::Unknown { why } => format!("{name} ({}): {}", at(), prose(why)),
        Outcome::Rejected {
            reasons,
            request_id,
        } => {
            let reasons = reasons.iter().map(
                |Reason {
                     code: number,
                     message,
                 }| {
                    let message = prose(&account.mask.text(message));
                    let known = meaning_of_write(number, change.verb(), change.kind);
                    let known = known.map_or_else(String::new, |known| {
                        let way = account.invocation.completed(&known.advice);
                        format!(": {}; {way}", known.meaning)
                    });
                    format!("{} {message}{known}", code(number))
                },
            );
            let reasons: Vec<String> = reasons.collect();
            let request = request_id
                .as_deref()
                .map_or_else(String::new, |id| format!(" (request {})", code(id)));
            format!("{name} ({}): {}{request}", at(), reasons.join("; "))
        }
    }
}
