//! Records that get another key, which Marketo cannot do: one is deleted, and one is created.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;

use super::changed_deal::ChangedDeal;
use super::findings::{Finding, FindingCode, FindingPlace};
use crate::model::{Key, Verb};
use crate::plan::{Change, Plan};

/// The most pairs of an old and a new key that are named.
const PAIRS: usize = 3;

/// The records that are renamed, and those that are deleted while one with the same name and amount is created under another key.
pub(super) fn key_changed(plan: &Plan, deals: &[ChangedDeal]) -> Option<Finding> {
    let changes = &plan.changes;
    if !changes.iter().any(|change| change.verb() == Verb::Delete) {
        return None;
    }
    let amounts: HashMap<usize, Option<Decimal>> = deals
        .iter()
        .map(|changed| {
            let amount = changed.last().and_then(|deal| deal.amount);
            (changed.index, amount)
        })
        .collect();
    let amounts = &amounts;
    let named = |verb: Verb| {
        let changes = changes.iter().enumerate();
        changes.filter_map(move |(index, change)| {
            let name = change.label.as_deref()?;
            let amount = amounts.get(&index).copied().flatten();
            (change.verb() == verb).then_some(((change.kind, name, amount), (index, change)))
        })
    };
    let renames = plan.old_keys();
    let old_keys: HashSet<&Key> = renames.values().copied().collect();
    let mut deleted: HashMap<_, Vec<&Change>> = HashMap::new();
    for (name, (_, change)) in named(Verb::Delete) {
        if !old_keys.contains(&change.key) {
            deleted.entry(name).or_default().push(change);
        }
    }
    let mut pairs: Vec<(usize, &Key, &Key)> = { changes.iter().enumerate() }
        .filter(|(_, change)| change.verb() == Verb::Create)
        .filter_map(|(index, new)| Some((index, *renames.get(&(new.kind, &new.key))?, &new.key)))
        .collect();
    for (name, (index, new)) in named(Verb::Create) {
        if renames.contains_key(&(new.kind, &new.key)) {
            continue;
        }
        if let Some(old) = deleted.get_mut(&name).and_then(Vec::pop) {
            pairs.push((index, &old.key, &new.key));
        }
    }
    let (mut places, mut keys) = (Vec::new(), Vec::new());
    for (change, old, new) in pairs {
        places.push(FindingPlace {
            change,
            field: None,
            day: None,
        });
        if keys.len() < PAIRS {
            keys.push(format!("{old} → {new}"));
        }
    }
    let finding = Finding::of(FindingCode::KeyChanged, places)?;
    Some(Finding {
        subject: Some(keys.join(", ").into()),
        ..finding
    })
}
