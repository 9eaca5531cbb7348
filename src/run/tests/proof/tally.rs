//! What became of some seeds, counted.

use std::collections::BTreeMap;

use crate::apply::Halt;

use super::process::Process;
use super::run::End;

/// How often each thing happened.
#[derive(Default)]
pub(super) struct Tally(BTreeMap<String, usize>);

impl Tally {
    pub(super) fn count(&mut self, what: &str, times: usize) {
        if times > 0 {
            *self.0.entry(what.to_owned()).or_default() += times;
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (what, times) in &other.0 {
            self.count(what, *times);
        }
    }

    /// Counts a run by how it ended.
    pub(super) fn run(&mut self, process: &Process, end: Option<&End>) {
        self.count("runs", 1);
        self.count("await points", process.polls());
        self.count("disk writes that failed", process.failed());
        self.count("freezes", usize::from(process.was_frozen()));
        if let Some(place) = process.died() {
            self.count(&format!("crashes at a {place}"), 1);
        }
        if let Some(End::Sent(sent)) = end {
            let is_read_back = sent.report.tried.is_some();
            self.count("canaries as planned", usize::from(is_read_back));
            let is_failed = matches!(sent.report.halt, Some(Halt::Canary(_)));
            self.count("canaries that failed", usize::from(is_failed));
        }
        let how = match end {
            None => return,
            Some(End::Idle) => "runs with nothing to do",
            Some(End::Refused(_)) => "runs refused",
            Some(End::Empty) => "runs of an empty manifest",
            Some(End::Stale) => "stale plans",
            Some(End::Behind) => "checkouts that are behind",
            Some(End::OtherProject) => "runs of another project",
            Some(End::Altered) => "plan files that show something else",
            Some(End::Declined) => "runs declined",
            Some(End::Abandoned) => "runs abandoned",
            Some(End::Failed) => "runs that could not begin",
            Some(End::Sent(sent)) if sent.report.is_complete() => "runs complete",
            Some(End::Sent(_)) => "runs incomplete",
        };
        self.count(how, 1);
    }

    pub(super) fn lines(&self) -> Vec<String> {
        let lines = self.0.iter();
        lines
            .map(|(what, times)| format!("{times:10} {what}"))
            .collect()
    }
}
