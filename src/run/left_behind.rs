//! Records that are not declared any more and that stay in the instance, because the project has no ledger.

use std::collections::{BTreeSet, HashSet};

use crate::model::{Declared, DeclaredPart, Ensure, ObjectKind, RecordKey};

use super::basis::ResolvedGoal;
use super::planning::Planning;

impl Planning<'_> {
    /// What git says was declared where the work began, and is not any more. Nothing with a ledger, which deletes such records, and for
    /// a run that leaves files out.
    pub(super) async fn left_behind(self, goal: &ResolvedGoal) -> Vec<String> {
        let (ResolvedGoal::Declared { desired, .. }, None, Some(checkout)) =
            (goal, self.ledger, &self.settings.checkout)
        else {
            return Vec::new();
        };
        if desired.is_of_changes() {
            return left(&desired.gone, &desired.records);
        }
        if desired.narrowed.is_some() {
            return Vec::new();
        }
        let before = checkout.declared_before().await.unwrap_or_default();
        left(&before, &desired.records)
    }
}

/// The entries of the former that have none among the latter, and that no deletion of their parent or complete list concerns.
fn left(before: &[Declared], now: &[Declared]) -> Vec<String> {
    // Most runs begin where git has them: then there is nothing to compare.
    if before.is_empty() {
        return Vec::new();
    }
    let shown = |declared: &Declared| (declared.kind, declared.shown_key().to_lowercase());
    let known: HashSet<(&ObjectKind, String)> = now.iter().map(shown).collect();
    // A lead may be named by its id or by a field: without the instance it is not known which two are the same.
    let without_leads = |declared: &Declared| {
        let parts = declared.key.iter().filter_map(|part| match part {
            DeclaredPart::Text(text) => Some(text.to_lowercase()),
            DeclaredPart::Lead(_) | DeclaredPart::LeadBy(_) => None,
        });
        (declared.kind, parts.collect::<Vec<_>>())
    };
    let names_field = |declared: &&Declared| declared.full_key().is_none();
    let by_field: HashSet<_> = now.iter().filter(names_field).map(without_leads).collect();
    let of_any_lead: HashSet<_> = now.iter().map(without_leads).collect();
    let may_be_known = |declared: &Declared| {
        let rest = without_leads(declared);
        by_field.contains(&rest) || declared.full_key().is_none() && of_any_lead.contains(&rest)
    };
    let decides = |declared: &&Declared| {
        declared.exact_children.is_some() || declared.ensure == Ensure::Absent
    };
    let deciding: HashSet<RecordKey> = now
        .iter()
        .filter(decides)
        .filter_map(|declared| Some((declared.kind, declared.full_key()?.folded())))
        .collect();
    let is_decided = |declared: &Declared| {
        let parent = declared.parent();
        parent.is_some_and(|parent| deciding.contains(&parent))
    };
    let left = before
        .iter()
        .filter(|declared| !known.contains(&shown(declared)) && !may_be_known(declared))
        .filter(|declared| !is_decided(declared));
    let left: BTreeSet<(&ObjectKind, String)> = left
        .map(|declared| (declared.kind, declared.shown_key()))
        .collect();
    left.into_iter()
        .map(|(kind, key)| format!("{} {key}", kind.noun))
        .collect()
}
