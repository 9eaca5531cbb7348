//! How the checkout stands to the last apply, in words.

use crate::model::{Key, ObjectKind};
use crate::run::{Lag, LagKind};

use super::counting::counted;
use super::escape::escaped;
use super::place::{short, since};
use super::shortened::{LISTED, first};

/// What is said of a checkout that is not ahead of the last apply, before anything else of a plan.
#[must_use]
pub fn lag(lag: &Lag) -> String {
    let Lag {
        applied,
        what,
        is_allowed,
    } = lag;
    let last = since(applied);
    match what {
        LagKind::Behind if *is_allowed => format!(
            "This checkout is behind what was applied last, {last}. --allow-behind allows this apply, which takes back what came since."
        ),
        LagKind::Behind => format!(
            "This checkout is behind what was applied last, {last}: an apply from here is refused, because it would take back what came since. {}.",
            capitalised(&lagging_remedy(lag))
        ),
        LagKind::Diverged { strangers } if strangers.is_empty() => {
            format!("The history of this checkout does not have what was applied last, {last}.")
        }
        LagKind::Diverged { strangers } => format!(
            "The history of this checkout does not have what was applied last, {last}, and shows no declaration of {} that it would delete: {}. {}.",
            counted(strangers.len(), "record"),
            named(strangers),
            allowed(lag)
        ),
        LagKind::Uncommitted { strangers } => format!(
            "It would delete {} that {} applied from uncommitted files and that no commit of this checkout has declared: {}. {}.",
            counted(strangers.len(), "record"),
            was(strangers.len()),
            named(strangers),
            allowed(lag)
        ),
        LagKind::Unknown { how } => format!(
            "It is not known whether this checkout is behind what was applied last, {last}: {how}."
        ),
    }
}

/// Whether an apply passes all the same, or what can be done about that.
fn allowed(lag: &Lag) -> String {
    if lag.is_allowed {
        return "--allow-behind allows this apply".to_owned();
    }
    let remedy = capitalised(&lagging_remedy(lag));
    format!("An apply from here is refused. {remedy}")
}

fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(rest).collect()
}

/// The same for an apply that is refused for it: in an error.
#[must_use]
pub(super) fn lagging(lag: &Lag) -> String {
    let Lag {
        applied,
        what,
        is_allowed: _,
    } = lag;
    let last = since(applied);
    match what {
        LagKind::Behind | LagKind::Unknown { .. } => {
            format!("this checkout is behind what was applied last, {last}")
        }
        LagKind::Uncommitted { strangers } => format!(
            "no commit of this checkout has declared {} that it would delete, and that {} applied from uncommitted files: {}",
            counted(strangers.len(), "record"),
            was(strangers.len()),
            named(strangers)
        ),
        LagKind::Diverged { strangers } => format!(
            "the history of this checkout shows no declaration of {} that it would delete: {}",
            counted(strangers.len(), "record"),
            named(strangers)
        ),
    }
}

fn was(count: usize) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

fn named(records: &[(&ObjectKind, Key)]) -> String {
    let (shown, more) = first(records, LISTED);
    let shown: Vec<String> = shown
        .iter()
        .map(|(kind, key)| format!("{} {}", kind.noun, escaped(&key.to_string())))
        .collect();
    match more {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// What can be done about a checkout from which an apply is refused: the flag for the command that was given.
#[must_use]
pub(super) fn lagging_hint(lag: &Lag) -> String {
    way_out(lag, "--allow-behind")
}

/// The same for a plan that is read: with the whole command.
#[must_use]
pub(super) fn lagging_remedy(lag: &Lag) -> String {
    way_out(lag, "`oppctl apply --allow-behind`")
}

fn way_out(lag: &Lag, allow: &str) -> String {
    match lag.what {
        LagKind::Uncommitted { .. } => format!(
            "commit the manifests from which this was applied. If it is to be deleted: {allow}"
        ),
        LagKind::Behind | LagKind::Diverged { .. } | LagKind::Unknown { .. } => format!(
            "bring it up to date: `git merge {}`. If what came since is to be taken back: {allow}",
            short(lag.applied.commit.as_deref().unwrap_or_default())
        ),
    }
}
