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
            "This checkout is behind what was applied last, {last}: an apply from here is refused, because it would take back what came since."
        ),
        LagKind::Diverged { strangers } if strangers.is_empty() => {
            format!("The history of this checkout does not have what was applied last, {last}.")
        }
        LagKind::Diverged { strangers } => format!(
            "The history of this checkout does not have what was applied last, {last}, and shows no declaration of {} that it would delete: {}. {}.",
            counted(strangers.len(), "record"),
            named(strangers),
            allowed(*is_allowed)
        ),
        LagKind::Uncommitted { strangers } => format!(
            "It would delete {} that {} applied from uncommitted files and that no commit of this checkout has declared: {}. {}.",
            counted(strangers.len(), "record"),
            was(strangers.len()),
            named(strangers),
            allowed(*is_allowed)
        ),
        LagKind::Unknown { how } => format!(
            "It is not known whether this checkout is behind what was applied last, {last}: {how}."
        ),
    }
}

fn allowed(is_allowed: bool) -> &'static str {
    if is_allowed {
        "--allow-behind allows this apply"
    } else {
        "An apply from here is refused"
    }
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
        .map(|(kind, key)| format!("{} {}", kind.name, escaped(&key.to_string())))
        .collect();
    match more {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// What can be done about a checkout from which an apply is refused.
#[must_use]
pub(super) fn lagging_hint(lag: &Lag) -> String {
    match lag.what {
        LagKind::Uncommitted { .. } => {
            "commit the manifests from which this was applied. If it is to be deleted: --allow-behind"
                .to_owned()
        }
        LagKind::Behind | LagKind::Diverged { .. } | LagKind::Unknown { .. } => format!(
            "bring it up to date: `git merge {}`. If what came since is to be taken back: --allow-behind",
            short(lag.applied.commit.as_deref().unwrap_or_default())
        ),
    }
}
