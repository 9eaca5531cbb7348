//! The canary of a run: which calls go first, and what is asked about their records before the rest follows.

use std::num::NonZeroUsize;

use crate::api::MAX_RECORDS;
use crate::apply::calls_of;
use crate::plan::{Canary, Plan, Question, Room, Wave, canary};

use super::basis::Basis;

/// The part of a plan that goes first.
#[derive(Debug)]
pub(crate) struct Trial {
    pub(super) canary: Canary,
    pub(super) waves: Vec<Wave>,
    pub(super) look: SecondLook,
}

/// What is asked about a canary that was sent.
#[derive(Debug)]
pub(crate) struct SecondLook {
    pub(super) questions: Vec<Question>,
    pub(super) basis: Basis,
}

impl Trial {
    /// Takes so many changes of each kind and action out of a plan, and returns the calls of the rest; nothing if the plan has no
    /// change.
    pub(super) fn of(
        plan: &Plan,
        basis: Basis,
        of_each: NonZeroUsize,
        room: Room,
    ) -> Option<(Self, Vec<Wave>)> {
        let canary = canary(plan, of_each);
        if canary.is_empty() {
            return None;
        }
        let [waves, rest] = calls_of(plan, &canary, room);
        let look = SecondLook {
            questions: canary.questions(plan, &basis.questions),
            basis,
        };
        let trial = Self {
            canary,
            waves,
            look,
        };
        Some((trial, rest))
    }

    /// How many calls it takes, those of the second look among them.
    pub(super) fn calls(&self) -> usize {
        let questions = self.look.questions.iter();
        let looks = questions.map(|question| question.keys.len().div_ceil(MAX_RECORDS));
        let writes = self.waves.iter().map(|wave| wave.batches.len());
        looks.chain(writes).sum()
    }
}
