//! The canary of a run: which calls go first, and the second look at their records before the rest follows.

use std::num::NonZeroUsize;

use crate::api::{ApiError, MAX_RECORDS};
use crate::apply::calls_of;
use crate::observe;
use crate::plan::{Canary, Plan, Question, Room, Wave, canary};

use super::planning::{Basis, Planned, Planning};

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
    questions: Vec<Question>,
    basis: Basis,
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

impl SecondLook {
    /// Reads the records of the canary, plans again, and returns what that plan still wants of them.
    pub(super) async fn remains(
        self,
        canary: &Canary,
        planning: Planning<'_>,
        planned: &Planned,
    ) -> Result<Plan, ApiError> {
        let Self {
            questions,
            mut basis,
        } = self;
        let now = observe::records(planning.client, &planned.schemas, &questions).await?;
        canary.look(&planned.plan, &mut basis.observed, now);
        let again = planning.again(&basis, planned);
        Ok(canary.remains(&planned.plan, again, &basis.observed))
    }
}
