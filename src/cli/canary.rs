//! `--canary`: which calls go first, and how their records are looked at before the rest follows.

use std::num::NonZeroUsize;

use crate::api::{ApiError, MAX_RECORDS};
use crate::apply::{ROOM, calls_of};
use crate::observe;
use crate::plan::{self, Canary, Plan, Question, Wave, canary};

use super::driving::Run;
use super::goal::Goal;
use super::owning::RunLedger;
use super::prepare::{Basis, Prepared, ownership};

/// What goes first.
pub(super) struct Tryout {
    pub(super) canary: Canary,
    pub(super) waves: Vec<Wave>,
    pub(super) look: Look,
}

/// What is asked about a canary.
pub(super) struct Look {
    questions: Vec<Question>,
    basis: Basis,
}

impl Prepared {
    /// Takes so many changes of each sort out, to go first; nothing where all are to go together.
    pub(super) fn try_first(&mut self, of_each: Option<NonZeroUsize>) -> Option<Tryout> {
        let (of_each, basis) = of_each.zip(self.basis.take())?;
        let canary = canary(&self.plan, of_each);
        if canary.is_empty() {
            return None;
        }
        let [first, rest] = calls_of(&self.plan, &canary, ROOM);
        self.waves = rest;
        let tryout = Tryout {
            look: Look {
                questions: canary.questions(&self.plan, &basis.questions),
                basis,
            },
            waves: first,
            canary,
        };
        self.canary_calls = tryout.calls();
        Some(tryout)
    }
}

impl Tryout {
    /// How many calls it takes, those of the look among them.
    fn calls(&self) -> usize {
        let questions = self.look.questions.iter();
        let looks = questions.map(|question| question.keys.len().div_ceil(MAX_RECORDS));
        let writes = self.waves.iter().map(|wave| wave.batches.len());
        looks.chain(writes).sum()
    }
}

impl Look {
    /// Reads the records of the canary, plans again by what they are now, and answers what that plan still wants of them.
    pub(super) async fn at(
        self,
        canary: &Canary,
        run: &Run<'_>,
        prepared: &Prepared,
        ledger: Option<&RunLedger>,
    ) -> Result<Plan, ApiError> {
        let Prepared {
            plan,
            schemas,
            sources,
            ..
        } = prepared;
        let Self { questions, basis } = self;
        let now = observe::records(&run.session.client, schemas, &questions).await?;
        let Basis {
            declared,
            mut observed,
            ..
        } = basis;
        canary.look(plan, &mut observed, now);
        let marker = run.loaded.config.ownership.marker.as_ref();
        let ownership = ownership(ledger, sources, marker, &run.task.permits);
        let again = match &run.task.goal {
            Goal::Declared(_) => {
                let (desired, leads) = declared
                    .as_ref()
                    .expect("what manifests declare is the basis of their plan");
                plan::plan(&plan::bind(desired, schemas, leads, ownership), &observed)
            }
            Goal::Undone(undone) => plan::undo(&undone.undoing(), schemas, &observed, &ownership),
        };
        Ok(canary.remains(plan, again, &observed))
    }
}
