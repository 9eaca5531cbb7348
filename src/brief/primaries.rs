//! Children of one parent of which at most one is to be the main one.

use std::collections::{HashMap, HashSet};

use crate::model::{FoldedKey, ObjectKind, Value};
use crate::plan::{Action, Change, Observed, parent_of};

use super::findings::{Finding, FindingCode, FindingPlace};

/// The changes that make a child the main one beside another, as far as the records that were read tell.
pub(super) fn primary_twice(changes: &[Change], observed: &Observed) -> Option<Finding> {
    let mut places = Vec::new();
    let kinds: HashSet<&'static ObjectKind> = changes.iter().map(|change| change.kind).collect();
    for kind in kinds {
        if let Some(field) = kind.main_child {
            of_kind(kind, field, changes, observed, &mut places);
        }
    }
    places.sort_by_key(|place: &FindingPlace| place.change);
    Finding::of(FindingCode::PrimaryTwice, places)
}

fn of_kind(
    kind: &'static ObjectKind,
    field: &str,
    changes: &[Change],
    observed: &Observed,
    places: &mut Vec<FindingPlace>,
) {
    let of_kind = changes.iter().enumerate();
    let of_kind = of_kind.filter(|(_, change)| change.kind == kind);
    let made: Vec<(usize, FoldedKey)> = of_kind
        .clone()
        .filter(|(_, change)| after(change, field) == Some(true))
        .filter_map(|(index, change)| Some((index, parent_of(kind, &change.key)?.1.folded())))
        .collect();
    if made.is_empty() {
        return;
    }
    let changed: HashMap<FoldedKey, &Change> = of_kind
        .map(|(_, change)| (change.key.folded(), change))
        .collect();
    let mut mains: HashMap<FoldedKey, usize> = HashMap::new();
    for (_, parent) in &made {
        *mains.entry(parent.clone()).or_default() += 1;
    }
    for record in observed.all(kind) {
        // Changes of the field are counted already.
        let change = changed.get(&record.key.folded());
        let is_decided = change.is_some_and(|change| after(change, field).is_some());
        let is_main = record.fields.get(field) == Value::Boolean(true);
        if let Some((_, parent)) = parent_of(kind, &record.key)
            && is_main
            && !is_decided
            && let Some(count) = mains.get_mut(&parent.folded())
        {
            *count += 1;
        }
    }
    let twice = made.into_iter().filter(|(_, parent)| mains[parent] > 1);
    places.extend(twice.map(|(change, _)| FindingPlace {
        change,
        field: Some(field.into()),
        day: None,
    }));
}

/// Whether a change leaves the child as the main one; none if it does not tell.
fn after(change: &Change, field: &str) -> Option<bool> {
    if let Action::Delete { .. } = &change.action {
        return Some(false);
    }
    let field = change.fields().get(field)?;
    (!field.sensitive).then(|| field.after == Value::Boolean(true))
}
