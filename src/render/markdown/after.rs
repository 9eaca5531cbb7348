//! What an apply has done: first what was rejected and what nobody knows, then what was not attempted, then what is done.

use super::inert::{code, prose};
use super::page::{Lines, Page, Place};
use super::record::{LISTED, at, named};
use crate::api::{Reason, meaning};
use crate::apply::Outcome;
use crate::plan::{Action, Change, masked};
use crate::render::account::{Account, Ran, why_not};
use crate::render::words::counted;

/// Writes what became of the changes.
pub(super) fn outcomes(account: &Account<'_>, run: Ran<'_>, page: &mut Page) {
    for list in [
        List::Rejected,
        List::Unknown,
        List::NotAttempted,
        List::Done,
    ] {
        list.write(account, run, page);
    }
    let adopted = account.adopted.len();
    if adopted > 0 {
        let adopted = counted(adopted, "record");
        page.put(
            Place::Notes,
            &format!("{adopted} adopted without a write.\n\n"),
        );
    }
    if let Some(plan) = &account.plan {
        let lines = Lines {
            count: plan.notes.len(),
            items: plan.notes.iter().map(|note| prose(note)),
            most: usize::MAX,
            noun: "note",
        };
        page.list(Place::Notes, "**Notes**", "- ", lines);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    Rejected,
    Unknown,
    NotAttempted,
    Done,
}

impl List {
    fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Rejected { .. } => Self::Rejected,
            Outcome::Unknown { .. } => Self::Unknown,
            Outcome::NotAttempted(_) => Self::NotAttempted,
            Outcome::Applied { .. } => Self::Done,
        }
    }

    fn write(self, account: &Account<'_>, run: Ran<'_>, page: &mut Page) {
        let members = account.changes.iter().zip(run.outcomes);
        let members = members.filter(|(_, outcome)| Self::of(outcome) == self);
        let count = members.clone().count();
        let (at, heading, mark, most) = match self {
            Self::Rejected => (
                Place::Failed,
                format!("> [!CAUTION]\n> **{count} rejected:**"),
                "> - ",
                usize::MAX,
            ),
            Self::Unknown => (
                Place::Unknown,
                format!(
                    "> [!CAUTION]\n> **{count} unknown:** they may or may not have been written. A further plan reads them and shows what is left to do."
                ),
                "> - ",
                usize::MAX,
            ),
            Self::NotAttempted => (
                Place::NotAttempted,
                format!("**Not attempted** ({count})"),
                "- ",
                LISTED,
            ),
            Self::Done => (Place::Names(0), format!("**Done** ({count})"), "- ", LISTED),
        };
        let items = members.map(|(change, outcome)| item(change, outcome, account));
        let lines = Lines {
            count,
            items,
            most,
            noun: "record",
        };
        page.list(at, &heading, mark, lines);
    }
}

fn item(change: &Change, outcome: &Outcome, account: &Account<'_>) -> String {
    let at = || at(change, account.sources);
    let name = named(change);
    match outcome {
        Outcome::Applied { .. } => format!("{} {name}", participle(&change.action)),
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
        Outcome::Unknown { why } => format!("{name} ({}): {}", at(), prose(&masked(why, [change]))),
        Outcome::Rejected {
            reasons,
            request_id,
        } => {
            let reasons = reasons.iter().map(
                |Reason {
                     code: number,
                     message,
                 }| {
                    let message = prose(&masked(message, [change]));
                    let known = meaning(number);
                    let known = known.map_or_else(String::new, |known| {
                        format!(": {}; {}", known.meaning, known.advice)
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

fn participle(action: &Action) -> &'static str {
    match action {
        Action::Create { .. } => "created",
        Action::Adopt { .. } => "adopted",
        Action::Update { .. } => "updated",
        Action::Delete { .. } => "**deleted**",
    }
}
