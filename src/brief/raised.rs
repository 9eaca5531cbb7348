//! What the configuration has raised to an error: a plan that shows it is refused until a person allows the count.

use std::collections::BTreeMap;

use super::findings::FindingCode;
use super::make::Brief;
use crate::model::{Level, Severities};
use crate::plan::{Permits, Plan, Refusal};

/// The refusals for findings and notes that are errors in this configuration.
#[must_use]
pub fn raised(
    plan: &Plan,
    brief: &Brief,
    severities: &Severities,
    permits: &Permits,
) -> Vec<Refusal> {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for finding in &brief.look_first {
        *counts.entry(finding.code.word()).or_default() += finding.count;
    }
    // What is a finding too is counted there.
    let notes = plan.notes.iter().map(|note| (note.word(), note.count()));
    for (word, count) in notes.filter(|(word, _)| !FindingCode::WORDS.contains(word)) {
        *counts.entry(word).or_default() += count;
    }
    let errors = severities.at(Level::Error);
    let refusals = errors.filter_map(|word| {
        let count = *counts.get(word)?;
        let allowed = permits.allow_findings.get(word).copied();
        (allowed.unwrap_or_default() < count).then_some(Refusal::Raised {
            word,
            count,
            allowed,
        })
    });
    refusals.collect()
}
