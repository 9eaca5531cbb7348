//! From a goal to a plan: the only pipeline. A preview, an apply, an undo and the second look of a canary use it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::api::{ApiError, Client};
use crate::apply::calls;
use crate::brief::{Brief, BriefBasis, Seen, raised};
use crate::journal::Journals;
use crate::model::{Level, Sources};
use crate::observe;
use crate::plan::file::SealKey;
use crate::plan::{
    self, Coverage, DealView, Difference, DigestBasis, Moves, Note, Observed, Ownership, Owning,
    Pipeline, Plan, Question, Refusal, Schemas, Today, Wave,
};

use super::basis::{Basis, PreparedGoal, ResolvedGoal};
use super::bound_goal::BoundGoal;
use super::canary::Trial;
use super::checkout::{Lag, is_uncommitted};
use super::error::RunError;
use super::goal::Goal;
use super::instance::InstanceId;
use super::ledger::OwnedRecords;
use super::marker::marked_schemas;
use super::planned::Planned;
use super::references;
use super::review::Reviewed;
use super::settings::Settings;
use super::withheld::withhold;

/// What a plan is made with, beside its goal.
#[derive(Clone, Copy)]
pub(crate) struct Planning<'p> {
    pub(crate) client: &'p Client,
    pub(crate) instance: &'p InstanceId,
    pub(crate) settings: &'p Settings,
    pub(crate) ledger: Option<OwnedRecords<'p>>,
    pub(crate) journals: &'p dyn Journals,
    pub(crate) now: Timestamp,
    pub(crate) purpose: Purpose,
}

/// What a plan is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be looked at: an apply may follow on another day.
    Look,
    /// To be sent at once.
    Send,
    /// To read what a snapshot keeps.
    Keep,
}

impl Planning<'_> {
    /// Reads what the goal needs from the instance and plans. If the settings ask for a canary, it is returned beside the plan.
    pub(crate) async fn plan(self, goal: Goal) -> Result<(Planned, Option<Trial>), RunError> {
        self.settings.check_permits()?;
        if !self.is_read() {
            return self.plan_as_applied(goal).await;
        }
        let PreparedGoal {
            goal,
            mut sources,
            schemas,
            unmasked,
        } = self.ask(goal).await?;
        sources.let_go();
        self.describe_others(&schemas).await?;
        // Before a record is read: what is not read is shown nowhere.
        for why in &unmasked {
            self.settings.policies.check_unmasked(&why.to_string())?;
        }
        let marked = match &self.settings.marker {
            Some(marker) => marked_schemas(marker, &schemas)?,
            None => Vec::new(),
        };
        withhold(self.client, &goal, &schemas, None);
        let draft = self.draft(&goal, &schemas, &sources);
        let mut questions = draft.questions();
        DealView::of(&self.settings.impact.fields, &schemas).ask(&mut questions);
        if let Some(reviewed) = &self.settings.reviewed {
            reviewed.ask(&schemas, &mut questions);
        }
        let mut observed = self.read(&schemas, &mut questions).await?;
        let missing = draft.owned_and_missing(&observed);
        let found = observe::records_by_id(self.client, &schemas, missing, &questions).await?;
        observed.extend(found);
        self.catch_up(&draft, &questions, &mut observed, &schemas)
            .await?;
        let mut further = draft.further_questions(&observed);
        if let Some(reviewed) = &self.settings.reviewed {
            reviewed.ask(&schemas, &mut further);
        }
        observed.extend(observe::records(self.client, &schemas, &further).await?);
        questions.extend(further);
        if goal.is_whole() {
            self.mark(marked, &mut observed).await?;
        }
        self.leave_applied(&draft, &mut observed);
        let plan = draft.plan(&observed);
        let checked = references::check(self.client, &goal, &plan, &mut observed).await?;
        let (goal, plan) = match checked {
            None => (goal, plan),
            Some((leads, missing)) => {
                let goal = goal.with(leads, missing);
                let plan = self.draft(&goal, &schemas, &sources).plan(&observed);
                (goal, plan)
            }
        };
        let mut plan = if plan.problems.is_empty() {
            let plan = self.based(plan);
            let deleted = observe::records_to_delete(self.client, &schemas, &plan).await?;
            let unmasked = unmasked.iter().map(ToString::to_string);
            plan::complete(plan, &schemas, &deleted, unmasked)
        } else {
            plan
        };
        if !plan.problems.is_empty() {
            return Err(goal.problems(plan, &schemas, &unmasked, sources));
        }
        let permits = &self.settings.permits;
        let uses = references::uses(self.client, &schemas, &plan, permits).await?;
        plan.refusals.extend(plan::used(&plan, &uses, permits));
        withhold(self.client, &goal, &schemas, Some(&plan));
        let basis = Basis {
            goal,
            questions,
            observed,
        };
        Ok(self.planned(plan, schemas, sources, basis).await)
    }

    /// Looks again for owned records that were not found and that an apply has just written, until no read can lag behind it.
    async fn catch_up(
        self,
        draft: &BoundGoal<'_>,
        questions: &[Question],
        observed: &mut Observed,
        schemas: &Schemas,
    ) -> Result<(), ApiError> {
        let Some(owned) = self.ledger else {
            return Ok(());
        };
        // The run opened the ledger at that time, a moment ago.
        let since = owned.origin.time.checked_sub(self.client.read_lag());
        let since = since.unwrap_or(Timestamp::MIN);
        let mut looks = self.client.looks();
        loop {
            let unseen = draft.written_and_missing(observed, since);
            if unseen.is_empty() || !looks.again().await {
                return Ok(());
            }
            let found = observe::records_by_id(self.client, schemas, unseen, questions).await?;
            observed.extend(found);
        }
    }

    /// Gives the records of a goal their keys in the instance.
    pub(super) fn draft<'d>(
        self,
        goal: &'d ResolvedGoal,
        schemas: &'d Schemas,
        sources: &'d Sources,
    ) -> BoundGoal<'d>
    where
        Self: 'd,
    {
        let ownership = Ownership {
            ledger: self.ledger.map(|owned| Owning {
                ledger: owned.ledger,
                origin: owned.origin,
                sources,
            }),
            marker: self.settings.marker.as_ref(),
            permits: &self.settings.permits,
            skips_missing: self.settings.skips_missing_references,
            protects: self.settings.protects,
        };
        match goal {
            ResolvedGoal::Declared {
                desired,
                leads,
                missing,
            } => {
                let bound = plan::bind(desired, schemas, leads, ownership);
                let mut bound = bound.with_missing(missing);
                bound.notes.extend(self.first_notes(schemas));
                BoundGoal::Declared(Box::new(bound))
            }
            ResolvedGoal::Undone { undone, others } => BoundGoal::Undone {
                undoing: undone.undoing(others),
                schemas,
                ownership,
            },
        }
    }

    /// What a plan means to people.
    async fn brief(
        self,
        plan: &Plan,
        basis: &Basis,
        view: &DealView,
        (pipeline, seen): (&Pipeline, &Seen),
        lag: Option<&Lag>,
    ) -> Brief {
        let left_behind = self.left_behind(&basis.goal).await;
        let Settings {
            impact,
            commit,
            severities,
            ..
        } = self.settings;
        let brief = BriefBasis {
            plan,
            observed: &basis.observed,
            fields: &impact.fields,
            view,
            stages: &impact.stages,
            currency: impact.currency.as_deref(),
            today: self.now.to_zoned(TimeZone::UTC).date(),
            is_behind: lag.is_some_and(Lag::is_refused),
            left_behind: &left_behind,
            is_uncommitted: commit.as_deref().is_some_and(is_uncommitted),
            severities,
        };
        Brief::of(&brief, seen, pipeline.clone())
    }

    /// How the plan stands to reviewed plan files, which a note tells, and what differs.
    fn coverage(
        self,
        plan: &mut Plan,
        schemas: &Schemas,
        observed: &Observed,
        salt: &[u8],
    ) -> (Option<Coverage>, Option<(Difference, Moves)>) {
        let today = Today {
            observed,
            ledger: self.ledger.map(|owned| owned.ledger),
        };
        let salts = [salt, &self.settings.salt];
        let Some(reviewed) = &self.settings.reviewed else {
            return (None, None);
        };
        // A later apply may have renewed the entries, and knows better.
        if plan.is_empty() && today.ledger.is_some_and(|it| reviewed.is_applied(&it.past)) {
            plan.ledger_changes.drop_renewals();
        }
        let coverage = reviewed.coverage(plan, schemas, today, salts);
        let parts = coverage.as_ref();
        let [done, superseded] = parts.map_or([0; 2], |it| [it.done, it.superseded]);
        if done + superseded > 0 {
            plan.notes.push(Note::Reviewed { done, superseded });
        }
        let differs = reviewed.differs(plan, (schemas, observed), parts);
        (coverage, differs)
    }

    /// What an apply sends: a canary, if the settings ask for one, and the rest; and how many calls these are.
    fn sending(self, plan: &Plan, basis: Basis) -> (Option<Trial>, Vec<Wave>, usize) {
        let Settings {
            canary,
            batch_limits,
            ..
        } = *self.settings;
        let (trial, waves) = match Trial::of(plan, basis, canary, batch_limits) {
            Some((trial, rest)) => (Some(trial), rest),
            None => (None, calls(plan, batch_limits)),
        };
        let batches: usize = waves.iter().map(|wave| wave.batches.len()).sum();
        let calls = batches + trial.as_ref().map_or(0, Trial::calls);
        (trial, waves, calls)
    }

    /// The plan with everything that is said of it.
    pub(super) async fn planned(
        self,
        mut plan: Plan,
        schemas: Schemas,
        sources: Sources,
        basis: Basis,
    ) -> (Planned, Option<Trial>) {
        let Settings {
            guards,
            severities,
            impact,
            permits,
            daily_calls,
            confirm,
            commit,
            salt,
            reviewed,
            checkout,
            allow_behind,
            ..
        } = self.settings;
        let of_ledger = self.ledger.and_then(|owned| owned.salt);
        let salt = of_ledger.as_ref().map_or(&salt[..], |salt| &salt[..]);
        // A reviewed plan was made with its own permits; those of today decide only what the guards let pass.
        let saved = reviewed.as_ref().and_then(Reviewed::first);
        let reviewed_permits = saved.map_or(permits, |saved| &saved.file.permits);
        let ledger = self.ledger.map(|owned| owned.ledger);
        let past = ledger.map(|ledger| &ledger.past);
        let applied = reviewed.as_ref().and_then(|it| it.applied(past?));
        let (coverage, differs) = self.coverage(&mut plan, &schemas, &basis.observed, salt);
        // What is hidden changes nothing: the configuration cannot switch off what keeps a plan true.
        let level = |note: &Note| severities.of(note.word(), Level::Info);
        plan.notes.retain(|note| level(note) > Level::Off);
        let lag = match (&basis.goal, checkout, past) {
            (ResolvedGoal::Declared { .. }, Some(checkout), Some(past)) => {
                Lag::of(&**checkout, commit.as_deref(), past, &plan, *allow_behind).await
            }
            (ResolvedGoal::Declared { .. } | ResolvedGoal::Undone { .. }, _, _) => None,
        };
        let view = DealView::of(&impact.fields, &schemas);
        let mut seen = Seen::expecting(&plan.changes, &view);
        // Where nothing was read there are no values before, and so there is no sum of them.
        let read = Some(&basis).filter(|_| self.is_read());
        let moves = read.into_iter().flat_map(|basis| basis.deals(&plan, &view));
        let moves = moves.inspect(|moved| seen.add(moved));
        let pipeline = Pipeline::of(moves, &view, &impact.stages);
        let deals = (&pipeline, &seen);
        let brief = self.brief(&plan, &basis, &view, deals, lag.as_ref()).await;
        drop(seen);
        let mut refusals = self.guarded(&plan, &view, &pipeline);
        refusals.extend(raised(&plan, &brief, severities, permits));
        plan::note_unjudged(&mut plan, *guards, &pipeline);
        let (paths, only, undoes) = basis.goal.about();
        let kind = basis.goal.digest_kind(&plan.basis);
        let read = basis.read();
        let (trial, waves, write_calls) = self.sending(&plan, basis);
        let used_today = self.used_today(write_calls).await;
        refusals.extend(self.over_limits(write_calls, used_today));
        // It is the reason of the deletions, which would be allowed for nothing.
        refusals.sort_by_key(|refusal| !matches!(refusal, Refusal::Unread { .. }));
        let planned = Planned {
            digest: plan::digest(
                &plan,
                DigestBasis {
                    instance: self.instance.fingerprint.as_str(),
                    salt,
                    permits: reviewed_permits,
                    ledger,
                    kind,
                },
            ),
            ledger_salt: self.ledger.map(|owned| owned.ledger.salt()),
            key: SealKey::new(salt),
            first_key: SealKey::new(&self.settings.salt),
            links: self.settings.links.clone(),
            is_proposal: self.settings.is_proposal,
            lag,
            applied: applied.cloned(),
            stamps: plan::stamps(&plan, ledger, salt),
            differs,
            coverage,
            refusals,
            severities: severities.clone(),
            instance: self.instance.clone(),
            commit: commit.clone(),
            paths,
            only,
            undoes,
            permits: permits.clone(),
            confirm: *confirm,
            read,
            calls: self.client.calls(),
            daily_calls: *daily_calls,
            used_today,
            write_calls,
            waves,
            brief,
            plan,
            schemas,
            sources,
        };
        (planned, trial)
    }
}
