//! Everything that is known about one record, on a few lines.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::amounts::value;
use super::brief::{in_ledger, tally};
use super::counting::{counted, participle};
use super::escape::escaped;
use super::keys::entry_argument;
use super::notes::notes;
use super::place::short;
use super::refusal::message;
use super::refusal_hint::hint;
use super::shortened::first;
use super::style::{FAINT, Painted, STRONG};
use super::why_children::children;
use super::width::Width;
use crate::git::LineAuthor;
use crate::model::{Ensure, Instant, Invocation, Value};
use crate::plan::{Action, Change, FieldChange, FieldChanges, MASK, Moved};
use crate::run::{RecordHistory, RecordNow, RunTouch};

/// The most runs that are shown.
const RUNS: usize = 5;
/// The most fields that are named.
const NAMED: usize = 6;
/// A guard counts all changes of a plan, and a mistake anywhere stops it.
const ALONE: &str = "This is a plan of the record alone. `oppctl plan` shows whether anything else keeps it from being applied.";
/// The widest value.
const VALUE: usize = 60;
/// What stands before each line: the widest word and blanks around it.
const INDENT: usize = 13;

/// Everything that is known about a record.
pub struct WhyPage<'a> {
    pub instance: &'a str,
    pub history: &'a RecordHistory,
    /// Who wrote the line of its entry.
    pub author: Option<&'a LineAuthor>,
    /// What the instance has; none without asking it.
    pub now: Option<&'a RecordNow>,
    pub invocation: &'a Invocation,
    pub width: Width,
}

/// The page as text.
#[must_use]
pub fn why(page: &WhyPage<'_>) -> String {
    let WhyPage {
        instance,
        history,
        author,
        now,
        ..
    } = *page;
    let width = &page.width;
    let mut text = String::new();
    let is_hidden = now.is_some_and(|now| now.hides_label(history.kind));
    let name = history
        .label
        .as_deref()
        .filter(|_| !is_hidden)
        .map(|label| format!("{}   ", escaped(label)));
    let line = format!(
        "{}{} {}   {}",
        Painted(STRONG, name.unwrap_or_default()),
        history.kind.noun,
        escaped(&history.shown),
        escaped(instance)
    );
    writeln!(text, "{line}").expect("strings take all text");
    row(&mut text, *width, "declared", &[declared(history, author)]);
    row(&mut text, *width, "owned", &[owned(history)]);
    if let Some(now) = now {
        row(&mut text, *width, "Marketo", &[in_marketo(history, now)]);
    }
    let mut runs = runs(&history.runs);
    if history.unread_journals > 0 {
        let journals = counted(history.unread_journals, "journal");
        runs.push(format!(
            "{journals} cannot be read: `oppctl history` names them"
        ));
    }
    row(&mut text, *width, "runs", &runs);
    let children = children(history, now);
    if !children.is_empty() {
        row(&mut text, *width, "children", &children);
    }
    if let Some(now) = now {
        row(&mut text, *width, "next apply", &next(page, now));
    }
    text
}

/// Writes a word and the lines beside it; what does not fit goes on below the line, not below the word.
pub(super) fn row(text: &mut String, width: Width, word: &str, lines: &[String]) {
    let mut word = word;
    for line in lines {
        let line = line.replace('\n', " ");
        let fitted = width.fitted(&format!("{:INDENT$}{line}", ""));
        for line in fitted.lines() {
            let rest = line.get(INDENT..).unwrap_or_default();
            let label = format!("  {word:<width$}", width = INDENT - 2);
            writeln!(text, "{}{rest}", Painted(FAINT, label)).expect("strings take all text");
            word = "";
        }
    }
}

fn declared(history: &RecordHistory, author: Option<&LineAuthor>) -> String {
    let Some(declared) = &history.declared else {
        return if history.has_problems {
            "by no manifest that can be read: `oppctl validate` lists the problems".to_owned()
        } else if history.is_unclear {
            "not known: an entry of its parent names a lead by a field".to_owned()
        } else {
            "by no manifest".to_owned()
        };
    };
    let what = match declared.ensure {
        Ensure::Present if declared.fields == 1 => "1 field".to_owned(),
        Ensure::Present => format!("{} fields", declared.fields),
        Ensure::Absent => "ensure: absent".to_owned(),
        Ensure::Forgotten => "ensure: forgotten".to_owned(),
    };
    let protect = if declared.protect { ", protected" } else { "" };
    let mut text = format!(
        "{}:{}   {what}{protect}",
        escaped(&declared.file),
        declared.line
    );
    if let Some(author) = author {
        let (commit, name) = (short(&author.commit), escaped(&author.author).into_owned());
        let summary = escaped(&author.summary).into_owned();
        text.extend(["   by ", &name, ", ", &commit, " \"", &summary, "\""]);
    }
    text
}

fn owned(history: &RecordHistory) -> String {
    match &history.entry {
        None if !history.has_ledger => "not known: the configuration has no ledger".to_owned(),
        None if history.key.is_none() => "not known: its lead is not known".to_owned(),
        None => "no".to_owned(),
        Some(entry) => {
            let commit = entry.origin.commit.as_deref().map(short);
            let commit = commit
                .map(|commit| format!(", commit {commit}"))
                .unwrap_or_default();
            let state = match (&entry.id, &entry.protected) {
                (None, _) => {
                    ", claimed: an apply ended before it knew whether the record was created"
                }
                (Some(_), None) => "",
                (Some(_), Some(_)) => ", protected",
            };
            format!(
                "since the apply of {}{commit}{state}",
                local(entry.origin.time)
            )
        }
    }
}

/// What the instance has, beside what is declared.
fn in_marketo(history: &RecordHistory, now: &RecordNow) -> String {
    if now.problems > 0 {
        let problems = counted(now.problems, "problem");
        return format!("not asked, as the manifests have {problems}: `oppctl plan` lists them");
    }
    match now.is_there {
        None => return "not known: its lead is not known".to_owned(),
        Some(false) => return "not there".to_owned(),
        Some(true) if now.is_other => {
            return "another record has this key: the owned one was deleted".to_owned();
        }
        Some(true) => {}
    }
    let differing = now.change.as_ref().filter(|change| match change.action {
        Action::Update { .. } | Action::Adopt { .. } => true,
        Action::Create { .. } | Action::Delete { .. } => false,
    });
    let mut text = match (differing, &history.declared) {
        (Some(change), _) if !change.fields().is_empty() => fields(change.fields(), |field| {
            format!(
                "{} {} ≠ declared",
                escaped(&field.name),
                shown(field, false)
            )
        }),
        (_, Some(declared)) if declared.ensure == Ensure::Present => "as declared".to_owned(),
        (_, _) => "there".to_owned(),
    };
    if let Some(updated) = now.updated {
        let by = match now.is_ours {
            Some(true) => ", by oppctl",
            Some(false) => ", not by oppctl",
            None => "",
        };
        text.extend(["; last written ", &updated_at(updated), by]);
    }
    text
}

fn runs(touches: &[RunTouch]) -> Vec<String> {
    let (shown, more) = first(touches, RUNS);
    let mut lines: Vec<String> = shown
        .iter()
        .map(|touch| {
            let fields = touch.fields.iter().map(|name| escaped(name).into_owned());
            let fields: Vec<String> = fields.take(NAMED).collect();
            let more = touch.fields.len().saturating_sub(NAMED);
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            let done = participle(touch.action);
            let what = if touch.is_applied {
                format!("{done} {}{more}", fields.join(", "))
            } else {
                format!("not {done}")
            };
            let commit = touch.commit.as_deref().map(short);
            let commit = commit
                .map(|commit| format!(", {commit}"))
                .unwrap_or_default();
            let (run, user) = (&touch.run, escaped(&touch.user).into_owned());
            format!(
                "{}  {}   ({run}, {user}{commit})",
                local(touch.began),
                what.trim_end()
            )
        })
        .collect();
    if more > 0 {
        lines.push(format!("… and {more} before"));
    }
    if lines.is_empty() {
        lines.push("none of those whose journals are here".to_owned());
    }
    lines
}

/// What the next apply does with the record, and how to have it otherwise.
fn next(page: &WhyPage<'_>, now: &RecordNow) -> Vec<String> {
    let mut lines = Vec::new();
    match &now.change {
        _ if now.problems > 0 => lines.push("nothing: see above".to_owned()),
        None => lines.push("changes nothing in this record".to_owned()),
        Some(change) => {
            lines.push(will(change));
            let moved = change
                .fields()
                .iter()
                .filter(|field| matches!(field.moved, Some(Moved::Marketo | Moved::Both)));
            let moved: Vec<String> = moved
                .map(|field| escaped(&field.name).into_owned())
                .collect();
            if !moved.is_empty() {
                let record = page.history.declared.as_ref().map(|declared| {
                    let (kind, shown) = (page.history.kind, &page.history.shown);
                    entry_argument(kind, shown, &declared.file, declared.line)
                });
                let command = format!("oppctl pull {}", record.unwrap_or_default());
                lines.push(format!(
                    "To keep what Marketo has: `{}`, or `lifecycle: {{ ignoreChanges: [{}] }}`",
                    page.invocation.command(command.trim_end()),
                    moved.join(", ")
                ));
            }
        }
    }
    if let Some(planned) = &now.planned {
        let own = now.change.as_ref().map(|change| &change.key);
        let others: Vec<&Change> = planned
            .plan
            .changes
            .iter()
            .filter(|change| Some(&change.key) != own)
            .collect();
        if !others.is_empty() {
            lines.push(format!("also {}", tally(others, "")));
        }
        let ledger: Vec<_> = planned
            .plan
            .ledger_changes
            .seen()
            .map(|it| it.action)
            .collect();
        if !ledger.is_empty() {
            lines.push(format!("the ledger {}", in_ledger(&ledger)));
        }
        for refusal in &planned.refusals {
            lines.push(format!("refused: {}", message(refusal, &planned.sources)));
            lines.push(page.invocation.completed(&hint(refusal)).into_owned());
        }
        lines.extend(notes(&planned.plan, &planned.sources));
        lines.push(page.invocation.completed(ALONE).into_owned());
    }
    lines
}

fn will(change: &Change) -> String {
    let to = |field: &FieldChange| format!("{} to {}", escaped(&field.name), shown(field, true));
    match &change.action {
        Action::Create { fields } => format!("creates it with {} fields", fields.len()),
        Action::Delete { .. } => "deletes it".to_owned(),
        Action::Adopt { fields: none, .. } if none.is_empty() => {
            "takes it into the ledger".to_owned()
        }
        Action::Adopt { fields: all, .. } => {
            format!("takes it into the ledger and sets {}", fields(all, to))
        }
        Action::Update { fields: all, .. } => format!("sets {}", fields(all, to)),
    }
}

fn fields(all: &FieldChanges, text: impl Fn(&FieldChange) -> String) -> String {
    let mut shown: Vec<String> = all.iter().take(NAMED).map(|field| text(&field)).collect();
    let more = all.len().saturating_sub(NAMED);
    if more > 0 {
        shown.push(format!("{more} more fields"));
    }
    shown.join(", ")
}

/// A value of a field, short.
fn shown(field: &FieldChange, after: bool) -> String {
    if field.sensitive {
        return MASK.to_owned();
    }
    let of = if after { &field.after } else { &field.before };
    let text = match of {
        Value::Boolean(_) => of.to_string(),
        Value::Null
        | Value::Text(_)
        | Value::Integer(_)
        | Value::Decimal(_)
        | Value::Date(_)
        | Value::Datetime(_) => value(of),
    };
    Width::cut(&escaped(&text).replace('\n', " "), VALUE)
}

/// In local time, if it is a time that has a local one.
fn updated_at(updated: Instant) -> String {
    let text = updated.to_string();
    text.parse().map_or(text, local)
}

pub(super) fn local(time: Timestamp) -> String {
    let time = time.to_zoned(TimeZone::system());
    time.strftime("%F %H:%M").to_string()
}
