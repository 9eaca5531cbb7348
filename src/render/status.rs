//! How a project stands to an instance, on one screen: for a person who comes back after some days.

use std::fmt::Write as _;

use crate::journal::{RunId, Summary};
use crate::ledger::Lease;
use crate::model::{Invocation, grouped};
use crate::run::{Ancestry, LedgerStatus, Planned, ReviewedStatus, Status, StatusNow, Waiting};

use super::counting::counted;
use super::escape::escaped;
use super::place::short;
use super::run_words::RunResult;
use super::style::{Painted, STRONG};
use super::why::{local, row};
use super::width::Width;

/// Everything that the screen shows.
#[derive(Clone, Copy, Debug)]
pub struct StatusPage<'s> {
    /// The name of the instance.
    pub instance: &'s str,
    pub status: &'s Status,
    /// What the instance has to it; None if it was not asked, or gave no plan.
    pub now: Option<&'s StatusNow>,
    /// Why there is no plan, if that is so.
    pub unplanned: Option<&'s str>,
    /// How many calls the instance allows in a day.
    pub daily_calls: u64,
    pub invocation: &'s Invocation,
    pub width: Width,
}

/// The screen, and the verdict at its end.
#[must_use]
pub fn status(page: &StatusPage<'_>) -> String {
    let StatusPage {
        instance,
        status,
        now,
        width,
        ..
    } = *page;
    let mut text = format!(
        "{}   {}\n",
        Painted(STRONG, "oppctl status"),
        escaped(instance)
    );
    let mut add = |word: &str, lines: &[String]| row(&mut text, width, word, lines);
    add("applied", &applied(status));
    let planned = now.and_then(StatusNow::planned);
    if let Some(planned) = planned {
        add("held", &held(status, &Waiting::of(planned)));
    }
    add("runs", &runs(status));
    let has_ledger = status.ledger.is_some();
    let reviewed = status.reviewed.iter();
    let reviewed: Vec<String> = reviewed
        .map(|plan| reviewed_line(plan, planned, has_ledger))
        .collect();
    add("reviewed", &reviewed);
    if let Some(ledger) = &status.ledger {
        add("lock", &[lock(ledger.lease.as_ref())]);
    }
    if let Some(used) = now.and_then(|now| now.calls_today) {
        add("quota", &[quota(used, page.daily_calls)]);
    }
    writeln!(text, "{}", verdict(page)).expect("strings take all text");
    text
}

/// In one sentence: is everything applied?
#[must_use]
pub(super) fn verdict(page: &StatusPage<'_>) -> String {
    if let Some(why) = page.unplanned {
        return format!("Not compared with Marketo: {}.", escaped(why));
    }
    let Some(planned) = page.now.and_then(StatusNow::planned) else {
        return "Not compared with Marketo.".to_owned();
    };
    let waiting = Waiting::of(planned);
    let plan = format!("Look at it: `{}`", page.invocation.command("oppctl plan"));
    let pending = match (waiting.changes, waiting.ledger_changes) {
        (0, 0) => None,
        (changes, 0) => Some(counted(changes, "change")),
        (0, ledger) => Some(counted(ledger, "change") + " of the ledger"),
        (changes, ledger) => Some(format!(
            "{} and {} of the ledger",
            counted(changes, "change"),
            counted(ledger, "change")
        )),
    };
    match pending {
        Some(pending) if waiting.refusals > 0 => {
            format!("Not applied: {pending}, refused by a guard. {plan}")
        }
        Some(pending) => format!("Not applied: {pending}. {plan}"),
        None if waiting.blocked > 0 => {
            let blocked = waiting.blocked;
            format!(
                "Applied, except for {} that wait for a reference.",
                entries(blocked)
            )
        }
        None => "All is applied.".to_owned(),
    }
}

fn entries(count: usize) -> String {
    match count {
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    }
}

/// The last apply, and how the checkout stands to it.
fn applied(status: &Status) -> Vec<String> {
    let Some(ledger) = &status.ledger else {
        return vec![match &status.last_run {
            Some(run) => format!(
                "by run {}{}, as the journal says; there is no ledger",
                run.head.id,
                undid(run.head.undoes.as_ref())
            ),
            None => "no apply is known: there is no ledger, and no journal".to_owned(),
        }];
    };
    if ledger.number == 0 {
        return vec![match &status.last_run {
            None => "nothing yet: the ledger is empty".to_owned(),
            Some(_) => {
                "not known: the ledger is gone, and there are journals of earlier applies: `oppctl ledger restore FILE` or `oppctl ledger rebuild`".to_owned()
            }
        }];
    }
    let mut lines = Vec::new();
    if let Some(plan) = &ledger.last_plan {
        let when = local(plan.time);
        let undid = undid(ledger.undoes.as_ref());
        lines.push(format!("{when} by run {}{undid}", escaped(&plan.run)));
    }
    lines.extend(last_commit(ledger, status.head.as_deref()));
    lines.push(format!(
        "{}, {} protected",
        counted(ledger.records, "owned record"),
        ledger.protected
    ));
    lines
}

/// The commit of the last apply of manifests, with its run where that is not the run of the line before.
fn last_commit(ledger: &LedgerStatus, head: Option<&str>) -> Option<String> {
    let last = ledger.last.as_ref()?;
    let commit = last.commit.as_deref().map(short)?;
    let standing = standing(ledger, head);
    let newest = ledger.last_plan.as_ref().map(|plan| &*plan.run);
    Some(match &ledger.last_run {
        Some(run) if newest != Some(run.as_str()) => format!(
            "{} by run {run}, the last apply of manifests, from commit {commit}{standing}",
            local(last.time)
        ),
        None if ledger.undoes.is_some() => {
            format!("the last apply of manifests was from commit {commit}{standing}")
        }
        Some(_) | None => format!("commit {commit}{standing}"),
    })
}

/// What is said behind a run that was an undo.
fn undid(undoes: Option<&RunId>) -> String {
    undoes.map_or_else(String::new, |undone| format!(", which undid run {undone}"))
}

fn standing(ledger: &LedgerStatus, head: Option<&str>) -> String {
    let last = ledger.last.as_ref().and_then(|last| last.commit.as_deref());
    let here = head.map(short).unwrap_or_default();
    match &ledger.standing {
        _ if head.is_some() && head == last => ", which is checked out".to_owned(),
        Some(Ancestry::Ahead) => format!("; checked out is {here}, which came after it"),
        Some(Ancestry::Behind) => {
            format!("; checked out is {here}, which is behind it: an apply is refused")
        }
        Some(Ancestry::Diverged) => {
            format!("; checked out is {here}, and each has what the other has not")
        }
        Some(Ancestry::Unknown { how }) => {
            format!("; checked out is {here}. To see how they stand to each other: {how}")
        }
        None => String::new(),
    }
}

/// What of a plan waits for somebody.
fn held(status: &Status, waiting: &Waiting) -> Vec<String> {
    let Waiting {
        changes: _,
        ledger_changes,
        refusals,
        blocked,
        stored_otherwise,
        drifted,
        orphans,
    } = *waiting;
    let mut lines = Vec::new();
    let mut add = |count: usize, text: String| lines.extend((count > 0).then_some(text));
    add(
        refusals,
        format!("{} of the plan", counted(refusals, "refusal")),
    );
    add(
        blocked,
        format!(
            "{} blocked: a lead or another reference is missing or doubled",
            entries(blocked)
        ),
    );
    add(
        stored_otherwise,
        format!(
            "{} that Marketo stored otherwise than it was sent",
            counted(stored_otherwise, "field")
        ),
    );
    add(
        drifted,
        format!(
            "{} changed in Marketo by others: `oppctl plan --drift`",
            counted(drifted, "record")
        ),
    );
    add(
        orphans,
        format!(
            "{} with the marker of this project, neither declared nor owned",
            counted(orphans, "record")
        ),
    );
    add(
        ledger_changes,
        format!(
            "{} of the ledger (adopt, forget, protect)",
            counted(ledger_changes, "change")
        ),
    );
    let is_behind = status
        .ledger
        .as_ref()
        .is_some_and(|ledger| matches!(ledger.standing, Some(Ancestry::Behind)));
    add(
        usize::from(is_behind),
        "the checkout is behind the last apply".to_owned(),
    );
    lines
}

fn runs(status: &Status) -> Vec<String> {
    let mut lines: Vec<String> = status.unsettled.iter().map(run).collect();
    if lines.is_empty()
        && let Some(last) = &status.last_run
    {
        lines.push(run(last));
    }
    if status.unread_journals > 0 {
        let journals = counted(status.unread_journals, "journal");
        lines.push(format!(
            "{journals} cannot be read: `oppctl history` names them"
        ));
    }
    lines
}

fn run(summary: &Summary) -> String {
    let head = &summary.head;
    let when = local(head.began);
    let words = RunResult::of(summary).words(summary.is_settled, summary.settled);
    let undid = head.undoes.as_ref();
    let undid = undid.map_or_else(String::new, |undone| format!("undid {undone}: "));
    format!(
        "{when}   {undid}{words}   ({}, {})",
        head.id,
        escaped(&head.owner.user)
    )
}

/// What became of a plan file, and what an apply would do of it now.
fn reviewed_line(plan: &ReviewedStatus, planned: Option<&Planned>, has_ledger: bool) -> String {
    let file = escaped(&plan.file.file);
    if !plan.file.is_for_this {
        return format!("{file}: for another instance");
    }
    let is_current = planned.is_some_and(|planned| planned.digest.as_str() == plan.file.digest);
    let left = planned.map(|planned| {
        let count = plan.file.records.len();
        let records = counted(count, "record");
        match plan.left(planned) {
            0 => "an apply would change none of its records".to_owned(),
            left if left == count => format!("an apply would change its {records}"),
            left => format!("an apply would change {left} of its {records}"),
        }
    });
    let text = match &plan.applied {
        Some(applied) => {
            let others = match plan.others {
                0 => String::new(),
                others => format!(" together with {}", counted(others, "other plan")),
            };
            let (when, run) = (local(applied.time), escaped(&applied.run));
            format!("{file}: applied {when} by run {run}{others}")
        }
        None if is_current => {
            return format!("{file}: never applied, and still what an apply would do");
        }
        None if !has_ledger => {
            format!("{file}: without a ledger it is not known whether it was applied")
        }
        None if planned.is_some() => {
            format!("{file}: never applied as a whole, and no longer what an apply would do")
        }
        None => format!("{file}: never applied"),
    };
    left.map_or_else(|| text.clone(), |left| format!("{text}; {left}"))
}

fn lock(lease: Option<&Lease>) -> String {
    match lease {
        None => "free".to_owned(),
        Some(lease) => format!(
            "held by {} since {} until {}",
            escaped(&lease.owner.to_string()),
            lease.started.strftime("%F %T UTC"),
            lease.expires.strftime("%T UTC")
        ),
    }
}

fn quota(used: u64, daily: u64) -> String {
    let number = |calls: u64| grouped(usize::try_from(calls).unwrap_or(usize::MAX));
    format!(
        "{} of {} calls used today, {} left",
        number(used),
        number(daily),
        number(daily.saturating_sub(used))
    )
}
