//! What a plan means for the ledger: records that become the project's own or stop to be.

use std::fmt;

use crate::plan::{ForgottenEntry, Plan, WhyForgotten};

use super::counting::counted;
use super::detail::Detail;
use super::escape::escaped;
use super::place::written;
use super::style::{FAINT, Painted, STRONG};

/// Says what an apply changes in the ledger beside what follows from the changes themselves.
pub(super) fn keeping(plan: &Plan, detail: Detail, out: &mut dyn fmt::Write) -> fmt::Result {
    let adopted = plan.ledger_changes.adopted().count();
    if plan.owned == Some(0) && (adopted > 0 || plan.is_empty()) {
        writeln!(
            out,
            "The ledger has no record of this instance yet. Records that no manifest declares are not owned and stay as they are."
        )?;
    }
    let claimed = plan.ledger_changes.adopted().filter(|kept| kept.is_claimed);
    let claimed = claimed.count();
    for (count, how) in [
        (adopted - claimed, "not owned yet"),
        (claimed, "claimed by a run that died or got no answer"),
    ] {
        let (records, them) = match count {
            0 => continue,
            1 => ("1 record exists".to_owned(), "it"),
            _ => (format!("{count} records exist"), "them"),
        };
        writeln!(
            out,
            "{records} as declared, and {how}: an apply adopts {them} without writing to Marketo."
        )?;
    }
    let changed = plan.ledger_changes.updates.iter();
    let changed = changed.filter(|kept| !kept.adopts && kept.change.is_none());
    match changed.count() {
        0 => {}
        1 => writeln!(
            out,
            "1 ledger entry is out of date: an apply updates it without writing to Marketo."
        )?,
        count => writeln!(
            out,
            "{count} ledger entries are out of date: an apply updates them without writing to Marketo."
        )?,
    }
    for why in [
        WhyForgotten::Forgotten,
        WhyForgotten::Gone,
        WhyForgotten::Undone,
        WhyForgotten::Remade,
        WhyForgotten::Unproven,
    ] {
        let dropped = plan.ledger_changes.forgotten.iter();
        let dropped: Vec<&ForgottenEntry> = dropped.filter(|dropped| dropped.why == why).collect();
        if dropped.is_empty() {
            continue;
        }
        let count = dropped.len();
        writeln!(
            out,
            "{} {}.",
            counted(count, "record"),
            forgotten(why, count)
        )?;
        if why == WhyForgotten::Gone && detail != Detail::Full {
            continue;
        }
        for dropped in dropped {
            let ForgottenEntry {
                kind,
                key,
                place,
                why: _,
            } = dropped;
            let key = key.to_string();
            writeln!(
                out,
                "  {} {}  {}",
                kind.name,
                escaped(&key),
                Painted(FAINT, written(place))
            )?;
        }
    }
    Ok(())
}

/// What an apply does about `count` records that leave the ledger.
fn forgotten(why: WhyForgotten, count: usize) -> &'static str {
    match (why, count) {
        (WhyForgotten::Forgotten, 1) => {
            "is to be forgotten: an apply stops managing it and leaves it as it is"
        }
        (WhyForgotten::Forgotten, _) => {
            "are to be forgotten: an apply stops managing them and leaves them as they are"
        }
        (WhyForgotten::Gone, 1) => {
            "of the ledger is not in Marketo any more: an apply stops managing it"
        }
        (WhyForgotten::Gone, _) => {
            "of the ledger are not in Marketo any more: an apply stops managing them"
        }
        (WhyForgotten::Undone, 1) => {
            "was taken over by the run that is undone: an apply of this plan stops managing it and leaves it as it is"
        }
        (WhyForgotten::Undone, _) => {
            "were taken over by the run that is undone: an apply of this plan stops managing them and leaves them as they are"
        }
        (WhyForgotten::Remade, 1) => {
            "of the ledger was deleted in Marketo, and another one has its key: an apply leaves that one as it is"
        }
        (WhyForgotten::Remade, _) => {
            "of the ledger were deleted in Marketo, and others have their keys: an apply leaves those as they are"
        }
        (WhyForgotten::Unproven, 1) => {
            "was only claimed, by a run that got no answer, and nothing shows that this run created it: an apply stops managing it and leaves it as it is"
        }
        (WhyForgotten::Unproven, _) => {
            "were only claimed, by runs that got no answer, and nothing shows that these runs created them: an apply stops managing them and leaves them as they are"
        }
    }
}

/// Writes what an apply has changed in the ledger beside what its report says already.
///
/// # Errors
/// Only those of `out`.
pub fn kept(plan: &Plan, out: &mut dyn fmt::Write) -> fmt::Result {
    if plan.ledger_changes.is_empty() {
        return Ok(());
    }
    let mut parts = Vec::new();
    match plan.ledger_changes.adopted().count() {
        0 => {}
        1 => parts.push("1 record adopted as it is".to_owned()),
        adopted => parts.push(format!("{adopted} records adopted as they are")),
    }
    match plan.ledger_changes.forgotten.len() {
        0 => {}
        dropped => parts.push(format!("{} no longer managed", counted(dropped, "record"))),
    }
    let nothing_sent = if plan.is_empty() {
        if parts.is_empty() {
            parts.push("updated to match the manifests".to_owned());
        }
        "; nothing was sent to Marketo"
    } else if parts.is_empty() {
        return Ok(());
    } else {
        ""
    };
    let said = parts.join(", ");
    writeln!(out, "{} {said}{nothing_sent}.", Painted(STRONG, "Ledger:"))
}
