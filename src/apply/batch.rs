//! One batch. Records whose outcome the answer leaves open are read back and, if need be, sent again.
//!
//! A write whose answer is lost may have happened or not. So the records are read back: those that hold what was sent are
//! settled, and the rest is sent again. The server guards against mistakes too: a create never overwrites, and an update or a
//! delete names the id that was observed.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use crate::api::{ApiError, Client, Disposition, Encoded, FailedWrite, RecordStatus, WriteReply};
use crate::ledger::{Lost, Watch};
use crate::model::{Schema, is_same_id};
use crate::observe;
use crate::plan::{Batch, Mask, Plan};

use super::encode::encode;
use super::report::{Halt, Outcome, Settled, WhyNot};

/// How often a record is sent at most, so that a server that loses every answer cannot keep a run for ever.
const TRIES: usize = 3;

/// How often calls that were refused as a whole are cut in two before one is accepted. Nine cuts find one bad record of 300. If
/// nothing is accepted after this many, no single record is to blame.
const CUTS: usize = 16;

/// What became of a batch.
#[derive(Debug, Default)]
pub(super) struct BatchResult {
    pub(super) settled: Vec<Settled>,
    /// Why no further call makes sense, if none does.
    pub(super) halt: Option<Halt>,
    /// Changes whose records held neither the old nor the new values after a try without an answer: someone else wrote, before or
    /// after that try.
    pub(super) unclear: BTreeSet<usize>,
}

/// Records that are still to be sent, in one call.
struct BatchPart {
    changes: Vec<usize>,
    tries: usize,
    /// Whether a call with these records may have been executed although it was refused.
    is_doubtful: bool,
}

/// Records that were sent, and of which the answer does not tell the outcome.
#[derive(Default)]
struct Doubts {
    /// With the refusal, if the instance refused a record that had been sent before.
    changes: Vec<(usize, Option<Outcome>)>,
    why: String,
    /// Whether the call may have been too large for the server.
    maybe_too_large: bool,
}

/// Sends a batch until each of its records has an outcome, or until the lock is lost.
pub(super) async fn send(
    plan: &Plan,
    batch: Batch,
    schema: &Schema,
    client: &Client,
    lock: Option<&Watch>,
) -> BatchResult {
    let may = || lock.is_none_or(|lock| lock.check().is_ok());
    let mut sent = BatchResult::default();
    let Batch {
        kind,
        verb,
        changes,
    } = batch;
    let mut open = vec![BatchPart {
        changes,
        tries: 0,
        is_doubtful: false,
    }];
    let mut cuts = 0;
    while let Some(mut part) = open.pop() {
        if sent.halt.is_some() {
            sent.leave(&part);
            continue;
        }
        if part.tries > 0 {
            client.pause(part.tries).await;
        }
        let doubts = match client.write(kind, verb, &part.records(plan), &may).await {
            Ok(written) => {
                cuts = 0;
                part.is_doubtful |= written.is_repeated;
                sent.read(plan, &part, written)
            }
            Err(FailedWrite { error, .. }) if error.is_ambiguous() => {
                Doubts::all(plan, &part, &error)
            }
            Err(FailedWrite { error, is_repeated }) if is_refused(&error) => {
                part.is_doubtful |= is_repeated || error.is_doubtful();
                if part.changes.len() > 1 && cuts < CUTS {
                    cuts += 1;
                    open.extend(part.halves());
                    continue;
                }
                sent.refuse(&part, &error)
            }
            Err(FailedWrite {
                error: ApiError::CalledOff { .. },
                is_repeated,
            }) => {
                part.is_doubtful |= is_repeated;
                sent.leave(&part);
                let lost = lock.and_then(|lock| lock.check().err());
                // A lease that has ended does not start again, unless the clock was set back.
                sent.halt = Some(Halt::LockLost(lost.unwrap_or(Lost::Expired)));
                continue;
            }
            Err(FailedWrite { error, is_repeated }) => {
                part.is_doubtful |= is_repeated || error.is_doubtful();
                if !part.is_doubtful {
                    sent.leave(&part);
                    sent.halt = Some(Halt::Api(error));
                    continue;
                }
                let doubts = sent.refuse(&part, &error);
                sent.halt = Some(Halt::Api(error));
                doubts
            }
        };
        if let Some(rest) = sent
            .settle(plan, schema, client, part.tries + 1, doubts)
            .await
        {
            open.extend(rest);
        }
    }
    sent
}

impl BatchResult {
    fn push(&mut self, change: usize, outcome: Outcome, tries: usize) {
        self.settled.push(Settled {
            change,
            outcome,
            tries,
        });
    }

    /// Gives up on records because no further call makes sense.
    fn leave(&mut self, part: &BatchPart) {
        let outcome = || match part.tries {
            0 if part.is_doubtful => Outcome::Unknown {
                why: "sent and refused, but perhaps executed all the same".to_owned(),
            },
            0 => Outcome::NotAttempted(WhyNot::Halted),
            tries => Outcome::Unknown {
                why: format!(
                    "sent {}, but the record does not show the change when read back",
                    times(tries)
                ),
            },
        };
        for index in &part.changes {
            self.push(*index, outcome(), part.tries);
        }
    }

    /// Takes note that the whole call was refused.
    fn refuse(&mut self, part: &BatchPart, error: &ApiError) -> Doubts {
        let mut doubts = Doubts {
            why: error.to_string(),
            ..Doubts::default()
        };
        for index in &part.changes {
            self.reject(*index, Outcome::of_error(error), part, &mut doubts);
        }
        doubts
    }

    /// Takes note that a record was refused. At a second try the first one may be the reason: "exists already" is such a refusal. A
    /// refusal that may hide an execution is not believed either before the record is read back.
    fn reject(&mut self, index: usize, rejected: Outcome, part: &BatchPart, doubts: &mut Doubts) {
        if part.tries == 0 && !part.is_doubtful {
            self.push(index, rejected, 1);
        } else {
            doubts.changes.push((index, Some(rejected)));
        }
    }

    /// Takes note of what an answer says, and returns what it leaves open.
    fn read(&mut self, plan: &Plan, part: &BatchPart, written: WriteReply) -> Doubts {
        let mut doubts = Doubts {
            why: "the answer has no row for this record".to_owned(),
            ..Doubts::default()
        };
        // The client has reported the warnings.
        let WriteReply {
            request_id,
            rows,
            warnings: _,
            is_repeated: _,
        } = written;
        for (index, row) in part.changes.iter().zip(rows) {
            match row {
                // The row names another record than the one that was sent.
                Some(RecordStatus::Done { id: Some(id) })
                    if plan.changes[*index]
                        .id()
                        .is_some_and(|sent| !is_same_id(sent, &id)) =>
                {
                    doubts.changes.push((*index, None));
                }
                Some(RecordStatus::Done { id }) => {
                    self.push(*index, Outcome::Applied { id }, part.tries + 1);
                }
                Some(RecordStatus::Skipped { reasons }) => {
                    let rejected = Outcome::Rejected {
                        reasons,
                        request_id: request_id.clone(),
                    };
                    self.reject(*index, rejected, part, &mut doubts);
                }
                None => doubts.changes.push((*index, None)),
            }
        }
        doubts
    }

    /// The outcome of a record whose last try was refused. An earlier try may have succeeded all the same.
    fn refused_at_last(
        &self,
        mask: &Mask,
        index: usize,
        rejected: Outcome,
        tries: usize,
    ) -> Outcome {
        if !self.unclear.contains(&index) {
            return rejected;
        }
        let (times, said) = (times(tries), said(&rejected, mask));
        Outcome::Unknown {
            why: format!("sent {times}, then changed by someone else, and finally refused: {said}"),
        }
    }

    /// Reads the records in doubt, settles those that it can, and returns what has to be sent again.
    async fn settle(
        &mut self,
        plan: &Plan,
        schema: &Schema,
        client: &Client,
        tries: usize,
        doubts: Doubts,
    ) -> Option<Vec<BatchPart>> {
        let Doubts {
            changes,
            why,
            maybe_too_large,
        } = doubts;
        if changes.is_empty() {
            return None;
        }
        let asked: Vec<_> = changes
            .iter()
            .map(|(index, _)| &plan.changes[*index])
            .collect();
        let observed = match observe::read_back(client, schema, &asked).await {
            Ok(observed) => observed,
            Err(error) => {
                let error_text = Mask::of(&plan.changes).error(&error);
                let why = format!("{why}; reading back failed: {error_text}");
                for (index, _) in changes {
                    self.push(index, Outcome::Unknown { why: why.clone() }, tries);
                }
                self.halt.get_or_insert(Halt::Api(error));
                return None;
            }
        };
        let mask = LazyCell::new(|| Mask::of(&plan.changes));
        let mut again = Vec::new();
        for (index, rejected) in changes {
            let change = &plan.changes[index];
            let record = observed.get(change.kind, &change.key);
            let outcome = if change.was_made(record) {
                Outcome::Applied {
                    id: record.map(|record| record.id.clone()),
                }
            } else if let Some(rejected) = rejected {
                self.refused_at_last(&mask, index, rejected, tries)
            } else if tries < TRIES {
                if !change.was_not_made(record) {
                    self.unclear.insert(index);
                }
                again.push(index);
                continue;
            } else {
                Outcome::Unknown {
                    why: format!(
                        "sent {}, but the record does not show the change when read back: {why}",
                        times(tries)
                    ),
                }
            };
            self.push(index, outcome, tries);
        }
        let part = BatchPart {
            changes: again,
            tries,
            is_doubtful: false,
        };
        match part.changes.len() {
            0 => None,
            1 => Some(vec![part]),
            _ if maybe_too_large => Some(part.halves().into()),
            _ => Some(vec![part]),
        }
    }
}

/// Whether the instance refused a call because of something in it. Without it the call may succeed.
fn is_refused(error: &ApiError) -> bool {
    let ApiError::Refused { refusal, .. } = error else {
        return false;
    };
    Disposition::of_code(&refusal.code) != Disposition::Fatal
}

/// The reasons of a refusal, without sensitive values.
fn said(rejected: &Outcome, mask: &Mask) -> String {
    let reasons = match rejected {
        Outcome::Rejected { reasons, .. } => reasons.as_slice(),
        Outcome::Applied { .. } | Outcome::NotAttempted(_) | Outcome::Unknown { .. } => &[],
    };
    let reasons = reasons.iter();
    let said: Vec<String> = reasons
        .map(|reason| format!("{} {}", reason.code, mask.text(&reason.message)))
        .collect();
    said.join(", ")
}

/// "once", "2 times".
fn times(tries: usize) -> String {
    match tries {
        1 => "once".to_owned(),
        _ => format!("{tries} times"),
    }
}

impl BatchPart {
    fn records(&self, plan: &Plan) -> Vec<Encoded> {
        let changes = self.changes.iter().map(|index| &plan.changes[*index]);
        changes.map(encode).collect()
    }

    fn halves(mut self) -> [Self; 2] {
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

impl Doubts {
    fn all(plan: &Plan, part: &BatchPart, error: &ApiError) -> Self {
        Self {
            changes: part.changes.iter().map(|index| (*index, None)).collect(),
            why: Mask::of(&plan.changes).error(error),
            maybe_too_large: matches!(
                error,
                ApiError::TimedOut { .. } | ApiError::Gateway { .. } | ApiError::Unavailable { .. }
            ),
        }
    }
}
