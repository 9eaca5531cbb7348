//! What a plan means for the ledger: records that become the project's own or stop to be.

use std::fmt;

use crate::ledger::Place;
use crate::model::{Key, ObjectKind, grouped};
use crate::plan::{ForgottenEntry, LedgerAction, Note, Plan, ProtectionChange, WhyForgotten};

use super::counting::counted;
use super::detail::Detail;
use super::escape::escaped;
use super::place::written;
use super::shortened::listed;
use super::style::{FAINT, Painted, STRONG};

/// Says what an apply changes in the ledger beside what follows from the changes themselves.
pub(super) fn keeping(plan: &Plan, detail: Detail, out: &mut dyn fmt::Write) -> fmt::Result {
    let adopted = plan.ledger_changes.adopted().count();
    if plan.owned == Some(0) && (adopted > 0 || plan.is_empty()) {
        let is_lost = |note: &Note| matches!(note, Note::LedgerLost { .. });
        let yet = if plan.notes.iter().any(is_lost) {
            ""
        } else {
            " yet"
        };
        writeln!(
            out,
            "The ledger has no record of this instance{yet}. Records that no manifest declares are not owned and stay as they are."
        )?;
    }
    let claimed = plan.ledger_changes.adopted().filter(|kept| kept.is_claimed);
    let claimed = claimed.count();
    for (is_claimed, count, how) in [
        (false, adopted - claimed, "not owned yet"),
        (true, claimed, "claimed by a run that died or got no answer"),
    ] {
        let (records, them) = match count {
            0 => continue,
            1 => ("1 record is there".to_owned(), "it"),
            _ => (format!("{count} records are there"), "them"),
        };
        writeln!(
            out,
            "{records} as wanted, and {how}: an apply adopts {them} without writing to Marketo."
        )?;
        let of_sort = plan.ledger_changes.adopted();
        let of_sort = of_sort.filter(|kept| kept.is_claimed == is_claimed);
        let rows = of_sort.map(|kept| (kept.kind, &kept.entry.key, &kept.entry.declared));
        keys(&rows.collect::<Vec<_>>(), detail, out)?;
    }
    protections(plan, detail, out)?;
    let changed = plan.ledger_changes.updates.iter();
    let changed =
        changed.filter(|kept| !kept.adopts && kept.change.is_none() && kept.protection.is_none());
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
        let rows = dropped.iter();
        let rows = rows.map(|dropped| (dropped.kind, &dropped.key, &dropped.place));
        keys(&rows.collect::<Vec<_>>(), detail, out)?;
    }
    Ok(())
}

/// Says which records become protected from deletion, and which are not any more.
fn protections(plan: &Plan, detail: Detail, out: &mut dyn fmt::Write) -> fmt::Result {
    for (action, one, more) in [
        (
            ProtectionChange::Begins,
            "is to be protected: an apply remembers it, and from then on nothing deletes it",
            "are to be protected: an apply remembers them, and from then on nothing deletes them",
        ),
        (
            ProtectionChange::Ends,
            "loses its protection: after an apply it can be deleted",
            "lose their protection: after an apply they can be deleted",
        ),
    ] {
        let updates = plan.ledger_changes.updates.iter();
        let of_action = updates.filter(|update| update.protection == Some(action));
        let rows: Vec<_> = of_action
            .map(|update| (update.kind, &update.entry.key, &update.entry.declared))
            .collect();
        let said = match rows.len() {
            0 => continue,
            1 => one,
            _ => more,
        };
        writeln!(out, "{} {said}.", counted(rows.len(), "record"))?;
        keys(&rows, detail, out)?;
    }
    Ok(())
}

/// A line for each record of the ledger, with the place of its entry in the manifests.
fn keys(
    records: &[(&ObjectKind, &Key, &Place)],
    detail: Detail,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    if detail == Detail::Summary {
        return Ok(());
    }
    let (shown, more) = listed(records, detail);
    for (kind, key, place) in shown {
        let (key, place) = (key.to_string(), Painted(FAINT, written(place)));
        writeln!(out, "  {} {}  {place}", kind.noun, escaped(&key))?;
    }
    match more {
        0 => Ok(()),
        more => writeln!(out, "  … and {} more; -v names them", grouped(more)),
    }
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
    for (action, what) in [
        (LedgerAction::Protect, "protected"),
        (LedgerAction::Unprotect, "no longer protected"),
    ] {
        match plan.ledger_changes.seen_of(action).count() {
            0 => {}
            count => parts.push(format!("{} {what}", counted(count, "record"))),
        }
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

/// What became of a record in the ledger.
pub(super) fn in_the_ledger(action: LedgerAction) -> &'static str {
    match action {
        LedgerAction::Adopt => "adopted as it was",
        LedgerAction::Forget => "no longer managed",
        LedgerAction::Protect => "protected from deletion",
        LedgerAction::Unprotect => "no longer protected from deletion",
    }
}
