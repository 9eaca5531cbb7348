//! The canary of a run: which calls go first, and what is asked about their records before the rest follows.

use std::cell::RefCell;
use std::num::NonZeroUsize;

use crate::api::MAX_RECORDS;
use crate::apply::calls_of;
use crate::plan::{BatchLimits, Canary, Plan, Question, Wave, canary};

use super::basis::Basis;

/// The part of a plan that goes first.
#[derive(Debug)]
pub(crate) struct Trial {
    /// What is created or updated, and what is deleted; each if there is any.
    pub(super) stages: [Option<TrialStage>; 2],
    /// What the plan was made from, and what the looks have found since.
    pub(super) basis: RefCell<Basis>,
}

/// The part of a canary that goes first in one stage of a run.
#[derive(Debug)]
pub(crate) struct TrialStage {
    pub(super) canary: Canary,
    pub(super) waves: Vec<Wave>,
    /// What is asked about its records once they were sent.
    pub(super) questions: Vec<Question>,
}

impl Trial {
    /// The canary with the first `of_each` changes of each kind and action and with the renames, and the calls of the rest. `None` if
    /// there are no such changes.
    pub(super) fn of(
        plan: &Plan,
        basis: Basis,
        of_each: Option<NonZeroUsize>,
        limits: BatchLimits,
    ) -> Option<(Self, Vec<Wave>)> {
        // Most plans have neither: then no key has to be looked at.
        if of_each.is_none() && plan.renames.is_empty() {
            return None;
        }
        let canary = canary(plan, of_each);
        if canary.is_empty() {
            return None;
        }
        let stages = canary.stages(plan).map(|canary| {
            (!canary.is_empty()).then(|| TrialStage {
                waves: calls_of(plan, limits, |index| canary.has(index)),
                questions: canary.questions(plan, &basis.questions),
                canary,
            })
        });
        let rest = calls_of(plan, limits, |index| !canary.has(index));
        let basis = RefCell::new(basis);
        Some((Self { stages, basis }, rest))
    }

    /// How many calls it takes, those of the second looks among them.
    pub(super) fn calls(&self) -> usize {
        self.stages.iter().flatten().map(TrialStage::calls).sum()
    }
}

impl TrialStage {
    fn calls(&self) -> usize {
        let questions = self.questions.iter();
        let looks = questions.map(|question| question.keys.len().div_ceil(MAX_RECORDS));
        let writes = self.waves.iter().map(|wave| wave.batches.len());
        looks.chain(writes).sum()
    }
}
