//! Runs that are narrowed to some records: a pattern has to match one, and the plan says what it leaves out.

use super::error::RunError;
use crate::ledger::Ledger;
use crate::model::{Desired, KeyPattern};
use crate::plan::Note;

/// Refuses a pattern that matches no record.
pub(super) fn check(desired: &Desired, ledger: Option<&Ledger>) -> Result<(), RunError> {
    let is_idle = |pattern: &&KeyPattern| {
        let mut entries = desired.records.iter();
        let mut owned = ledger.into_iter().flat_map(Ledger::iter);
        !entries.any(|declared| declared.matches(pattern))
            && !owned.any(|(kind, folded, _)| pattern.matches(&(kind, folded.clone())))
    };
    match desired.patterns().iter().find(is_idle) {
        Some(pattern) => Err(RunError::NothingMatches {
            pattern: pattern.text().into(),
        }),
        None => Ok(()),
    }
}

/// What the run leaves out, if it is narrowed.
pub(super) fn note(desired: &Desired) -> Option<Note> {
    let patterns = desired.patterns().iter();
    let patterns: Vec<Box<str>> = patterns.map(|pattern| pattern.text().into()).collect();
    (!patterns.is_empty()).then(|| Note::Narrowed {
        patterns,
        left: desired.records.len() - desired.selected().count(),
    })
}
