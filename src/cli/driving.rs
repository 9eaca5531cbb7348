//! The course of a run that changes an instance: lock, plan, guard, question; what follows is in `sending`.

use std::error::Error;
use std::io;

use crate::config::LoadedConfig;
use crate::ledger::Owner;

use super::args::{Allow, Sending};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::exits::of_plan;
use super::goal::Goal;
use super::owning::RunLedger;
use super::saved::{self, Reviewed};
use super::session::Session;
use super::signals::Signals;

/// What a run is to do.
pub(super) struct Task<'t> {
    pub(super) goal: Goal,
    pub(super) sending: &'t Sending,
    /// What is allowed: what was allowed for the reviewed plan, if there is one.
    pub(super) allow: Allow,
    /// The plan that it may be, and no other.
    pub(super) reviewed: Option<Reviewed>,
}

/// Plans, guards, asks, sends and reports: the one way to change an instance.
pub(super) async fn drive(
    context: &Context,
    task: Task<'_>,
    signals: &Signals,
    loaded: &LoadedConfig,
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
    let running = async {
        let ended = run.go(ledger.as_mut()).await;
        if let Some(ledger) = ledger {
            ledger.release(context).await;
        }
        ended
    };
    let exit = signals.until_third(running).await?;
    session.close().await?;
    Ok(exit)
}

/// What one apply works with.
pub(super) struct Run<'r> {
    pub(super) context: &'r Context,
    pub(super) task: Task<'r>,
    pub(super) loaded: &'r LoadedConfig,
    pub(super) session: &'r Session,
    pub(super) signals: &'r Signals,
    /// Who runs it, for the lock and the journal.
    pub(super) owner: Owner,
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
        let Task { goal, allow, .. } = task;
        let planning = goal.prepare(context, loaded, session, ledger.as_deref(), allow);
        let mut prepared = match signals.unless(planning).await? {
            Ok(prepared) => prepared,
            Err(exit) => return Ok(exit),
        };
        let tryout = prepared.try_first(task.sending.canary);
        prepared.basis = None;
        let head = |prepared: &_| saved::head(prepared, loaded, session, goal, allow);
        let prepared = context.reports.planned(prepared, head)?;
        if let Some(reviewed) = &task.reviewed {
            reviewed.check(context, prepared, session)?;
        }
        prepared.show(context, loaded, session)?;
        if prepared.is_done() {
            return Ok(of_plan(&prepared.plan));
        }
        goal.remind(context);
        prepared.guard(loaded, allow)?;
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
        self.send(prepared, tryout, ledger).await
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
