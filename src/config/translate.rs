//! From serde's error texts to problems.
//!
//! serde reports errors as text only. A text that is recognised here becomes data, so that the message can have plain words, a
//! suggestion and no secrets. Any other text stays as it is.

use super::error::ConfigProblem;
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
    // Below `credentials` no message repeats a value or a key: either may be a secret in the wrong place.
    let secret = is_secret(&path.split('.').collect::<Vec<_>>());
    let within = path.to_owned();
    if message.starts_with("unknown field") {
        let mut words = quoted(message).map(str::to_owned);
        let unknown = words.next();
        let name = if secret { None } else { unknown };
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

/// The path of the member and serde's message. The YAML crate puts one before the other: `limits.concurrency: invalid type: …`.
fn split_path(text: &str) -> (&str, &str) {
    let starts = [
        "unknown field ",
        "missing field ",
        "invalid type: ",
        "invalid value: ",
    ];
    match starts.iter().filter_map(|start| text.find(start)).min() {
        Some(at) if at > 0 => match text[..at].strip_suffix(": ") {
            Some(path) => (path, &text[at..]),
            None => ("", text),
        },
        Some(_) | None => ("", text),
    }
}

/// From serde's words for types to those of YAML.
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

/// The words between backticks in a message of serde.
fn quoted(message: &str) -> impl Iterator<Item = &str> {
    message.split('`').skip(1).step_by(2)
}
