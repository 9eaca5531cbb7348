//! Why changes were not applied: each cause once, with the changes that it stopped.

use std::collections::BTreeMap;

use super::data::RowData;
use super::look::row_links;
use super::markup::Markup;
use super::rows::word;
use crate::api::{Reason, meaning_of_write};
use crate::apply::Outcome;
use crate::plan::Change;
use crate::render::account::{Account, RunFacts};
use crate::render::run_report::not_attempted;

/// The most causes that are shown.
const CAUSES: usize = 20;
/// The most messages of one cause that are shown.
const MESSAGES: usize = 5;

/// The reason of a rejection, in words.
pub(super) struct Told {
    code: String,
    message: String,
    /// What the code means, and what to do.
    meaning: String,
    advice: String,
}

/// What stopped some changes.
struct Cause {
    outcome: &'static str,
    title: String,
    advice: String,
    /// The messages of Marketo, with their counts.
    messages: BTreeMap<String, usize>,
    rows: Vec<usize>,
}

/// The reason of a rejection, without sensitive values.
pub(super) fn told(reason: &Reason, change: &Change, account: &Account<'_>) -> Told {
    let known = meaning_of_write(&reason.code, change.verb(), change.kind);
    let (meaning, advice) = known.map_or_else(Default::default, |known| {
        let advice = account.invocation.completed(&known.advice);
        (known.meaning.to_owned(), advice.into_owned())
    });
    Told {
        code: reason.code.to_string(),
        message: account.mask.text(&reason.message).into_owned(),
        meaning,
        advice,
    }
}

impl Told {
    /// "1014 Object creation failed: Marketo could not create the record".
    pub(super) fn in_one_line(&self) -> String {
        let Self {
            code,
            message,
            meaning,
            advice: _,
        } = self;
        if meaning.is_empty() {
            format!("{code} {message}")
        } else {
            format!("{code} {message}: {meaning}")
        }
    }
}

/// Writes the causes, the gravest outcomes first.
pub(super) fn causes(account: &Account<'_>, rows: &[RowData], page: &mut Markup) {
    let Some(run) = account.run else {
        return;
    };
    let causes = collected(account, run);
    if causes.is_empty() {
        return;
    }
    page.raw("<section class=\"panel causes\" aria-labelledby=\"causes\"><h2 id=\"causes\">Not applied</h2><ul class=\"findings\">");
    for cause in causes.iter().take(CAUSES) {
        let Cause {
            outcome,
            title,
            advice,
            messages,
            rows: members,
        } = cause;
        page.raw("<li><p class=\"finding\"><strong>")
            .count(members.len())
            .raw(" ")
            .text(outcome)
            .raw(":</strong> ")
            .text(title)
            .raw("</p>");
        if !advice.is_empty() {
            page.raw("<p class=\"advice\">→ ")
                .advice(advice)
                .raw("</p>");
        }
        if messages.len() > 1 {
            page.raw("<ul class=\"messages\">");
            for (message, count) in messages.iter().take(MESSAGES) {
                page.raw("<li>").text(message);
                if *count > 1 {
                    page.raw(" × ").count(*count);
                }
                page.raw("</li>");
            }
            if let Some(more @ 1..) = messages.len().checked_sub(MESSAGES) {
                page.raw("<li>… and ")
                    .count(more)
                    .raw(" more messages</li>");
            }
            page.raw("</ul>");
        }
        row_links(members.iter().map(|index| (*index, None)), rows, page);
        page.raw("</li>");
    }
    if let Some(more @ 1..) = causes.len().checked_sub(CAUSES) {
        page.raw("<li>… and ").count(more).raw(" more causes</li>");
    }
    page.raw("</ul></section>");
}

fn collected(account: &Account<'_>, run: RunFacts<'_>) -> Vec<Cause> {
    let mut causes: BTreeMap<(usize, String), Cause> = BTreeMap::new();
    let is_canary = run.end.is_some_and(|end| end.how.is_canary());
    let pairs = account.changes.iter().zip(run.outcomes);
    for (index, (change, outcome)) in pairs.enumerate() {
        let (rank, title, told) = match outcome {
            Outcome::Applied { .. } => continue,
            Outcome::Rejected { reasons, .. } => {
                let told = reasons.first().map(|reason| told(reason, change, account));
                let title = told.as_ref().map_or_else(String::new, |told| {
                    format!("{} {}", told.code, shape(&told.message))
                });
                (0, title, told)
            }
            Outcome::Unknown { why } => {
                let after = "it may or may not have been written; a further plan reads it";
                (1, format!("{why}: {after}"), None)
            }
            Outcome::NotAttempted(why) => {
                let name = |index: usize| format!("its {}", account.changes[index].kind.name);
                (2, not_attempted(*why, is_canary, name), None)
            }
        };
        let cause = causes
            .entry((rank, title))
            .or_insert_with_key(|(_, title)| Cause {
                outcome: word(outcome),
                title: title.clone(),
                advice: String::new(),
                messages: BTreeMap::new(),
                rows: Vec::new(),
            });
        cause.rows.push(index);
        if let Some(told) = told {
            cause.advice = if told.meaning.is_empty() || told.advice.is_empty() {
                format!("{}{}", told.meaning, told.advice)
            } else {
                format!("{}; {}", told.meaning, told.advice)
            };
            *cause.messages.entry(told.message).or_default() += 1;
        }
    }
    let mut causes: Vec<((usize, String), Cause)> = causes.into_iter().collect();
    causes.sort_by_key(|((rank, _), cause)| (*rank, usize::MAX - cause.rows.len()));
    let causes = causes.into_iter().map(|(_, mut cause)| {
        // A message that all have in common is the title, with its values.
        if let (Some((message, _)), 1) = (cause.messages.first_key_value(), cause.messages.len())
            && let Some((code, _)) = cause.title.split_once(' ')
        {
            cause.title = format!("{code} {message}");
        }
        cause
    });
    causes.collect()
}

/// A message without its numbers, so that messages about different records are alike.
fn shape(message: &str) -> String {
    let mut shape = String::with_capacity(message.len());
    for character in message.chars() {
        if !character.is_ascii_digit() {
            shape.push(character);
        } else if !shape.ends_with('…') {
            shape.push('…');
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn messages_about_different_records_are_alike() {
        assert_eq!(shape("Lead 456350 not found"), "Lead … not found");
        assert_eq!(shape("Lead 7 not found"), "Lead … not found");
    }
}
