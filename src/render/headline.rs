//! The verdict on a plan or a run, in the words that every format of a report has: the title of a page, and the line by which a
//! program finds a page again.

use crate::plan::{ActionName, Counts};

use super::account::Account;
use super::brief::count;
use super::counting::{counted, infinitive, tallied};
use super::ending::Verdict;
use super::run_words::RunResult;

/// The most characters of a name in the first line of a page.
const NAME: usize = 160;

/// The first line of a page, a comment of HTML.
pub(super) fn header(account: &Account<'_>) -> String {
    let fingerprint = account
        .instance
        .map_or("none", |instance| instance.fingerprint);
    let digest = digest(account).unwrap_or("none");
    let (fingerprint, digest) = (token(fingerprint), token(digest));
    let command = account.command;
    format!("<!-- oppctl:v1 instance={fingerprint} digest={digest} command={command} -->\n")
}

/// The verdict on what a command came to; `mark` stands around what is loud.
pub(super) fn headline(account: &Account<'_>, mark: &str) -> String {
    match account.result() {
        None => planned(account, mark),
        Some(result) => done(account, result, mark),
    }
}

/// The verdict as plain text: of a plan for reviewers that of its brief.
pub(super) fn plain_headline(account: &Account<'_>) -> String {
    match &account.plan {
        Some(plan) if is_for_reviewers(account) => plan.brief.verdict.clone(),
        Some(_) | None => headline(account, ""),
    }
}

/// What a command came to, in the sentence that the terminal, documents and the outputs of a step have.
#[must_use]
pub fn verdict(account: &Account<'_>) -> String {
    match account.result() {
        Some(result) => result.verdict(),
        None => plain_headline(account),
    }
}

/// Whether a report is a plan for reviewers, and not what became of a command that was to send something or that failed.
pub(super) fn is_for_reviewers(account: &Account<'_>) -> bool {
    let is_plan = account.plan.is_some() && account.run.is_none() && account.command != "apply";
    let ending = account.ending;
    let verdict = ending.map_or(Verdict::Well, |ending| ending.verdict);
    let has_failed = ending.is_some_and(|ending| ending.failure.is_some());
    let is_well = match verdict {
        Verdict::Well | Verdict::Partial => !has_failed,
        Verdict::Refused => true,
        Verdict::Stale | Verdict::Failed => false,
    };
    is_plan && is_well && account.complaints.is_empty()
}

/// The name of an instance or a digest in a comment of HTML: nothing in it can end the comment.
fn token(text: &str) -> String {
    let text = text.chars().take(NAME);
    let kept = text.map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    kept.collect()
}

/// The digest of the plan, if there is one.
pub(super) fn digest<'a>(account: &'a Account<'_>) -> Option<&'a str> {
    match account.run {
        Some(run) => run.head.digest.as_deref(),
        None => account.plan.as_ref().map(|plan| plan.digest.as_str()),
    }
}

/// The verdict on what was not sent.
fn planned(account: &Account<'_>, mark: &str) -> String {
    let counts = loud(Counts::of(account.changes), infinitive, mark);
    let plan = account.plan.as_ref();
    let refused = plan.is_some_and(|plan| !plan.refusals.is_empty());
    let ledger = plan.map_or(0, |plan| plan.ledger.len());
    let ending = account.ending;
    let (word, rest) = match ending.map_or(Verdict::Well, |ending| ending.verdict) {
        _ if !account.complaints.is_empty() => {
            let problems = counted(account.complaints.len(), "problem");
            return format!("{mark}{problems} in the manifests{mark}");
        }
        Verdict::Stale => ("stale", ", nothing was sent"),
        Verdict::Refused => ("refused", ""),
        Verdict::Well | Verdict::Partial | Verdict::Failed if refused => ("refused", ""),
        Verdict::Failed if ending.is_some_and(|ending| ending.failure.is_none()) => {
            ("nothing was sent", "")
        }
        Verdict::Failed => ("failed", ""),
        // Only the plan of an undo, which leaves something.
        Verdict::Partial => ("incomplete", ""),
        Verdict::Well if counts.is_empty() && ledger > 0 => {
            return format!("no changes in Marketo, {} in the ledger", count(ledger));
        }
        Verdict::Well if counts.is_empty() => return "no changes".to_owned(),
        Verdict::Well if ledger > 0 => {
            return format!("{counts}, {} more in the ledger", count(ledger));
        }
        Verdict::Well => return counts,
    };
    let verdict = format!("{mark}{word}{mark}{rest}");
    if counts.is_empty() {
        verdict
    } else {
        format!("{verdict} ({counts})")
    }
}

/// The verdict on a run: the sentence of the terminal, with its opening loud.
fn done(account: &Account<'_>, result: RunResult<'_>, mark: &str) -> String {
    let verdict = result.verdict();
    let verdict = verdict.trim_end_matches('.');
    let mut text = match verdict.split_once(": ") {
        Some((opening, rest)) => format!("{mark}{opening}{mark}: {rest}"),
        None => format!("{mark}{verdict}{mark}"),
    };
    let is_partial = account
        .ending
        .is_some_and(|ending| ending.verdict == Verdict::Partial);
    if is_partial && result.is_complete() {
        text.push_str("; not all of it was undone");
    }
    text
}

/// "2 to create, **3 to delete**": the deletions are loud.
fn loud(counts: Counts, word: fn(ActionName) -> &'static str, mark: &str) -> String {
    let deleted = counts.delete;
    let others = Counts {
        delete: 0,
        ..counts
    };
    let mut text = tallied(others, word);
    if deleted > 0 {
        let comma = if text.is_empty() { "" } else { ", " };
        let word = word(ActionName::Delete);
        text.extend([comma, mark, &count(deleted), " ", word, mark]);
    }
    text
}
