//! `oppctl plan`: everything that an apply would do, short of doing it; or what others have done since the last one.

use crate::render;

use super::args::{Plan, PlanFormat};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::goal::Goal;
use super::output::json;
use super::owning::RunLedger;
use super::prepare::{Prepared, connect};
use super::reports::page;
use super::saved;
use super::signals::Signals;

pub(super) async fn run(context: &Context, args: &Plan) -> Result<Exit, CliError> {
    args.out.as_deref().map(saved::replaceable).transpose()?;
    let signals = Signals::listen()?;
    let (loaded, _, session) = connect(context).await?;
    let goal = Goal::Declared(args.paths.clone());
    let permits = args.allow.permits();
    let planning = async {
        let ledger = RunLedger::open(&loaded, session.fingerprint.clone()).await?;
        let ledger = ledger.as_ref();
        goal.prepare(context, &loaded, &session, ledger, &permits)
            .await
    };
    let mut prepared = match signals.unless(planning).await? {
        Ok(prepared) => prepared,
        Err(exit) => return Ok(exit),
    };
    prepared.basis = None;
    if args.drift {
        session.close().await?;
        return drift(context, &prepared);
    }
    let head = |prepared: &_| saved::head(prepared, &loaded, &session, &goal, &permits);
    let prepared = context.reports.planned(prepared, head)?;
    let file = || Ok::<_, CliError>(saved::whole(prepared, head(prepared)?));
    if let Some(path) = &args.out {
        saved::save(path, &file()?)?;
    }
    let guarded = prepared.guard(&loaded, &permits);
    let ended = guarded.map(|()| {
        if args.exit_code && !prepared.plan.is_empty() {
            Exit::Pending
        } else {
            Exit::Done
        }
    });
    match args.format {
        _ if args.digest => context.out.data(&format!("{}\n", prepared.digest))?,
        PlanFormat::Text => prepared.show(context, &loaded, &session)?,
        PlanFormat::Json => context.out.data(&json(&file()?)?)?,
        PlanFormat::Markdown => {
            let Prepared { plan, sources, .. } = prepared;
            let page = page(&head(prepared)?, &plan.changes, sources, &ended);
            context.out.data(&page)?;
        }
    }
    session.close().await?;
    ended
}

fn drift(context: &Context, prepared: &Prepared) -> Result<Exit, CliError> {
    let Prepared { plan, sources, .. } = prepared;
    if plan.owned.is_none() {
        return Err(CliError::new(
            Exit::Invalid,
            "without a ledger it is not known what was applied last",
        )
        .hint("write `ownership: { ledger: FOLDER }` into the configuration"));
    }
    let mut text = String::new();
    render::drift(plan, sources, &mut text).expect("writing to a string cannot fail");
    context.out.data(&text)?;
    Ok(if plan.drift.is_empty() {
        Exit::Done
    } else {
        Exit::Pending
    })
}
