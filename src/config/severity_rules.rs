//! Which levels each problem, finding and note may have: one table has the level of each by default, and the lowest that the configuration may set, with the reason. What makes a manifest
//! mean something else, and what keeps a plan true, cannot be lowered.

use crate::brief::FindingCode;
use crate::model::{Level, Problem};
use crate::plan::Note;

/// Which levels something may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeverityRule {
    /// The level without a word in the configuration.
    pub default: Level,
    /// The lowest that may be set.
    pub least: Level,
    /// The highest that may be set.
    pub most: Level,
    /// Why it may not be lower, or higher.
    pub reason: &'static str,
}

impl SeverityRule {
    /// That of a problem that cannot be lowered.
    pub const PROBLEM: Self = Self {
        default: Level::Error,
        least: Level::Error,
        most: Level::Error,
        reason: "a manifest with it has no certain meaning, or one that Marketo would refuse",
    };
}

/// The rule of a word; none for one that is no problem, finding or note. Where a problem and a finding share a word, it is that of the
/// finding: the problem stays an error.
#[must_use]
pub fn severity_rule(word: &str) -> Option<SeverityRule> {
    let rule = |default, least, reason| SeverityRule {
        default,
        least,
        most: Level::Error,
        reason,
    };
    let free = |default| rule(default, Level::Off, "");
    let warned = |reason| rule(Level::Warning, Level::Warning, reason);
    let told = |reason| rule(Level::Info, Level::Info, reason);
    let only_info = |reason| SeverityRule {
        most: Level::Info,
        ..told(reason)
    };
    let rule = match word {
        // Findings and notes without which a plan would not be true.
        "behind" => warned("an apply from this checkout is refused, and the plan has to say so"),
        "blocked" => warned("the entry is not applied, and the plan has to say so"),
        "unmasked" => {
            warned("values that may be sensitive are shown, and whoever passes them on has to know")
        }
        "doubled" => told("the record is not applied, and the plan has to say so"),
        "undecided" | "other-key" | "not-declarable" => {
            told("what is not deleted although no manifest declares it has to be told")
        }
        "not-undone" => told("the undo is not complete, and the plan has to say so"),
        "recreated" => {
            told("the records get another id, and whoever confirms the undo has to know")
        }
        "unsure" => told("the record to delete may be that of somebody else"),
        "stored-otherwise" => {
            told("the record is not as declared, although the plan does not change it")
        }
        "unchecked-references" => told("the plan did not check what it checks elsewhere"),
        "ledger-lost" => warned("without its ledger the project owns nothing"),
        "fields-outdated" => told("checks without the instance go by an old file"),
        "renamed" => rule(
            Level::Warning,
            Level::Info,
            "the record gets another id, and loses its history",
        ),
        "narrowed" => only_info("it tells which records the plan leaves out"),
        "as-last-applied" | "as-of" => {
            only_info("it tells that the plan was not made from what Marketo has")
        }
        "not-known" => rule(
            Level::Info,
            Level::Info,
            "nothing of the record is planned, and the plan has to say so",
        ),
        "changed-since" => only_info("it tells that the plan did not look at the other records"),
        "changed-since-all" => {
            only_info("it tells why the plan looked at more than it was asked for")
        }
        "reviewed" => only_info("it tells which part of the reviewed plans is left to do"),
        // Notes that only help.
        "other-case" | "orphan" | "not-renamed" => free(Level::Info),
        "stray-manifest" | "idle-pattern" | "imprecise-number" | "edited-since" => {
            free(Level::Warning)
        }
        // The entry means the same without the name that it ignores.
        "ignores-unwritten" => free(Level::Error),
        word if FindingCode::WORDS.contains(&word) => free(Level::Warning),
        word if Problem::CODES.contains(&word) => SeverityRule::PROBLEM,
        _ => return None,
    };
    Some(rule)
}

/// The words that the member may have, in the order of the alphabet.
#[must_use]
pub fn severity_words() -> Vec<&'static str> {
    let lists = [FindingCode::WORDS, Note::WORDS, Problem::CODES];
    let mut words: Vec<&str> = lists.concat();
    words.sort_unstable();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    /// Every word has a row, and every row that is no default is of a word.
    #[test]
    fn every_word_has_its_rule() {
        for word in severity_words() {
            let rule = severity_rule(word);
            let rule = rule.expect(word);
            assert!(
                rule.least <= rule.default && rule.default <= rule.most,
                "{word}"
            );
            let is_fixed = rule.least > Level::Off;
            assert_eq!(is_fixed, !rule.reason.is_empty(), "{word}");
        }
        assert_eq!(severity_rule("too-many-deletes"), None);
    }

    #[test]
    fn of_the_problems_only_what_means_the_same_may_be_lowered() {
        let lowered = Problem::CODES.iter().filter(|code| {
            let is_finding = FindingCode::WORDS.contains(code);
            !is_finding && severity_rule(code).is_some_and(|rule| rule.least < Level::Error)
        });
        assert_eq!(lowered.collect::<Vec<_>>(), [&"ignores-unwritten"]);
    }
}
