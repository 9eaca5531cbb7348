//! What a run sends: written down and claimed before, reported and kept after.

use std::time::Instant;

use jiff::Zoned;

use crate::apply::{self, Claims, Course, Event, Halt, Report, Trial};
use crate::journal::JournalWriter;
use crate::plan::Plan;
use crate::render::{self, Tail, counted};

use super::canary::Tryout;
use super::driving::Run;
use super::exit::{CliError, Exit};
use super::exits::of_report;
use super::goal::Goal;
use super::journaling::{self, Begun};
use super::owning::RunLedger;
use super::prepare::Prepared;
use super::progress::Progress;
use super::reports::Tries;

impl Run<'_> {
    /// Sends a plan and tells what became of it, whatever that is.
    pub(super) async fn send(
        &self,
        prepared: &Prepared,
        tryout: Option<Tryout>,
        mut ledger: Option<&mut RunLedger>,
    ) -> Result<Exit, CliError> {
        let Prepared { plan, sources, .. } = prepared;
        let Begun { mut journal, head } = self.journal(prepared, ledger.as_deref())?;
        let mut tries = Tries::of(plan);
        let claims = claim(plan, ledger.as_deref_mut(), &mut journal).await?;
        let own = ledger.as_deref();
        let (report, tail) = self
            .carry_out(prepared, tryout, own, &mut journal, &mut tries)
            .await;
        let mut text = String::from("\n");
        let unfailing = "writing to a string cannot fail";
        // Where only the ledger changes there is nothing to report of the instance.
        if !plan.is_empty() || report.halt.is_some() {
            let detail = self.context.detail;
            render::report(&report, plan, sources, &tail, detail, &mut text).expect(unfailing);
        }
        // The ledger first: that nobody reads the report must not lose it. Without the lock it stays as it was claimed,
        // and the next apply brings it up to what the instance has.
        let is_lost = matches!(report.halt, Some(Halt::LockLost(_)));
        let mut settled = Ok(());
        if let Some(ledger) = ledger.filter(|_| !is_lost) {
            settled = ledger.settle(plan, claims, &report).await;
            if settled.is_ok() {
                render::kept(plan, &mut text).expect(unfailing);
            }
        }
        let unsaved = settled.as_ref().err().map(|error| &*error.message);
        let journaled = journal.end(&report, tail.calls, unsaved);
        let exit = of_report(&report, plan, self.signals.exit());
        let told = self.context.out.data(&text);
        let reports = &self.context.reports;
        if let Some(Halt::Canary(failure)) = &report.halt {
            let mut text = String::new();
            render::canary_failed(failure, &report, sources, &mut text).expect(unfailing);
            reports.difference(text);
        }
        reports.ran(head, plan, report, tries, tail.calls, unsaved);
        told?;
        settled.map_err(|error| {
            error.hint("what the report says is so; the next apply brings the ledger up to it")
        })?;
        journaled?;
        Ok(exit)
    }

    /// Begins the journal of the run.
    fn journal<'p>(
        &self,
        prepared: &'p Prepared,
        ledger: Option<&RunLedger>,
    ) -> Result<Begun<'p>, CliError> {
        let undoes = match &self.task.goal {
            Goal::Declared(_) => None,
            Goal::Undone(undone) => Some(undone.id()),
        };
        journaling::begin(
            self.loaded,
            self.session,
            prepared,
            ledger,
            &self.owner,
            undoes,
        )
    }

    /// Makes the calls, and writes down and shows how far they are.
    async fn carry_out(
        &self,
        prepared: &Prepared,
        tryout: Option<Tryout>,
        ledger: Option<&RunLedger>,
        journal: &mut JournalWriter<'_>,
        tries: &mut Tries,
    ) -> (Report, Tail) {
        let Prepared {
            plan,
            waves,
            schemas,
            ..
        } = prepared;
        let client = &self.session.client;
        let started = Instant::now();
        let before = client.calls();
        let mut progress = Progress::new(self.context.out, plan.changes.len());
        let stop = self.signals.stop(ledger.and_then(RunLedger::watch));
        let told = &mut |event: Event<'_>| {
            let noted = journal.note(event);
            match event {
                Event::Sending(_) | Event::Tried(_) => {}
                Event::Looking(changes) => {
                    let canary = counted(changes, "change");
                    progress.say(&format!("reading the canary of {canary} back"));
                }
                Event::Settled(settled) => {
                    tries.count(settled);
                    progress.advance(settled.len());
                }
                Event::Stopping => {
                    progress.say("finishing the calls in flight; interrupt again to stop at once");
                }
            }
            noted.map_err(Into::into)
        };
        let (first, look) = tryout
            .map(
                |Tryout {
                     canary,
                     waves,
                     look,
                 }| ((canary, waves), look),
            )
            .unzip();
        let trial = first
            .as_ref()
            .zip(look)
            .map(|((canary, waves), look)| Trial {
                canary,
                waves,
                look: Box::pin(look.at(canary, self, prepared, ledger)),
            });
        let course = Course { trial, waves };
        let report = apply::apply(plan, course, schemas, client, stop, told).await;
        progress.finish();
        let calls = client.calls().counted() - before.counted();
        let tail = Tail {
            calls: usize::try_from(calls).unwrap_or(usize::MAX),
            took: started.elapsed(),
            ended: Zoned::now(),
        };
        (report, tail)
    }
}

/// Claims what the plan creates; the journal is told if that fails.
async fn claim(
    plan: &Plan,
    ledger: Option<&mut RunLedger>,
    journal: &mut JournalWriter<'_>,
) -> Result<Claims, CliError> {
    let Some(ledger) = ledger else {
        return Ok(Claims::default());
    };
    match ledger.claim(plan).await {
        Ok(claims) => Ok(claims),
        Err(error) => {
            journal.not_begun(error.message.clone())?;
            Err(error)
        }
    }
}
