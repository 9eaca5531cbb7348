//! What the deals of a plan show, one after the other: each is looked up once, for this and for the pipeline.

use std::collections::HashSet;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::model::Value;
use crate::plan::{Change, Deal, DealMove, DealState, DealView};

use super::changed_deal::ChangedDeal;

/// What the deals of a plan show.
#[derive(Debug, Default)]
pub struct Seen {
    /// In the order of the changes.
    pub(super) changed: Vec<ChangedDeal>,
    /// The stages that deals have before the plan.
    pub(super) stages: HashSet<Arc<Value>>,
    /// The stages and owners of the changed deals, which share equal ones.
    values: HashSet<Arc<Value>>,
}

impl Seen {
    /// Nothing yet, with room for the deals among these changes.
    #[must_use]
    pub fn expecting(changes: &[Change], view: &DealView) -> Self {
        let deals = { changes.iter() }.filter(|change| Some(change.kind) == view.kind());
        Self {
            changed: Vec::with_capacity(deals.count()),
            ..Self::default()
        }
    }

    /// Adds what one deal shows. Changed deals come in the order of their changes.
    pub fn add(&mut self, moved: &DealMove) {
        let DealMove {
            change,
            before,
            after,
        } = moved;
        if let Some(before) = before
            && !self.stages.contains(&before.stage)
        {
            self.stages.insert(Arc::clone(&before.stage));
        }
        if let Some(index) = *change {
            let [before, after] = [before, after].map(|deal| Some(self.shared(deal.as_ref()?)));
            self.changed.push(ChangedDeal {
                index,
                before,
                after,
            });
        }
    }

    /// The deal with values that others have too.
    fn shared(&mut self, deal: &Deal) -> Deal {
        let mut share = |value: &Arc<Value>| {
            if let Some(known) = self.values.get(value) {
                return Arc::clone(known);
            }
            self.values.insert(Arc::clone(value));
            Arc::clone(value)
        };
        Deal {
            stage: share(&deal.stage),
            owner: share(&deal.owner),
            ..*deal
        }
    }

    fn of_change(&self, index: usize) -> Option<&ChangedDeal> {
        let place = self.changed.binary_search_by_key(&index, |deal| deal.index);
        Some(&self.changed[place.ok()?])
    }

    /// The deal that a change leaves or deletes.
    pub(super) fn deal(&self, index: usize) -> Option<&Deal> {
        self.of_change(index)?.last()
    }

    /// The larger of the amounts before and after a change.
    pub(super) fn largest_amount(&self, index: usize) -> Option<Decimal> {
        let ChangedDeal { before, after, .. } = self.of_change(index)?;
        let sides = [before, after].into_iter().flatten();
        sides.filter_map(|deal| deal.amount).max()
    }

    /// The stages of deals that a change leaves decided.
    pub(super) fn closed_stages(&self) -> HashSet<String> {
        let after = self.changed.iter().filter_map(|deal| deal.after.as_ref());
        let closed = after.filter(|deal| deal.state != DealState::Open);
        closed.map(|deal| deal.stage.to_string()).collect()
    }
}
