//! What is true of an instance whatever went wrong: compared with how it was, and with what the case expects.
//!
//! It knows records and outcomes, and nothing of plans, faults or calls.

use pretty_assertions::assert_eq;
use serde_json::Value;

use super::bench::{Records, Run, told};
use super::case::Contents;
use crate::apply::Outcome;

/// An instance before and after a run under a fault.
pub(crate) struct World<'w> {
    pub(crate) before: &'w Records,
    pub(crate) after: &'w Records,
    pub(crate) expected: &'w Contents,
}

impl World<'_> {
    fn is_as_before(&self, key: &str) -> bool {
        self.after.get(key) == self.before.get(key)
    }

    fn is_as_expected(&self, key: &str) -> bool {
        self.after.get(key).map(told).as_ref() == self.expected.get(key)
    }

    /// Each record is as it was, to the second, or as it is to be.
    pub(crate) fn assert_all_or_nothing(&self) {
        for key in self
            .before
            .keys()
            .chain(self.after.keys())
            .chain(self.expected.keys())
        {
            let (before, after) = (self.before.get(key), self.after.get(key));
            assert!(
                self.is_as_before(key) || self.is_as_expected(key),
                "{key}: {before:?} became {after:?}"
            );
        }
    }

    /// What the report says is so.
    pub(crate) fn assert_honest(&self, run: &Run) {
        assert_eq!(run.report.outcomes.len(), run.plan.changes.len());
        for (change, outcome) in run.plan.changes.iter().zip(&run.report.outcomes) {
            let key = change.key.to_string().to_lowercase();
            let is_so = match outcome {
                Outcome::Applied { .. } => self.is_as_expected(&key),
                Outcome::Rejected { .. } | Outcome::NotAttempted(_) => self.is_as_before(&key),
                Outcome::Unknown { .. } => true,
            };
            assert!(
                is_so,
                "{key} is not {outcome:?}: {:?}",
                self.after.get(&key)
            );
        }
    }
}

/// Records by keys in small letters.
pub(crate) fn folded(records: Records) -> Records {
    let records = records.into_iter();
    records
        .map(|(key, record)| (key.to_lowercase(), record))
        .collect()
}

pub(crate) fn contents(records: &Records) -> Contents {
    let records = records.iter();
    records
        .map(|(key, record)| (key.clone(), told(record)))
        .collect()
}

/// Asserts that what an apply need not touch is as it was, to the second, and that nothing was deleted and made anew.
pub(crate) fn assert_untouched(before: &Records, after: &Records, expected: &Contents) {
    for (key, old) in before {
        let wanted = expected.get(key);
        let written = after.get(key);
        // An empty boolean that is declared as `false` is a change, which `told` does not show.
        let is_made_false = written.is_some_and(|written| {
            let mut members = written.iter();
            members.any(|(name, value)| *value == false && old.get(name).is_none_or(Value::is_null))
        });
        if wanted == Some(&told(old)) && !is_made_false {
            assert_eq!(after.get(key), Some(old), "{key}");
        } else if wanted.is_some() {
            assert_eq!(after[key]["marketoGUID"], old["marketoGUID"], "{key}");
        }
    }
}
