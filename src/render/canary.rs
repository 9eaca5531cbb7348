//! A canary in words: that it was found as planned, or what it came to instead, field by field.

use std::collections::BTreeSet;
use std::fmt;

use crate::apply::{CanaryFailure, Outcome, Report};
use crate::model::{Diagnostic, Sources};
use crate::plan::{Change, Plan};

use super::escape::escaped;
use super::plan::{Detail, by_file};
use super::problem::wording;
use super::refusal::refusals;
use super::words::counted;

/// Says that a canary was found as it was planned.
pub(super) fn tried(changes: usize, out: &mut dyn fmt::Write) -> fmt::Result {
    let canary = counted(changes, "change");
    writeln!(
        out,
        "The canary of {canary} was read back, and is as planned."
    )
}

/// Says what is wrong with a canary, and what can be done about it.
///
/// # Errors
/// The sink refuses.
pub fn failed(
    failure: &CanaryFailure,
    report: &Report,
    sources: &Sources,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    writeln!(
        out,
        "\nThe canary failed: {}. Nothing else was sent.",
        escaped(&failure.to_string())
    )?;
    let undo = match failure {
        CanaryFailure::NotApplied { .. } => Some("oppctl undo last".to_owned()),
        CanaryFailure::Unlike { remains } => {
            unlike(remains, sources, out)?;
            // What was refused to be changed is refused to be taken back as well.
            let is_free = remains.refusals.is_empty();
            is_free.then(|| format!("oppctl undo last{}", forced(remains)))
        }
    };
    write!(out, "What is done is done: a further run plans the rest")?;
    let is_applied = |outcome: &Outcome| matches!(outcome, Outcome::Applied { .. });
    if let Some(undo) = undo.filter(|_| report.outcomes.iter().any(is_applied)) {
        write!(out, ", and `{undo}` takes back what was applied")?;
    }
    writeln!(out, ".")
}

/// What an undo has to be told: to it, what Marketo stored otherwise was changed by somebody else.
fn forced(remains: &Plan) -> String {
    let fields = remains.changes.iter().flat_map(Change::fields);
    let names: BTreeSet<&str> = fields.map(|field| &*field.name).collect();
    let flags = names
        .into_iter()
        .map(|name| format!(" --force-field {}", escaped(name)));
    flags.collect()
}

fn unlike(remains: &Plan, sources: &Sources, out: &mut dyn fmt::Write) -> fmt::Result {
    writeln!(
        out,
        "For it to be as planned, this would still have to change:\n"
    )?;
    by_file(&remains.changes, sources, Detail::Full, out)?;
    let (mut lines, _) = refusals(&remains.refusals, sources);
    let problem = |diagnostic: &Diagnostic| {
        let place = sources.place(diagnostic.at);
        format!("{place}  {}", escaped(&wording(&diagnostic.problem).title))
    };
    lines.extend(remains.problems.iter().map(problem));
    for line in &lines {
        writeln!(out, "{line}")?;
    }
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out)
}
