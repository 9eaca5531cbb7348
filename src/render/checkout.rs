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
            if *is_allowed {
                "--allow-behind allows this apply"
            } else {
                "An apply from here is refused"
            }
        ),
        LagKind::Unknown { how } => format!(
            "It is not known whether this checkout is behind what was applied last, {last}: {how}."
        ),
    }
}

/// The same for an apply that is refused for it: in an error.
#[must_use]
pub fn lagging(lag: &Lag) -> String {
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
        LagKind::Diverged { strangers } => format!(
            "the history of this checkout shows no declaration of {} that it would delete: {}",
            counted(strangers.len(), "record"),
            named(strangers)
        ),
    }
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

/// The short name of the commit of the last apply.
#[must_use]
pub fn applied_commit(lag: &Lag) -> String {
    short(lag.applied.commit.as_deref().unwrap_or_default())
}
