//! Deletions of records that a file declares which the run does not read: most likely it was renamed or moved, or only another instance
//! has it by now.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use crate::model::{Key, ObjectKind, StrayPlace};

use super::bind::Bound;
use super::change::{At, Change};
use super::parent::parent_of;
use super::plan_value::Plan;
use super::refusal::Refusal;

/// The manifests that still declare a record which they declared when it was last applied. Another one may have taken the name of a
/// manifest that was moved.
fn kept_manifests<'b>(bound: &'b Bound<'_>) -> HashSet<&'b str> {
    let Some(owning) = &bound.ownership.ledger else {
        return HashSet::new();
    };
    let records = bound.records.iter();
    let kept = records.filter_map(|desired| {
        let declared = desired.declared;
        let entry = bound.ownership.entry(declared.kind, &desired.key)?;
        let file: &str = &entry.declared.file;
        (*owning.sources.path(declared.at) == *Path::new(file)).then_some(file)
    });
    kept.collect()
}

/// Refuses to delete what a file declares that the run does not read.
pub(super) fn unread(bound: &Bound<'_>, plan: &mut Plan) {
    let allowed = &bound.ownership.permits.allow_unread;
    let mut strays = bound.strays.iter();
    let kept = if strays.any(|stray| stray.place == StrayPlace::Elsewhere) {
        kept_manifests(bound)
    } else {
        HashSet::new()
    };
    let strays = bound.strays.iter();
    for stray in strays.filter(|stray| !allowed.contains(&stray.path)) {
        let mut records: BTreeMap<&'static ObjectKind, Vec<Key>> = BTreeMap::new();
        for Change { kind, key, at, .. } in &plan.changes {
            // What is deleted because of an entry is declared to be. And where the manifest that declared it is still there, a file
            // in some other folder is a copy rather than the manifest itself.
            let is_removal = match at {
                At::Before { place, .. } => {
                    stray.place != StrayPlace::Elsewhere || !kept.contains(&*place.file)
                }
                At::Here(_) | At::Saved { .. } => false,
            };
            let parent = || parent_of(kind, key).map(|(_, parent)| parent.folded());
            if is_removal && stray.declares(kind, key, parent()) {
                records.entry(kind).or_default().push(key.clone());
            }
        }
        if !records.is_empty() {
            plan.refusals.push(Refusal::Unread {
                file: stray.path.as_str().into(),
                is_of_other_instance: stray.place == StrayPlace::OtherInstance,
                records,
            });
        }
    }
}
