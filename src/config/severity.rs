//! The member `severity`: which of the problems, findings and notes are graver or less grave than usual.

use std::collections::BTreeMap;

use super::error::ConfigProblem;
use super::file::LevelFile;
use super::finding::Finding;
use super::severity_rules::{severity_rule, severity_words};
use crate::model::{Level, Severities};
use crate::plan::Refusal;

/// Checks the member.
pub(super) fn check(file: BTreeMap<String, LevelFile>) -> Result<Severities, Finding> {
    let words = severity_words();
    let levels = file.into_iter().map(|(word, level)| {
        let level = Level::from(level);
        let wrong = |problem| Err(Finding::new(problem, &["severity", &word]));
        let Some(known) = words.iter().find(|known| **known == word) else {
            if Refusal::CODES.contains(&&*word) {
                return wrong(ConfigProblem::RefusalSeverity { word: word.clone() });
            }
            let meant = meant(&word, &words);
            return wrong(ConfigProblem::UnknownSeverity {
                word: word.clone(),
                meant,
            });
        };
        match severity_rule(known) {
            Some(rule) if level < rule.least || level > rule.most => {
                wrong(ConfigProblem::FixedSeverity {
                    word: known,
                    level: level.word(),
                    reason: rule.reason,
                })
            }
            Some(_) | None => Ok((*known, level)),
        }
    });
    levels.collect()
}

/// The word that is close to this one, or that it is a part of.
fn meant(word: &str, words: &[&'static str]) -> Option<&'static str> {
    let close = similar::get_close_matches(word, words, 1, 0.6);
    let longer = words
        .iter()
        .find(|known| known.split('-').any(|part| part == word));
    longer.or(close.first()).copied()
}

impl From<LevelFile> for Level {
    fn from(level: LevelFile) -> Self {
        match level {
            LevelFile::Error => Self::Error,
            LevelFile::Warning => Self::Warning,
            LevelFile::Info => Self::Info,
            LevelFile::Off => Self::Off,
        }
    }
}
