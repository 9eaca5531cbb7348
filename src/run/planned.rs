//! A plan and everything that showing, reviewing and applying it needs.

use std::path::PathBuf;

use crate::api::Calls;
use crate::brief::Brief;
use crate::ledger::AppliedPlan;
use crate::model::{ObjectKind, Severities, Sources};
use crate::plan::file::SealKey;
use crate::plan::{
    Coverage, Difference, Moves, Permits, Plan, PlanDigest, Refusal, Schemas, Stamps, Wave,
};

use super::checkout::Lag;
use super::code_links::CodeLinks;
use super::instance::InstanceId;
use super::undo::UndoneRun;

/// A plan and everything that showing, reviewing and applying it needs. It is not changed any more.
#[must_use]
#[derive(Debug)]
pub struct Planned {
    pub plan: Plan,
    /// What it means to people.
    pub brief: Brief,
    pub schemas: Schemas,
    /// The files that the changes come from.
    pub sources: Sources,
    pub digest: PlanDigest,
    /// Where the manifests are on the web, if that is known.
    pub links: Option<CodeLinks>,
    /// Whether it is of a change that is not merged yet.
    pub is_proposal: bool,
    /// How the checkout stands to the last apply, if that is worth a word.
    pub lag: Option<Lag>,
    /// The run that has applied the reviewed plan already, if the ledger remembers one.
    pub applied: Option<AppliedPlan>,
    /// What identifies its changes beside what its file shows.
    pub stamps: Stamps,
    /// How it stands to the reviewed plan files, part by part.
    pub(super) coverage: Option<Coverage>,
    /// How it differs from the reviewed plan files, and which side has moved since.
    pub(super) differs: Option<(Difference, Moves)>,
    /// Why an apply of the plan is refused; empty if it is not.
    pub refusals: Vec<Refusal>,
    /// How grave its findings and notes are, where that is not as usual.
    pub severities: Severities,
    pub instance: InstanceId,
    /// The commit of the manifests, where it is known.
    pub commit: Option<Box<str>>,
    /// The paths that the plan was narrowed to; empty for all manifests.
    pub paths: Vec<PathBuf>,
    /// The patterns of keys that it was narrowed to; empty for all records.
    pub only: Vec<Box<str>>,
    /// The run that the plan takes back, if it is an undo.
    pub undoes: Option<UndoneRun>,
    pub permits: Permits,
    /// Whether an apply must be confirmed with the instance's name.
    pub confirm: bool,
    /// How many records of each kind were read.
    pub read: Vec<(&'static ObjectKind, usize)>,
    /// The calls that planning took.
    pub calls: Calls,
    /// How many calls the instance allows in a day.
    pub daily_calls: usize,
    /// How many of them all its users have made, if an apply makes any and the instance tells.
    pub used_today: Option<usize>,
    /// How many calls an apply makes, those of a canary and its second look among them.
    pub write_calls: usize,
    /// What the hashes of the plan's entries are salted with; none without a ledger.
    pub(super) ledger_salt: Option<[u8; 16]>,
    /// What plan files are sealed with.
    pub(super) key: SealKey,
    /// What they were sealed with before there was a ledger.
    pub(super) first_key: SealKey,
    /// The calls of an apply that come after the canary's.
    pub(super) waves: Vec<Wave>,
}

impl Planned {
    /// The text of the plan's file with its seal; it was written without one.
    #[must_use]
    pub fn sealed(&self, text: String) -> String {
        self.key.seal(text)
    }

    /// Whether the run goes by plan files.
    #[must_use]
    pub fn is_of_files(&self) -> bool {
        self.differs.is_some()
    }

    /// How many calls the day has left, as far as it was asked and told.
    #[must_use]
    pub fn calls_left(&self) -> Option<usize> {
        let used = self.used_today?;
        Some(self.daily_calls.saturating_sub(used))
    }

    /// Whether an apply would change neither the instance nor the ledger, and nothing refuses it.
    #[must_use]
    pub fn is_done(&self) -> bool {
        let Self { plan, refusals, .. } = self;
        plan.is_empty() && plan.ledger_changes.is_empty() && refusals.is_empty()
    }
}
