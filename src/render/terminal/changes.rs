//! The changes of a plan: a few record by record, many by their patterns; deletions last.

use std::fmt;

use crate::model::Verb;
use crate::render::by_file::by_file;
use crate::render::detail::Detail;

use super::text::PlanText;
use super::{deletions, impact, look, patterns};

/// From this many changes on their patterns are shown, unless every change is asked for.
const MANY: usize = 40;

impl PlanText<'_> {
    /// Writes what changes.
    pub(in crate::render) fn changes(self, out: &mut dyn fmt::Write) -> fmt::Result {
        let is_short = self.changes.len() < MANY || self.detail == Detail::Full;
        match (self.detail, is_short) {
            (Detail::Summary, _) => return Ok(()),
            (Detail::Normal | Detail::Full, true) => {
                let kept = self.changes.iter();
                let kept = kept.filter(|change| change.verb() != Verb::Delete);
                by_file(kept, self.sources, self.detail, out)?;
            }
            (Detail::Normal | Detail::Full, false) => {
                patterns::updates(self, out)?;
                patterns::creates(self, out)?;
            }
        }
        deletions::deletions(self, is_short, out)
    }

    /// Writes what the plan means: for the pipeline, and what to look at first.
    pub(in crate::render) fn meaning(self, out: &mut dyn fmt::Write) -> fmt::Result {
        impact::impact(&self.brief.impact, out)?;
        look::look_first(self, out)
    }
}
