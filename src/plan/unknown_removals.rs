//! Owned records that no manifest declares any more: those that can be deleted, and those of which it is not known what they are by now.

use std::collections::HashSet;

use crate::model::{RecordKey, RecordKeys};

use super::bind::Bound;
use super::note::Note;
use super::observed::Observed;
use super::parent::parent_of;
use super::plan_value::Plan;
use super::removal::Removal;
use super::unknown::{UnknownRecord, WhyUnknown};

/// The removals of which the records are known, in the order of their last declarations. Of the others the plan tells.
pub(super) fn known_removals<'b>(
    bound: &Bound<'b>,
    observed: &Observed,
    plan: &mut Plan,
) -> Vec<Removal<'b>> {
    let renamed = unknown_renames(bound, observed);
    let mut removals = bound.removals.clone();
    removals.sort_by(|a, b| place(a).cmp(&place(b)));
    removals.retain(|removal| {
        let (kind, key) = (removal.kind, removal.key());
        let why = observed.unknown(kind, key).cloned();
        let goes_on = || goes_on(removal, &renamed).then_some(WhyUnknown::Renamed);
        let Some(why) = why.or_else(goes_on) else {
            return true;
        };
        plan.notes.push(Note::Unknown(UnknownRecord {
            kind,
            shown: key.to_string().into(),
            at: None,
            why,
        }));
        false
    });
    removals
}

/// The old keys of the records that entries rename to keys of which nothing is known. What has them is not deleted: it would go, and
/// nothing would take its place.
fn unknown_renames(bound: &Bound<'_>, observed: &Observed) -> RecordKeys {
    let renamed = bound.renamed().filter_map(|(desired, from)| {
        let kind = desired.declared.kind;
        observed.unknown(kind, &desired.key)?;
        Some((kind, from.folded()))
    });
    renamed.collect()
}

/// Whether it is one of these records, or a child of one.
fn goes_on(removal: &Removal<'_>, renamed: &HashSet<RecordKey>) -> bool {
    if renamed.is_empty() {
        return false;
    }
    let parent = parent_of(removal.kind, removal.key()).map(|(of, key)| (of, key.folded()));
    renamed.contains(&(removal.kind, removal.key().folded()))
        || parent.is_some_and(|parent| renamed.contains(&parent))
}

/// The file and line of a removal's last declaration.
fn place<'r>(removal: &Removal<'r>) -> (&'r str, u32) {
    let declared = &removal.entry.declared;
    (&declared.file, declared.line)
}
