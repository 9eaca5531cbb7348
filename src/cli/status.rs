//! `oppctl status`: how the project stands to an instance. What needs the instance is the plan of an apply, without the apply.

use crate::config::{InstanceConfig, LoadedConfig};
use crate::git::{self, GitCheckout};
use crate::ledger::Clock;
use crate::render::{self, StatusPage, status_document};
use crate::run::{ReviewedFile, RunError, RunLedger, Status, StatusError, StatusNow, fingerprint};

use super::args::{Format, StatusArgs};
use super::connect::{journals, store, with_session};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::goal::declared;
use super::looking;
use super::output::{json, width_of_data};
use super::plan_file;

pub(super) async fn run(context: &Context, args: &StatusArgs) -> Result<Exit, CliError> {
    let loaded = context.load()?;
    let instance = loaded.instance(context.instance.as_deref())?.clone();
    let loaded = loaded.of(&instance);
    let status = known(&loaded, &instance, args).await?;
    let show = |now: Option<&StatusNow>, unplanned: Option<&str>, exit: Exit| {
        let page = StatusPage {
            instance: &instance.name,
            status: &status,
            now,
            unplanned,
            daily_calls: u64::from(loaded.config.limits.daily_calls),
            invocation: &context.invocation,
            width: width_of_data(),
        };
        match args.format {
            Format::Table => context.out.text(&render::status(&page)),
            Format::Json => context
                .out
                .data(&json(&status_document(&page, exit.code()))?),
        }
    };
    if args.offline {
        show(None, Some("--offline"), Exit::Done)?;
        return Ok(Exit::Done);
    }
    let now = match look(context).await {
        Ok(now) => now,
        // What is known without the instance is shown all the same.
        Err(error) => {
            show(None, Some(&error.message), error.exit)?;
            return Err(error);
        }
    };
    let is_pending = |now: &StatusNow| now.planned().is_some_and(|it| it.plan.is_pending());
    let exit = match args.exit_code && is_pending(&now) {
        true => Exit::Pending,
        false => Exit::Done,
    };
    match now.ended.end.as_ref().err() {
        // Only a guard refuses it: the screen says so.
        None | Some(RunError::Refused) => {
            show(Some(&now), None, exit)?;
            Ok(exit)
        }
        Some(error) => {
            let error = CliError::of_run(error, now.planned(), Exit::Interrupted, &instance.name);
            show(Some(&now), Some(&error.message), error.exit)?;
            Err(error)
        }
    }
}

/// What ledger, journals and plan files say.
async fn known(
    loaded: &LoadedConfig,
    instance: &InstanceConfig,
    args: &StatusArgs,
) -> Result<Status, CliError> {
    let fingerprint = fingerprint(loaded, instance).await?;
    let journals = journals(loaded, &fingerprint)?;
    let mut plans = Vec::new();
    for path in &args.plans {
        let (saved, _) = plan_file::load(path)?;
        let file = path.display().to_string();
        plans.push(ReviewedFile::of(file, &saved, &fingerprint));
    }
    let store = store(loaded, &fingerprint)?;
    let ledger = match &store {
        Some(store) => {
            let project = loaded.config.project.clone();
            Some(RunLedger::open(store.clone(), Clock::system(), project, None).await?)
        }
        None => None,
    };
    let head = git::commit(loaded).await.text;
    let checkout = GitCheckout::new(
        loaded.root.clone(),
        loaded.config.patterns(),
        loaded.config.rules.clone(),
    );
    let ledger = store.as_ref().zip(ledger.as_ref());
    let ledger = ledger.map(|(store, ledger)| (store, &ledger.ledger, ledger.number()));
    let status = Status::of(head, ledger, &checkout, &journals, plans).await;
    status.map_err(|error| match error {
        StatusError::Journal(error) => error.into(),
        StatusError::Lock(error) => CliError::of_lock(&error, &instance.name),
    })
}

/// Plans as `plan` does, and asks for the calls of today.
async fn look(context: &Context) -> Result<StatusNow, CliError> {
    with_session(context, async |connected| {
        let goal = declared(connected, &[], &[])?;
        let client = &connected.session.client;
        looking::look(context, connected, goal, async |_, ended| {
            Ok(StatusNow::of(ended, client).await)
        })
        .await
    })
    .await
}
