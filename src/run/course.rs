//! The course of a run: the order of its steps.
//!
//! If nobody is asked, the run takes the lock before it plans. If a person is asked, it takes the lock after the answer, and ends
//! as [`RunError::Overtaken`] if another run has changed the ledger since. Before the first call the journal has all changes and
//! the ledger all claims; after the last one the ledger gets the outcomes, then the journal the end, and only then the lock is
//! released.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::apply::{self, Claims, Halt, Report, Stop, Urgency, caught};
use crate::journal::{self, ChangeDetails, EndReason, JournalWriter};
use crate::ledger::Lease;

use super::canary::Trial;
use super::ended::{Completion, Ended, Reached, Sent};
use super::error::RunError;
use super::event::RunEvent;
use super::goal::Goal;
use super::journal::{Begun, begin, in_milliseconds};
use super::ledger::{CarriedOut, RunLedger};
use super::noted::Noted;
use super::planned::Planned;
use super::planning::{Planning, Purpose};
use super::ports::Ports;
use super::prune::prune;
use super::review::Stale;
use super::settings::Settings;

/// Plans, guards, asks, sends and writes down: the one way to change an instance.
pub async fn course<'c>(settings: &'c Settings, goal: Goal, ports: Ports<'c>) -> Ended {
    let urgency = ports.urgency.clone();
    let mut course = Course::new(settings, ports, Purpose::Send);
    let mut reached = Reached::default();
    // The futures of a run are large: on the heap they spare the stack of whoever waits.
    let going = Box::pin(course.go_and_release(goal, &mut reached));
    let end = tokio::select! {
        biased;
        end = caught(going) => end.unwrap_or_else(|panicked| Err(RunError::Panicked(panicked))),
        () = Urgency::reaches(urgency, Urgency::Abandon) => Err(RunError::Abandoned),
    };
    reached.ended(end)
}

/// Plans and guards, and neither locks nor sends: a run that stops before it changes anything.
pub async fn preview<'c>(settings: &'c Settings, goal: Goal, ports: Ports<'c>) -> Ended {
    looking(Course::new(settings, ports, Purpose::Look), goal).await
}

/// Plans, so that the client keeps what it is answered, and more than the plan needs.
pub async fn keep<'c>(settings: &'c Settings, goal: Goal, ports: Ports<'c>) -> Ended {
    looking(Course::new(settings, ports, Purpose::Keep), goal).await
}

async fn looking(mut course: Course<'_>, goal: Goal) -> Ended {
    let mut reached = Reached::default();
    let looked = caught(Box::pin(course.look(goal, &mut reached))).await;
    let end = looked.unwrap_or_else(|panicked| Err(RunError::Panicked(panicked)));
    reached.ended(end)
}

struct Course<'c> {
    settings: &'c Settings,
    ports: Ports<'c>,
    purpose: Purpose,
}

impl<'c> Course<'c> {
    fn new(settings: &'c Settings, ports: Ports<'c>, purpose: Purpose) -> Self {
        Self {
            settings,
            ports,
            purpose,
        }
    }

    async fn look(&mut self, goal: Goal, reached: &mut Reached) -> Result<Completion, RunError> {
        let goal = self.checked(goal).await?;
        let ledger = self.open().await?;
        let (planned, _) = self.plan(goal, ledger.as_ref()).await?;
        let planned = reached.planned.insert(planned);
        if planned.refusals.is_empty() {
            Ok(Completion::Previewed)
        } else {
            Err(RunError::Refused)
        }
    }

    async fn go_and_release(
        &mut self,
        goal: Goal,
        reached: &mut Reached,
    ) -> Result<Completion, RunError> {
        let goal = self.checked(goal).await?;
        let mut ledger = self.open().await?;
        let went = caught(self.go(goal, ledger.as_mut(), reached)).await;
        let end = went.unwrap_or_else(|panicked| Err(RunError::Panicked(panicked)));
        if let Some(ledger) = ledger
            && let Err(error) = ledger.release().await
        {
            self.mention(RunEvent::NotReleased(&error));
        }
        end
    }

    async fn go(
        &mut self,
        goal: Goal,
        mut ledger: Option<&mut RunLedger>,
        reached: &mut Reached,
    ) -> Result<Completion, RunError> {
        let ask = self.ports.ask.take();
        if ask.is_none() {
            self.lock(ledger.as_deref_mut()).await?;
        }
        let (planned, trial) = self.plan(goal, ledger.as_deref()).await?;
        let planned = &*reached.planned.insert(planned);
        Stale::check_applicable(planned)?;
        if let Some(reviewed) = &self.settings.reviewed {
            reviewed.check(planned)?;
        }
        self.tell(RunEvent::Planned(planned))
            .map_err(RunError::Tell)?;
        if planned.is_done() {
            return Ok(Completion::Idle);
        }
        if let Some(lag) = &planned.lag
            && lag.is_refused()
        {
            return Err(Stale::Behind { lag: lag.clone() }.into());
        }
        if !planned.refusals.is_empty() {
            return Err(RunError::Refused);
        }
        if let Some(ask) = ask {
            let is_agreed = self.unless_interrupted(ask(planned)).await?;
            if !is_agreed.map_err(RunError::Ask)? {
                return Err(RunError::Declined);
            }
            let is_changed = self.lock(ledger.as_deref_mut()).await?;
            let undone = planned.undoes.as_ref();
            let went_on = undone.map(|undone| undone.went_on(self.ports.journals));
            if is_changed || went_on.transpose()?.unwrap_or(false) {
                return Err(RunError::Overtaken);
            }
        }
        reached.sent = Some(Box::pin(self.send(planned, trial, ledger)).await?);
        Ok(Completion::Sent)
    }

    /// Refuses manifests that have problems, or that declare nothing.
    async fn checked(&mut self, goal: Goal) -> Result<Goal, RunError> {
        match goal {
            Goal::Declared(reading) if !reading.diagnostics.is_empty() => {
                // Without the ledger it is only unknown which leads it knows.
                let ledger = self.open().await.ok().flatten();
                let refusing = Box::pin(self.planning(ledger.as_ref()).refuse(*reading));
                Err(self.unless_interrupted(refusing).await?)
            }
            goal @ (Goal::Declared(_) | Goal::Undone(_)) => {
                goal.checked(self.ports.store.is_some())
            }
        }
    }

    fn tell(&mut self, event: RunEvent<'_>) -> io::Result<()> {
        match &mut self.ports.tell {
            Some(tell) => tell(event),
            None => Ok(()),
        }
    }

    /// Tells of an event. If that fails, the run goes on.
    fn mention(&mut self, event: RunEvent<'_>) {
        drop(self.tell(event));
    }

    /// Opens the ledger, if there is one.
    async fn open(&mut self) -> Result<Option<RunLedger>, RunError> {
        let Some(store) = self.ports.store.take() else {
            return Ok(None);
        };
        let commit = self.settings.commit.clone();
        let project = self.settings.project.clone();
        let opening = RunLedger::open(store, self.ports.clock.clone(), project, commit);
        Ok(Some(self.unless_interrupted(opening).await??))
    }

    /// Takes the lock and reads the ledger again. Returns whether another run changed it in between.
    async fn lock(&mut self, ledger: Option<&mut RunLedger>) -> Result<bool, RunError> {
        let Some(ledger) = ledger else {
            return Ok(false);
        };
        let Settings { owner, terms, .. } = self.settings;
        let urgency = self.ports.urgency.clone();
        let waiting = |lease: &Lease| self.mention(RunEvent::Waiting(lease));
        let locking = ledger.lock(owner, *terms, waiting);
        Ok(Urgency::unless(urgency, locking)
            .await
            .ok_or(RunError::Interrupted)??)
    }

    async fn plan(
        &self,
        goal: Goal,
        ledger: Option<&RunLedger>,
    ) -> Result<(Planned, Option<Trial>), RunError> {
        let planning = Box::pin(self.planning(ledger).plan(goal));
        self.unless_interrupted(planning).await?
    }

    /// Does not borrow `self`, which has to tell of events while the calls are made.
    fn planning<'p>(&self, ledger: Option<&'p RunLedger>) -> Planning<'p>
    where
        'c: 'p,
    {
        Planning {
            client: self.ports.client,
            instance: self.ports.instance,
            settings: self.settings,
            ledger: ledger.map(RunLedger::owned),
            journals: self.ports.journals,
            now: self.ports.clock.now(),
            purpose: self.purpose,
        }
    }

    /// Waits for something that changes nothing; [`RunError::Interrupted`] if the run is asked to end first.
    async fn unless_interrupted<T>(&self, doing: impl Future<Output = T>) -> Result<T, RunError> {
        let urgency = self.ports.urgency.clone();
        let done = Urgency::unless(urgency, doing).await;
        done.ok_or(RunError::Interrupted)
    }

    /// Begins the journal, claims, sends, and writes the outcomes into ledger and journal.
    async fn send(
        &mut self,
        planned: &Planned,
        trial: Option<Trial>,
        mut ledger: Option<&mut RunLedger>,
    ) -> Result<Sent, RunError> {
        let plan = &planned.plan;
        let Begun { mut journal, head } =
            begin(planned, ledger.as_deref(), self.settings, &self.ports)?;
        let claims = claim(planned, ledger.as_deref_mut(), &mut journal).await?;
        let CallResults {
            report,
            details,
            answered,
            calls,
            took,
        } = self
            .call(planned, trial, ledger.as_deref(), &mut journal)
            .await;
        // Without the lock the ledger stays as it was claimed, and the next apply brings it up to what the instance has.
        let is_lost = matches!(report.halt, Some(Halt::LockLost(_)));
        let mut unsaved = None;
        if let Some(ledger) = ledger
            && !is_lost
        {
            let carried_out = CarriedOut {
                plan,
                report: &report,
                digest: &planned.digest,
                reviewed: self.settings.reviewed.as_ref(),
                run: &head.id,
                is_of_manifests: planned.undoes.is_none(),
                answered: &answered,
            };
            unsaved = ledger.settle(claims, carried_out).await.err();
        }
        let why = unsaved.as_ref().map(ToString::to_string);
        let unended = journal.end(&report, calls, why.as_deref()).err();
        if unended.is_none()
            && let Some(pruned) = prune(self.settings, &self.ports)
        {
            self.mention(pruned.event());
        }
        let end = journal::End {
            time: in_milliseconds(&self.ports.clock).now(),
            calls,
            how: EndReason::of(report.halt.as_ref(), &plan.changes),
            unsaved: why.map(Into::into),
        };
        Ok(Sent {
            head,
            report,
            details,
            end,
            took,
            unsaved,
            unended,
        })
    }
}

/// What the calls of a plan came to.
struct CallResults {
    report: Report,
    /// One for each change of the plan.
    details: Vec<ChangeDetails>,
    /// When the outcome of each change was known.
    answered: Vec<Option<Timestamp>>,
    calls: usize,
    took: Duration,
}

impl Course<'_> {
    /// Makes the calls. Each batch is in the journal before it goes out, and each outcome as soon as it is known.
    async fn call(
        &mut self,
        planned: &Planned,
        trial: Option<Trial>,
        ledger: Option<&RunLedger>,
        journal: &mut JournalWriter<'_>,
    ) -> CallResults {
        let Planned {
            plan,
            waves,
            schemas,
            ..
        } = planned;
        let client = self.ports.client;
        let (began, before) = (Instant::now(), client.calls());
        let stop = Stop {
            urgency: self.ports.urgency.clone(),
            lock: ledger.and_then(RunLedger::watch),
        };
        let planning = self.planning(ledger);
        let clock = in_milliseconds(&self.ports.clock);
        let mut noted = Noted::nothing(plan.changes.len());
        let calling = async {
            self.mention(RunEvent::CallsBegin {
                changes: plan.changes.len(),
            });
            let mut listener = |event: apply::ApplyEvent<'_>| {
                let kept = journal.note(event);
                noted.note(event, &clock);
                self.mention(RunEvent::Apply(event));
                kept.map_err(Into::into)
            };
            let trials = trial.as_ref().map_or([None, None], |trial| {
                trial.stages.each_ref().map(|stage| {
                    stage.as_ref().map(|stage| apply::CanaryCalls {
                        canary: &stage.canary,
                        waves: &stage.waves,
                        look: Box::pin(planning.look_again(stage, &trial.basis, planned)),
                    })
                })
            });
            let calls = apply::CallSequence::new(plan, waves, trials);
            let target = apply::Target { client, schemas };
            apply::apply(calls, target, stop, &mut listener).await
        };
        let called = caught(calling).await;
        let Noted {
            outcomes,
            details,
            answered,
        } = noted;
        let mut report = called.unwrap_or_else(|panicked| Report {
            outcomes,
            halt: Some(Halt::Panicked(panicked)),
            tried: None,
        });
        if let Err(panicked) = caught(async { self.mention(RunEvent::CallsEnded) }).await {
            report.halt.get_or_insert(Halt::Panicked(panicked));
        }
        let calls = client.calls().counted() - before.counted();
        CallResults {
            report,
            details,
            answered,
            calls: usize::try_from(calls).unwrap_or(usize::MAX),
            took: began.elapsed(),
        }
    }
}

/// Claims what the plan creates. If that fails the journal says so, and nothing is sent.
async fn claim(
    planned: &Planned,
    ledger: Option<&mut RunLedger>,
    journal: &mut JournalWriter<'_>,
) -> Result<Claims, RunError> {
    let Some(ledger) = ledger else {
        return Ok(Claims::default());
    };
    ledger.hide(&planned.schemas);
    match ledger.claim(&planned.plan).await {
        Ok(claims) => Ok(claims),
        Err(error) => {
            journal.not_begun(error.to_string())?;
            Err(error.into())
        }
    }
}
