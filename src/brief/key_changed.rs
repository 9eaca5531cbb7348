//! Records that get another key, which Marketo cannot do: one is deleted, and one is created.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::findings::{Finding, FindingCode, FindingPlace};
use crate::model::Verb;
use crate::plan::{Change, Deal};

/// The most pairs of an old and a new key that are named.
const PAIRS: usize = 3;

/// The records that are deleted while one with the same name and amount is created under another key.
pub(super) fn key_changed(
    changes: &[Change],
    deals: &[(usize, Option<Deal<'_>>, Option<Deal<'_>>)],
) -> Option<Finding> {
    if !changes.iter().any(|change| change.verb() == Verb::Delete) {
        return None;
    }
    let amounts: HashMap<usize, Option<Decimal>> = deals
        .iter()
        .map(|(index, before, after)| (*index, after.or(*before).and_then(|deal| deal.amount)))
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
    let mut deleted: HashMap<_, Vec<&Change>> = HashMap::new();
    for (name, (_, change)) in named(Verb::Delete) {
        deleted.entry(name).or_default().push(change);
    }
    let (mut places, mut keys) = (Vec::new(), Vec::new());
    for (name, (index, new)) in named(Verb::Create) {
        if let Some(old) = deleted.get_mut(&name).and_then(Vec::pop) {
            places.push(FindingPlace {
                change: index,
                field: None,
                day: None,
            });
            if keys.len() < PAIRS {
                keys.push(format!("{} → {}", old.key, new.key));
            }
        }
    }
    let finding = Finding::of(FindingCode::KeyChanged, places)?;
    Some(Finding {
        subject: Some(keys.join(", ").into()),
        ..finding
    })
}
