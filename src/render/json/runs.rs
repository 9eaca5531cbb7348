//! The list of runs.

use serde::Serialize;

use super::report::run_entry;
use super::types::{FORMAT, RunEntry};
use crate::journal::Summary;

/// The runs of an instance, the newest first.
#[derive(Serialize)]
pub struct RunsDocument<'a> {
    version: u32,
    format_version: &'static str,
    instance: &'a str,
    runs: Vec<RunEntry<'a>>,
}

impl<'a> RunsDocument<'a> {
    /// The document of these runs.
    #[must_use]
    pub fn of(instance: &'a str, runs: &'a [Summary]) -> Self {
        let runs = runs.iter().map(|summary| {
            let Summary {
                head,
                tally,
                end,
                is_running,
                is_settled: _,
                settled: _,
            } = summary;
            run_entry(head, tally, end.as_ref(), *is_running)
        });
        Self {
            version: 1,
            format_version: FORMAT,
            instance,
            runs: runs.collect(),
        }
    }
}
