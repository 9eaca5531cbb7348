//! Owned records that no manifest declares any more: those that can be deleted, and those of which it is not known what they are by now.

use super::bind::Bound;
use super::note::Note;
use super::observed::Observed;
use super::plan_value::Plan;
use super::removal::Removal;
use super::unknown::UnknownRecord;

/// The removals of which the records are known, in the order of their last declarations. Of the others the plan tells.
pub(super) fn known_removals<'b>(
    bound: &Bound<'b>,
    observed: &Observed,
    plan: &mut Plan,
) -> Vec<Removal<'b>> {
    let mut removals = bound.removals.clone();
    removals.sort_by(|a, b| place(a).cmp(&place(b)));
    removals.retain(|removal| {
        let (kind, key) = (removal.kind, removal.key());
        let Some(why) = observed.unknown(kind, key).cloned() else {
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

/// The file and line of a removal's last declaration.
fn place<'r>(removal: &Removal<'r>) -> (&'r str, u32) {
    let declared = &removal.entry.declared;
    (&declared.file, declared.line)
}
