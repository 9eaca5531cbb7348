//! A canary in words: that it was found as planned, or what it came to instead, field by field.

use std::{fmt, mem};

use crate::apply::{CanaryFailure, Outcome};
use crate::model::Sources;
use crate::plan::{Action, Change, Plan};

use super::by_file::by_file;
use super::counting::counted;
use super::detail::Detail;
use super::escape::escaped;
use super::flags::force_flags;
use super::problem::wording;
use super::refusal::refusals;
use super::wording::REST;

/// Stands above what a further plan would change in the records of a canary.
pub(super) const DIFFERS: &str =
    "Marketo's records differ from the plan. These changes are still needed:";

/// Says that a canary was found as it was planned.
pub(super) fn tried(changes: usize, out: &mut dyn fmt::Write) -> fmt::Result {
    let canary = counted(changes, "change");
    let them = if changes == 1 { "it" } else { "them" };
    writeln!(
        out,
        "Canary: {canary} read back; Marketo stored {them} as planned."
    )
}

/// A canary that was not as planned.
#[derive(Clone, Copy)]
pub(super) struct FailedCanary<'c> {
    pub(super) failure: &'c CanaryFailure,
    /// What became of the changes of the plan.
    pub(super) outcomes: &'c [Outcome],
    /// The command that undoes the run.
    pub(super) undo: &'c str,
}

impl FailedCanary<'_> {
    /// Says what is wrong with the canary, and what can be done about it.
    pub(super) fn write(self, sources: &Sources, out: &mut dyn fmt::Write) -> fmt::Result {
        writeln!(
            out,
            "\nThe canary failed: {}. Nothing else was sent.",
            escaped(&self.failure.to_string())
        )?;
        if let CanaryFailure::Unlike { remains } = self.failure {
            unlike(remains, sources, out)?;
        }
        Ok(())
    }

    /// What can be done.
    pub(super) fn way_out(self) -> String {
        let mut way = REST.to_owned();
        if let Some(undo) = self.undo() {
            way.extend([" To undo what was applied: `", &undo, "`"]);
        }
        way
    }

    /// What to do next: to send the same once more would come to the same.
    pub(super) fn next(self) -> &'static str {
        match self.failure {
            CanaryFailure::NotApplied { .. } => "correct what was not applied, then plan again",
            CanaryFailure::Unlike { .. } => {
                "compare what was sent with what Marketo stored, above; correct the manifests, then plan again"
            }
        }
    }

    /// The command that undoes what was applied, if something was.
    pub(super) fn undo(self) -> Option<String> {
        let is_applied = |outcome: &Outcome| matches!(outcome, Outcome::Applied { .. });
        let undo = match self.failure {
            CanaryFailure::NotApplied { .. } => self.undo.to_owned(),
            // What was refused to be changed is refused to be taken back as well.
            CanaryFailure::Unlike { remains } if !remains.refusals.is_empty() => return None,
            CanaryFailure::Unlike { remains } => undo_stored(self.undo, remains),
        };
        self.outcomes.iter().any(is_applied).then_some(undo)
    }
}

/// The command with the flags that the undo needs: without them it would keep the values that Marketo stored differently, as if
/// someone else had changed them.
fn undo_stored(undo: &str, remains: &Plan) -> String {
    let fields = remains.changes.iter().flat_map(Change::fields);
    let flags = force_flags(fields.map(|field| &field.name));
    if flags.is_empty() {
        undo.to_owned()
    } else {
        format!("{undo} {flags}")
    }
}

fn unlike(remains: &Plan, sources: &Sources, out: &mut dyn fmt::Write) -> fmt::Result {
    writeln!(out, "{DIFFERS}\n")?;
    let changes = as_differences(&remains.changes);
    by_file(&changes, sources, Detail::Full, out)?;
    let lines = obstacles(remains, sources);
    for line in &lines {
        writeln!(out, "{line}")?;
    }
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out)
}

/// Changes as differences from what was planned. The run itself has created the records that a further plan would adopt, so they
/// are shown like the others.
pub(super) fn as_differences(changes: &[Change]) -> Vec<Change> {
    let mut changes = changes.to_vec();
    for change in &mut changes {
        if let Action::Adopt { id, fields } = &mut change.action {
            let (id, fields) = (mem::take(id), mem::take(fields));
            change.action = Action::Update { id, fields };
        }
    }
    changes
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
