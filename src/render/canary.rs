//! A canary in words: that it was found as planned, or what it came to instead, field by field.

use std::collections::BTreeSet;
use std::fmt;

use crate::apply::{CanaryFailure, Outcome, Report};
use crate::model::Sources;
use crate::plan::{Change, Plan};

use super::by_file::by_file;
use super::counting::counted;
use super::detail::Detail;
use super::escape::escaped;
use super::problem::wording;
use super::refusal::refusals;

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
    if let CanaryFailure::Unlike { remains } = failure {
        unlike(remains, sources, out)?;
    }
    writeln!(out, "{}", way_out(failure, &report.outcomes))
}

/// What can be done after a failed canary.
pub(super) fn way_out(failure: &CanaryFailure, outcomes: &[Outcome]) -> String {
    let mut way = "What is done is done: a further run plans the rest".to_owned();
    let undo = match failure {
        CanaryFailure::NotApplied { .. } => Some("oppctl undo last".to_owned()),
        // What was refused to be changed is refused to be taken back as well.
        CanaryFailure::Unlike { remains } if !remains.refusals.is_empty() => None,
        CanaryFailure::Unlike { remains } => Some(format!("oppctl undo last{}", forced(remains))),
    };
    let is_applied = |outcome: &Outcome| matches!(outcome, Outcome::Applied { .. });
    if let Some(undo) = undo
        && outcomes.iter().any(is_applied)
    {
        way.extend([", and `", &undo, "` takes back what was applied"]);
    }
    way + "."
}

/// The flags that an undo needs: it takes values that Marketo stored differently for changes of others.
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
    let lines = obstacles(remains, sources);
    for line in &lines {
        writeln!(out, "{line}")?;
    }
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out)
}

/// What else keeps a canary from being as planned: refusals and problems of the further plan.
pub(super) fn obstacles(remains: &Plan, sources: &Sources) -> Vec<String> {
    let (mut lines, _) = refusals(&remains.refusals, sources);
    for diagnostic in &remains.problems {
        let place = sources.place(diagnostic.at);
        let title = wording(&diagnostic.problem).title;
        lines.push(format!("{place}  {}", escaped(&title)));
    }
    lines
}
