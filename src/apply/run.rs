//! The loop over waves: batches side by side, nothing on top of what failed, nothing new once the run is to end.

use std::collections::HashMap;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::sync::watch;

use crate::api::Client;
use crate::model::{FoldedKey, ObjectKind, Verb};
use crate::plan::{Batch, Plan, Schemas, Wave, parent_of};

use super::batch::{self, Sent};
use super::report::{Halt, Outcome, Report, WhyNot};

/// How a run is asked to end.
pub type Stop = watch::Receiver<Urgency>;

/// How soon a run shall end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    #[default]
    None,
    /// After the batches in flight.
    Soon,
    /// At once: what is in flight stays unknown.
    Now,
}

/// What a run tells while it goes on.
#[derive(Debug)]
pub enum Event {
    /// So many changes more have their outcome now.
    Settled { changes: usize },
    /// The run ends after the batches in flight.
    Stopping,
}

/// Sends the batches of a plan and answers what became of each change. Never fails as a whole: what could not be
/// done is in the report.
pub async fn apply(
    plan: &Plan,
    waves: &[Wave],
    schemas: &Schemas,
    client: &Client,
    stop: Stop,
    on: &mut dyn FnMut(Event),
) -> Report {
    let mut run = Run {
        plan,
        stop,
        outcomes: plan
            .changes
            .iter()
            .map(|_| Outcome::NotAttempted(WhyNot::Halted))
            .collect(),
        halt: None,
    };
    for wave in waves {
        if run.halt.is_some() {
            break;
        }
        run.wave(wave, schemas, client, on).await;
    }
    Report {
        outcomes: run.outcomes,
        halt: run.halt,
    }
}

struct Run<'p> {
    plan: &'p Plan,
    stop: Stop,
    /// What is to be said of each change if the run ended now.
    outcomes: Vec<Outcome>,
    halt: Option<Halt>,
}

impl Run<'_> {
    async fn wave(
        &mut self,
        wave: &Wave,
        schemas: &Schemas,
        client: &Client,
        on: &mut dyn FnMut(Event),
    ) {
        let mut waiting = wave
            .batches
            .iter()
            .map(|batch| self.possible(batch))
            .collect::<Vec<_>>()
            .into_iter();
        let mut flying = FuturesUnordered::new();
        let mut stop = self.stop.clone();
        loop {
            self.heed(on);
            while flying.len() < client.concurrency() && self.halt.is_none() {
                let Some(batch) = waiting.next() else { break };
                let Some(schema) = schemas
                    .get(batch.kind)
                    .filter(|_| !batch.changes.is_empty())
                else {
                    continue;
                };
                for index in &batch.changes {
                    self.outcomes[*index] = Outcome::Unknown {
                        why: "interrupted before the answer came".to_owned(),
                    };
                }
                flying.push(batch::send(self.plan, batch, schema, client));
            }
            let heeded = if self.halt.is_none() {
                Urgency::Soon
            } else {
                Urgency::Now
            };
            tokio::select! {
                biased;
                Ok(_) = stop.wait_for(|urgency| *urgency >= heeded) => {
                    if heeded == Urgency::Now {
                        return;
                    }
                }
                sent = flying.next() => match sent {
                    Some(sent) => self.keep(sent, on),
                    None => return,
                },
            }
        }
    }

    fn heed(&mut self, on: &mut dyn FnMut(Event)) {
        if *self.stop.borrow() > Urgency::None && self.halt.is_none() {
            self.halt = Some(Halt::Interrupted);
            on(Event::Stopping);
        }
    }

    fn keep(&mut self, sent: Sent, on: &mut dyn FnMut(Event)) {
        let Sent { outcomes, halt } = sent;
        on(Event::Settled {
            changes: outcomes.len(),
        });
        for (index, outcome) in outcomes {
            self.outcomes[index] = outcome;
        }
        if let Some(error) = halt {
            self.halt.get_or_insert(Halt::Api(error));
        }
    }

    /// The changes of a batch whose parents and children are as they have to be; the others get their outcome here.
    fn possible(&mut self, batch: &Batch) -> Batch {
        let blocked = self.blocked(batch.kind, batch.verb);
        let mut changes = batch.changes.clone();
        changes.retain(|index| {
            let key = &self.plan.changes[*index].key;
            let on = match batch.verb {
                Verb::Create | Verb::Update => {
                    parent_of(batch.kind, key).map(|(_, parent)| parent.folded())
                }
                Verb::Delete => Some(key.folded()),
            };
            let why = on.and_then(|key| blocked.get(&key));
            if let Some(why) = why {
                self.outcomes[*index] = Outcome::NotAttempted(*why);
            }
            why.is_none()
        });
        Batch {
            kind: batch.kind,
            verb: batch.verb,
            changes,
        }
    }

    /// The keys of parents that are not there, or whose children still are.
    fn blocked(&self, kind: &'static ObjectKind, verb: Verb) -> HashMap<FoldedKey, WhyNot> {
        let failed = self
            .plan
            .changes
            .iter()
            .enumerate()
            .filter(|(index, _)| !matches!(self.outcomes[*index], Outcome::Applied));
        match verb {
            Verb::Create | Verb::Update => {
                let Some(parent) = &kind.parent else {
                    return HashMap::new();
                };
                let missing = failed.filter(|(_, change)| {
                    change.kind == parent.kind && change.verb() == Verb::Create
                });
                missing
                    .map(|(index, change)| (change.key.folded(), WhyNot::Parent(index)))
                    .collect()
            }
            Verb::Delete => {
                let left = failed.filter(|(_, change)| change.verb() == Verb::Delete);
                let of_kind = left.filter_map(|(index, change)| {
                    Some((index, parent_of(change.kind, &change.key)?))
                });
                of_kind
                    .filter(|(_, (parent, _))| *parent == kind)
                    .map(|(index, (_, key))| (key.folded(), WhyNot::Child(index)))
                    .collect()
            }
        }
    }
}
