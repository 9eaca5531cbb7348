//! A run at the terminal: its progress, the question, and its report.

use std::io;

use futures_util::future::LocalBoxFuture;
use jiff::Timestamp;

use crate::apply::{self, Outcome};
use crate::journal::Folder;
use crate::ledger::{Lease, LockError};
use crate::model::Invocation;
use crate::render::{self, Detail, counted, escaped};
use crate::run::{
    self, Completion, Ended, Goal, Planned, Ports, RunError, RunEvent, Sent, Settings, Stale,
};

use super::connect::{Connected, journals, store};
use super::consent::answer;
use super::context::Context;
use super::events::Events;
use super::exit::{CliError, Exit};
use super::exits::{of_plan, of_report};
use super::input;
use super::output::{Output, text};
use super::progress;
use super::signals::Signals;

/// A run of this process.
pub(super) struct Terminal<'t> {
    pub(super) context: &'t Context,
    pub(super) connected: &'t Connected,
    pub(super) signals: &'t Signals,
    pub(super) events: &'t Events,
}

impl Terminal<'_> {
    /// Plans and guards, and neither locks nor sends.
    pub(super) async fn preview(&self, settings: &Settings, goal: Goal) -> Result<Ended, CliError> {
        let journals = self.journals()?;
        let ports = self.ports(&journals)?;
        Ok(run::preview(settings, goal, ports).await)
    }

    /// Plans, so that the client keeps what a plan reads.
    pub(super) async fn keep(&self, settings: &Settings, goal: Goal) -> Result<Ended, CliError> {
        let journals = self.journals()?;
        let ports = self.ports(&journals)?;
        Ok(run::keep(settings, goal, ports).await)
    }

    /// Plans, guards, asks for a word if there is one, sends and records.
    pub(super) async fn course(
        &self,
        settings: &Settings,
        goal: Goal,
        word: Option<&str>,
    ) -> Result<Ended, CliError> {
        let journals = self.journals()?;
        // A plan that cannot be printed must not be applied, so `tell` returns the error and the run ends with it.
        let mut calls = 0;
        let mut tell = |event: RunEvent<'_>| self.tell(event, &mut calls);
        let Context {
            out, invocation, ..
        } = self.context;
        let asked = word.unwrap_or_default();
        let mut ask =
            run::asking(|planned| ask(*out, invocation.clone(), asked.to_owned(), planned));
        let mut ports = self.ports(&journals)?;
        ports.tell = Some(&mut tell);
        if word.is_some() {
            ports.ask = Some(&mut ask);
        }
        Ok(run::course(settings, goal, ports).await)
    }

    fn journals(&self) -> Result<Folder, CliError> {
        let Connected {
            loaded, session, ..
        } = self.connected;
        journals(loaded, &session.instance.fingerprint)
    }

    fn ports<'p>(&'p self, journals: &'p Folder) -> Result<Ports<'p>, CliError> {
        let Connected {
            loaded, session, ..
        } = self.connected;
        Ok(Ports {
            store: store(loaded, &session.instance.fingerprint)?,
            urgency: self.signals.urgency(),
            ..Ports::new(&session.client, &session.instance, journals)
        })
    }
}

impl Terminal<'_> {
    /// Prints an event: the plan on standard output, everything else on standard error.
    fn tell(&self, event: RunEvent<'_>, calls: &mut usize) -> io::Result<()> {
        self.events.tell(event);
        let out = &self.context.out;
        let calls_per_20s = self.connected.loaded.config.limits.calls_per_20s;
        match event {
            RunEvent::Waiting(lease) => print_waiting(self.context, lease),
            RunEvent::Planned(planned) => {
                progress::end();
                *calls = planned.write_calls;
                out.try_text(&self.plan(planned))?;
                self.print_manifests_reminder(planned);
            }
            RunEvent::CallsBegin { changes } => {
                progress::applying(*out, changes, *calls, calls_per_20s);
            }
            RunEvent::Apply(event) => show_progress(event, *out),
            RunEvent::CallsEnded => progress::end(),
            RunEvent::JournalsRemoved { removed, keep } => {
                out.message(&format!("{}\n", render::journals_removed(removed, keep)));
            }
            RunEvent::JournalsKept(error) => {
                let line = format!("old journals were not removed: {error}");
                out.message(&format!("{}\n", escaped(&line)));
            }
            RunEvent::NotReleased(error) => print_not_released(self.context, error),
        }
        Ok(())
    }

    /// The plan as text.
    pub(super) fn plan(&self, planned: &Planned) -> String {
        plan_text(planned, &self.context.invocation, self.context.detail)
    }

    /// Warns that the manifests may still declare what an undo takes back, if it takes something back.
    pub(super) fn print_manifests_reminder(&self, planned: &Planned) {
        if planned.plan.is_empty() {
            return;
        }
        let Some(undone) = planned.undoes.as_ref().filter(|undone| !undone.was_undo) else {
            return;
        };
        let commit = undone
            .commit
            .as_deref()
            .map(|commit| format!(" (it ran at {})", escaped(commit)));
        self.context.out.message(&format!(
            "If the manifests still say what the run applied{}, the next apply does it again: take it back in them too.\n",
            commit.unwrap_or_default()
        ));
    }

    /// Prints how a run ended, except the plan of a preview, which the caller prints. Returns the exit, or the error that ends the command.
    pub(super) fn print_end(&self, ended: &Ended) -> Result<Exit, CliError> {
        let out = &self.context.out;
        match &ended.end {
            Ok(Completion::Previewed) => Ok(Exit::Done),
            Ok(Completion::Idle) => {
                let planned = ended.planned.as_ref();
                if let Some(applied) = planned.and_then(|planned| planned.applied.as_ref()) {
                    out.message(&format!(
                        "already applied, by the run {} ({}): nothing is left to do\n",
                        escaped(&applied.run),
                        applied.time.strftime("%F %TZ")
                    ));
                }
                Ok(planned.map_or(Exit::Done, |planned| of_plan(&planned.plan)))
            }
            Ok(Completion::Sent) => match (&ended.planned, &ended.sent) {
                (Some(planned), Some(sent)) => self.report(planned, sent),
                (None, _) | (_, None) => Ok(Exit::Done),
            },
            Err(RunError::Invalid(problems)) => {
                let exit = input::refuse(self.context, &problems.sources, &problems.diagnostics);
                let unasked = problems.unasked.iter().map(|why| render::unasked(why));
                unasked.for_each(|line| out.message(&line));
                Ok(exit.unwrap_or(Exit::Invalid))
            }
            Err(RunError::Declined) => {
                out.message("Nothing was changed.\n");
                Ok(Exit::Failed)
            }
            Err(error) => {
                if let RunError::Stale(Stale::OtherPlan {
                    difference: Some(difference),
                    ..
                }) = error
                {
                    let text = text(|out| render::difference(difference, out));
                    out.text(&text)?;
                }
                Err(CliError::of_run(
                    error,
                    ended.planned.as_ref(),
                    self.signals.exit(),
                    &self.connected.instance.name,
                ))
            }
        }
    }

    /// The same for a command that was to send something.
    pub(super) fn print_end_of_sending(&self, ended: &Ended) -> Result<Exit, CliError> {
        let end = self.print_end(ended);
        if let Err(RunError::Invalid(_)) = ended.end {
            self.context.out.message("Nothing was sent.\n");
        }
        end
    }

    /// Prints the report of a run.
    fn report(&self, planned: &Planned, sent: &Sent) -> Result<Exit, CliError> {
        let Planned { plan, instance, .. } = planned;
        let report = &sent.report;
        let mut text = String::new();
        let unfailing = "writing to a string cannot fail";
        // Where only the ledger changes there is nothing to report of the instance.
        if !plan.is_empty() || report.halt.is_some() {
            let Context {
                detail, invocation, ..
            } = self.context;
            render::report(planned, sent, invocation, *detail, &mut text).expect(unfailing);
        } else if sent.is_saved() {
            text.push('\n');
            render::kept(plan, &mut text).expect(unfailing);
        }
        self.context.out.text(&text)?;
        if let Some(error) = &sent.unsaved {
            return Err(CliError::of_lock(error, &instance.name)
                .hint("the report is right; the next apply corrects the ledger"));
        }
        if let Some(error) = &sent.unended {
            return Err(error.into());
        }
        let exit = of_report(report, plan, self.signals.exit());
        if exit != Exit::Done {
            // Standard output may go elsewhere.
            let verdict = render::run_verdict(planned, sent);
            let left = match (sent.is_complete(), &planned.undoes) {
                (false, _) => "",
                (true, Some(_)) => " Not all of it was undone: the plan says what is left, and why",
                (true, None) => " Some entries wait: the plan says which, and why",
            };
            let mut error = CliError::new(exit, format!("{verdict}{left}"));
            error.short = left.is_empty().then_some("");
            return Ok(self.context.out.error(&error));
        }
        Ok(exit)
    }
}

fn plan_text(planned: &Planned, invocation: &Invocation, detail: Detail) -> String {
    let facts = render::PlanFacts::of(planned);
    let head = render::Head::of(planned, &facts, invocation);
    text(|out| render::plan(&planned.plan, &planned.sources, &head, detail, out))
}

/// Asks whether a plan may be applied, with the word that says so. Whoever answers shortly is asked for the whole word.
fn ask(
    out: Output,
    invocation: Invocation,
    word: String,
    planned: &Planned,
) -> LocalBoxFuture<'_, io::Result<bool>> {
    Box::pin(async move {
        let question = render::question(planned, &word);
        let mut shown = format!("\n{question}, or \"d\" for every detail: ");
        loop {
            out.message(&shown);
            let answer = answer().await?;
            match answer.as_deref().map(str::trim) {
                Some(answer) if answer == word => return Ok(true),
                Some("d" | "D") => {
                    out.try_text(&plan_text(planned, &invocation, Detail::Full))?;
                    shown = format!("\n{question}: ");
                }
                Some("y" | "Y" | "yes" | "YES" | "Yes") => shown = format!("{question}: "),
                Some(_) | None => return Ok(false),
            }
        }
    })
}

/// Says which run has the lock that a command waits for.
pub(super) fn print_waiting(context: &Context, lease: &Lease) {
    let text = render::waiting(lease, Timestamp::now());
    context.out.message(&format!("{text}\n"));
}

/// Says that the lock of a command was not released.
pub(super) fn print_not_released(context: &Context, error: &LockError) {
    let line = match error {
        LockError::Lost(lost) => format!("the lock had been lost: {lost}"),
        LockError::Held { .. } | LockError::Free | LockError::Store(_) => {
            format!("the lock was not released; it expires by itself: {error}")
        }
    };
    context.out.message(&format!("{}\n", escaped(&line)));
}

fn show_progress(event: apply::ApplyEvent<'_>, out: Output) {
    match event {
        apply::ApplyEvent::Sending(_) | apply::ApplyEvent::Tried(_) => {}
        apply::ApplyEvent::Looking(changes) => {
            let canary = counted(changes, "change");
            out.progress(&format!("reading the canary of {canary} back"));
        }
        apply::ApplyEvent::Settled(settled) => progress::update(|facts| {
            for settled in settled {
                match settled.outcome {
                    Outcome::Applied { .. } => facts.done += 1,
                    Outcome::Rejected { .. } => {
                        facts.done += 1;
                        facts.rejected += 1;
                    }
                    Outcome::NotAttempted(_) | Outcome::Unknown { .. } => {}
                }
            }
        }),
        apply::ApplyEvent::Stopping => {
            out.progress("finishing the calls in flight; interrupt again to stop at once");
        }
    }
}
