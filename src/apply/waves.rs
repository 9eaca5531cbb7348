//! The loop over waves. Batches of a wave are sent side by side; records whose parents failed are not sent; nothing new is sent once
//! the run is to end.
//!
//! Deletes come last, and only after what may replace their records: a renamed key is a create and a delete, and the old record must
//! not go while the new one is missing. So there are two stages, writes and deletes. A canary is a few waves before the others of
//! its stage, after which its records are read back.

use std::collections::BTreeMap;

use futures_util::future::LocalBoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::api::ApiError;
use crate::plan::{Batch, Canary, Plan, Wave};

use super::blocked::Blocked;
use super::part::BatchResult;
use super::report::{CanaryFailure, Halt, Outcome, Report, Settled, Unrecorded, WhyNot};
use super::sender::{BatchSender, Target};
use super::sequence::{CallSequence, CallStage, CanaryCalls};
use super::stop::{Stop, Urgency};

/// An event of an apply.
#[derive(Clone, Copy, Debug)]
pub enum ApplyEvent<'e> {
    /// This batch is sent next, unless this event cannot be written down.
    Sending(&'e Batch),
    /// These changes have their outcome now.
    Settled(&'e [Settled]),
    /// This number of changes was sent as a canary, and is read back now.
    Looking(usize),
    /// The instance has the canary, of this number of changes, as planned. The rest follows.
    Tried(usize),
    /// The apply ends after the batches in flight.
    Stopping,
}

/// Receives the events of an apply. If it fails, the apply ends after the batches in flight, so that nothing is sent without a trace.
pub type Listener<'l> = dyn FnMut(ApplyEvent<'_>) -> Result<(), Unrecorded> + 'l;

/// Sends the batches of a plan and returns the outcome of each change. It never fails as a whole: the report has what was not done.
pub async fn apply(
    calls: CallSequence<'_>,
    target: Target<'_>,
    stop: Stop,
    on: &mut Listener<'_>,
) -> Report {
    let CallSequence {
        plan,
        writes,
        deletes,
    } = calls;
    let Stop { urgency, lock } = stop;
    let sender = BatchSender::new(plan, target, lock);
    let mut run = Applying {
        sender: &sender,
        urgency,
        on,
        outcomes: plan
            .changes
            .iter()
            .map(|_| Outcome::NotAttempted(WhyNot::Halted))
            .collect(),
        halt: None,
        tried: None,
    };
    for CallStage { trial, waves } in [writes, deletes] {
        if let Some(CanaryCalls {
            canary,
            waves,
            look,
        }) = trial
        {
            run.waves(waves).await;
            run.look(canary, look).await;
        }
        run.waves(waves).await;
    }
    let Applying {
        sender: _,
        urgency: _,
        on: _,
        outcomes,
        halt,
        tried,
    } = run;
    Report {
        outcomes,
        halt,
        tried,
    }
}

struct Applying<'a> {
    sender: &'a BatchSender<'a>,
    urgency: watch::Receiver<Urgency>,
    on: &'a mut Listener<'a>,
    /// The outcome of each change if the apply ended now.
    outcomes: Vec<Outcome>,
    halt: Option<Halt>,
    /// The number of changes of a canary that is as planned.
    tried: Option<usize>,
}

impl Applying<'_> {
    async fn waves(&mut self, waves: &[Wave]) {
        for wave in waves {
            if self.halt.is_some() {
                return;
            }
            self.wave(wave).await;
        }
    }

    /// Goes on only if the canary is as planned. Nothing is in flight here, so the first request to end stops the reading.
    async fn look(&mut self, canary: &Canary, look: LocalBoxFuture<'_, Result<Plan, ApiError>>) {
        if self.halt.is_some() {
            return;
        }
        if canary.indexes().any(|index| self.is_unwritten_for(index)) {
            // None of the deletes is sent, so there is nothing to look at.
            return;
        }
        let changes = canary.len();
        let not_applied = canary
            .indexes()
            .filter(|index| !self.outcomes[*index].is_applied())
            .count();
        if not_applied > 0 {
            let failure = CanaryFailure::NotApplied {
                not_applied,
                changes,
            };
            self.halt = Some(Halt::Canary(failure));
            return;
        }
        if !self.tell(ApplyEvent::Looking(changes)) {
            return;
        }
        let mut urgency = self.urgency.clone();
        let looked = tokio::select! {
            biased;
            Ok(_) = urgency.wait_for(|urgency| *urgency > Urgency::None) => {
                self.halt = Some(Halt::Interrupted);
                return;
            }
            looked = look => looked,
        };
        match looked {
            Err(error) => self.halt = Some(Halt::Api(error)),
            Ok(remains) if remains.is_settled() => {
                *self.tried.get_or_insert(0) += changes;
                self.tell(ApplyEvent::Tried(changes));
            }
            Ok(remains) => {
                let remains = Box::new(remains);
                let failure = CanaryFailure::Unlike { remains };
                self.halt = Some(Halt::Canary(failure));
            }
        }
    }

    async fn wave(&mut self, wave: &Wave) {
        let mut waiting = self.ready(wave).into_iter();
        let sender = self.sender;
        let mut flying = FuturesUnordered::new();
        let mut urgency = self.urgency.clone();
        loop {
            self.check_stop();
            while flying.len() < sender.concurrency() && self.halt.is_none() {
                let Some(batch) = waiting.next() else { break };
                if !self.tell(ApplyEvent::Sending(&batch)) {
                    break;
                }
                for index in &batch.changes {
                    self.outcomes[*index] = Outcome::Unknown {
                        why: "interrupted before the answer came".to_owned(),
                    };
                }
                flying.push(sender.send(batch));
            }
            // Before a halt the first request ends the waiting; after it only `Now` does.
            let level = if self.halt.is_none() {
                Urgency::Soon
            } else {
                Urgency::Now
            };
            tokio::select! {
                biased;
                Ok(_) = urgency.wait_for(|urgency| *urgency >= level) => {
                    if level == Urgency::Now {
                        return;
                    }
                }
                sent = flying.next() => match sent {
                    Some(sent) => self.keep(sent),
                    None => return,
                },
            }
        }
    }

    /// Halts the run if the lock is lost or somebody asked for the end.
    fn check_stop(&mut self) {
        if self.halt.is_some() {
            return;
        }
        if let Err(lost) = self.sender.check_lock() {
            self.halt = Some(Halt::LockLost(lost));
        } else if *self.urgency.borrow() > Urgency::None {
            self.halt = Some(Halt::Interrupted);
            self.tell(ApplyEvent::Stopping);
        }
    }

    fn keep(&mut self, sent: BatchResult) {
        let BatchResult { settled, halt } = sent;
        self.settle(settled);
        if let Some(halt) = halt {
            self.halt.get_or_insert(halt);
        }
    }

    fn settle(&mut self, settled: Vec<Settled>) {
        if !settled.is_empty() {
            self.tell(ApplyEvent::Settled(&settled));
        }
        for Settled {
            change, outcome, ..
        } in settled
        {
            self.outcomes[change] = outcome;
        }
    }

    /// Tells of an event. Returns false if that failed: then nothing more is sent.
    fn tell(&mut self, event: ApplyEvent<'_>) -> bool {
        let Err(error) = (self.on)(event) else {
            return true;
        };
        self.halt.get_or_insert(Halt::Unrecorded(error));
        false
    }

    /// The batches of a wave, without the changes whose parents are missing or whose children are still there: those get their outcome
    /// here.
    fn ready(&mut self, wave: &Wave) -> Vec<Batch> {
        let mut blocked = BTreeMap::new();
        let mut ready = Vec::with_capacity(wave.batches.len());
        let mut settled = Vec::new();
        for batch in &wave.batches {
            let blocked = blocked.entry((batch.kind, batch.verb)).or_insert_with(|| {
                Blocked::of(self.sender.plan, &self.outcomes, batch.kind, batch.verb)
            });
            let mut batch = batch.clone();
            batch.changes.retain(|index| {
                let why = blocked.why(&self.sender.plan.changes[*index]);
                if let Some(why) = why {
                    settled.push(Settled {
                        change: *index,
                        outcome: Outcome::NotAttempted(why),
                        tries: 0,
                        at: Instant::now(),
                    });
                }
                why.is_none()
            });
            if !batch.changes.is_empty() {
                ready.push(batch);
            }
        }
        self.settle(settled);
        ready
    }

    /// Whether a change is kept because something that may replace its record was not written.
    fn is_unwritten_for(&self, index: usize) -> bool {
        matches!(
            self.outcomes[index],
            Outcome::NotAttempted(WhyNot::Unwritten(_))
        )
    }
}
