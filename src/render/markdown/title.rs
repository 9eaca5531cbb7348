//! The first lines of a page, and its last one: the verdict, the counts, the instance, and how to go on.

use super::page::{Page, PageSection};
use super::quoting::{code, command_code, token};
use crate::journal::EndReason;
use crate::model::shell_word;
use crate::plan::{ActionName, Counts, Permits};
use crate::render::account::{Account, RunFacts, Verdict};
use crate::render::brief::{count, tally, verdict};
use crate::render::counting::{counted, infinitive, participle, share, tallied};
use crate::render::flags::with_undeclared_flag;
use crate::render::place::short;
use crate::render::plan_facts::{PlanFacts, UndoFacts};

/// Writes the header, the title with the verdict, and where and what this is.
pub(super) fn title(account: &Account<'_>, page: &mut Page) {
    let fingerprint = account
        .instance
        .map_or("none", |instance| instance.fingerprint);
    let digest = digest(account).unwrap_or("none");
    let (fingerprint, digest) = (token(fingerprint), token(digest));
    let command = account.command;
    let header =
        format!("<!-- oppctl:v1 instance={fingerprint} digest={digest} command={command} -->\n");
    page.put(PageSection::Header, &header);
    let verdict = match account.run {
        None => planned(account),
        Some(run) => done(account, run),
    };
    if is_for_reviewers(account)
        && let (Some(plan), Some(instance)) = (&account.plan, account.instance)
    {
        return reviewed(account, plan, &code(instance.name), page);
    }
    let title = format!("### oppctl {}: {verdict}\n\n", account.command);
    page.put(PageSection::Title, &title);
    let mut lead = about(account);
    if !lead.is_empty() {
        lead.push_str(". ");
    }
    lead.push_str(&costs(account));
    page.put(PageSection::Title, &format!("{}\n\n", lead.trim_end()));
}

/// The instance, the commit and the runs that a page is about.
fn about(account: &Account<'_>) -> String {
    let mut said = Vec::new();
    if let Some(instance) = account.instance {
        let (name, place) = (code(instance.name), instance.place);
        said.push(if place.is_empty() {
            format!("Instance {name}")
        } else {
            format!("Instance {name} ({})", code(place))
        });
    }
    let plan = account.plan.as_ref();
    let head = account.run.map(|run| run.head);
    let commit = match head {
        Some(head) => head.commit.as_deref(),
        None => plan.and_then(|plan| plan.commit.as_deref()),
    };
    said.extend(commit.map(|commit| format!("commit {}", code(&short(commit)))));
    if let Some(head) = head {
        said.push(format!("run {}", code(head.id.as_str())));
    }
    let undone = plan.and_then(|plan| plan.undoes.as_ref());
    said.extend(undone.map(|undo| format!("undoes the run {}", code(&undo.run))));
    said.join(", ")
}

/// Whether a page is a plan for reviewers, and not what became of a command that was to send something or that failed.
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

/// Writes the title of a plan for reviewers, and how much stays as it is.
fn reviewed(account: &Account<'_>, plan: &PlanFacts, instance: &str, page: &mut Page) {
    let is_refused = !plan.refusals.is_empty();
    let is_undo = plan.undoes.is_some();
    let ending = account.ending;
    let is_partial = ending.is_some_and(|ending| ending.verdict == Verdict::Partial);
    let verdict = verdict(
        account.changes,
        plan.ledger.len(),
        [is_refused, is_undo],
        "**",
    );
    let verdict = match verdict.split_once(": ") {
        Some((_, what)) if is_refused => format!("🛑 **refused** — {what}"),
        _ if is_partial => format!("**incomplete**: {verdict}"),
        _ => verdict,
    };
    let command = account.command;
    let title = format!("### oppctl {command} for {instance}: {verdict}\n\n");
    page.put(PageSection::Title, &title);
    let mut said = String::new();
    let changes = tally(account.changes, "**");
    if is_refused && !changes.is_empty() {
        let what = if is_undo { "The undo" } else { "This change" };
        said = format!("{what} {changes}. ");
    }
    let stay = if plan.unchanged == 1 { "stays" } else { "stay" };
    let noun = if plan.unchanged == 1 {
        "record"
    } else {
        "records"
    };
    let unchanged = count(plan.unchanged);
    let text = format!("{said}{unchanged} {noun} {stay} as declared.\n\n");
    page.put(PageSection::Title, &text);
}

/// Says what is done with a plan for reviewers, and what it is about.
fn reviewed_footer(account: &Account<'_>, plan: &PlanFacts, instance: &str, page: &mut Page) {
    let is_idle = account.changes.is_empty() && plan.ledger.is_empty();
    let mut text = String::new();
    if plan.refusals.is_empty() && !is_idle {
        if plan.undoes.is_none() {
            let short: String = plan.digest.chars().take(8).collect();
            text = format!(
                "On merge, CI applies exactly this plan ({}). If anything it rests on has changed by then, nothing is sent.\n\n",
                code(&short)
            );
        }
        let command = account.invocation.command(&command(plan, instance));
        let command = command_code(&command);
        text.extend([
            "<details>\n<summary>Apply by hand</summary>\n\nTo apply exactly this plan: ",
            &command,
            "\n\n</details>\n\n",
        ]);
    }
    text.extend([&about(account), ". "]);
    if !account.changes.is_empty() {
        let (needed, daily) = (plan.costs.apply, plan.costs.daily);
        let (calls, share) = (counted(needed, "API call"), share(needed, daily));
        text.extend([
            "An apply takes ",
            &calls,
            ", ",
            &share,
            " of the daily quota.",
        ]);
    }
    page.put(PageSection::Footer, &format!("{}\n", text.trim_end()));
}

/// "2 to create, **3 to delete**": the deletions are loud.
fn loud(counts: Counts, word: fn(ActionName) -> &'static str) -> String {
    let deleted = counts.delete;
    let others = Counts {
        delete: 0,
        ..counts
    };
    let mut text = tallied(others, word);
    if deleted > 0 {
        let comma = if text.is_empty() { "" } else { ", " };
        let word = word(ActionName::Delete);
        text.extend([comma, "**", &deleted.to_string(), " ", word, "**"]);
    }
    text
}

fn digest<'a>(account: &'a Account<'_>) -> Option<&'a str> {
    match account.run {
        Some(run) => run.head.digest.as_deref(),
        None => account.plan.as_ref().map(|plan| plan.digest.as_str()),
    }
}

/// The verdict on what was not sent.
fn planned(account: &Account<'_>) -> String {
    let counts = loud(Counts::of(account.changes), infinitive);
    let plan = account.plan.as_ref();
    let refused = plan.is_some_and(|plan| !plan.refusals.is_empty());
    let ledger = plan.map_or(0, |plan| plan.ledger.len());
    let ending = account.ending;
    let verdict = match ending.map_or(Verdict::Well, |ending| ending.verdict) {
        _ if !account.complaints.is_empty() => {
            let problems = counted(account.complaints.len(), "problem");
            return format!("**{problems} in the manifests**");
        }
        Verdict::Stale => "**stale**, nothing was sent",
        Verdict::Refused => "**refused**",
        Verdict::Well | Verdict::Partial | Verdict::Failed if refused => "**refused**",
        Verdict::Failed if ending.is_some_and(|ending| ending.failure.is_none()) => {
            "**nothing was sent**"
        }
        Verdict::Failed => "**failed**",
        // Only the plan of an undo, which leaves something.
        Verdict::Partial => "**incomplete**",
        Verdict::Well if counts.is_empty() && ledger > 0 => {
            return format!("no changes in Marketo, {ledger} in the ledger");
        }
        Verdict::Well if counts.is_empty() => return "no changes".to_owned(),
        Verdict::Well if ledger > 0 => return format!("{counts}, {ledger} more in the ledger"),
        Verdict::Well => return counts,
    };
    if counts.is_empty() {
        verdict.to_owned()
    } else {
        format!("{verdict} ({counts})")
    }
}

/// The verdict on a run.
fn done(account: &Account<'_>, run: RunFacts<'_>) -> String {
    let tally = account.tally();
    let applied = loud(tally.applied, participle);
    let others = [
        (tally.rejected, "rejected"),
        (tally.unknown, "unknown"),
        (tally.not_attempted, "not attempted"),
    ];
    let others = others.iter().filter(|(count, _)| *count > 0);
    let others = others.map(|(count, word)| format!("**{count} {word}**"));
    let mut parts: Vec<String> = others.collect();
    let is_partial = account
        .ending
        .is_some_and(|ending| ending.verdict == Verdict::Partial);
    let how = match run.end.map(|end| &end.how) {
        Some(EndReason::Interrupted) => "**interrupted**: ",
        Some(EndReason::NotBegun(_)) => "**nothing was sent**: ",
        Some(
            EndReason::LockLost(_)
            | EndReason::Unrecorded(_)
            | EndReason::Instance(_)
            | EndReason::Panicked(_),
        ) => "**ended early**: ",
        Some(EndReason::Canary(_)) => "**the canary failed**: ",
        None => "**killed**: ",
        Some(EndReason::Finished) if parts.is_empty() && !is_partial => "",
        Some(EndReason::Finished) => "**partly done**: ",
    };
    if !applied.is_empty() {
        parts.insert(0, applied);
    }
    if parts.is_empty() {
        parts.push("nothing to send".to_owned());
    }
    format!("{how}{}", parts.join(", "))
}

/// How many records stay as they are, and how many calls it takes or took.
fn costs(account: &Account<'_>) -> String {
    if let Some(RunFacts { head, end, .. }) = account.run {
        return end.map_or_else(String::new, |end| {
            let took = end.time.duration_since(head.began).as_secs_f64();
            format!("{} in {took:.1} s.", counted(end.calls, "call"))
        });
    }
    let Some(plan) = &account.plan else {
        return String::new();
    };
    let unchanged = format!("{} unchanged.", plan.unchanged);
    if account.changes.is_empty() {
        return unchanged;
    }
    let (needed, daily) = (plan.costs.apply, plan.costs.daily);
    let calls = counted(needed, "call");
    let share = share(needed, daily);
    format!("{unchanged} An apply takes {calls}, {share} of the day's {daily}.")
}

/// Says how this plan, and no other, is applied; or of a run how it is taken back.
pub(super) fn footer(account: &Account<'_>, page: &mut Page) {
    if let Some(RunFacts { head, end, .. }) = account.run {
        let instance = account.instance.map_or_else(String::new, |instance| {
            format!(" --instance {}", shell_word(instance.name))
        });
        let show = format!("oppctl history {}{instance}", head.id);
        let show = command_code(&account.invocation.command(&show));
        let tally = account.tally();
        let is_done = tally.applied.total() + tally.unknown > 0;
        // The difference of a canary says how to take it back.
        let is_plain = !end.is_some_and(|end| end.how.is_canary());
        let undo = account.undo_command().filter(|_| is_done && is_plain);
        let text = match undo {
            Some(undo) => format!(
                "Details: {show}. To undo this run: {}\n",
                command_code(&undo)
            ),
            None => format!("Details: {show}\n"),
        };
        return page.put(PageSection::Footer, &text);
    }
    let (Some(plan), Some(instance)) = (&account.plan, account.instance) else {
        return;
    };
    if is_for_reviewers(account) {
        return reviewed_footer(account, plan, instance.name, page);
    }
    if !plan.refusals.is_empty() || (account.changes.is_empty() && plan.ledger.is_empty()) {
        return;
    }
    let failed = account
        .ending
        .is_some_and(|ending| ending.failure.is_some());
    if failed {
        return;
    }
    let command = account.invocation.command(&command(plan, instance.name));
    let command = command_code(&command);
    page.put(
        PageSection::Footer,
        &format!("To apply exactly this plan: {command}\n"),
    );
}

/// The command that applies a plan.
fn command(plan: &PlanFacts, instance: &str) -> String {
    let Permits {
        adopt_foreign,
        with_undeclared,
        allow_unread,
        allow_deletes,
    } = &plan.permits;
    let mut words = vec!["oppctl".to_owned()];
    match &plan.undoes {
        None => {
            words.push("apply".to_owned());
            words.extend(plan.paths.iter().map(|path| shell_word(path)));
        }
        Some(UndoFacts { run, forced }) => {
            words.extend(["undo".to_owned(), shell_word(run)]);
            let forced = forced.iter();
            words.extend(forced.flat_map(|name| ["--force-field".to_owned(), shell_word(name)]));
        }
    }
    words.extend(["--instance".to_owned(), shell_word(instance)]);
    if plan.confirm {
        words.extend(["--confirm".to_owned(), shell_word(instance)]);
    }
    if let Some(count) = allow_deletes {
        words.extend(["--allow-deletes".to_owned(), count.to_string()]);
    }
    for file in allow_unread {
        words.extend(["--allow-unread".to_owned(), shell_word(file)]);
    }
    if let Some(owner) = adopt_foreign {
        words.extend(["--adopt-foreign".to_owned(), shell_word(owner)]);
    }
    if *with_undeclared {
        words.push(format!("--{}", with_undeclared_flag()));
    }
    words.extend(["--expect".to_owned(), shell_word(&plan.digest)]);
    words.join(" ")
}
