//! Which leads have to be looked for before a plan may refer to them.

use std::collections::BTreeSet;

use crate::model::KeyValue;

use super::change::Action;
use super::leads::Leads;
use super::plan_value::Plan;

/// The ids of leads that a plan would refer to and that were not looked up: those of new records whose entries name the lead by its
/// id.
#[must_use]
pub fn leads_to_check(plan: &Plan, leads: &Leads) -> BTreeSet<i64> {
    let created = plan.changes.iter().filter(|change| match change.action {
        Action::Create { .. } => true,
        Action::Adopt { .. } | Action::Update { .. } | Action::Delete { .. } => false,
    });
    let named = created.flat_map(|change| change.key.parts());
    let ids: BTreeSet<i64> = named
        .filter_map(|part| match part {
            KeyValue::Lead(id) => Some(*id),
            KeyValue::Text(_) => None,
        })
        .collect();
    if ids.is_empty() {
        return ids;
    }
    let found = leads.found_ids();
    ids.into_iter().filter(|id| !found.contains(id)).collect()
}
