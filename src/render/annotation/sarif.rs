//! Annotations in the Static Analysis Results Interchange Format, SARIF 2.1.0, as code scanning and editors read it.
//!
//! Source: the OASIS standard, and docs.github.com, "SARIF support for code scanning". GitHub shows only results with a location, so what
//! is not about one line stands at the first line of the configuration.

use serde::Serialize;

use super::fingerprint::fingerprints;
use super::mark::{Mark, MarkPlace, Marks};
use super::path::uri;
use crate::model::Position;
use crate::plan::file::Severity;
use crate::render::explain::rule_text;

const NAME: &str = "oppctl";
const VERSION: &str = "2.1.0";

/// A log of SARIF with one run.
#[derive(Serialize)]
pub struct SarifLog {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [SarifRun; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRun {
    tool: Tool,
    /// What a column counts.
    column_kind: &'static str,
    results: Vec<SarifResult>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    short_description: Text,
    /// The page of `oppctl explain`.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Text>,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: String,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    partial_fingerprints: Fingerprints,
}

#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "oppctl/v1")]
    hash: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    /// The column after the last character.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

/// The log of these. `config` is the path of the configuration in the repository.
#[must_use]
pub fn sarif(marks: &Marks, config: &str) -> SarifLog {
    let mut rules: Vec<&str> = marks.0.iter().map(|mark| &*mark.code).collect();
    rules.sort_unstable();
    rules.dedup();
    let results = marks.0.iter().zip(fingerprints(marks));
    let results = results.map(|(mark, hash)| {
        let rule = rules.binary_search(&&*mark.code);
        let rule = rule.expect("the code of each is in the list");
        result(mark, rule, hash, config)
    });
    SarifLog {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: VERSION,
        runs: [SarifRun {
            column_kind: "unicodeCodePoints",
            results: results.collect(),
            tool: Tool {
                driver: Driver {
                    name: NAME,
                    version: env!("CARGO_PKG_VERSION"),
                    rules: rules.iter().map(|code| Rule::of(code)).collect(),
                },
            },
        }],
    }
}

impl Rule {
    fn of(code: &str) -> Self {
        let (title, help) = rule_text(code).unzip();
        Self {
            id: code.to_owned(),
            short_description: Text {
                text: title.unwrap_or_else(|| code.replace('-', " ")),
            },
            help: help.map(|text| Text { text }),
        }
    }
}

fn result(mark: &Mark, rule_index: usize, hash: String, config: &str) -> SarifResult {
    let Mark {
        severity,
        code,
        text,
        help,
        place,
    } = mark;
    let help = help.iter().flat_map(|help| ["\n", help.as_str()]);
    let place = place.as_ref();
    SarifResult {
        rule_id: code.clone(),
        rule_index,
        level: match severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "note",
        },
        message: Text {
            text: text.clone() + &help.collect::<String>(),
        },
        locations: [Location {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation {
                    uri: uri(place.map_or(config, |place| &place.file)),
                    uri_base_id: "%SRCROOT%",
                },
                region: place.map_or_else(Region::first, Region::of),
            },
        }],
        partial_fingerprints: Fingerprints { hash },
    }
}

impl Region {
    fn of(place: &MarkPlace) -> Self {
        let MarkPlace {
            file: _,
            line,
            column,
            end,
        } = place;
        Self {
            start_line: *line,
            start_column: *column,
            end_line: end.map(|Position { line, .. }| line),
            end_column: end.map(|Position { column, .. }| column),
        }
    }

    /// What is about a file as a whole stands at its beginning.
    fn first() -> Self {
        Self {
            start_line: 1,
            start_column: None,
            end_line: None,
            end_column: None,
        }
    }
}

/// Whether a document is a log of this program.
pub(in crate::render) fn is_sarif(document: &serde_json::Value) -> bool {
    let driver = &document["runs"][0]["tool"]["driver"];
    document["version"] == VERSION && driver["name"] == NAME && driver["rules"].is_array()
}
