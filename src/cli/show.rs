//! `oppctl show`: a saved plan, as `plan` showed it.
//!
//! Where this project's configuration and ledger are at hand, a file that was edited is refused. Elsewhere it is shown, and said not
//! to be verified.

use std::fs;
use std::time::Duration;

use crate::config::{InstanceTarget, LoadedConfig, Policies};
use crate::ledger::Fingerprint;
use crate::plan::file::{SavedPlan, SealKey};
use crate::plan::hide_named;
use crate::render;
use crate::run::Stale;

use super::annotations::Shown;
use super::args::{PlanFormat, ShowArgs};
use super::connect::store;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::output::text;
use super::plan_file::load;
use super::reports::{Finished, Reports, Tells};

/// A ledger that takes longer to read does not keep a plan from being shown.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn run(context: &Context, args: &ShowArgs) -> Result<Exit, CliError> {
    let (writes, annotations) = (&args.writes, Shown::Nowhere);
    let reports = Reports::new("plan", Tells::Plan, writes, annotations, [&args.file])?;
    let reports = reports.within(args.markdown_limit);
    let mut finished = Finished::default();
    let result = show(context, args, &reports, &mut finished).await;
    reports.write(context, &finished, result)
}

async fn show(
    context: &Context,
    args: &ShowArgs,
    reports: &Reports<'_>,
    finished: &mut Finished,
) -> Result<Exit, CliError> {
    // A policy that cannot be read is not the same as no configuration.
    Policies::of_this_process()?;
    let mut loaded = load(&args.file)?;
    verify(context, &loaded.0).await?;
    let is_hidden = hide_sensitive(context, &mut loaded.0);
    finished.saved = Some(loaded);
    let text = match (args.format, &finished.saved) {
        (PlanFormat::Text, Some((saved, _))) => {
            text(|out| render::saved_plan(saved, &context.invocation, context.detail, out))
        }
        // A file of a later version may have members that this one does not know.
        (PlanFormat::Json, Some((_, json))) if !is_hidden => json.clone(),
        (PlanFormat::Json, Some(_)) => {
            let message =
                "the plan file has values of fields that the configuration calls sensitive by now";
            return Err(CliError::new(Exit::Guarded, message)
                .hint("make a new plan: `oppctl plan --out FILE`"));
        }
        (PlanFormat::Html, _) => reports.html(context, finished, &Ok(Exit::Done)),
        (PlanFormat::Markdown, _) | (_, None) => {
            reports.markdown(context, finished, &Ok(Exit::Done))
        }
    };
    match args.format {
        PlanFormat::Text => context.out.text(&text)?,
        PlanFormat::Json | PlanFormat::Markdown | PlanFormat::Html => context.out.data(&text)?,
    }
    Ok(Exit::Done)
}

/// Takes the values out that the configuration calls sensitive by now; whether there were any.
fn hide_sensitive(context: &Context, saved: &mut SavedPlan) -> bool {
    let Ok(loaded) = context.load() else {
        return false;
    };
    let mut found = false;
    for change in &mut saved.changes {
        found |= hide_named(change, &loaded.config.sensitive);
    }
    if found {
        // Its words have the values too.
        saved.file.brief = None;
    }
    found
}

/// Refuses a file without the seal of this project, and says so where that cannot be told.
async fn verify(context: &Context, saved: &SavedPlan) -> Result<(), CliError> {
    let keys = tokio::time::timeout(PATIENCE, keys(context, saved)).await;
    let why = match keys.unwrap_or(Err("the ledger takes too long")) {
        Ok([key, _]) if saved.is_sealed_by(&key) => return Ok(()),
        Ok([_, first]) if saved.is_sealed_by(&first) => {
            "the file is from before the first apply with this ledger"
        }
        Ok(_) => return Err(CliError::from(Stale::Edited).of_preview()),
        Err(why) => why,
    };
    context.out.message(&format!(
        "not verified: {why}, so it may have been edited after it was made\n"
    ));
    Ok(())
}

/// What the plan files of this instance are sealed with, and what they were sealed with before there was a ledger; or why that is not
/// known here.
async fn keys(context: &Context, saved: &SavedPlan) -> Result<[SealKey; 2], &'static str> {
    let loaded = context.load();
    let loaded = loaded.map_err(|_| "there is no configuration of its project here")?;
    let fingerprint = fingerprint(&loaded, saved)
        .ok_or("the configuration here does not have the instance of this plan")?;
    let unreadable = "the ledger cannot be read";
    let text = fs::read(&loaded.path).map_err(|_| "the configuration cannot be read")?;
    let first = SealKey::new(&text);
    let store = store(&loaded, &fingerprint).map_err(|error| {
        if error.exit == Exit::Guarded {
            "the policy does not allow its ledger"
        } else {
            unreadable
        }
    })?;
    if let Some(store) = store {
        let ledger = store.load().await.map_err(|_| unreadable)?;
        if ledger.number > 0 {
            return Ok([SealKey::new(&ledger.ledger.salt()), first]);
        }
    }
    Ok([first.clone(), first])
}

/// The instance of a plan, if it is one of this configuration.
fn fingerprint(loaded: &LoadedConfig, saved: &SavedPlan) -> Option<Fingerprint> {
    let file = &saved.file.instance;
    let instance = loaded.config.instances.get(&file.name)?;
    match &instance.target {
        InstanceTarget::Remote(remote) => {
            let known = Fingerprint::remote(remote.base_url.as_str());
            (*known.as_str() == *file.fingerprint).then_some(known)
        }
        // Which simulator it is, only the simulator itself could tell.
        InstanceTarget::Simulator(_) => Fingerprint::named(&file.fingerprint),
    }
}
