//! Drift: what was changed in Marketo since the last apply.

use std::fmt;

use crate::model::{Invocation, Sources};
use crate::plan::{Drift, Drifted, FieldChange, Moved, Plan};

use super::counting::counted;
use super::diff::FieldDiff;
use super::escape::escaped;
use super::place::line;
use super::style::{FAINT, Painted, STRONG, UPDATED, columns, padding};

/// Writes what others changed in Marketo since the last apply.
///
/// # Errors
/// Only those of `out`.
pub fn drift(
    plan: &Plan,
    sources: &Sources,
    invocation: &Invocation,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let Some(owned) = plan.owned else {
        return writeln!(
            out,
            "There is no ledger, so it is not known what was applied last."
        );
    };
    if plan.drift.is_empty() {
        return writeln!(
            out,
            "{} Marketo still has what the last apply wrote ({} owned).",
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
            Drifted::Undeclared(_) => "no manifest declares it any more".to_owned(),
        };
        let row = format!(
            "  {} {} {}  {}   {said}",
            Painted(UPDATED, '!'),
            kind.noun,
            escaped(shown),
            Painted(FAINT, line(at, sources)),
        );
        writeln!(out, "{}", row.trim_end())?;
        if let Drifted::Fields(fields) | Drifted::Undeclared(fields) = what {
            // In the order of the manifest, as in a plan.
            let mut fields: Vec<&FieldChange> = fields.iter().collect();
            fields.sort_by_key(|field| field.at);
            let names = fields.iter().map(|field| columns(&field.name));
            let names = names.max().unwrap_or(0);
            for field in fields {
                drifted(field, names, out)?;
            }
        }
    }
    writeln!(
        out,
        "\n{} {} changed in Marketo since the last apply (declared → in Marketo).",
        Painted(STRONG, "Drift:"),
        counted(plan.drift.len(), "record")
    )?;
    writeln!(
        out,
        "To take this into the manifests: {}. An apply sets it back.",
        invocation.command("oppctl pull --drift")
    )
}

/// What a comparison came to, in one sentence.
#[must_use]
pub fn drift_verdict(records: usize) -> String {
    if records == 0 {
        "no drift: Marketo still has what the last apply wrote".to_owned()
    } else {
        let records = counted(records, "record");
        format!("drift: {records} changed in Marketo since the last apply")
    }
}

fn drifted(field: &FieldChange, names: usize, out: &mut dyn fmt::Write) -> fmt::Result {
    let name = format!("{}{}", escaped(&field.name), padding(&field.name, names));
    if field.before == field.after {
        return writeln!(out, "      {name}  changed, and now equals the manifest");
    }
    let lines = FieldDiff::of(field).lines(0);
    let aside = match field.moved {
        Some(Moved::Both) => Some("   you changed it too"),
        Some(Moved::Hidden) => Some("   by you or in Marketo: the ledger keeps no hash of it"),
        Some(Moved::You | Moved::Marketo) | None => None,
    };
    for (index, line) in lines.iter().enumerate() {
        let row = if index == 0 {
            let aside = aside.map(|aside| Painted(FAINT, aside).to_string());
            format!("      {name}  {line}{}", aside.unwrap_or_default())
        } else {
            format!("        {line}")
        };
        writeln!(out, "{}", row.trim_end())?;
    }
    Ok(())
}
