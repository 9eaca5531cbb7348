//! The first lines of a page, and its last one: the verdict, the counts, the instance, and how to go on.

use super::page::{Page, PageSection};
use super::quoting::{advice, code, command_code};
use crate::brief::FindingCode;
use crate::model::shell_word;
use crate::plan::{Permits, short_digest};
use crate::render::account::{Account, RunFacts};
use crate::render::basis::{loudly, unknown_count};
use crate::render::brief::{PlanSubject, count, loud, tally};
use crate::render::counting::{counted, not_looked_at};
use crate::render::ending::Verdict;
use crate::render::flags::with_undeclared_flag;
use crate::render::headline::{header, headline, is_for_reviewers};
use crate::render::place::short;
use crate::render::plan_facts::{PlanFacts, UndoFacts};

/// Writes the header, the title with the verdict, and where and what this is.
pub(super) fn title(account: &Account<'_>, page: &mut Page) {
    page.put(PageSection::Header, &header(account));
    if is_for_reviewers(account)
        && let (Some(plan), Some(instance)) = (&account.plan, account.instance)
    {
        return reviewed(account, plan, &code(instance.name), page);
    }
    let verdict = headline(account, "**");
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

/// Writes the title of a plan for reviewers, and how much stays as it is.
fn reviewed(account: &Account<'_>, plan: &PlanFacts, instance: &str, page: &mut Page) {
    let is_refused = !plan.refusals.is_empty();
    let is_part = !(plan.paths.is_empty() && plan.only.is_empty());
    let subject = PlanSubject::of(plan.undoes.is_some(), is_part, true);
    let ending = account.ending;
    let is_partial = ending.is_some_and(|ending| ending.verdict == Verdict::Partial);
    let verdict = loud(&plan.brief.verdict);
    let verdict = match verdict.split_once(": ") {
        Some((_, what)) if is_refused => format!("🛑 **refused** — {what}"),
        _ if has_warning(plan) => format!("⚠️ {verdict}"),
        _ if is_partial => format!("**incomplete**: {verdict}"),
        _ => verdict,
    };
    let command = account.command;
    let title = format!("### oppctl {command} for {instance}: {verdict}\n\n");
    page.put(PageSection::Title, &title);
    let mut said = String::new();
    let changes = tally(account.changes, "**");
    if is_refused && !changes.is_empty() {
        let what = subject.of_change();
        said = format!("{what} {changes}. ");
    }
    let stay = if plan.unchanged == 1 { "stays" } else { "stay" };
    let noun = if plan.unchanged == 1 {
        "record"
    } else {
        "records"
    };
    let unchanged = count(plan.unchanged);
    let left = not_looked_at(plan.part.as_ref());
    let left = left + &unknown_count(plan.not_known);
    let loudly = loudly(plan.basis.as_ref());
    let loudly = loudly.map(|said| format!("**{said}**\n\n"));
    let text = format!(
        "{}{said}{unchanged} {noun} {stay} as declared{left}.\n\n",
        loudly.unwrap_or_default()
    );
    page.put(PageSection::Title, &text);
}

/// Whether something is to be looked at first that is not only about the machine of whoever planned.
fn has_warning(plan: &PlanFacts) -> bool {
    let mut findings = plan.brief.look_first.iter();
    findings.any(|finding| finding.code != FindingCode::UnappliedCommit.word())
}

/// Says what is done with a plan for reviewers, and what it is about.
fn reviewed_footer(account: &Account<'_>, plan: &PlanFacts, instance: &str, page: &mut Page) {
    let is_idle = account.changes.is_empty() && plan.ledger.is_empty();
    let mut text = String::new();
    if plan.refusals.is_empty() && !is_idle && plan.basis.is_none() {
        if plan.undoes.is_none() {
            let short = short_digest(&plan.digest);
            let of = match &plan.part {
                Some(_) => ", and only if a plan of everything finds nothing else to do",
                None => "",
            };
            text = format!(
                "On merge, CI applies exactly this plan ({}){of}. If the manifests or these records in Marketo change before that, nothing is sent.\n\n",
                code(&short)
            );
        }
        let invocation = account.invocation.elsewhere();
        let command = command_code(&invocation.command(&command(plan, instance)));
        text.extend([
            "<details>\n<summary>Apply by hand</summary>\n\nTo apply exactly this plan: ",
            &command,
            "\n\n</details>\n\n",
        ]);
    }
    text.extend([&about(account), ". "]);
    if !account.changes.is_empty() && plan.basis.is_none() {
        let calls = counted(plan.costs.apply, "API call");
        let of_day = plan.costs.of_day_on_pages("the daily quota");
        text.extend(["An apply takes ", &calls, ", ", &of_day, "."]);
    }
    page.put(PageSection::Footer, &format!("{}\n", text.trim_end()));
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
    let unchanged = format!(
        "{} unchanged{}.",
        plan.unchanged,
        unknown_count(plan.not_known)
    );
    if let Some(said) = loudly(plan.basis.as_ref()) {
        return format!("{unchanged} **{said}**");
    }
    if account.changes.is_empty() {
        return unchanged;
    }
    let calls = counted(plan.costs.apply, "call");
    let of_day = plan
        .costs
        .of_day(&format!("the day's {}", plan.costs.daily));
    format!("{unchanged} An apply takes {calls}, {of_day}.")
}

/// Says how this plan, and no other, is applied; or of a run how it is taken back.
pub(super) fn footer(account: &Account<'_>, page: &mut Page) {
    if let Some(RunFacts { head, .. }) = account.run {
        let instance = account.instance.map_or_else(String::new, |instance| {
            format!(" --instance {}", shell_word(instance.name))
        });
        let show = format!("oppctl history {}{instance}", head.id);
        let show = command_code(&account.invocation.command(&show));
        let next = account.next();
        let next = next.map_or_else(String::new, |next| {
            format!("**Next:** {}\n\n", advice(&next))
        });
        let text = match account.undo_command() {
            Some(undo) => format!(
                "{next}Details: {show}. To undo this run: {}\n",
                command_code(&undo)
            ),
            None => format!("{next}Details: {show}\n"),
        };
        return page.put(PageSection::Footer, &text);
    }
    let (Some(plan), Some(instance)) = (&account.plan, account.instance) else {
        return;
    };
    if is_for_reviewers(account) {
        return reviewed_footer(account, plan, instance.name, page);
    }
    let is_idle = account.changes.is_empty() && plan.ledger.is_empty();
    if !plan.refusals.is_empty() || is_idle || plan.basis.is_some() {
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
pub(in crate::render) fn command(plan: &PlanFacts, instance: &str) -> String {
    let mut words = vec!["oppctl".to_owned()];
    match &plan.undoes {
        None => {
            words.push("apply".to_owned());
            words.extend(plan.paths.iter().map(|path| shell_word(path)));
            let only = plan.only.iter();
            words.extend(only.flat_map(|key| ["--only".to_owned(), shell_word(key)]));
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
    words.extend(permit_flags(&plan.permits));
    words.extend(["--expect".to_owned(), shell_word(&plan.digest)]);
    words.join(" ")
}

/// The flags that permit this.
pub(in crate::render) fn permit_flags(permits: &Permits) -> Vec<String> {
    let Permits {
        adopt_foreign,
        with_undeclared,
        allow_unread,
        allow_used,
        allow_deletes,
        allow_findings,
    } = permits;
    let mut words = Vec::new();
    if let Some(count) = allow_deletes {
        words.extend(["--allow-deletes".to_owned(), count.to_string()]);
    }
    for (word, count) in allow_findings {
        words.extend(["--allow-finding".to_owned(), format!("{word}={count}")]);
    }
    for file in allow_unread {
        words.extend(["--allow-unread".to_owned(), shell_word(file)]);
    }
    for record in allow_used {
        words.extend(["--allow-used".to_owned(), shell_word(record)]);
    }
    if let Some(owner) = adopt_foreign {
        words.extend(["--adopt-foreign".to_owned(), shell_word(owner)]);
    }
    if *with_undeclared {
        words.push(format!("--{}", with_undeclared_flag()));
    }
    words
}
