//! The top of a page: what it is about, and the verdict.

use super::markup::Markup;
use crate::journal::EndReason;
use crate::plan::short_digest;
use crate::render::account::Account;
use crate::render::basis::{loudly, unknown_count};
use crate::render::brief::{count, tally};
use crate::render::counting::not_looked_at;
use crate::render::ending::Verdict;
use crate::render::headline::{digest, is_for_reviewers};
use crate::render::place::short;

/// How a page is to be taken, by a mark and a colour beside the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// There is something to do, and nothing is wrong.
    Plan,
    Good,
    Warning,
    Bad,
}

impl Tone {
    /// The tone of a report.
    pub(super) fn of(account: &Account<'_>) -> Self {
        let ending = account.ending.map(|ending| ending.verdict);
        let is_refused = account
            .plan
            .as_ref()
            .is_some_and(|plan| !plan.refusals.is_empty());
        match ending {
            Some(Verdict::Refused | Verdict::Failed | Verdict::Stale) => return Self::Bad,
            Some(Verdict::Partial) => return Self::Warning,
            Some(Verdict::Well) | None => {}
        }
        let Some(run) = account.run else {
            return if is_refused { Self::Bad } else { Self::Plan };
        };
        let tally = account.tally();
        let is_finished = run.end.is_some_and(|end| end.how == EndReason::Finished);
        if tally.is_complete() && is_finished {
            Self::Good
        } else {
            Self::Warning
        }
    }

    /// Its class and its mark.
    fn shown(self) -> (&'static str, &'static str) {
        match self {
            Self::Plan => ("plan", "→"),
            Self::Good => ("good", "✓"),
            Self::Warning => ("warning", "!"),
            Self::Bad => ("bad", "✕"),
        }
    }
}

/// Writes the top of a page.
pub(super) fn head(account: &Account<'_>, verdict: &str, tone: Tone, page: &mut Markup) {
    page.raw("<header class=\"top\"><p class=\"about\"><span class=\"brand\">oppctl ");
    page.text(account.command).raw("</span>");
    about(account, page);
    page.raw("</p><div class=\"tools\" hidden><button type=\"button\" id=\"print\">Print</button> <button type=\"button\" id=\"copy\">Copy link</button> <button type=\"button\" id=\"theme\">Theme: system</button></div></header>");
    let (class, mark) = tone.shown();
    page.raw("<div class=\"verdict\"><span aria-hidden=\"true\"")
        .attribute("class", &format!("mark {class}"));
    page.raw(">").raw(mark).raw("</span><h1 id=\"verdict\">");
    page.text(verdict).raw("</h1></div>");
    let lead = lead(account);
    if !lead.is_empty() {
        page.raw("<p class=\"lead\">").text(&lead).raw("</p>");
    }
    if let Some(next) = account.next() {
        page.raw("<p class=\"next\"><b>Next:</b> ")
            .advice(&next)
            .raw("</p>");
    }
}

/// Where this is, and of which plan, commit and run.
fn about(account: &Account<'_>, page: &mut Markup) {
    if let Some(instance) = account.instance {
        page.raw(" <span><b>").text(instance.name).raw("</b>");
        if !instance.place.is_empty() {
            page.raw(" ").text(instance.place);
        }
        page.raw("</span>");
    }
    let plan = account.plan.as_ref();
    let run = account.run.map(|run| run.head);
    let mut item = |word: &'static str, text: &str| {
        page.raw(" <span>").raw(word).raw(" <code>");
        page.text(text).raw("</code></span>");
    };
    if let Some(digest) = digest(account) {
        item("plan", &short_digest(digest));
    }
    let commit = match run {
        Some(run) => run.commit.as_deref(),
        None => plan.and_then(|plan| plan.commit.as_deref()),
    };
    if let Some(commit) = commit {
        item("commit", &short(commit));
    }
    if let Some(run) = run {
        item("run", run.id.as_str());
        item("by", &format!("{}@{}", run.owner.user, run.owner.host));
        item("began", &run.began.strftime("%F %TZ").to_string());
    }
    let undone = plan.and_then(|plan| plan.undoes.as_ref());
    let undone = undone.map(|undone| &*undone.run);
    let undone = undone.or_else(|| Some(run?.undoes.as_ref()?.as_str()));
    if let Some(undone) = undone {
        item("undoes run", undone);
    }
}

/// What the verdict does not say: what a refused plan would do, what stays, how long a run took.
fn lead(account: &Account<'_>) -> String {
    if let Some(run) = account.run {
        return run.end.map_or_else(String::new, |end| {
            let took = end.time.duration_since(run.head.began).as_secs_f64();
            format!("{} API calls in {took:.1} s.", count(end.calls))
        });
    }
    let Some(plan) = &account.plan else {
        return String::new();
    };
    let changes = tally(account.changes, "");
    let is_said = is_for_reviewers(account) && plan.refusals.is_empty();
    let mut said: Vec<String> = loudly(plan.basis.as_ref()).into_iter().collect();
    if !is_said && !changes.is_empty() {
        let what = if plan.undoes.is_some() {
            "The undo"
        } else {
            "The plan"
        };
        said.push(format!("{what} {changes}."));
    }
    let stay = match plan.unchanged {
        1 => "record stays",
        _ => "records stay",
    };
    let left = not_looked_at(plan.part.as_ref()) + &unknown_count(plan.not_known);
    said.push(format!(
        "{} {stay} as declared{left}.",
        count(plan.unchanged)
    ));
    said.join(" ")
}
