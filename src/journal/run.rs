//! A run as its journal tells it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::apply::{Halt, Outcome, with_causes};
use crate::ledger::{Origin, Owner, Place};
use crate::model::{Key, ObjectKind, Verb};
use crate::plan::{Change, Counts, OtherRuns, RunAdoption, RunChange, RunToUndo, masked};

use super::RunId;

/// An apply, from its journal.
#[derive(Clone, Debug)]
pub struct Run {
    pub head: Head,
    /// In the order of the plan. Fewer than the head counts if the run died before it had written them all, and so sent nothing.
    pub changes: Vec<Change>,
    /// One for each change; unknown for those that were to be sent and of which nothing more is written.
    pub outcomes: Vec<Outcome>,
    /// One for each change.
    pub asides: Vec<Aside>,
    /// The records that became the project's own without a change of the instance.
    pub adopted: Vec<Adopted>,
    /// How many changes went out as a canary and were found before the rest went.
    pub tried: Option<usize>,
    /// Missing where the run has died, or goes on.
    pub end: Option<End>,
}

/// What is known of a run before it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub id: RunId,
    pub began: Timestamp,
    /// The time by which ledgers know it, which is before its plan; none without a ledger.
    pub origin: Option<Timestamp>,
    /// The instance's name in the configuration.
    pub instance: Box<str>,
    /// Its fingerprint.
    pub fingerprint: Box<str>,
    pub owner: Owner,
    /// That of the manifests, where it is known.
    pub commit: Option<Box<str>>,
    /// That of the plan, where one was made.
    pub digest: Option<Box<str>>,
    /// The run that this one undoes.
    pub undoes: Option<RunId>,
    /// The version of oppctl.
    pub program: Box<str>,
    /// The number of planned changes of each action.
    pub counts: Counts,
}

/// What a journal knows of a change beside its plan and its outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aside {
    /// Whether the record was the project's own before the run.
    pub owned: bool,
    /// The sensitive fields whose values were not to be stored; in the change they are null.
    pub left_out: Vec<Arc<str>>,
    /// How often it went out.
    pub tries: usize,
}

/// A record that became the project's own as it was.
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
    /// How many calls it made.
    pub calls: usize,
    pub how: How,
    /// Why the ledger does not have what the run came to, where it could not be saved at the end.
    pub unsaved: Option<Box<str>>,
}

/// Why a run ended when it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// There was nothing more to send.
    Finished,
    /// A person or the system asked for it.
    Interrupted,
    /// Nothing was sent, because something failed before; why.
    NotBegun(String),
    /// Somebody else might have been writing; why.
    LockLost(String),
    /// The journal could not be written; why.
    Unrecorded(String),
    /// The instance took no further calls; why.
    Instance(String),
    /// What was tried first did not come to what was planned; why.
    Canary(String),
}

/// What became of the changes of a run, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those that were applied, by action.
    pub applied: Counts,
    pub rejected: usize,
    pub unknown: usize,
    pub not_attempted: usize,
}

/// A run without its changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    pub head: Head,
    pub tally: Tally,
    pub end: Option<End>,
    /// Whether its process is alive.
    pub is_running: bool,
}

impl Tally {
    /// Counts the outcomes of changes; those that are planned and have none were not attempted.
    #[must_use]
    pub fn of(changes: &[Change], outcomes: &[Outcome], planned: Counts) -> Self {
        let mut tally = Self::default();
        let pairs = || changes.iter().zip(outcomes);
        let applied = pairs().filter(|(_, outcome)| matches!(outcome, Outcome::Applied { .. }));
        tally.applied = Counts::of(applied.map(|(change, _)| change));
        for (_, outcome) in pairs() {
            match outcome {
                Outcome::Applied { .. } | Outcome::NotAttempted(_) => {}
                Outcome::Rejected { .. } => tally.rejected += 1,
                Outcome::Unknown { .. } => tally.unknown += 1,
            }
        }
        let known = tally.applied.total() + tally.rejected + tally.unknown;
        tally.not_attempted = planned.total().saturating_sub(known);
        tally
    }

    /// Whether every change was applied.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.rejected + self.unknown + self.not_attempted == 0
    }
}

impl Head {
    /// The apply, as ledgers know it.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin {
            time: self.origin.unwrap_or(self.began),
            commit: self.commit.clone(),
        }
    }
}

impl End {
    /// Whether the ledger was saved with what the run came to.
    #[must_use]
    pub fn is_ledger_saved(&self) -> bool {
        match self.how {
            How::NotBegun(_) | How::LockLost(_) => false,
            How::Finished
            | How::Interrupted
            | How::Unrecorded(_)
            | How::Instance(_)
            | How::Canary(_) => self.unsaved.is_none(),
        }
    }
}

impl Run {
    /// What became of its changes, counted.
    #[must_use]
    pub fn tally(&self) -> Tally {
        Tally::of(&self.changes, &self.outcomes, self.head.counts)
    }

    /// What there is to undo of it: what was applied, and what may have been. Fields of `forced` names go back in any case;
    /// `others` are what other journals [add](Self::add_to), where something is [unknown](Self::has_unknown).
    #[must_use]
    pub fn to_undo<'r>(&'r self, forced: &'r [String], others: &'r OtherRuns) -> RunToUndo<'r> {
        let changes = self.changes.iter().zip(&self.outcomes).zip(&self.asides);
        let made = changes.filter_map(|((change, outcome), aside)| {
            let (is_unknown, created) = match outcome {
                Outcome::Applied { id } => (false, id.as_deref()),
                Outcome::Unknown { .. } => (true, None),
                Outcome::Rejected { .. } | Outcome::NotAttempted(_) => return None,
            };
            Some(RunChange {
                change,
                is_unknown,
                created,
                owned: aside.owned,
                left_out: &aside.left_out,
            })
        });
        let adopted = self.adopted.iter().map(|adopted| RunAdoption {
            kind: adopted.kind,
            key: &adopted.key,
            id: adopted.id.as_deref(),
            place: &adopted.place,
        });
        RunToUndo {
            changes: made.collect(),
            adopted: adopted.collect(),
            origin: self.head.origin,
            is_ledger_saved: self.end.as_ref().is_some_and(End::is_ledger_saved),
            forced,
            others,
        }
    }

    /// Whether for some of its changes nobody knows if they were made, or which record they made.
    #[must_use]
    pub fn has_unknown(&self) -> bool {
        let others = OtherRuns::default();
        let mut made = self.to_undo(&[], &others).changes.into_iter();
        made.any(|made| made.is_unknown || made.is_nameless())
    }

    /// Adds what it is known to have created and deleted.
    pub fn add_to(&self, others: &mut OtherRuns) {
        for (change, outcome) in self.changes.iter().zip(&self.outcomes) {
            let Outcome::Applied { id } = outcome else {
                continue;
            };
            let told = match change.verb() {
                Verb::Create => id.as_deref().map(|id| (&mut others.created, id)),
                Verb::Delete => change.id().map(|id| (&mut others.deleted, id)),
                Verb::Update => None,
            };
            if let Some((told, id)) = told {
                told.insert(id.into(), self.head.id.as_str().into());
            }
        }
    }

    /// How many changes the run died over before it had written them down.
    #[must_use]
    pub fn unwritten(&self) -> usize {
        let planned = self.head.counts.total();
        planned.saturating_sub(self.changes.len())
    }
}

impl How {
    /// Why a run ended, without the sensitive values of its changes unless they are to be stored.
    #[must_use]
    pub fn of(halt: Option<&Halt>, changes: &[Change], sensitive: bool) -> Self {
        match halt {
            None => Self::Finished,
            Some(Halt::Interrupted) => Self::Interrupted,
            Some(Halt::LockLost(lost)) => Self::LockLost(lost.to_string()),
            Some(Halt::Unrecorded(error)) => Self::Unrecorded(with_causes(&**error)),
            Some(Halt::Canary(failure)) => Self::Canary(failure.to_string()),
            Some(Halt::Api(error)) => {
                let text = error.to_string();
                Self::Instance(if sensitive {
                    text
                } else {
                    masked(&text, changes).into_owned()
                })
            }
        }
    }
}
