//! What is not wrong in manifests, but may be worth a look.

use std::sync::Arc;

use super::complaint::Complaint;
use super::notes;
use crate::model::{Desired, Level, Severities, Sources, Span};
use crate::plan::file::Severity;

/// What is not wrong but may be worth a look.
pub struct Surroundings<'s> {
    pub desired: &'s Desired,
    pub imprecise: &'s [(Arc<str>, Span)],
    pub sources: &'s Sources,
    /// The name of the configuration's file.
    pub config: &'s str,
}

impl Surroundings<'_> {
    /// Each in a line, and as reports tell it, as grave as the configuration has it.
    #[must_use]
    pub fn seen(&self, severities: &Severities) -> Vec<(String, Complaint)> {
        let Self {
            desired,
            imprecise,
            sources,
            config,
        } = *self;
        let severity = |word| Severity::of(severities.of(word, Level::Warning));
        let numbers = imprecise.iter().filter(|(_, at)| desired.acts_on(*at));
        let numbers = numbers.filter_map(|(name, at)| {
            let line = notes::imprecise(name, *at, sources);
            let severity = severity("imprecise-number")?;
            Some((line, Complaint::imprecise(severity, name, *at, sources)))
        });
        let unwritten = desired.lowered.iter();
        let unwritten = unwritten.filter(|it| desired.acts_on(it.at));
        let unwritten = unwritten.filter_map(|it| {
            let severity = severity(it.problem.code())?;
            Some(Complaint::lowered(severity, it, sources))
        });
        let strays = desired.strays_beside().filter_map(|stray| {
            let severity = severity("stray-manifest")?;
            let complaint = Complaint::stray(severity, &stray.path);
            Some((notes::stray(&stray.path), complaint))
        });
        let idle = desired.idle_patterns.iter().filter_map(|pattern| {
            let severity = severity("idle-pattern")?;
            let complaint = Complaint::idle_pattern(severity, pattern, config.to_owned());
            Some((notes::idle_pattern(pattern), complaint))
        });
        numbers.chain(unwritten).chain(strays).chain(idle).collect()
    }
}
