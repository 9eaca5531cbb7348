//! How grave something is that is worth telling, as the configuration may have it.

use std::collections::BTreeMap;

/// How grave something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It is told nowhere.
    Off,
    /// It is only told.
    Info,
    /// It is worth a look.
    Warning,
    /// Nothing is sent before it is resolved or allowed.
    Error,
}

impl Level {
    /// All of them, the gravest first.
    pub const ALL: [Self; 4] = [Self::Error, Self::Warning, Self::Info, Self::Off];

    /// Its name in the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// The levels that the configuration sets, by the words of problems, findings and notes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Severities(BTreeMap<&'static str, Level>);

impl Severities {
    /// The level of something that has another one by default.
    #[must_use]
    pub fn of(&self, word: &str, default: Level) -> Level {
        self.0.get(word).copied().unwrap_or(default)
    }

    /// The words of a level.
    pub fn at(&self, level: Level) -> impl Iterator<Item = &'static str> + '_ {
        let words = self.0.iter().filter(move |(_, known)| **known == level);
        words.map(|(word, _)| *word)
    }
}

impl FromIterator<(&'static str, Level)> for Severities {
    fn from_iter<I: IntoIterator<Item = (&'static str, Level)>>(levels: I) -> Self {
        Self(levels.into_iter().collect())
    }
}
