//! The records that entries name, and that are not there.

use crate::model::{Key, ObjectKind, RecordKeys};

use super::observed::Observed;
use super::referring::Named;

/// What was looked for because entries name it, and is not there.
#[derive(Clone, Debug, Default)]
pub struct Missing {
    records: RecordKeys,
    /// The kinds that could not be read, and why.
    pub unread: Vec<(&'static ObjectKind, Box<str>)>,
}

impl Missing {
    /// Keys that no query can name cannot be looked for.
    pub fn leave(&mut self, keys: &[(&'static ObjectKind, Key)]) {
        for (kind, key) in keys {
            let why = format!("no query can name {key}");
            self.unread.push((kind, why.into()));
        }
    }

    /// Of the records of a kind that were asked for, those that are not there, and those of which a snapshot does not tell.
    pub fn add(&mut self, kind: &'static ObjectKind, asked: &[Key], answered: &Observed) {
        for key in asked {
            if answered.unknown(kind, key).is_some() {
                let why = format!("the snapshot does not tell about {key}");
                self.unread.push((kind, why.into()));
            } else if answered.get(kind, key).is_none() {
                self.records.insert((kind, key.folded()));
            }
        }
    }

    /// Whether everything that was looked for is there.
    #[must_use]
    pub fn tells_nothing(&self) -> bool {
        self.records.is_empty() && self.unread.is_empty()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    pub(super) fn has(&self, named: &Named) -> bool {
        !self.is_empty() && self.records.contains(&(named.kind, named.key.folded()))
    }
}
