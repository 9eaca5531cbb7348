//! `oppctl why`: everything that is known about one record.

use crate::config::LoadedConfig;
use crate::git;
use crate::keys::{self, KnownRecord};
use crate::ledger::Fingerprint;
use crate::observe;
use crate::plan::Leads;
use crate::render::{self, WhyPage};
use crate::run::{ProjectFiles, RecordHistory, RecordNow, RunError, fingerprint};

use super::args::WhyArgs;
use super::connect::{Connected, journals, store, with_session};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::input;
use super::looking::look;
use super::output::width_of_data;

pub(super) async fn run(context: &Context, args: &WhyArgs) -> Result<Exit, CliError> {
    if args.offline {
        let loaded = context.load()?;
        let instance = loaded.instance(context.instance.as_deref())?.clone();
        let loaded = loaded.of(&instance);
        let fingerprint = fingerprint(&loaded, &instance).await?;
        let files = files(&loaded, &fingerprint).await?;
        let record = meant(&loaded, &args.record, &files)?;
        let history = RecordHistory::of(record, &files, &Leads::default())?;
        return show(context, &loaded, &instance.name, (&history, None)).await;
    }
    with_session(context, async |connected| {
        let (loaded, session) = (&connected.loaded, &connected.session);
        let files = files(loaded, &session.instance.fingerprint).await?;
        let record = meant(loaded, &args.record, &files)?;
        let leads = observe::find_leads(&session.client, files.leads_of(record)).await?;
        let history = RecordHistory::of(record, &files, &leads)?;
        let now = now(context, connected, &history, files).await?;
        let name = &session.instance.name;
        show(context, loaded, name, (&history, Some(&now))).await
    })
    .await
}

async fn files(loaded: &LoadedConfig, fingerprint: &Fingerprint) -> Result<ProjectFiles, CliError> {
    let ledger = match store(loaded, fingerprint)? {
        Some(store) => Some(store.load().await?.ledger),
        None => None,
    };
    Ok(ProjectFiles {
        reading: input::read(loaded, &[])?,
        ledger,
        journals: journals(loaded, fingerprint)?,
    })
}

/// The record that a text means.
fn meant<'f>(
    loaded: &LoadedConfig,
    text: &str,
    files: &'f ProjectFiles,
) -> Result<KnownRecord<'f>, CliError> {
    let ProjectFiles {
        reading, ledger, ..
    } = files;
    let manifests = (&reading.desired, &reading.sources);
    let hidden = &loaded.config.sensitive;
    keys::meant(text, manifests, ledger.as_ref(), hidden).map_err(CliError::from)
}

/// What the instance has, and what a plan would do.
async fn now(
    context: &Context,
    connected: &Connected,
    history: &RecordHistory,
    files: ProjectFiles,
) -> Result<RecordNow, CliError> {
    let ProjectFiles {
        mut reading,
        ledger,
        ..
    } = files;
    history.narrow(&mut reading, ledger.as_ref());
    look(
        context,
        connected,
        reading.into(),
        async |terminal, ended| {
            let is_shown =
                |error: &RunError| matches!(error, RunError::Refused | RunError::Invalid(_));
            if !ended.end.as_ref().err().is_none_or(is_shown) {
                terminal.print_end(&ended)?;
            }
            Ok(RecordNow::of(history, ended, &connected.session.client).await?)
        },
    )
    .await
}

async fn show(
    context: &Context,
    loaded: &LoadedConfig,
    instance: &str,
    (history, now): (&RecordHistory, Option<&RecordNow>),
) -> Result<Exit, CliError> {
    let author = match &history.declared {
        Some(declared) => git::line_author(&loaded.root, &declared.file, declared.line).await,
        None => None,
    };
    context.out.text(&render::why(&WhyPage {
        instance,
        history,
        author: author.as_ref(),
        now,
        invocation: &context.invocation,
        width: width_of_data(),
    }))?;
    Ok(Exit::Done)
}
