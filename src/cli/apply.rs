//! `oppctl apply`: plan, guard, ask, send, report.

use std::error::Error;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::time::Instant;

use jiff::Zoned;

use crate::apply::{self, Claims, Event, Halt, Report};
use crate::config::{Instance, Loaded};
use crate::ledger::Owner;
use crate::plan::Plan;
use crate::plan::file::UndoEntry;
use crate::render::{self, Tail};

use super::args::{Allow, Apply, Sending};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::journaling::{self, Begun};
use super::owning::RunLedger;
use super::prepare::{Prepared, connect, prepare};
use super::progress::Progress;
use super::reports::Tries;
use super::saved::{self, From, Reviewed, allowed};
use super::session::{Session, exit_of};
use super::signals::Signals;
use super::undo::Undone;

pub(super) async fn run(context: &Context, args: &Apply) -> Result<Exit, CliError> {
    let Apply {
        paths,
        plan,
        sending,
    } = args;
    let hint = "review `oppctl plan`, then pass --yes";
    answerable(sending, "apply", hint)?;
    let reviewed = Reviewed::of(plan.as_deref(), sending.expect.as_deref())?;
    let signals = Signals::listen()?;
    let (loaded, instance, session) = connect(context).await?;
    confirmed(&instance, sending)?;
    let saved = reviewed.as_ref().and_then(Reviewed::file);
    let goal = match saved.map(|saved| (saved, &saved.undoes)) {
        None => Goal::Declared(paths.clone()),
        Some((saved, None)) => {
            let paths = saved.paths.iter();
            Goal::Declared(paths.map(|path| loaded.root.join(path)).collect())
        }
        Some((_, Some(UndoEntry { run, forced }))) => {
            let undone = Undone::find(&loaded, &session, run, forced)?;
            Goal::Undone(Box::new(undone))
        }
    };
    let task = Task {
        goal,
        sending,
        allow: match saved {
            Some(saved) => allowed(&saved.permits, &sending.allow),
            None => sending.allow.clone(),
        },
        reviewed,
    };
    drive(context, task, &signals, &loaded, session).await
}

/// What a run is to do.
pub(super) struct Task<'t> {
    pub(super) goal: Goal,
    pub(super) sending: &'t Sending,
    /// What is allowed: what was allowed for the reviewed plan, if there is one.
    pub(super) allow: Allow,
    /// The plan that it may be, and no other.
    pub(super) reviewed: Option<Reviewed>,
}

/// What a run is to reach.
pub(super) enum Goal {
    /// What the manifests at or below these paths declare; all of them without a path.
    Declared(Vec<PathBuf>),
    /// What was before an earlier run.
    Undone(Box<Undone>),
}

/// Plans, guards, asks, sends and reports: the one way to change an instance.
pub(super) async fn drive(
    context: &Context,
    task: Task<'_>,
    signals: &Signals,
    loaded: &Loaded,
    session: Session,
) -> Result<Exit, CliError> {
    let ledger = RunLedger::open(loaded, session.fingerprint.clone());
    let mut ledger = signals.unless(ledger).await?;
    let run = Run {
        context,
        task,
        loaded,
        session: &session,
        signals,
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
    task: Task<'r>,
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
        let &Self {
            context,
            ref task,
            loaded,
            session,
            signals,
            owner: _,
        } = self;
        let is_asked = !task.sending.yes;
        if let Some(ledger) = ledger.as_deref_mut().filter(|_| !is_asked) {
            self.lock(ledger).await?;
        }
        let planning = self.prepare(ledger.as_deref());
        let prepared = match signals.unless(planning).await? {
            Ok(prepared) => prepared,
            Err(exit) => return Ok(exit),
        };
        let from = match &task.goal {
            Goal::Declared(paths) => From::Manifests(paths),
            Goal::Undone(undone) => From::Run(undone),
        };
        let head = |prepared: &_| saved::head(prepared, loaded, session, from, &task.allow);
        let prepared = context.reports.planned(prepared, head)?;
        if let Some(reviewed) = &task.reviewed {
            reviewed.check(context, prepared, session)?;
        }
        prepared.show(context, loaded, session)?;
        if prepared.is_done() {
            return Ok(if prepared.plan.is_partial() {
                Exit::Partial
            } else {
                Exit::Done
            });
        }
        if let Goal::Undone(undone) = &task.goal {
            undone.remind(context);
        }
        prepared.guard(loaded, &task.allow)?;
        if is_asked {
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
        self.send(prepared, ledger).await
    }

    /// Plans for the goal.
    async fn prepare(
        &self,
        ledger: Option<&RunLedger>,
    ) -> Result<Result<Prepared, Exit>, CliError> {
        let (context, loaded, session) = (self.context, self.loaded, self.session);
        let Task { goal, allow, .. } = &self.task;
        match goal {
            Goal::Declared(paths) => prepare(context, loaded, session, ledger, paths, allow).await,
            Goal::Undone(undone) => {
                undone
                    .prepare(context, loaded, session, ledger, allow)
                    .await
            }
        }
    }

    /// Takes the lock and reads the ledger again; whether somebody has changed it.
    async fn lock(&self, ledger: &mut RunLedger) -> Result<bool, CliError> {
        let lock = async {
            let (owner, wait) = (self.owner.clone(), self.task.sending.lock_wait);
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
            ref task,
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
        let undoes = match &task.goal {
            Goal::Declared(_) => None,
            Goal::Undone(undone) => Some(undone.id()),
        };
        let Begun { mut journal, head } =
            journaling::begin(loaded, session, prepared, own, owner, undoes)?;
        let mut tries = Tries::of(plan);
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
        let exit = exit(&report, plan, signals);
        let told = context.out.data(&text);
        context.reports.ran(head, plan, report, tries, tail.calls);
        told?;
        settled.map_err(|error| {
            error.hint("what the report says is so; the next apply brings the ledger up to it")
        })?;
        journaled?;
        Ok(exit)
    }
}

/// Refuses to go on where nobody could answer.
pub(super) fn answerable(args: &Sending, command: &str, hint: &str) -> Result<(), CliError> {
    if args.yes || io::stdin().is_terminal() {
        return Ok(());
    }
    Err(CliError::new(
        Exit::Usage,
        format!("{command} asks before it changes anything, and there is no terminal to answer on"),
    )
    .hint(hint))
}

/// Refuses an instance that wants to be named and was not.
pub(super) fn confirmed(instance: &Instance, args: &Sending) -> Result<(), CliError> {
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

fn exit(report: &Report, plan: &Plan, signals: &Signals) -> Exit {
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
        None if report.is_complete() && !plan.is_partial() => Exit::Done,
        None => Exit::Partial,
    }
}
