//! Annotations as a Code Quality report of GitLab.
//!
//! Source: docs.gitlab.com, "Code Quality", "Code Quality report format": a list of objects with `description`, `check_name`,
//! `fingerprint`, `severity` (info, minor, major, critical or blocker), `location.path` and `location.lines.begin`. GitLab drops an entry
//! without one of them, so what is not about one line stands at the first line of the configuration.

use serde::Serialize;

use super::fingerprint::fingerprints;
use super::mark::{Mark, Marks};
use crate::plan::file::Severity;

/// What the name of each check begins with.
const PREFIX: &str = "oppctl/";

/// An entry of a Code Quality report.
#[derive(Serialize)]
pub struct CodeQualityEntry<'a> {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

/// The Code Quality report. `config` is the path of the configuration in the repository.
#[must_use]
pub fn code_quality<'a>(marks: &'a Marks, config: &'a str) -> Vec<CodeQualityEntry<'a>> {
    let entries = marks.0.iter().zip(fingerprints(marks));
    entries
        .map(|(mark, fingerprint)| {
            let Mark {
                severity,
                code,
                text,
                help,
                place,
            } = mark;
            let help = help.iter().flat_map(|help| ["\n", help.as_str()]);
            let place = place.as_ref();
            CodeQualityEntry {
                description: text.clone() + &help.collect::<String>(),
                check_name: format!("{PREFIX}{code}"),
                fingerprint,
                severity: match severity {
                    Severity::Error => "critical",
                    Severity::Warning => "minor",
                    Severity::Info => "info",
                },
                location: Location {
                    path: place.map_or(config, |place| &place.file),
                    lines: Lines {
                        begin: place.map_or(1, |place| place.line),
                    },
                },
            }
        })
        .collect()
}

/// Whether a document is a Code Quality report of this program. One without entries has nothing to lose.
pub(in crate::render) fn is_code_quality(document: &serde_json::Value) -> bool {
    let is_ours = |entry: &serde_json::Value| {
        let name = entry["check_name"].as_str();
        name.is_some_and(|name| name.starts_with(PREFIX)) && entry["fingerprint"].is_string()
    };
    document
        .as_array()
        .is_some_and(|entries| entries.iter().all(is_ours))
}
