//! A run, as its journal records it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::apply::{Halt, Outcome, with_causes};
use crate::ledger::{Origin, Owner, Place};
use crate::model::{Key, ObjectKind, RecordKey, Verb};
use crate::plan::{
    Change, Counts, LedgerAction, LedgerChange, Mask, OtherRuns, OwnedInRun, ProtectionChange,
    ProtectionInRun, RunChange, RunToUndo, hide_fields, hide_named,
};

use super::id::RunId;
use super::obstacle::{Need, Unlike};
use super::tally::Tally;

/// An apply, from its journal.
#[derive(Clone, Debug)]
pub struct Run {
    pub head: RunHead,
    /// In the order of the plan. If there are fewer than the head counts, the run died while it wrote them, before it sent anything.
    pub changes: Vec<Change>,
    /// One for each change. It is unknown if the change was to be sent and the journal says nothing more about it.
    pub outcomes: Vec<Outcome>,
    /// One for each change.
    pub details: Vec<ChangeDetails>,
    /// The records that became owned without a change in the instance.
    pub adopted: Vec<Adopted>,
    /// What else the run changed in the ledger, beside what follows from its changes.
    pub ledger: Vec<LedgerChange>,
    /// The number of changes that were sent as a canary and found in the instance before the rest was sent.
    pub tried: Option<usize>,
    /// None if the run died or has not ended yet.
    pub end: Option<End>,
}

/// What is known about a run before it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunHead {
    pub id: RunId,
    pub began: Timestamp,
    /// The time by which ledgers know the run, which is before its plan; none without a ledger.
    pub origin: Option<Timestamp>,
    /// The instance's name in the configuration.
    pub instance: Box<str>,
    /// Its fingerprint.
    pub fingerprint: Box<str>,
    pub owner: Owner,
    /// The name of the project, if it has one.
    pub project: Option<Box<str>>,
    /// The commit of the manifests, where it is known.
    pub commit: Option<Box<str>>,
    /// The digest of the plan, where one was made.
    pub digest: Option<Box<str>>,
    /// The run that this run undoes.
    pub undoes: Option<RunId>,
    /// The version of oppctl.
    pub program: Box<str>,
    /// The number of planned changes of each action.
    pub counts: Counts,
}

/// What a journal knows about a change besides its plan and its outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeDetails {
    /// Whether the record was owned before the run.
    pub owned: bool,
    /// The sensitive fields whose values were not stored. The values of the change are null.
    pub left_out: Vec<Arc<str>>,
    /// How often the change was sent.
    pub tries: usize,
}

/// A record that became owned without a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adopted {
    pub kind: &'static ObjectKind,
    pub key: Key,
    /// Its id, where it is written down.
    pub id: Option<Box<str>>,
    /// The entry that declares it.
    pub place: Place,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    pub time: Timestamp,
    /// The number of calls that the run made.
    pub calls: usize,
    pub how: EndReason,
    /// Why the ledger was not saved at the end, where it could not be.
    pub unsaved: Option<Box<str>>,
}

/// Why a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// There was nothing more to send.
    Finished,
    /// A person or the system asked for it.
    Interrupted,
    /// Something failed before anything was sent; why.
    NotBegun(String),
    /// The lock was lost, so another run might have been writing; why.
    LockLost(String),
    /// The journal could not be written; why.
    Unrecorded(String),
    /// The instance took no further calls; why, and what has to be mended first.
    Instance { why: String, need: Option<Need> },
    /// The instance did not hold what the canary was to write; why, and what it holds instead.
    Canary { why: String, unlike: Vec<Unlike> },
    /// The program panicked; where it says why.
    Panicked(String),
}

/// A run without its changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    pub head: RunHead,
    pub tally: Tally,
    pub end: Option<End>,
    /// Whether its process is alive.
    pub is_running: bool,
    /// Whether later runs have done what it had left.
    pub is_settled: bool,
    /// How many of the records that it had left later runs have written or found as they should be.
    pub settled: usize,
}

impl Summary {
    /// Whether the run ended, and nothing of it is unknown any more.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.end.is_some() && !self.is_running && (self.tally.unknown == 0 || self.is_settled)
    }
}

impl RunHead {
    /// The run, as ledgers know it.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin {
            time: self.origin.unwrap_or(self.began),
            commit: self.commit.clone(),
        }
    }
}

impl End {
    /// Whether the ledger was saved with the outcomes of the run.
    #[must_use]
    pub fn is_ledger_saved(&self) -> bool {
        match self.how {
            EndReason::NotBegun(_) | EndReason::LockLost(_) => false,
            EndReason::Finished
            | EndReason::Interrupted
            | EndReason::Unrecorded(_)
            | EndReason::Instance { .. }
            | EndReason::Canary { .. }
            | EndReason::Panicked(_) => self.unsaved.is_none(),
        }
    }
}

impl Run {
    /// The outcomes, counted.
    #[must_use]
    pub fn tally(&self) -> Tally {
        Tally::of(&self.changes, &self.outcomes, self.head.counts)
    }

    /// What there is to undo of this run: what was applied, and what may have been.
    ///
    /// Fields with `forced` names are restored in any case. `others` is what other journals [add](Self::add_to); it matters only where
    /// something is [unknown](Self::has_unknown).
    #[must_use]
    pub fn to_undo<'r>(&'r self, forced: &'r [String], others: &'r OtherRuns) -> RunToUndo<'r> {
        RunToUndo {
            changes: self.changes_to_undo().collect(),
            adopted: self
                .adopted
                .iter()
                .map(|adopted| OwnedInRun {
                    kind: adopted.kind,
                    key: &adopted.key,
                    id: adopted.id.as_deref(),
                    place: &adopted.place,
                })
                .collect(),
            forgotten: self.saved(LedgerAction::Forget).map(owned_in_run).collect(),
            protections: self.protections().collect(),
            origin: self.head.origin,
            is_ledger_saved: self.is_ledger_saved(),
            is_undo: self.head.undoes.is_some(),
            forced,
            others,
        }
    }

    fn is_ledger_saved(&self) -> bool {
        self.end.as_ref().is_some_and(End::is_ledger_saved)
    }

    /// What the run changed in the ledger, of one sort, if the ledger was saved with that.
    fn saved(&self, action: LedgerAction) -> impl Iterator<Item = &LedgerChange> {
        let is_saved = self.is_ledger_saved();
        self.kept()
            .filter(move |kept| is_saved && kept.action == action)
    }

    /// The protections that began and ended.
    fn protections(&self) -> impl Iterator<Item = (RecordKey, ProtectionInRun<'_>)> {
        let of = |action, change| {
            self.saved(action).map(move |kept| {
                let record = owned_in_run(kept);
                let key = (record.kind, record.key.folded());
                (key, ProtectionInRun { record, change })
            })
        };
        let ended = of(LedgerAction::Unprotect, ProtectionChange::Ends);
        of(LedgerAction::Protect, ProtectionChange::Begins).chain(ended)
    }

    /// The changes that were made, or may have been.
    fn changes_to_undo(&self) -> impl Iterator<Item = RunChange<'_>> {
        let changes = self.changes.iter().zip(&self.outcomes).zip(&self.details);
        changes.filter_map(|((change, outcome), details)| {
            let (is_unknown, answered_id) = match outcome {
                Outcome::Applied { id } => (false, id.as_deref()),
                Outcome::Unknown { .. } => (true, None),
                Outcome::Rejected { .. } | Outcome::NotAttempted(_) => return None,
            };
            Some(RunChange {
                change,
                is_unknown,
                answered_id,
                owned: details.owned,
                left_out: &details.left_out,
            })
        })
    }

    /// Whether it is unknown of some change if it was made, or which record it created.
    #[must_use]
    pub fn has_unknown(&self) -> bool {
        self.changes_to_undo()
            .any(|change| change.is_unknown || change.is_nameless())
    }

    /// Adds the records that this run is known to have created and deleted.
    pub fn add_to(&self, others: &mut OtherRuns) {
        for (change, outcome) in self.changes.iter().zip(&self.outcomes) {
            let Outcome::Applied { id } = outcome else {
                continue;
            };
            let (runs, id) = match change.verb() {
                Verb::Create => (&mut others.created, id.as_deref()),
                Verb::Delete => (&mut others.deleted, change.id()),
                Verb::Update => continue,
            };
            if let Some(id) = id {
                let record = (change.kind, id.into());
                runs.insert(record, self.head.id.as_str().into());
            }
        }
    }

    /// What the run changed in the ledger, beside adoptions and what follows from its changes: without what depended on a change that
    /// was not applied.
    pub fn kept(&self) -> impl Iterator<Item = &LedgerChange> {
        kept(&self.ledger, &self.outcomes)
    }

    /// Takes the values and labels out that the configuration calls sensitive by now.
    pub fn hide(&mut self, names: &[Box<str>]) {
        for change in &mut self.changes {
            hide_named(change, names);
        }
        let how = self.end.as_mut().map(|end| &mut end.how);
        if let Some(EndReason::Canary { why: _, unlike }) = how {
            let fields = unlike.iter_mut().flat_map(|unlike| &mut unlike.fields);
            hide_fields(fields, names);
        }
    }

    /// The number of changes that the run did not write down before it died.
    #[must_use]
    pub fn unwritten(&self) -> usize {
        let planned = self.head.counts.total();
        planned.saturating_sub(self.changes.len())
    }
}

fn owned_in_run(change: &LedgerChange) -> OwnedInRun<'_> {
    OwnedInRun {
        kind: change.kind,
        key: &change.key,
        id: change.id.as_deref(),
        place: &change.place,
    }
}

/// The changes of the ledger that do not depend on a change in the instance which was not applied.
pub fn kept<'c>(
    changes: &'c [LedgerChange],
    outcomes: &'c [Outcome],
) -> impl Iterator<Item = &'c LedgerChange> {
    changes.iter().filter(|kept| {
        let outcome = kept.change.and_then(|index| outcomes.get(index));
        kept.change.is_none() || matches!(outcome, Some(Outcome::Applied { .. }))
    })
}

impl EndReason {
    /// What has to be mended before the instance takes further calls, where that is known.
    #[must_use]
    pub fn need(&self) -> Option<&Need> {
        match self {
            Self::Instance { why: _, need } => need.as_ref(),
            Self::Finished
            | Self::Interrupted
            | Self::NotBegun(_)
            | Self::LockLost(_)
            | Self::Unrecorded(_)
            | Self::Canary { .. }
            | Self::Panicked(_) => None,
        }
    }

    /// The records of its canary in which the instance has something else than was sent.
    #[must_use]
    pub fn unlike(&self) -> &[Unlike] {
        match self {
            Self::Canary { why: _, unlike } => unlike,
            Self::Finished
            | Self::Interrupted
            | Self::NotBegun(_)
            | Self::LockLost(_)
            | Self::Unrecorded(_)
            | Self::Instance { .. }
            | Self::Panicked(_) => &[],
        }
    }

    /// Whether the run ended because its canary failed.
    #[must_use]
    pub fn is_canary(&self) -> bool {
        matches!(self, Self::Canary { .. })
    }

    /// Why a run ended, without sensitive values of its changes.
    #[must_use]
    pub fn of(halt: Option<&Halt>, changes: &[Change]) -> Self {
        match halt {
            None => Self::Finished,
            Some(Halt::Interrupted) => Self::Interrupted,
            Some(Halt::LockLost(lost)) => Self::LockLost(lost.to_string()),
            Some(Halt::Unrecorded(error)) => Self::Unrecorded(with_causes(&**error)),
            Some(Halt::Canary(failure)) => Self::Canary {
                why: failure.to_string(),
                unlike: Unlike::all(failure, changes),
            },
            Some(Halt::Panicked(panicked)) => Self::Panicked(panicked.to_string()),
            Some(Halt::Api(error)) => Self::Instance {
                why: Mask::of(changes).error(error),
                need: Need::of(error),
            },
        }
    }
}
