//! From the account of a command to its report.

use std::borrow::Cow;

use super::types::{
    ActionEntry, CauseEntry, CauseReasonEntry, CauseValueEntry, ChangeEntry, CountsEntry,
    ErrorEntry, FORMAT, FieldEntries, LedgerEntry, OPPCTL, OutcomeEntry, OutcomeName, ReasonEntry,
    RecordEntry, ReportDocument, RunEntry, State,
};
use crate::api::Reason;
use crate::apply::Outcome;
use crate::journal::{Adopted, End, EndReason, RunHead, RunId, Tally};
use crate::model::Sources;
use crate::plan::{Action, Change, Counts, LedgerChange, Mask};
use crate::render::account::{Account, RunFacts, why_not};
use crate::render::causes::{Cause, CauseReason};
use crate::render::ending::Ending;
use crate::render::headline::verdict;
use crate::render::outcome_list::OutcomeList;
use crate::render::run_words::RunResult;

/// The report of a command.
#[must_use]
pub fn report_document<'a>(account: &'a Account<'a>) -> ReportDocument<'a> {
    let Account {
        command: _,
        instance,
        confirm: _,
        plan,
        changes,
        mask,
        sources,
        adopted,
        ledger,
        run,
        complaints,
        difference: _,
        hints,
        ending,
        invocation: _,
    } = account;
    let (run, changes) = (*run, *changes);
    let outcome = |index: usize| run.and_then(|run| run.outcomes.get(index));
    let tries = |index: usize| run.map_or(0, |run| run.details[index].tries);
    let entries = changes.iter().enumerate().map(|(index, change)| {
        let mut entry = change_entry(change, sources, tries(index));
        if let Some(outcome) = outcome(index) {
            entry.became(outcome, account, mask);
        }
        entry
    });
    ReportDocument {
        version: 1,
        format_version: FORMAT,
        instance: instance.map(|instance| instance.name),
        exit: ending.map(|ending| ending.exit),
        run: match run {
            Some(run) => {
                let tally = &account.tally();
                run_entry(run.head, tally, run.end, run.is_running)
            }
            None => no_run(account),
        },
        error: ErrorEntry::of(account),
        hints,
        problems: complaints,
        refusals: plan.as_ref().map_or(&[], |plan| &plan.refusals),
        notes: plan.as_ref().map_or(&[], |plan| &plan.notes),
        noted: plan.as_ref().map_or(&[], |plan| &plan.noted),
        tried: run.and_then(|run| run.tried),
        adopted: adopted.iter().map(adopted_entry).collect(),
        ledger: ledger.iter().map(ledger_entry).collect(),
        causes: run.map_or_else(Vec::new, |run| causes(account, run)),
        changes: entries.collect(),
    }
}

/// The most changes and values of one cause that are named.
const NAMED: usize = 100;

fn causes(account: &Account<'_>, run: RunFacts<'_>) -> Vec<CauseEntry> {
    let lists = [
        (OutcomeList::Rejected, OutcomeName::Rejected),
        (OutcomeList::Unknown, OutcomeName::Unknown),
        (OutcomeList::NotAttempted, OutcomeName::NotAttempted),
    ];
    let entries = lists.into_iter().flat_map(|(list, outcome)| {
        let causes = account.causes(list, run).into_iter();
        causes.map(move |cause| cause_entry(cause, outcome))
    });
    entries.collect()
}

fn cause_entry(cause: Cause, outcome: OutcomeName) -> CauseEntry {
    let Cause {
        reasons,
        values,
        of: _,
        members,
        request,
        who: _,
    } = cause;
    let reasons = reasons.into_iter().map(|reason| {
        let CauseReason {
            code,
            message,
            meaning,
            advice,
        } = reason;
        CauseReasonEntry {
            code,
            message,
            meaning,
            advice,
        }
    });
    let values = values.into_iter().take(NAMED);
    CauseEntry {
        outcome,
        reasons: reasons.collect(),
        values: values
            .map(|(value, count)| CauseValueEntry { value, count })
            .collect(),
        count: members.len(),
        changes: members.into_iter().take(NAMED).collect(),
        request,
    }
}

/// The members of a run.
pub(super) fn run_entry<'a>(
    head: &'a RunHead,
    tally: &Tally,
    end: Option<&'a End>,
    is_running: bool,
) -> RunEntry<'a> {
    let RunHead {
        id,
        began,
        origin: _,
        instance: _,
        fingerprint,
        owner,
        project: _,
        commit,
        digest,
        undoes,
        program,
        counts: planned,
    } = head;
    let Tally {
        applied,
        rejected,
        unknown,
        not_attempted,
    } = *tally;
    let result = RunResult {
        tally: *tally,
        end,
        is_running,
    };
    let (state, why) = match end.map(|end| &end.how) {
        None if is_running => (State::Running, None),
        None => (State::Died, None),
        Some(EndReason::Finished) => (State::Finished, None),
        Some(EndReason::Interrupted) => (State::Interrupted, None),
        Some(EndReason::NotBegun(why)) => (State::NotBegun, Some(why)),
        Some(EndReason::LockLost(why)) => (State::LockLost, Some(why)),
        Some(EndReason::Unrecorded(why)) => (State::Unrecorded, Some(why)),
        Some(EndReason::Instance { why, need: _ }) => (State::Instance, Some(why)),
        Some(EndReason::Canary { why, unlike: _ }) => (State::Canary, Some(why)),
        Some(EndReason::Panicked(why)) => (State::Panicked, Some(why)),
    };
    RunEntry {
        run: Some(id.as_str()),
        verdict: result.verdict(),
        fingerprint: Some(fingerprint),
        began: Some(began.to_string()),
        ended: end.map(|end| end.time.to_string()),
        state,
        why: why.map(|why| Cow::Borrowed(why.as_str())),
        ledger_unsaved: end.and_then(|end| end.unsaved.as_deref()),
        user: Some(&owner.user),
        host: Some(&owner.host),
        ci_run: owner.run.as_deref(),
        commit: commit.as_deref(),
        digest: digest.as_deref(),
        undoes: undoes.as_ref().map(RunId::as_str),
        oppctl: program,
        calls: end.map(|end| end.calls),
        planned: counts(*planned),
        applied: counts(applied),
        rejected,
        unknown,
        not_attempted,
    }
}

/// What stands for a run where nothing was sent.
fn no_run<'a>(account: &'a Account<'a>) -> RunEntry<'a> {
    let Account {
        instance,
        plan,
        changes,
        ending,
        ..
    } = account;
    let plan = plan.as_ref();
    let failure = ending.and_then(|ending: Ending<'_>| ending.failure);
    let is_finished = failure.is_none() && changes.is_empty() && account.complaints.is_empty();
    let undoes = plan.and_then(|plan| plan.undoes.as_ref());
    RunEntry {
        run: None,
        verdict: verdict(account),
        fingerprint: instance.map(|instance| instance.fingerprint),
        began: None,
        ended: None,
        ledger_unsaved: None,
        state: if is_finished {
            State::Finished
        } else {
            State::NotBegun
        },
        why: failure.map(|failure| Cow::Borrowed(failure.message)),
        user: None,
        host: None,
        ci_run: None,
        commit: plan.and_then(|plan| plan.commit.as_deref()),
        digest: plan.map(|plan| plan.digest.as_str()),
        undoes: undoes.map(|undone| undone.run.as_str()),
        oppctl: OPPCTL,
        calls: None,
        planned: counts(Counts::of(*changes)),
        applied: counts(Counts::default()),
        rejected: 0,
        unknown: 0,
        not_attempted: changes.len(),
    }
}

pub(super) fn counts(counts: Counts) -> CountsEntry {
    let Counts {
        create,
        adopt,
        update,
        delete,
    } = counts;
    CountsEntry {
        create,
        adopt,
        update,
        delete,
    }
}

fn ledger_entry(change: &LedgerChange) -> LedgerEntry<'_> {
    LedgerEntry {
        action: change.action.word(),
        record: RecordEntry {
            kind: change.kind.name,
            key: change.key.to_string(),
            file: (&*change.place.file).into(),
            line: change.place.line as usize,
        },
    }
}

fn adopted_entry(adopted: &Adopted) -> RecordEntry<'_> {
    RecordEntry {
        kind: adopted.kind.name,
        key: adopted.key.to_string(),
        file: (&*adopted.place.file).into(),
        line: adopted.place.line as usize,
    }
}

/// A change that was not attempted, as far as this knows.
fn change_entry<'a>(change: &'a Change, sources: &'a Sources, tries: usize) -> ChangeEntry<'a> {
    let (action, id) = match &change.action {
        Action::Create { .. } => (ActionEntry::Create, None),
        Action::Adopt { id, .. } => (ActionEntry::Adopt, Some(&**id)),
        Action::Update { id, .. } => (ActionEntry::Update, Some(&**id)),
        Action::Delete { id, .. } => (ActionEntry::Delete, Some(&**id)),
    };
    ChangeEntry {
        record: RecordEntry {
            kind: change.kind.name,
            key: change.key.to_string(),
            file: change.at.file(sources).to_string_lossy(),
            line: change.at.line(sources),
        },
        label: change.label.as_deref(),
        action,
        outcome: OutcomeEntry::NotAttempted,
        marketo_guid: id,
        tries,
        reasons: Vec::new(),
        request_id: None,
        why: None,
        fields: FieldEntries(change.fields()),
    }
}

impl<'a> ChangeEntry<'a> {
    /// Adds what became of the change, which is one of these.
    fn became(&mut self, outcome: &'a Outcome, account: &Account<'_>, mask: &Mask) {
        match outcome {
            Outcome::Applied { id } => {
                self.outcome = OutcomeEntry::Applied;
                self.marketo_guid = self.marketo_guid.or(id.as_deref());
            }
            Outcome::Rejected {
                reasons,
                request_id,
            } => {
                self.outcome = OutcomeEntry::Rejected;
                let reasons = reasons.iter().map(|Reason { code, message }| ReasonEntry {
                    code,
                    message: mask.text(message),
                });
                self.reasons = reasons.collect();
                self.request_id = request_id.as_deref();
            }
            Outcome::Unknown { why } => {
                self.outcome = OutcomeEntry::Unknown;
                self.why = Some(why.into());
            }
            Outcome::NotAttempted(why) => {
                let end = account.run.and_then(|run| run.end);
                self.why = Some(why_not(*why, account.changes, end).into());
            }
        }
    }
}
