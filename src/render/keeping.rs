//! What a plan means for the ledger: records that become the project's own or stop to be, orphans, and drift.

use std::fmt;

use crate::model::Sources;
use crate::plan::{Drift, Drifted, Dropped, FieldChange, Moved, Plan, WhyDropped};

use super::diff::Shown;
use super::escape::escaped;
use super::place::written;
use super::plan::Detail;
use super::style::{FAINT, Painted, STRONG, UPDATED};
use super::words::counted;

/// Says what an apply changes in the ledger beside what follows from the changes themselves.
pub(super) fn keeping(plan: &Plan, detail: Detail, out: &mut dyn fmt::Write) -> fmt::Result {
    let adopted = plan.keeping.adopted();
    if plan.owned == Some(0) && (adopted > 0 || plan.is_empty()) {
        writeln!(
            out,
            "The ledger has no record of this instance yet: what no manifest declares is not owned, and left alone."
        )?;
    }
    if adopted > 0 {
        let them = if adopted == 1 { "it" } else { "them" };
        writeln!(
            out,
            "{} as declared, and not owned yet: an apply adopts {them}, and writes nothing to Marketo for that.",
            if adopted == 1 {
                "1 record exists".to_owned()
            } else {
                format!("{adopted} records exist")
            },
        )?;
    }
    for (why, words) in [
        (
            WhyDropped::Forgotten,
            "forgotten: an apply lets go of them and leaves them as they are",
        ),
        (
            WhyDropped::Gone,
            "of the ledger are in Marketo no more: an apply lets go of them",
        ),
        (
            WhyDropped::Remade,
            "of the ledger were deleted in Marketo, and others have their keys: an apply lets go of them and leaves the others as they are",
        ),
    ] {
        let dropped = plan.keeping.dropped.iter();
        let dropped: Vec<&Dropped> = dropped.filter(|dropped| dropped.why == why).collect();
        if dropped.is_empty() {
            continue;
        }
        writeln!(out, "{} {words}.", counted(dropped.len(), "record"))?;
        let listed = why != WhyDropped::Gone || detail == Detail::Full;
        for dropped in dropped.into_iter().filter(|_| listed) {
            let Dropped {
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

/// Writes what the instance has changed since the last apply.
///
/// # Errors
/// Only those of `out`.
pub fn drift(plan: &Plan, sources: &Sources, out: &mut dyn fmt::Write) -> fmt::Result {
    let Some(owned) = plan.owned else {
        return writeln!(
            out,
            "There is no ledger, so it is not known what was applied last."
        );
    };
    if plan.drift.is_empty() {
        return writeln!(
            out,
            "{} Nothing that is declared and owned has changed in Marketo since the last apply; {} owned.",
            Painted(STRONG, "No drift."),
            counted(owned, "record")
        );
    }
    for drift in &plan.drift {
        let Drift {
            kind,
            shown,
            at,
            what,
        } = drift;
        let said = match what {
            Drifted::Gone => "was deleted in Marketo".to_owned(),
            Drifted::Remade => "was deleted in Marketo, and another record has its key".to_owned(),
            Drifted::Fields(_) => String::new(),
        };
        let row = format!(
            "  {} {} {}  {}   {said}",
            Painted(UPDATED, '!'),
            kind.name,
            escaped(shown),
            Painted(FAINT, sources.place(*at)),
        );
        writeln!(out, "{}", row.trim_end())?;
        if let Drifted::Fields(fields) = what {
            for field in fields {
                drifted(field, out)?;
            }
        }
    }
    writeln!(
        out,
        "\n{} {} changed in Marketo since the last apply (declared → in Marketo).",
        Painted(STRONG, "Drift:"),
        counted(plan.drift.len(), "record")
    )
}

fn drifted(field: &FieldChange, out: &mut dyn fmt::Write) -> fmt::Result {
    let name = escaped(&field.name);
    if field.before == field.after {
        return writeln!(out, "      {name}  is by now as declared");
    }
    let lines = Shown::of(field).lines(0);
    let too = field.moved == Some(Moved::Both);
    for (index, line) in lines.iter().enumerate() {
        let row = if index == 0 {
            let too = too.then_some(Painted(FAINT, "   you changed it too"));
            let too = too.map_or_else(String::new, |too| too.to_string());
            format!("      {name}  {line}{too}")
        } else {
            format!("        {line}")
        };
        writeln!(out, "{}", row.trim_end())?;
    }
    Ok(())
}
