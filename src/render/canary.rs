//! A canary in words: that it was found as planned, or what it came to instead, what was sent and what is stored side by side.

use std::fmt;

use crate::apply::CanaryFailure;
use crate::journal::Unlike;
use crate::model::{Sources, Value, grouped};
use crate::plan::{ActionName, Change, FieldChange, MASK, Plan};

use super::amounts::value;
use super::counting::counted;
use super::detail::Detail;
use super::escape::escaped;
use super::flags::force_flags;
use super::problem::wording;
use super::refusal::refusals;
use super::shortened::listed;
use super::style::{DELETED, FAINT, Painted};
use super::width::Width;

/// Values longer than this are counted rather than shown.
const LONG: usize = 60;

/// Says that a canary was found as it was planned.
pub(super) fn tried(changes: usize, out: &mut dyn fmt::Write) -> fmt::Result {
    let canary = counted(changes, "change");
    let them = if changes == 1 { "it" } else { "them" };
    writeln!(
        out,
        "Canary: {canary} read back; Marketo stored {them} as planned."
    )
}

/// A record of a canary in which the instance has something else than was sent, in words that are not escaped yet.
pub(super) struct UnlikeText<'c> {
    pub(super) change: &'c Change,
    /// "region: sent EMEA North, stored EMEA"
    pub(super) lines: Vec<String>,
}

/// What a canary of these changes found.
pub(super) fn stored_otherwise<'c>(
    unlike: &[Unlike],
    changes: &'c [Change],
) -> Vec<UnlikeText<'c>> {
    let texts = unlike.iter().filter_map(|unlike| {
        let Unlike {
            change,
            action,
            fields,
        } = unlike;
        let lines = match action {
            ActionName::Create => vec!["was created, and is not there".to_owned()],
            ActionName::Delete => vec!["was deleted, and is still there".to_owned()],
            ActionName::Update | ActionName::Adopt => fields.iter().map(sent_and_stored).collect(),
        };
        let change = changes.get(*change)?;
        Some(UnlikeText { change, lines })
    });
    texts.collect()
}

/// "region: sent "EMEA North", stored "EMEA" (cut after 4 characters)".
fn sent_and_stored(field: &FieldChange) -> String {
    let FieldChange {
        name,
        before: stored,
        after: sent,
        sensitive,
        ..
    } = field;
    if *sensitive {
        return format!("{name}: {MASK}, stored otherwise than sent");
    }
    let length = |value: &Value| value.to_string().chars().count();
    let shown = |side: &Value| match side {
        Value::Text(text) if length(side) > LONG => {
            format!(
                "{} characters (\"{}\")",
                grouped(length(side)),
                Width::cut(text, LONG / 2)
            )
        }
        // Its blanks are to be seen.
        Value::Text(text) => format!("\"{text}\""),
        Value::Null
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Decimal(_)
        | Value::Date(_)
        | Value::Datetime(_) => value(side),
    };
    let is_cut = match (sent, stored) {
        (Value::Text(sent), Value::Text(stored)) => sent.starts_with(&**stored),
        _ => false,
    };
    let cut = if is_cut {
        format!(" (cut after {})", counted(length(stored), "character"))
    } else {
        String::new()
    };
    format!(
        "{name}: sent {}, stored {}{cut}",
        shown(sent),
        shown(stored)
    )
}

/// Writes what a canary of these changes found.
pub(super) fn write_unlike(
    unlike: &[Unlike],
    changes: &[Change],
    place: impl Fn(&Change) -> String,
    detail: Detail,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let texts = stored_otherwise(unlike, changes);
    if texts.is_empty() {
        return Ok(());
    }
    let title = Painted(DELETED, "Stored otherwise than sent");
    writeln!(out, "\n{title} ({})", grouped(texts.len()))?;
    let (shown, more) = listed(&texts, detail);
    for UnlikeText { change, lines } in shown {
        let label = change.label.as_deref();
        let label = label.map_or_else(String::new, |label| format!("  \"{}\"", escaped(label)));
        let (kind, place) = (change.kind.noun, Painted(FAINT, place(change)));
        writeln!(out, "  {kind} {}{label}  {place}", escaped(&change.shown))?;
        let mut lines = lines.iter();
        lines.try_for_each(|line| writeln!(out, "      {}", escaped(line)))?;
    }
    if more > 0 {
        writeln!(out, "  … and {} more; -v lists all", grouped(more))?;
    }
    Ok(())
}

/// What stands of a failed canary beside the lists.
pub(super) fn failed(failure: &CanaryFailure) -> String {
    match failure {
        CanaryFailure::NotApplied { .. } => {
            format!("The canary failed: {failure}. Nothing else was sent.")
        }
        CanaryFailure::Unlike { .. } => {
            "The canary failed: Marketo stored something else than was sent. Nothing else was sent."
                .to_owned()
        }
    }
}

/// The command that undoes a run whose canary failed, with the flags that it needs: without them it would keep the values that Marketo
/// stored differently, as if someone else had changed them.
pub(super) fn undo_stored(undo: String, unlike: &[Unlike]) -> String {
    let fields = unlike.iter().flat_map(|unlike| &unlike.fields);
    let flags = force_flags(fields.map(|field| &field.name));
    if flags.is_empty() {
        undo
    } else {
        format!("{undo} {flags}")
    }
}

/// Whether what a canary applied can be taken back: what was refused to be changed is refused to be taken back as well.
pub(super) fn is_undoable(failure: &CanaryFailure) -> bool {
    match failure {
        CanaryFailure::NotApplied { .. } => true,
        CanaryFailure::Unlike { remains } => remains.refusals.is_empty(),
    }
}

/// What else keeps a canary from being as planned: refusals and problems of the further plan.
pub(super) fn obstacles(failure: &CanaryFailure, sources: &Sources) -> Vec<String> {
    let CanaryFailure::Unlike { remains } = failure else {
        return Vec::new();
    };
    let Plan {
        refusals: refused,
        problems,
        ..
    } = &**remains;
    let (mut lines, _) = refusals(refused, sources);
    for diagnostic in problems {
        let place = sources.place(diagnostic.at);
        let title = wording(&diagnostic.problem).title;
        lines.push(format!("{place}  {}", escaped(&title)));
    }
    lines
}
