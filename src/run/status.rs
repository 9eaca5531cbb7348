//! How a project stands to one of its instances: what was applied, by which run and from which commit, and what is left.

use std::collections::BTreeSet;

use crate::api::Client;
use crate::journal::{Folder, JournalError, RunHead, RunId, Summary};
use crate::ledger::{AppliedPlan, Clock, Fingerprint, Lease, Ledger, LockError, Origin, Store};
use crate::model::RecordKey;
use crate::plan::file::SavedPlan;
use crate::plan::{Change, Note, effects, whole_digest};

use super::checkout::{Ancestry, Checkout};
use super::ended::Ended;
use super::planned::Planned;

/// How a project stands to an instance, by its files alone.
#[derive(Debug)]
pub struct Status {
    /// The commit that is checked out, where it is known.
    pub head: Option<Box<str>>,
    /// None without a ledger.
    pub ledger: Option<LedgerStatus>,
    /// The newest run that has a journal.
    pub last_run: Option<Summary>,
    /// Runs that left something which no later run has done, the newest first.
    pub unsettled: Vec<Summary>,
    /// How many of the journals cannot be read.
    pub unread_journals: usize,
    /// What became of the plan files that were asked about.
    pub reviewed: Vec<ReviewedStatus>,
}

/// What the ledger says.
#[derive(Debug)]
pub struct LedgerStatus {
    /// The place for people.
    pub shown: String,
    /// The number of its newest version; zero if there is none.
    pub number: u64,
    pub records: usize,
    /// How many of them are protected.
    pub protected: usize,
    /// The last apply of manifests whose commit was known.
    pub last: Option<Origin>,
    /// How the commit that is checked out stands to that of the last apply.
    pub standing: Option<Ancestry>,
    /// The run that applied those manifests, where its journal is there.
    pub last_run: Option<RunId>,
    /// The last plan that was applied, also by an undo.
    pub last_plan: Option<AppliedPlan>,
    /// The run that the run of that plan undid, if it was an undo and its journal is there.
    pub undoes: Option<RunId>,
    /// Who holds the lock.
    pub lease: Option<Lease>,
}

/// A plan file that is asked about.
#[derive(Clone, Debug)]
pub struct ReviewedFile {
    /// The path for people.
    pub file: String,
    pub digest: String,
    /// The instance that it is for, by its fingerprint.
    pub is_for_this: bool,
    /// The records that it does something to.
    pub records: BTreeSet<RecordKey>,
}

impl ReviewedFile {
    /// What is asked of a saved plan.
    #[must_use]
    pub fn of(file: String, saved: &SavedPlan, instance: &Fingerprint) -> Self {
        Self {
            file,
            digest: whole_digest(&saved.file.digest).to_owned(),
            is_for_this: saved.file.instance.fingerprint == instance.as_str(),
            records: saved.records(Change::clone).into_keys().collect(),
        }
    }
}

/// A plan file, and what became of it.
#[derive(Clone, Debug)]
pub struct ReviewedStatus {
    pub file: ReviewedFile,
    /// The run that has applied it, if the ledger remembers one.
    pub applied: Option<AppliedPlan>,
    /// How many other reviewed plans that run has applied with it.
    pub others: usize,
}

impl ReviewedStatus {
    /// How many of its records an apply would change now.
    #[must_use]
    pub fn left(&self, planned: &Planned) -> usize {
        let effects = effects(&planned.plan);
        let records = self.file.records.iter();
        records.filter(|key| effects.contains_key(key)).count()
    }
}

/// What the instance has to it.
#[derive(Debug)]
pub struct StatusNow {
    /// The plan that an apply would carry out now, and how making it ended.
    pub ended: Ended,
    /// How many calls were made today by all users of the API; nothing if that cannot be asked.
    pub calls_today: Option<u64>,
}

/// What of a plan waits for somebody, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Changes of the instance.
    pub changes: usize,
    /// Changes that only the ledger shows: records to adopt or forget, protections that begin or end.
    pub ledger_changes: usize,
    /// Why an apply is refused.
    pub refusals: usize,
    /// Entries whose lead or other reference is lost or doubled.
    pub blocked: usize,
    /// Fields that Marketo stored otherwise than they were sent.
    pub stored_otherwise: usize,
    /// Owned records that others have changed.
    pub drifted: usize,
    /// Records with the marker of this project that are neither declared nor owned.
    pub orphans: usize,
}

/// The most runs that are named for what they have left.
const MOST_UNSETTLED: usize = 5;

impl Status {
    /// Puts together what ledger and journals say of the plan files that were asked about too.
    ///
    /// # Errors
    /// The ledger or the list of journals cannot be read.
    pub async fn of(
        head: Option<Box<str>>,
        ledger: Option<(&Store, &Ledger, u64)>,
        checkout: &dyn Checkout,
        journals: &Folder,
        plans: Vec<ReviewedFile>,
    ) -> Result<Self, StatusError> {
        let mut unread_journals = 0;
        let mut last_run = None;
        let mut unsettled = Vec::new();
        let mut heads = Vec::new();
        for summary in journals.summaries()? {
            let Ok(summary) = summary else {
                unread_journals += 1;
                continue;
            };
            heads.push(summary.head.clone());
            let is_left = !summary.tally.is_complete() || summary.end.is_none();
            if is_left && !summary.is_settled && unsettled.len() < MOST_UNSETTLED {
                unsettled.push(summary.clone());
            }
            last_run.get_or_insert(summary);
        }
        let reviewed = plans.into_iter().map(|file| {
            let past = ledger.map(|(_, ledger, _)| &ledger.past);
            let past = past.filter(|_| file.is_for_this);
            let known = past.and_then(|past| Some((past, past.plan(&file.digest)?)));
            ReviewedStatus {
                file,
                applied: known.map(|(_, plan)| plan.clone()),
                others: known.map_or(0, |(past, plan)| past.others_with(plan)),
            }
        });
        let reviewed = reviewed.collect();
        let ledger = match ledger {
            Some((store, ledger, number)) => {
                let head = head.as_deref();
                let found = LedgerStatus::of(store, ledger, number, head, checkout).await?;
                Some(found.with_runs(&heads))
            }
            None => None,
        };
        Ok(Self {
            head,
            ledger,
            last_run,
            unsettled,
            unread_journals,
            reviewed,
        })
    }
}

/// Why it is not known how a project stands.
#[derive(Debug, thiserror::Error)]
pub enum StatusError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Lock(#[from] LockError),
}

impl LedgerStatus {
    async fn of(
        store: &Store,
        ledger: &Ledger,
        number: u64,
        head: Option<&str>,
        checkout: &dyn Checkout,
    ) -> Result<Self, LockError> {
        let last = ledger.past.last.as_deref().cloned();
        let applied = last.as_ref().and_then(|last| last.commit.as_deref());
        let standing = match (head, applied) {
            (Some(head), Some(applied)) => Some(checkout.ancestry(head, applied).await),
            (None, _) | (_, None) => None,
        };
        let lease = store.lock(Clock::system()).status().await?;
        Ok(Self {
            shown: store.shown().to_owned(),
            number,
            records: ledger.len(),
            protected: ledger
                .iter()
                .filter(|(.., entry)| entry.protected.is_some())
                .count(),
            last,
            standing,
            last_run: None,
            last_plan: ledger.past.newest_plan().cloned(),
            undoes: None,
            lease: lease.filter(|lease| lease.released.is_none()),
        })
    }

    /// The same with what the journals, by their first lines, say of its runs.
    fn with_runs(self, heads: &[RunHead]) -> Self {
        let time = self.last.as_ref().map(|last| last.time);
        let applied = heads.iter().find(|head| {
            head.undoes.is_none() && time.is_some_and(|time| head.origin == Some(time))
        });
        let plan = self.last_plan.as_ref();
        let newest = plan.and_then(|plan| heads.iter().find(|head| head.id.as_str() == &*plan.run));
        Self {
            last_run: applied.map(|head| head.id.clone()),
            undoes: newest.and_then(|head| head.undoes.clone()),
            ..self
        }
    }
}

impl StatusNow {
    /// What the instance has to a preview of the manifests. The calls are not known if the instance does not tell them.
    pub async fn of(ended: Ended, client: &Client) -> Self {
        let planned = ended.planned.as_ref();
        let calls_today = match planned.and_then(|planned| planned.used_today) {
            Some(used) => Some(used as u64),
            None => client.calls_today().await.ok(),
        };
        Self { ended, calls_today }
    }

    /// The plan, if the run came to one.
    #[must_use]
    pub fn planned(&self) -> Option<&Planned> {
        self.ended.planned.as_ref()
    }
}

impl Waiting {
    /// What of a plan waits for somebody.
    #[must_use]
    pub fn of(planned: &Planned) -> Self {
        let plan = &planned.plan;
        let notes = |is: fn(&Note) -> bool| plan.notes.iter().filter(|note| is(note)).count();
        Self {
            changes: plan.changes.len(),
            ledger_changes: plan.ledger_changes.seen().count(),
            refusals: planned.refusals.len(),
            blocked: notes(|note| matches!(note, Note::Blocked(_))),
            stored_otherwise: notes(|note| matches!(note, Note::StoredOtherwise { .. })),
            drifted: plan.drift.len(),
            orphans: notes(|note| matches!(note, Note::Orphan { .. })),
        }
    }
}
