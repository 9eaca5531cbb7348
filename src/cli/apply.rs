//! `oppctl apply`: plan, guard, ask, send, report.

use std::error::Error;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::time::Instant;

use jiff::Zoned;

use crate::apply::{self, Claims, Event, Halt, Report};
use crate::config::{Instance, Loaded};
use crate::ledger::Owner;
use crate::render::{self, Tail};

use super::args::{Allow, Apply};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::journaling;
use super::owning::RunLedger;
use super::prepare::{Prepared, connect, prepare};
use super::progress::Progress;
use super::saved::Reviewed;
use super::session::{Session, exit_of};
use super::signals::Signals;

pub(super) async fn run(context: &Context, args: &Apply) -> Result<Exit, CliError> {
    if !args.yes && !io::stdin().is_terminal() {
        return Err(CliError::new(
            Exit::Usage,
            "apply asks before it changes anything, and there is no terminal to answer on",
        )
        .hint("review `oppctl plan`, then pass --yes"));
    }
    let signals = Signals::listen()?;
    let (loaded, instance, session) = connect(context).await?;
    confirmed(&instance, args)?;
    let ledger = RunLedger::open(&loaded, session.fingerprint.clone());
    let mut ledger = signals.unless(ledger).await?;
    let run = Run {
        context,
        args,
        loaded: &loaded,
        session: &session,
        signals: &signals,
        owner: Owner::here(),
    };
    let ended = run.go(ledger.as_mut()).await;
    if let Some(ledger) = ledger {
        ledger.release(context).await;
    }
    let exit = ended?;
    session.close().await?;
    Ok(exit)
}

/// What one apply works with.
struct Run<'r> {
    context: &'r Context,
    args: &'r Apply,
    loaded: &'r Loaded,
    session: &'r Session,
    signals: &'r Signals,
    /// Who runs it, for the lock and the journal.
    owner: Owner,
}

impl Run<'_> {
    /// Plans, guards, asks, sends. Where nobody is asked the lock is held from before the plan; while a person decides
    /// it never is, so there the plan must still be that of the ledger afterwards.
    async fn go(&self, mut ledger: Option<&mut RunLedger>) -> Result<Exit, CliError> {
        let Self {
            context,
            args,
            loaded,
            session,
            signals,
            owner: _,
        } = self;
        if let Some(ledger) = ledger.as_deref_mut().filter(|_| args.yes) {
            self.lock(ledger).await?;
        }
        let reviewed = Reviewed::of(args)?;
        let (paths, allow) = self.scope(reviewed.as_ref());
        let ledger_read = ledger.as_deref();
        let planning = prepare(context, loaded, session, ledger_read, &paths, &allow);
        let prepared = match signals.unless(planning).await? {
            Ok(prepared) => prepared,
            Err(exit) => return Ok(exit),
        };
        if let Some(reviewed) = &reviewed {
            reviewed.check(context, &prepared, session)?;
        }
        prepared.show(context, loaded, session)?;
        if prepared.is_done() {
            return Ok(Exit::Done);
        }
        prepared.guard(loaded, &allow)?;
        if !args.yes {
            if !signals.unless(agreed(context, session)).await? {
                context.out.message("Nothing was changed.\n");
                return Ok(Exit::Failed);
            }
            if let Some(ledger) = ledger.as_deref_mut()
                && self.lock(ledger).await?
            {
                return Err(CliError::new(
                    Exit::Stale,
                    "somebody else has applied since this plan was made; nothing was sent",
                )
                .hint("run apply again: it plans anew"));
            }
        }
        self.send(&prepared, ledger).await
    }

    /// What the plan is narrowed to and what is allowed: as for the reviewed plan, if there is one.
    fn scope(&self, reviewed: Option<&Reviewed>) -> (Vec<PathBuf>, Allow) {
        let Apply { paths, allow, .. } = self.args;
        let Some((reviewed, permits)) = reviewed.and_then(|it| Some((it, it.permits()?))) else {
            return (paths.clone(), allow.clone());
        };
        let allow = Allow {
            adopt_foreign: permits.adopt_foreign.clone(),
            with_undeclared_roles: permits.with_undeclared,
            allow_deletes: allow.allow_deletes.or(permits.allow_deletes),
        };
        (reviewed.paths(&self.loaded.root), allow)
    }

    /// Takes the lock and reads the ledger again; whether somebody has changed it.
    async fn lock(&self, ledger: &mut RunLedger) -> Result<bool, CliError> {
        let lock = async {
            let (owner, wait) = (self.owner.clone(), self.args.lock_wait);
            ledger.lock(self.context, owner, wait).await?;
            ledger.read_again().await
        };
        self.signals.unless(lock).await
    }

    async fn send(
        &self,
        prepared: &Prepared,
        mut ledger: Option<&mut RunLedger>,
    ) -> Result<Exit, CliError> {
        let &Self {
            context,
            args: _,
            loaded,
            session,
            signals,
            ref owner,
        } = self;
        let Prepared {
            plan,
            waves,
            schemas,
            sources,
            ..
        } = prepared;
        let own = ledger.as_deref().map(|ledger| &ledger.ledger);
        let mut journal = journaling::begin(loaded, session, prepared, own, owner)?;
        let mut claims = Claims::default();
        if let Some(ledger) = ledger.as_deref_mut() {
            claims = match ledger.claim(plan).await {
                Ok(claims) => claims,
                Err(error) => {
                    journal.not_begun(error.message.clone())?;
                    return Err(error);
                }
            };
        }
        let started = Instant::now();
        let before = session.client.calls();
        let mut progress = Progress::new(context.out, plan.changes.len());
        let stop = signals.stop(ledger.as_deref().and_then(RunLedger::watch));
        let told = &mut |event: Event<'_>| {
            let noted = journal.note(event);
            match event {
                Event::Sending(_) => {}
                Event::Settled(settled) => progress.advance(settled.len()),
                Event::Stopping => {
                    progress.say("finishing the calls in flight; interrupt again to stop at once");
                }
            }
            noted.map_err(Into::into)
        };
        let report = apply::apply(plan, waves, schemas, &session.client, stop, told).await;
        progress.finish();
        let calls = session.client.calls().counted() - before.counted();
        let tail = Tail {
            calls: usize::try_from(calls).unwrap_or(usize::MAX),
            took: started.elapsed(),
            ended: Zoned::now(),
        };
        let mut text = String::from("\n");
        let unfailing = "writing to a string cannot fail";
        // Where only the ledger changes there is nothing to report of the instance.
        if !plan.is_empty() || report.halt.is_some() {
            render::report(&report, plan, sources, &tail, context.detail, &mut text)
                .expect(unfailing);
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
        let journaled = journal.end(&report, tail.calls);
        context.out.data(&text)?;
        settled.map_err(|error| {
            error.hint("what the report says is so; the next apply brings the ledger up to it")
        })?;
        journaled?;
        Ok(exit(&report, signals))
    }
}

/// Refuses an instance that wants to be named and was not.
fn confirmed(instance: &Instance, args: &Apply) -> Result<(), CliError> {
    let name = &instance.name;
    match &args.confirm {
        Some(given) if given != name => Err(CliError::new(
            Exit::Guarded,
            format!(
                "--confirm names {given}, but the instance of this run is {name}; nothing was sent"
            ),
        )),
        None if instance.confirm => Err(CliError::new(
            Exit::Guarded,
            format!("the instance {name} wants to be named; nothing was sent"),
        )
        .hint(format!("if it is the right one: --confirm {name}"))),
        Some(_) | None => Ok(()),
    }
}

async fn agreed(context: &Context, session: &Session) -> Result<bool, CliError> {
    context.out.message(&format!(
        "\nApply these changes to Marketo {} ({})? Only \"yes\" does: ",
        session.name, session.place
    ));
    let failed = |source: &dyn Error| {
        CliError::new(Exit::Failed, "cannot read the answer").caused_by(source)
    };
    // On a thread of its own: a signal must be heard while nobody answers.
    let read = || io::stdin().lines().next().transpose();
    let answer = tokio::task::spawn_blocking(read)
        .await
        .map_err(|source| failed(&source))?;
    let answer = answer.map_err(|source| failed(&source))?;
    Ok(answer.is_some_and(|answer| answer.trim() == "yes"))
}

fn exit(report: &Report, signals: &Signals) -> Exit {
    match &report.halt {
        Some(Halt::Interrupted) => signals.exit(),
        Some(Halt::LockLost(_)) => Exit::Partial,
        Some(Halt::Unrecorded(_)) => Exit::Failed,
        Some(Halt::Api(error)) => {
            let exit = exit_of(error);
            if matches!(exit, Exit::Denied | Exit::Unavailable) {
                exit
            } else {
                Exit::Partial
            }
        }
        None if report.is_complete() => Exit::Done,
        None => Exit::Partial,
    }
}
