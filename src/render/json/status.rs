//! How a project stands to an instance.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::report::run_entry;
use super::types::{OPPCTL, RunEntry};
use crate::journal::{RunId, Summary};
use crate::ledger::{AppliedPlan, Lease};
use crate::render::status::{StatusPage, verdict};
use crate::run::{
    Ancestry, LedgerStatus, Planned, ReviewedFile, ReviewedStatus, Status, StatusNow, Waiting,
};

/// What `oppctl status` found, format 1.
///
/// Later versions of format 1 may add members; readers pass over those that they do not know.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "oppctl status, format 1")]
pub struct StatusDocument<'a> {
    /// `MAJOR.MINOR` of the format.
    format_version: &'static str,
    /// The version of oppctl.
    oppctl: &'static str,
    /// Whether everything is applied, in one sentence.
    verdict: String,
    /// The exit code of the command.
    exit: u8,
    /// The name of the instance in the configuration.
    instance: &'a str,
    /// The commit that is checked out, where it is known.
    commit: Option<&'a str>,
    /// What the ledger says; null without a ledger.
    ledger: Option<LedgerEntry<'a>>,
    /// What an apply would do now; null if Marketo was not asked, or there is no plan.
    pending: Option<PendingEntry>,
    /// The newest run that has a journal.
    last_run: Option<RunEntry<'a>>,
    /// Runs that left something which no later run has done, the newest first; the oldest are left out.
    unsettled_runs: Vec<RunEntry<'a>>,
    /// How many of the journals cannot be read.
    unread_journals: usize,
    /// What became of the files of `--plan`.
    reviewed: Vec<ReviewedEntry<'a>>,
    /// The calls of today; null if Marketo was not asked, or does not tell.
    calls: Option<CallsEntry>,
}

/// What the ledger says.
#[derive(Serialize, JsonSchema)]
struct LedgerEntry<'a> {
    place: &'a str,
    /// The number of its newest version; 0 if there is none.
    version: u64,
    records: usize,
    protected: usize,
    /// The last apply that the ledger remembers.
    applied: Option<AppliedEntry<'a>>,
    /// The run that the run of `applied` undid; null if it was no undo, or its journal is gone.
    applied_undoes: Option<&'a str>,
    /// The commit of the last apply of manifests whose commit was known.
    applied_commit: Option<&'a str>,
    /// The run that applied it, which an undo may have followed; null if there is none, or its journal is gone.
    applied_commit_run: Option<&'a str>,
    /// How the commit that is checked out stands to that one.
    standing: Option<Standing>,
    /// Who holds the lock; null if nobody does.
    lock: Option<LockEntry<'a>>,
}

/// A plan that was applied.
#[derive(Serialize, JsonSchema)]
struct AppliedEntry<'a> {
    run: &'a str,
    digest: &'a str,
    time: String,
}

/// How a commit stands to another one.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Standing {
    /// It is that one, or came after it.
    Ahead,
    Behind,
    Diverged,
    Unknown,
}

#[derive(Serialize, JsonSchema)]
struct LockEntry<'a> {
    /// For `oppctl ledger unlock --owner`.
    owner: &'a str,
    user: &'a str,
    host: &'a str,
    /// The address of the log in CI.
    ci_run: Option<&'a str>,
    since: String,
    until: String,
}

/// What of a plan waits for somebody, counted.
#[derive(Serialize, JsonSchema)]
struct PendingEntry {
    /// The digest of the plan.
    digest: String,
    changes: usize,
    ledger_changes: usize,
    refusals: usize,
    blocked: usize,
    stored_otherwise: usize,
    drifted: usize,
    orphans: usize,
}

/// A reviewed plan, and what became of it.
#[derive(Serialize, JsonSchema)]
struct ReviewedEntry<'a> {
    file: &'a str,
    digest: &'a str,
    is_for_this_instance: bool,
    /// The run that applied it, if the ledger remembers one.
    applied: Option<AppliedEntry<'a>>,
    /// How many other reviewed plans that run has applied with it.
    applied_with: usize,
    /// Whether an apply would do the same now; null if there is no plan to compare with.
    is_current: Option<bool>,
    /// How many records it does something to.
    records: usize,
    /// How many of these an apply would change now; null if there is no plan to compare with.
    records_left: Option<usize>,
}

#[derive(Serialize, JsonSchema)]
struct CallsEntry {
    used: u64,
    /// `limits.dailyCalls`.
    limit: u64,
}

/// The document of a screen.
#[must_use]
pub fn status_document<'a>(page: &StatusPage<'a>, exit: u8) -> StatusDocument<'a> {
    let Status {
        head,
        ledger,
        last_run,
        unsettled,
        unread_journals,
        reviewed,
    } = page.status;
    let planned = page.now.and_then(StatusNow::planned);
    let used = page.now.and_then(|now| now.calls_today);
    StatusDocument {
        format_version: "1.1",
        oppctl: OPPCTL,
        verdict: verdict(page),
        exit,
        instance: page.instance,
        commit: head.as_deref(),
        ledger: ledger.as_ref().map(ledger_entry),
        pending: planned.map(|planned| {
            let Waiting {
                changes,
                ledger_changes,
                refusals,
                blocked,
                stored_otherwise,
                drifted,
                orphans,
            } = Waiting::of(planned);
            PendingEntry {
                digest: planned.digest.to_string(),
                changes,
                ledger_changes,
                refusals,
                blocked,
                stored_otherwise,
                drifted,
                orphans,
            }
        }),
        last_run: last_run.as_ref().map(run),
        unsettled_runs: unsettled.iter().map(run).collect(),
        unread_journals: *unread_journals,
        reviewed: reviewed
            .iter()
            .map(|plan| reviewed_entry(plan, planned))
            .collect(),
        calls: used.map(|used| CallsEntry {
            used,
            limit: page.daily_calls,
        }),
    }
}

fn run(summary: &Summary) -> RunEntry<'_> {
    run_entry(
        &summary.head,
        &summary.tally,
        summary.end.as_ref(),
        summary.is_running,
    )
}

fn ledger_entry(ledger: &LedgerStatus) -> LedgerEntry<'_> {
    let LedgerStatus {
        shown,
        number,
        records,
        protected,
        last,
        standing,
        last_run,
        last_plan,
        undoes,
        lease,
    } = ledger;
    LedgerEntry {
        place: shown,
        version: *number,
        records: *records,
        protected: *protected,
        applied: last_plan.as_ref().map(applied),
        applied_undoes: undoes.as_ref().map(RunId::as_str),
        applied_commit: last.as_ref().and_then(|last| last.commit.as_deref()),
        applied_commit_run: last_run.as_ref().map(RunId::as_str),
        standing: standing.as_ref().map(|standing| match standing {
            Ancestry::Ahead => Standing::Ahead,
            Ancestry::Behind => Standing::Behind,
            Ancestry::Diverged => Standing::Diverged,
            Ancestry::Unknown { how: _ } => Standing::Unknown,
        }),
        lock: lease.as_ref().map(lock),
    }
}

fn lock(lease: &Lease) -> LockEntry<'_> {
    LockEntry {
        owner: &lease.owner.id,
        user: &lease.owner.user,
        host: &lease.owner.host,
        ci_run: lease.owner.run.as_deref(),
        since: lease.started.to_string(),
        until: lease.expires.to_string(),
    }
}

fn applied(plan: &AppliedPlan) -> AppliedEntry<'_> {
    AppliedEntry {
        run: &plan.run,
        digest: &plan.digest,
        time: plan.time.to_string(),
    }
}

fn reviewed_entry<'a>(plan: &'a ReviewedStatus, planned: Option<&Planned>) -> ReviewedEntry<'a> {
    let ReviewedFile {
        file,
        digest,
        is_for_this,
        records,
    } = &plan.file;
    ReviewedEntry {
        file,
        digest,
        is_for_this_instance: *is_for_this,
        applied: plan.applied.as_ref().map(applied),
        applied_with: plan.others,
        is_current: planned
            .map(|planned| *is_for_this && planned.digest.as_str() == digest.as_str()),
        records: records.len(),
        records_left: planned
            .filter(|_| *is_for_this)
            .map(|planned| plan.left(planned)),
    }
}

/// The JSON Schema of the document.
#[must_use]
pub fn status_schema() -> Schema {
    SchemaSettings::draft07()
        .into_generator()
        .into_root_schema_for::<StatusDocument<'_>>()
}
