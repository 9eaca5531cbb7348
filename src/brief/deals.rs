//! The records that a plan changes, as a table shows them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::model::{KeyIndex, ObjectKind, Value};
use crate::plan::{Action, ActionName, Change, Deal, parent_of};

use super::seen::Seen;

/// A changed record, and what people recognise it by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DealRow {
    /// The index of its change in the plan.
    pub change: usize,
    pub stage: Option<Box<str>>,
    pub amount: Option<Decimal>,
    pub owner: Option<Box<str>>,
    pub closes: Option<Box<str>>,
    /// How many of its children the plan treats alike.
    pub children: usize,
}

impl DealRow {
    fn of(change: usize, deal: Option<&Deal>, children: usize) -> Self {
        let text = |value: &Value| (!value.is_null()).then(|| value.to_string().into());
        Self {
            change,
            stage: deal.and_then(|deal| text(&deal.stage)),
            amount: deal.and_then(|deal| deal.amount),
            owner: deal.and_then(|deal| text(&deal.owner)),
            closes: deal.and_then(|deal| Some(deal.closes?.to_string().into())),
            children,
        }
    }
}

/// The changes with this action, the largest amounts first. A child whose parent is treated alike is counted there.
/// `seen` has what is known of the changed records.
pub(super) fn rows(changes: &[Change], action: ActionName, seen: &Seen) -> Vec<DealRow> {
    let alike = changes.iter().enumerate();
    let alike = alike.filter(|(_, change)| change.action.name() == action);
    let mut parents: BTreeMap<&ObjectKind, KeyIndex> = BTreeMap::new();
    let key_at = |at: usize| &changes[at].key;
    for (index, change) in alike
        .clone()
        .filter(|(_, change)| change.kind.parent().is_none())
    {
        let places = parents.entry(change.kind).or_default();
        // A plan has one change of each record.
        let _ = places.insert(&change.key, index, key_at);
    }
    let mut children = vec![0; changes.len()];
    let mut alone = Vec::new();
    for (index, change) in alike {
        let parent = parent_of(change.kind, &change.key);
        let place = parent.and_then(|(kind, key)| parents.get(kind)?.get(&key, key_at));
        match place {
            Some(place) => children[place] += 1,
            None => alone.push(index),
        }
    }
    let mut rows: Vec<DealRow> = { alone.into_iter() }
        .map(|index| DealRow::of(index, seen.deal(index), children[index]))
        .collect();
    // In place: a sort that keeps the order by itself needs half as much room again.
    rows.sort_unstable_by_key(|row| (Reverse(row.amount), row.change));
    rows
}

/// What is known of these changed records.
pub(super) fn known(changes: &[usize], seen: &Seen) -> Vec<DealRow> {
    let known = changes
        .iter()
        .filter_map(|index| Some((*index, seen.deal(*index)?)));
    known
        .map(|(index, deal)| DealRow::of(index, Some(deal), 0))
        .collect()
}

/// The changes of records that are there, the largest amounts first; records that are no deals come last.
pub(super) fn by_worth(changes: &[Change], seen: &Seen) -> Vec<usize> {
    let changes = changes.iter().enumerate();
    let updates = changes.filter(|(_, change)| match &change.action {
        Action::Update { .. } | Action::Adopt { .. } => true,
        Action::Create { .. } | Action::Delete { .. } => false,
    });
    let mut sorted: Vec<(bool, Reverse<Option<Decimal>>, usize)> = updates
        .map(|(index, change)| {
            let amount = seen.largest_amount(index);
            (change.kind.deal.is_empty(), Reverse(amount), index)
        })
        .collect();
    sorted.sort_unstable();
    sorted.into_iter().map(|(.., index)| index).collect()
}
