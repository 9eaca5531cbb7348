//! The facts that every report is made from, in all formats, whether the command succeeded or failed.

use jiff::tz::TimeZone;

use crate::api::Reason;
use crate::apply::{CanaryFailure, Halt, Outcome, WhyNot};
use crate::config::InstanceConfig;
use crate::journal::{
    Adopted, ChangeDetails, End, EndReason, Need, Run, RunHead, Tally, Unlike, kept,
};
use crate::model::{Invocation, Sources};
use crate::plan::file::SavedPlan;
use crate::plan::file::Severity;
use crate::plan::{Change, Counts, Difference, LedgerAction, LedgerChange, Mask, Plan};
use crate::run::{Ended, InstanceId, LockLeft, RunError, Sent, Stale};

use super::canary::{is_undoable, undo_stored};
use super::causes::{Cause, CauseFacts, CauseReason};
use super::command::undo_command;
use super::complaint::{Complaint, complaints};
use super::ending::Ending;
use super::outcome_list::OutcomeList;
use super::plan_facts::PlanFacts;
use super::run_report::{not_attempted, ways_out};
use super::run_words::RunResult;

/// The result of a command: how it ended, and the outcome of each change.
pub struct Account<'a> {
    /// The word of the command: "plan".
    pub command: &'a str,
    /// None if the command failed before it chose an instance.
    pub instance: Option<InstanceFacts<'a>>,
    /// None if the command failed before it had a plan, and for an earlier run.
    pub plan: Option<PlanFacts>,
    /// Whether a run on the instance needs a confirmation.
    pub confirm: bool,
    pub changes: &'a [Change],
    /// The sensitive values of the changes.
    pub mask: Mask,
    /// The files that the changes come from.
    pub sources: &'a Sources,
    /// The records that became the project's own as they were.
    pub adopted: Vec<Adopted>,
    /// What else changes or changed in the ledger, beside what follows from the changes.
    pub ledger: Vec<LedgerChange>,
    /// What was sent, if anything was to be.
    pub run: Option<RunFacts<'a>>,
    /// What is wrong in the manifests.
    pub complaints: Vec<Complaint>,
    /// What differs from what was expected.
    pub difference: Option<Unexpected<'a>>,
    /// What can be done about the end of a run that ended early.
    pub hints: Vec<String>,
    /// How the command ended; none for a run of the past.
    pub ending: Option<Ending<'a>>,
    /// What the commands in the report need.
    pub invocation: &'a Invocation,
}

/// An instance as reports name it.
#[derive(Clone, Copy, Debug)]
pub struct InstanceFacts<'a> {
    pub name: &'a str,
    /// Its base URL, or that it is the simulator; empty where it is not known.
    pub place: &'a str,
    pub fingerprint: &'a str,
}

/// What differs from what was expected.
#[derive(Clone, Copy)]
pub enum Unexpected<'a> {
    /// The plan differs from the one that was reviewed.
    Plan(&'a Difference),
    /// Marketo stored something else than the canary sent; what else was found right after it, where the run is not of the past.
    Canary {
        unlike: &'a [Unlike],
        failure: Option<&'a CanaryFailure>,
    },
}

/// A run, and what became of each change.
#[derive(Clone, Copy)]
pub struct RunFacts<'a> {
    pub head: &'a RunHead,
    pub outcomes: &'a [Outcome],
    pub details: &'a [ChangeDetails],
    /// The number of changes in the canary, which were read back as planned before the rest was sent.
    pub tried: Option<usize>,
    pub end: Option<&'a End>,
    /// Whether its process is alive.
    pub is_running: bool,
}

impl<'a> Account<'a> {
    /// The account of a command that has ended.
    #[must_use]
    pub fn of_run(
        command: &'a str,
        instance: Option<&'a InstanceId>,
        ended: Option<&'a Ended>,
        ending: Ending<'a>,
        invocation: &'a Invocation,
    ) -> Self {
        let planned = ended.and_then(|ended| ended.planned.as_ref());
        let sent = ended.and_then(|ended| ended.sent.as_ref());
        let error = ended.and_then(|ended| ended.end.as_ref().err());
        let instance = planned.map(|planned| &planned.instance).or(instance);
        let changes = planned.map_or(&[][..], |planned| &planned.plan.changes);
        Self {
            command,
            instance: instance.map(InstanceFacts::of),
            plan: planned.map(PlanFacts::of),
            confirm: planned.is_some_and(|planned| planned.confirm),
            changes,
            mask: Mask::of(changes),
            sources: planned.map_or(Sources::none(), |planned| &planned.sources),
            adopted: planned.map_or_else(Vec::new, |planned| adopted(&planned.plan)),
            ledger: planned.map_or_else(Vec::new, |planned| ledger(&planned.plan, sent)),
            run: sent.map(RunFacts::of),
            complaints: error.map_or_else(Vec::new, |error| mistakes(error, invocation)),
            difference: unexpected(error, sent),
            hints: sent.map_or_else(Vec::new, |sent| hints(sent, invocation)),
            ending: Some(ending),
            invocation,
        }
    }

    /// The account of a saved plan.
    #[must_use]
    pub fn of_saved(saved: &'a SavedPlan, ending: Ending<'a>, invocation: &'a Invocation) -> Self {
        let instance = &saved.file.instance;
        Self {
            command: match saved.file.undoes {
                None => "plan",
                Some(_) => "undo",
            },
            instance: Some(InstanceFacts {
                name: &instance.name,
                place: &instance.place,
                fingerprint: &instance.fingerprint,
            }),
            plan: Some(PlanFacts::of_file(&saved.file, &saved.changes)),
            confirm: saved.file.confirm,
            changes: &saved.changes,
            mask: Mask::of(&saved.changes),
            sources: Sources::none(),
            adopted: Vec::new(),
            ledger: Vec::new(),
            run: None,
            complaints: Vec::new(),
            difference: None,
            hints: Vec::new(),
            ending: Some(ending),
            invocation,
        }
    }

    /// The account of a run of the past in this instance.
    #[must_use]
    pub fn of_past(
        run: &'a Run,
        is_running: bool,
        instance: &'a InstanceConfig,
        invocation: &'a Invocation,
    ) -> Self {
        Self {
            command: "history",
            instance: Some(InstanceFacts {
                name: &instance.name,
                place: "",
                fingerprint: &run.head.fingerprint,
            }),
            plan: None,
            confirm: instance.confirm,
            changes: &run.changes,
            mask: Mask::of(&run.changes),
            sources: Sources::none(),
            adopted: run.adopted.clone(),
            ledger: run.kept().cloned().collect(),
            run: Some(RunFacts {
                head: &run.head,
                outcomes: &run.outcomes,
                details: &run.details,
                tried: run.tried,
                end: run.end.as_ref(),
                is_running,
            }),
            complaints: Vec::new(),
            difference: run.end.as_ref().and_then(of_past_canary),
            hints: Vec::new(),
            ending: None,
            invocation,
        }
    }

    /// What became of the changes, counted: without a run none was attempted.
    pub(super) fn tally(&self) -> Tally {
        let planned = self
            .run
            .map_or_else(|| Counts::of(self.changes), |run| run.head.counts);
        let outcomes = self.run.map_or(&[][..], |run| run.outcomes);
        Tally::of(self.changes, outcomes, planned)
    }

    /// Why changes of a run have this sort of outcome.
    pub(super) fn causes(&self, list: OutcomeList, run: RunFacts<'_>) -> Vec<Cause> {
        CauseFacts {
            changes: self.changes,
            outcomes: run.outcomes,
            mask: &self.mask,
            invocation: self.invocation,
            end: run.end.map(|end| &end.how),
        }
        .causes(list)
    }

    /// A reason of a rejection, without sensitive values.
    pub(super) fn reason(&self, reason: &Reason, change: &Change) -> CauseReason {
        CauseReason::of(reason, change, &self.mask, self.invocation)
    }

    /// How the run came out, if there is one.
    pub(super) fn result(&self) -> Option<RunResult<'_>> {
        let run = self.run?;
        Some(RunResult {
            tally: self.tally(),
            end: run.end,
            is_running: run.is_running,
        })
    }

    /// What can be done beside what a run says to do next.
    pub(super) fn other_hints(&self) -> &[String] {
        let how = self.run.and_then(|run| run.end).map(|end| &end.how);
        match how.and_then(EndReason::need) {
            Some(Need::Quota | Need::Permissions(_) | Need::Credentials) => &[],
            Some(Need::NoCrmSync) | None => &self.hints,
        }
    }

    /// What to do next after the run.
    pub(super) fn next(&self) -> Option<String> {
        let name = self.instance.map_or("", |instance| instance.name);
        self.result()?
            .next(&LockLeft::Unknown, name, self.invocation)
    }

    /// The command that undoes the run, if there is something to undo.
    pub(super) fn undo_command(&self) -> Option<String> {
        let (run, instance) = (self.run?, self.instance?);
        let is_refused = match self.difference {
            Some(Unexpected::Canary { failure, .. }) => {
                failure.is_some_and(|failure| !is_undoable(failure))
            }
            Some(Unexpected::Plan(_)) | None => false,
        };
        let result = self.result()?;
        let undo = undo_command(
            self.invocation,
            &run.head.id,
            instance.name,
            self.confirm,
            (self.changes, run.outcomes),
        );
        let unlike = run.end.map_or(&[][..], |end| end.how.unlike());
        let is_undoable = result.is_undoable() && !is_refused;
        is_undoable.then(|| undo_stored(undo, unlike))
    }
}

impl<'a> InstanceFacts<'a> {
    fn of(instance: &'a InstanceId) -> Self {
        Self {
            name: &instance.name,
            place: &instance.place,
            fingerprint: instance.fingerprint.as_str(),
        }
    }
}

impl<'a> RunFacts<'a> {
    fn of(sent: &'a Sent) -> Self {
        Self {
            head: &sent.head,
            outcomes: &sent.report.outcomes,
            details: &sent.details,
            tried: sent.report.tried,
            end: Some(&sent.end),
            is_running: false,
        }
    }
}

/// What is wrong in the manifests, if that ended the command.
fn mistakes(error: &RunError, invocation: &Invocation) -> Vec<Complaint> {
    if let RunError::Invalid(problems) = error {
        complaints(
            &problems.sources,
            Severity::Error,
            &problems.diagnostics,
            invocation,
        )
    } else {
        Vec::new()
    }
}

fn unexpected<'a>(error: Option<&'a RunError>, sent: Option<&'a Sent>) -> Option<Unexpected<'a>> {
    if let Some(RunError::Stale(Stale::OtherPlan { difference, .. })) = error {
        return difference.as_ref().map(Unexpected::Plan);
    }
    let sent = sent?;
    let Some(Halt::Canary(failure)) = &sent.report.halt else {
        return None;
    };
    Some(Unexpected::Canary {
        unlike: sent.end.how.unlike(),
        failure: Some(failure),
    })
}

fn of_past_canary(end: &End) -> Option<Unexpected<'_>> {
    let unlike = end.how.unlike();
    (!unlike.is_empty()).then_some(Unexpected::Canary {
        unlike,
        failure: None,
    })
}

fn hints(sent: &Sent, invocation: &Invocation) -> Vec<String> {
    let Some(Halt::Api(error)) = &sent.report.halt else {
        return Vec::new();
    };
    ways_out(error, &sent.end.time.to_zoned(TimeZone::system()))
        .iter()
        .map(|way| invocation.completed(way).into_owned())
        .collect()
}

/// The records that become the project's own as they are.
fn adopted(plan: &Plan) -> Vec<Adopted> {
    let adopted = plan.ledger_changes.adopted();
    adopted
        .map(|kept| Adopted {
            kind: kept.kind,
            key: kept.entry.key.clone(),
            id: kept.entry.id.clone(),
            place: kept.entry.declared.clone(),
        })
        .collect()
}

/// What else changes in the ledger; after a run without what depended on a change that was not applied.
fn ledger(plan: &Plan, sent: Option<&Sent>) -> Vec<LedgerChange> {
    let seen = plan.ledger_changes.seen();
    let others: Vec<LedgerChange> = seen
        .filter(|change| change.action != LedgerAction::Adopt)
        .map(Into::into)
        .collect();
    match sent {
        Some(sent) => kept(&others, &sent.report.outcomes).cloned().collect(),
        None => others,
    }
}

/// Why a change was not attempted.
pub(super) fn why_not(why: WhyNot, changes: &[Change], end: Option<&End>) -> String {
    let name = |index: usize| {
        let change = &changes[index];
        format!("{} {}", change.kind.noun, change.shown)
    };
    not_attempted(why, end.is_some_and(|end| end.how.is_canary()), name)
}
