//! serde's error texts as problems.
//!
//! serde hands out its findings as text only; what is recognised becomes data, so that it can be
//! phrased for people, with a suggestion and without secrets. What is not recognised stays text.

use super::ConfigProblem;
use super::outline::{Mistake, is_secret};
use crate::model::Position;

/// Turns an error of the YAML crate into a problem with a place.
pub(super) fn mistake(error: &serde_yaml::Error) -> Mistake {
    let mut text = error.to_string();
    let at = error.location().map(|location| Position {
        line: location.line(),
        column: location.column(),
    });
    if let Some(Position { line, column }) = at {
        text = text.replacen(&format!(" at line {line} column {column}"), "", 1);
    }
    Mistake {
        problem: problem(&text),
        at,
    }
}

fn problem(text: &str) -> ConfigProblem {
    let (path, message) = split_path(text);
    // Below `credentials` neither values nor keys are repeated: either may be a secret in the wrong place.
    let secret = is_secret(&path.split('.').collect::<Vec<_>>());
    let within = path.to_owned();
    if message.starts_with("unknown field") {
        let mut words = quoted(message).map(str::to_owned);
        let name = words.next().filter(|_| !secret);
        let allowed = words.collect();
        return ConfigProblem::UnknownKey {
            within,
            name,
            allowed,
        };
    }
    if message.starts_with("missing field") {
        let name = quoted(message).next().unwrap_or_default().to_owned();
        return ConfigProblem::MissingKey { within, name };
    }
    if let Some(finding) = message.strip_prefix("invalid ")
        && let Some((_, rest)) = finding.split_once(": ")
        && let Some((found, wanted)) = rest.rsplit_once(", expected ")
    {
        return ConfigProblem::WrongType {
            path: within,
            found: (!secret).then(|| plain(found).to_owned()),
            wanted: plain(wanted).to_owned(),
        };
    }
    ConfigProblem::NotYaml {
        message: message.to_owned(),
    }
}

/// The YAML crate puts the path of the member before serde's message: `limits.concurrency: invalid type: …`.
fn split_path(text: &str) -> (&str, &str) {
    [
        "unknown field ",
        "missing field ",
        "invalid type: ",
        "invalid value: ",
    ]
    .iter()
    .filter_map(|start| text.find(start))
    .min()
    .and_then(|at| {
        let path = text[..at].strip_suffix(": ");
        let path = path.or((at == 0).then_some(""))?;
        Some((path, &text[at..]))
    })
    .unwrap_or(("", text))
}

/// serde's words for types in those of YAML.
fn plain(words: &str) -> &str {
    match words {
        "u32" => "a whole number",
        "path string" => "a path",
        "map" | "a map" => "a mapping",
        "sequence" | "a sequence" => "a list",
        "unit value" => "nothing",
        other => other,
    }
}

/// The words that a message of serde puts between backticks.
fn quoted(message: &str) -> impl Iterator<Item = &str> {
    message.split('`').skip(1).step_by(2)
}
