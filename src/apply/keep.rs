//! The ledger around an apply: claims before the first write, and the outcomes after the last.
//!
//! A crash in between leaves the union of old and new keys in the ledger. A claim has no id yet: it says that the record may have
//! been created. The next plan adopts the record if a manifest still declares it. If none does, the plan deletes the
//! record where it is shown to be the claimed one, and otherwise removes only the entry.

use jiff::Timestamp;

use crate::ledger::{Entry, Ledger};
use crate::model::{FoldedKey, ObjectKind, Verb};
use crate::plan::{Action, EntryUpdate, Plan};

use super::report::{Outcome, Report};

/// The claims of an apply, with the entries that they replaced.
#[derive(Debug, Default)]
#[must_use]
pub struct Claims(Vec<Claim>);

#[derive(Debug)]
struct Claim {
    kind: &'static ObjectKind,
    key: FoldedKey,
    /// The index of the change that settles it.
    change: usize,
    before: Option<Entry>,
}

/// Claims every record that the plan creates. Records that it adopts are not claimed: a claim without a manifest can lead to a
/// deletion, and that must not happen to a record that existed before and was never adopted.
pub fn claim(ledger: &mut Ledger, plan: &Plan) -> Claims {
    let mut claims = Claims::default();
    for kept in &plan.ledger_changes.updates {
        let EntryUpdate {
            kind,
            entry,
            change,
            adopts: _,
            is_claimed: _,
            protection: _,
        } = kept;
        let claimed = change.filter(|index| match plan.changes[*index].action {
            Action::Create { .. } => true,
            Action::Adopt { .. } | Action::Update { .. } | Action::Delete { .. } => false,
        });
        let Some(change) = claimed else { continue };
        let key = entry.key.folded();
        let before = ledger.remove(kind, &key);
        ledger.insert(kind, entry.clone());
        claims.0.push(Claim {
            kind,
            key,
            change,
            before,
        });
    }
    claims
}

/// Brings the ledger up to the outcomes, once the claims are [settled](Claims::settle). `answered` says when the outcome of each
/// change was known.
pub fn keep(ledger: &mut Ledger, plan: &Plan, report: &Report, answered: &[Option<Timestamp>]) {
    for kept in &plan.ledger_changes.updates {
        let entry = match kept
            .change
            .map(|index| (&report.outcomes[index], answered[index]))
        {
            None => kept.entry.clone(),
            Some((Outcome::Applied { id }, written)) => Entry {
                id: kept.entry.id.clone().or_else(|| id.clone()),
                written,
                ..kept.entry.clone()
            },
            Some((
                Outcome::Rejected { .. } | Outcome::NotAttempted(_) | Outcome::Unknown { .. },
                _,
            )) => {
                continue;
            }
        };
        ledger.insert(kept.kind, entry);
    }
    for dropped in &plan.ledger_changes.forgotten {
        drop(ledger.remove(dropped.kind, &dropped.key.folded()));
    }
    for (change, outcome) in plan.changes.iter().zip(&report.outcomes) {
        if change.verb() == Verb::Delete && outcome.is_applied() {
            drop(ledger.remove(change.kind, &change.key.folded()));
        }
    }
}

impl Claims {
    /// The entry of a record that was refused or not sent is again as it was before the claims; a record whose outcome is unknown
    /// stays claimed.
    pub fn settle(self, ledger: &mut Ledger, report: &Report) {
        for claim in self.0 {
            match report.outcomes[claim.change] {
                // The entry is written next, or the outcome is in doubt.
                Outcome::Applied { .. } | Outcome::Unknown { .. } => {}
                Outcome::Rejected { .. } | Outcome::NotAttempted(_) => {
                    let claimed = ledger.remove(claim.kind, &claim.key);
                    debug_assert!(claimed.is_some(), "a claim stays until it is settled");
                    if let Some(before) = claim.before {
                        ledger.insert(claim.kind, before);
                    }
                }
            }
        }
    }

    /// Whether nothing was claimed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
