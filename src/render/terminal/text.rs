//! A plan that is shown at a terminal.

use crate::model::Sources;
use crate::plan::Change;
use crate::plan::file::SavedBrief;
use crate::render::brief::tally;
use crate::render::detail::Detail;

/// How to see every change.
pub(super) const ALL: &str = "-v shows every one";

/// A plan that is shown.
#[derive(Clone, Copy)]
pub(in crate::render) struct PlanText<'a> {
    pub(in crate::render) changes: &'a [Change],
    pub(in crate::render) sources: &'a Sources,
    pub(in crate::render) brief: &'a SavedBrief,
    pub(in crate::render) detail: Detail,
}

/// "20 opportunities and 20 roles", of changes with one action.
pub(super) fn said<'c>(changes: impl IntoIterator<Item = &'c Change>) -> String {
    let said = tally(changes, "");
    let (_, said) = said.split_once(' ').unwrap_or_default();
    said.to_owned()
}
