//! The pipeline: how many deals there are and what they are worth, before and after a plan. Sums are exact.

use std::collections::{BTreeMap, HashMap};

use crate::model::{DealField, Value};

use super::deal::{Deal, DealMove, DealState, DealView};
use super::sides::{Side, Sides};

/// The deals of a plan, counted and summed before and after it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pipeline {
    /// The open deals by stage: first the stages of the configuration, then the others as they were met.
    pub stages: Vec<(Box<str>, Sides)>,
    /// The open deals by owner, in the order of the names.
    pub owners: BTreeMap<Box<str>, Sides>,
    pub open: Sides,
    pub won: Sides,
    pub lost: Sides,
    /// Whether amounts are known; otherwise every sum is nothing.
    pub has_amounts: bool,
    /// Whether it is known which deals are decided; otherwise all count as open.
    pub knows_closed: bool,
}

impl Pipeline {
    /// The pipeline of these deals. `stages` come first, in this order.
    #[must_use]
    pub fn of(moves: impl Iterator<Item = DealMove>, view: &DealView, stages: &[Box<str>]) -> Self {
        let has = |field| view.name(field).is_some();
        let mut pipeline = Self {
            has_amounts: has(DealField::Amount),
            knows_closed: has(DealField::Closed) || has(DealField::Won),
            ..Self::default()
        };
        let mut of_stage: HashMap<Box<str>, usize> = HashMap::new();
        let known = stages.iter().cloned();
        pipeline.stages = known.map(|stage| (stage, Sides::default())).collect();
        for (index, stage) in stages.iter().enumerate() {
            of_stage.entry(stage.clone()).or_insert(index);
        }
        for DealMove { before, after, .. } in moves {
            let sides = [(Side::Before, before), (Side::After, after)];
            for (side, deal) in sides {
                if let Some(deal) = deal {
                    pipeline.add(side, &deal, view, &mut of_stage);
                }
            }
        }
        pipeline
            .stages
            .retain(|(_, sides)| *sides != Sides::default());
        pipeline
    }

    fn add(
        &mut self,
        side: Side,
        deal: &Deal,
        view: &DealView,
        of_stage: &mut HashMap<Box<str>, usize>,
    ) {
        let Deal { amount, state, .. } = *deal;
        match state {
            DealState::Won => return self.won.add(side, amount),
            DealState::Lost => return self.lost.add(side, amount),
            DealState::Open => self.open.add(side, amount),
        }
        if view.name(DealField::Stage).is_some() {
            let stages = &mut self.stages;
            let stage = text(&deal.stage);
            let index = *of_stage.entry(stage.clone()).or_insert_with(|| {
                stages.push((stage, Sides::default()));
                stages.len() - 1
            });
            stages[index].1.add(side, amount);
        }
        if view.name(DealField::Owner).is_some() {
            let owner = self.owners.entry(text(&deal.owner)).or_default();
            owner.add(side, amount);
        }
    }

    /// Whether there is no deal.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        [self.open, self.won, self.lost]
            .iter()
            .all(|sides| *sides == Sides::default())
    }
}

fn text(value: &Value) -> Box<str> {
    value.to_string().into()
}
