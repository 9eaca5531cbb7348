//! One batch. Records whose outcome the answer leaves open are read back and, if need be, sent again.
//!
//! A write whose answer is lost may have happened or not. So the records are read back: those that hold what was sent are
//! settled, and the rest is sent again. The server guards against mistakes too: a create never overwrites, and an update or a
//! delete names the id that was observed.

use crate::api::{ApiError, Disposition, FailedWrite, RecordStatus, WriteReply};
use crate::ledger::Lost;
use crate::model::is_same_id;
use crate::plan::{Batch, Plan};

use super::doubts::{Doubt, Doubts, times};
use super::part::{BatchPart, BatchResult};
use super::report::{Halt, Outcome, WhyNot};
use super::sender::BatchSender;

/// How often calls that were refused as a whole are cut in two before one is accepted. Nine cuts find one bad record of 300. If
/// nothing is accepted after this many, no single record is to blame.
const CUTS: usize = 16;

impl BatchSender<'_> {
    /// Sends a batch until each of its records has an outcome, or until the lock is lost.
    pub(super) async fn send(&self, batch: Batch) -> BatchResult {
        let lock = self.lock.as_ref();
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
        let schema = self.schema(kind);
        let mut cuts = 0;
        while let Some(mut part) = open.pop() {
            if sent.halt.is_some() {
                sent.leave(&part);
                continue;
            }
            if part.tries > 0 {
                self.client().pause(part.tries).await;
            }
            let doubts = match self
                .client()
                .write(kind, verb, &part.records(self.plan), &may)
                .await
            {
                Ok(written) => {
                    cuts = 0;
                    part.is_doubtful |= written.is_repeated;
                    sent.read(self.plan, &part, written)
                }
                Err(FailedWrite { error, .. }) if error.is_ambiguous() => {
                    Doubts::all(&part.changes, &error, self.mask())
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
                    let lost = self.check_lock().err();
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
            if let Some(rest) = sent.settle(self, schema, part.tries + 1, doubts).await {
                open.extend(rest);
            }
        }
        sent
    }
}

impl BatchResult {
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
            let doubt = self.reject(*index, Outcome::of_error(error), part);
            doubts.list.extend(doubt);
        }
        doubts
    }

    /// Takes note that a record was refused, or returns it as one in doubt. At a second try the first one may be the reason: "exists already" is such a refusal. A
    /// refusal that may hide an execution is not believed either before the record is read back.
    fn reject(&mut self, index: usize, rejected: Outcome, part: &BatchPart) -> Option<Doubt> {
        if part.tries == 0 && !part.is_doubtful {
            self.push(index, rejected, 1);
            return None;
        }
        Some(Doubt::refused(index, rejected))
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
                    doubts.list.push(Doubt::unanswered(*index));
                }
                Some(RecordStatus::Done { id }) => {
                    self.push(*index, Outcome::Applied { id }, part.tries + 1);
                }
                Some(RecordStatus::Skipped { reasons }) => {
                    let rejected = Outcome::Rejected {
                        reasons,
                        request_id: request_id.clone(),
                    };
                    doubts.list.extend(self.reject(*index, rejected, part));
                }
                None => doubts.list.push(Doubt::unanswered(*index)),
            }
        }
        doubts
    }
}

/// Whether the instance refused a call because of something in it. Without it the call may succeed.
fn is_refused(error: &ApiError) -> bool {
    let ApiError::Refused { refusal, .. } = error else {
        return false;
    };
    Disposition::of_code(&refusal.code) != Disposition::Fatal
}
