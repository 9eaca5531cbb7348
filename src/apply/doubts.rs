//! Records that were sent, and of which the answer does not tell the outcome. They are read back.
//!
//! Reads may lag behind writes. So what contradicts itself (refused as existing, but not there; neither the old values nor the new
//! ones) and a refusal that may hide an execution are believed only once the lag is over; a contradiction stays one.

use crate::api::{ApiError, Presence};
use crate::model::{Record, Schema, Verb};
use crate::observe;
use crate::plan::{Change, Mask};

use super::part::{BatchPart, BatchResult};
use super::report::{Halt, Outcome};
use super::sender::BatchSender;

/// How often a record is sent at most, so that a server that loses every answer cannot keep a run for ever.
const TRIES: usize = 3;

/// Records that were sent, and of which the answer does not tell the outcome.
#[derive(Default)]
pub(super) struct Doubts {
    pub(super) list: Vec<Doubt>,
    /// What the call was answered with.
    pub(super) why: String,
    /// Whether the call may have been too large for the server.
    pub(super) maybe_too_large: bool,
}

/// A record in doubt.
pub(super) struct Doubt {
    /// The index of its change.
    change: usize,
    /// The refusal, if the instance refused a record that may have been written before.
    refusal: Option<Outcome>,
    shown: Shown,
}

/// What a record that was read back shows of its change.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// It was not made: all is as it was before.
    NotMade,
    /// Neither: somebody else wrote, or the instance stored something else.
    Else { is_there: bool },
}

/// What was tried with a record in doubt.
struct Attempts<'a> {
    tries: usize,
    /// What the last call was answered with.
    why: &'a str,
    /// The sensitive values of the plan.
    mask: &'a Mask,
}

impl Doubts {
    /// All records of a call that was not answered.
    pub(super) fn all(changes: &[usize], error: &ApiError, mask: &Mask) -> Self {
        Self {
            list: changes.iter().copied().map(Doubt::unanswered).collect(),
            why: mask.error(error),
            maybe_too_large: matches!(
                error,
                ApiError::TimedOut { .. } | ApiError::Gateway { .. } | ApiError::Unavailable { .. }
            ),
        }
    }
}

impl Doubt {
    /// A record whose answer is missing.
    pub(super) fn unanswered(change: usize) -> Self {
        Self {
            change,
            refusal: None,
            shown: Shown::NotMade,
        }
    }

    /// A record that was refused, but may have been written before.
    pub(super) fn refused(change: usize, refusal: Outcome) -> Self {
        Self {
            refusal: Some(refusal),
            ..Self::unanswered(change)
        }
    }

    /// Whether the record is to be sent again, because nothing was done.
    fn may_go_again(&self, tries: usize) -> bool {
        self.refusal.is_none() && self.shown == Shown::NotMade && tries < TRIES
    }

    /// The outcome, if no look has told more.
    fn outcome(self, change: &Change, attempts: &Attempts<'_>) -> Outcome {
        let Attempts { tries, why, mask } = *attempts;
        let sent = format!("sent {}", times(tries));
        match (self.refusal, self.shown) {
            (Some(refusal), Shown::NotMade) => {
                let Some(read) = contradiction(change, &refusal) else {
                    return refusal;
                };
                let said = said(&refusal, mask);
                Outcome::Unknown {
                    why: format!("{sent} and refused ({said}), but {read} when read back"),
                }
            }
            (Some(refusal), Shown::Else { is_there }) => {
                let (read, said) = (read(change, is_there), said(&refusal, mask));
                Outcome::Unknown {
                    why: format!("{sent} and refused ({said}); when read back, {read}"),
                }
            }
            (None, Shown::NotMade) => Outcome::Unknown {
                why: format!(
                    "{sent}, but the record does not show the change when read back: {why}"
                ),
            },
            (None, Shown::Else { is_there }) => {
                let read = read(change, is_there);
                Outcome::Unknown {
                    why: format!("{sent} ({why}); when read back, {read}"),
                }
            }
        }
    }
}

impl BatchResult {
    /// Reads the records in doubt, settles those that it can, and returns what has to be sent again.
    pub(super) async fn settle(
        &mut self,
        sender: &BatchSender<'_>,
        schema: &Schema,
        tries: usize,
        doubts: Doubts,
    ) -> Option<Vec<BatchPart>> {
        let Doubts {
            list: mut open,
            why,
            maybe_too_large,
        } = doubts;
        if open.is_empty() {
            return None;
        }
        let changes = &sender.plan.changes;
        let mut looks = sender.client().looks();
        let mut again = Vec::new();
        loop {
            let asked: Vec<_> = open.iter().map(|doubt| &changes[doubt.change]).collect();
            let observed = match observe::read_back(sender.client(), schema, &asked).await {
                Ok(observed) => observed,
                Err(error) => {
                    let why = format!(
                        "{why}; reading back failed: {}",
                        sender.mask().error(&error)
                    );
                    for doubt in open.drain(..) {
                        let why = why.clone();
                        self.push(doubt.change, Outcome::Unknown { why }, tries);
                    }
                    self.halt.get_or_insert(Halt::Api(error));
                    break;
                }
            };
            open.retain_mut(|doubt| {
                let change = &changes[doubt.change];
                let record = observed.get(change.kind, &change.key);
                if change.was_made(record) {
                    let id = record.map(|record| record.id.clone());
                    self.push(doubt.change, Outcome::Applied { id }, tries);
                    return false;
                }
                doubt.shown = shown(change, record);
                // The server refuses a second create and a second delete. An update would write over what others wrote meanwhile, and
                // the read may not show yet: it waits until the lag is over.
                let is_sent_again = doubt.may_go_again(tries) && change.verb() != Verb::Update;
                if is_sent_again {
                    again.push(doubt.change);
                }
                !is_sent_again
            });
            if open.is_empty() || !looks.again().await {
                break;
            }
        }
        let attempts = Attempts {
            tries,
            why: &why,
            mask: sender.mask(),
        };
        for doubt in open {
            let index = doubt.change;
            if doubt.may_go_again(tries) {
                again.push(index);
                continue;
            }
            let outcome = doubt.outcome(&changes[index], &attempts);
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

fn shown(change: &Change, record: Option<&Record>) -> Shown {
    if change.was_not_made(record) {
        Shown::NotMade
    } else {
        Shown::Else {
            is_there: record.is_some(),
        }
    }
}

/// What was read of a record that shows neither the old state nor the new one.
fn read(change: &Change, is_there: bool) -> &'static str {
    match (change.verb(), is_there) {
        (_, false) => "the record is not there any more",
        (Verb::Create, true) => {
            "the record has other values: somebody else created or changed it, or Marketo stored something else"
        }
        (Verb::Update | Verb::Delete, true) => {
            "the record has neither the old values nor the new ones: somebody else changed it, or Marketo stored something else"
        }
    }
}

/// What was read of a record whose refusal says the opposite; nothing if they agree. The record is as it was before the change.
fn contradiction(change: &Change, refusal: &Outcome) -> Option<&'static str> {
    let Outcome::Rejected { reasons, .. } = refusal else {
        return None;
    };
    let says = |presence| {
        let mut reasons = reasons.iter();
        reasons.any(|reason| Presence::told_by(&reason.code) == Some(presence))
    };
    match change.verb() {
        Verb::Create => says(Presence::There).then_some("the record is not there"),
        Verb::Delete => says(Presence::Missing).then_some("the record is there"),
        // The code for a missing record is also that of a missing company.
        Verb::Update => None,
    }
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
pub(super) fn times(tries: usize) -> String {
    match tries {
        1 => "once".to_owned(),
        _ => format!("{tries} times"),
    }
}
