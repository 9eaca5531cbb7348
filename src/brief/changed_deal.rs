//! A deal that a plan changes.

use crate::plan::Deal;

/// A deal that a plan changes, before and after it.
#[derive(Debug)]
pub(super) struct ChangedDeal {
    /// The index of its change in the plan.
    pub(super) index: usize,
    pub(super) before: Option<Deal>,
    pub(super) after: Option<Deal>,
}

impl ChangedDeal {
    /// The deal as the plan leaves it, or as it deletes it.
    pub(super) fn last(&self) -> Option<&Deal> {
        self.after.as_ref().or(self.before.as_ref())
    }
}
