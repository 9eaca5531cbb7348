//! Records that are sent in one call, and what became of a batch of them.

use tokio::time::Instant;

use crate::api::Encoded;
use crate::plan::Plan;

use super::encode::encode;
use super::report::{Halt, Outcome, Settled};

/// What became of a batch.
#[derive(Debug, Default)]
pub(super) struct BatchResult {
    pub(super) settled: Vec<Settled>,
    /// Why no further call makes sense, if none does.
    pub(super) halt: Option<Halt>,
}

/// Records that are still to be sent, in one call.
pub(super) struct BatchPart {
    pub(super) changes: Vec<usize>,
    pub(super) tries: usize,
    /// Whether a call with these records may have been executed although it was refused.
    pub(super) is_doubtful: bool,
}

impl BatchResult {
    pub(super) fn push(&mut self, change: usize, outcome: Outcome, tries: usize) {
        self.settled.push(Settled {
            change,
            outcome,
            tries,
            at: Instant::now(),
        });
    }
}

impl BatchPart {
    pub(super) fn records(&self, plan: &Plan) -> Vec<Encoded> {
        let changes = self.changes.iter().map(|index| &plan.changes[*index]);
        changes.map(encode).collect()
    }

    pub(super) fn halves(mut self) -> [Self; 2] {
        let back = self.changes.split_off(self.changes.len() / 2);
        let (tries, is_doubtful) = (self.tries, self.is_doubtful);
        // The front half comes last, because the last open part is sent first.
        [
            Self {
                changes: back,
                tries,
                is_doubtful,
            },
            self,
        ]
    }
}
