//! What an undo would lose: values that only the record has which it deletes.

use std::collections::HashSet;
use std::sync::Arc;

use crate::model::{Key, ObjectKind};
use crate::plan::change::{Action, Change, WhyDelete};
use crate::plan::observed::Observed;
use crate::plan::plan_value::Plan;
use crate::plan::refusal::Refusal;

use super::run::{RunChange, RunToUndo};

/// Refuses to delete records that have sensitive values of others which the run deleted and the journal does not have: a rename carries
/// them over. A journal does not tell a rename, so any two records of a kind may be one, unless a person has named the fields.
pub(super) fn refusals(run: &RunToUndo<'_>, observed: &Observed, plan: &Plan) -> Vec<Refusal> {
    let deleted: HashSet<(&ObjectKind, &Key)> = { plan.changes.iter() }
        .filter(|change| is_undone(change))
        .map(|change| (change.kind, &change.key))
        .collect();
    let is_new = |change: &&RunChange<'_>| {
        let change = change.change;
        matches!(change.action, Action::Create { .. })
            && deleted.contains(&(change.kind, &change.key))
    };
    let new: Vec<&RunChange<'_>> = run.changes.iter().filter(is_new).collect();
    let old = run.changes.iter().filter(|old| {
        let change = old.change;
        matches!(change.action, Action::Delete { .. })
            && observed.get(change.kind, &change.key).is_none()
    });
    let lost = old.filter_map(|old| {
        let (new, fields) = { new.iter() }
            .filter(|new| may_be_renamed(old.change, new.change))
            .map(|new| (new, lost(old, new, run)))
            .find(|(_, fields)| !fields.is_empty())?;
        Some(Refusal::LostValues {
            kind: old.change.kind,
            from: old.change.key.to_string().into(),
            to: new.change.key.to_string().into(),
            fields,
            at: new.change.at.clone(),
        })
    });
    lost.collect()
}

fn is_undone(change: &Change) -> bool {
    match change.action {
        Action::Delete { why, .. } => why == WhyDelete::Undone,
        Action::Create { .. } | Action::Adopt { .. } | Action::Update { .. } => false,
    }
}

/// Whether the one record may have become the other: children keep all of their key but their parent's.
fn may_be_renamed(old: &Change, new: &Change) -> bool {
    if old.kind != new.kind {
        return false;
    }
    let Some(part) = old.kind.parent_part() else {
        return true;
    };
    let parts = [old, new].map(|change| change.key.parts().iter().enumerate());
    let [old, new] = parts.map(|parts| parts.filter(|(index, _)| *index != part));
    old.eq(new)
}

/// The fields whose values only the new record has.
fn lost(old: &RunChange<'_>, new: &RunChange<'_>, run: &RunToUndo<'_>) -> Vec<Arc<str>> {
    let names = old.left_out.iter();
    let names = names.filter(|name| new.left_out.contains(name) && !run.is_forced(name));
    names.cloned().collect()
}
