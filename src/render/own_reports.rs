//! Telling the reports of this program from the files of others, so that none of those is written over.

use super::annotation::{is_code_quality, is_sarif};
use crate::plan::file::read;

/// What a page begins with.
const PAGE: &str = "<!-- oppctl:v1 instance=";

/// The members of a report that no other program gives a document of its own all at once.
const MEMBERS: [&str; 8] = [
    "version", "state", "oppctl", "planned", "applied", "refusals", "adopted", "changes",
];

/// The members of what `validate` and `plan --drift` write.
const OF_CHECKS: [&str; 5] = ["format_version", "oppctl", "verdict", "exit", "problems"];

/// Whether a text is what this program writes: a page, a plan, a report, a Code Quality report or a log of SARIF. Others have members such as `changes`, too.
#[must_use]
pub fn is_report(text: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(text) else {
        return false;
    };
    if text.starts_with(PAGE) {
        return text
            .lines()
            .next()
            .is_some_and(|line| line.ends_with(" -->"));
    }
    let document = serde_json::from_str::<serde_json::Value>(text);
    let is_document = |document: serde_json::Value| {
        if is_code_quality(&document) || is_sarif(&document) {
            return true;
        }
        let has = |member: &&str| document.get(member).is_some();
        if OF_CHECKS.iter().all(has) {
            return true;
        }
        MEMBERS.iter().all(has) && document["version"].is_u64() && document["changes"].is_array()
    };
    document.is_ok_and(is_document) || read(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_this_program_writes_is_a_report() {
        for text in [
            "{\"changes\": [\"my precious\"]}",
            "{\"version\": 1, \"changes\": [], \"state\": \"open\"}",
            "{\"format_version\": \"1.0\", \"changes\": []}",
            "<!-- oppctl: notes of mine -->",
            "<!-- oppctl:v1 instance=a digest=b\nmore",
            "[{\"check_name\": \"eslint/semi\", \"fingerprint\": \"1\"}]",
            "[1]",
            "{\"version\": \"2.1.0\", \"runs\": [{\"tool\": {\"driver\": {\"name\": \"eslint\", \"rules\": []}}}]}",
            "null",
        ] {
            assert!(!is_report(text.as_bytes()), "{text}");
        }
        let page = "<!-- oppctl:v1 instance=a digest=b command=plan -->\n# Plan\n";
        let entry = "[{\"check_name\": \"oppctl/syntax\", \"fingerprint\": \"1\"}]";
        for text in [page, entry, "[]"] {
            assert!(is_report(text.as_bytes()), "{text}");
        }
    }
}
