//! Arguments and configuration as the settings of a run.

use crate::git::{self, Commit, GitCheckout};
use crate::run::Settings;

use super::args::{AllowArgs, PageArgs, SendingArgs};
use super::connect::Connected;
use super::context::Context;
use super::exit::CliError;

/// The settings of a run that only plans.
pub(super) async fn of_planning(
    context: &Context,
    connected: &Connected,
    page: &PageArgs,
    allow: &AllowArgs,
) -> Result<Settings, CliError> {
    let Connected {
        loaded, instance, ..
    } = connected;
    let settings = Settings::of(loaded, instance)?;
    let Commit { text, differing } = git::commit(loaded).await;
    if let (Some(commit), Some((variable, other))) = (&text, &differing) {
        context.out.message(&format!(
            "warning: git has {commit} checked out, but {variable} says {other}: the former is taken\n"
        ));
    }
    let mut owner = settings.owner;
    if owner.is_nameless()
        && let Some(user) = git::user(loaded).await
    {
        owner.user = user;
    }
    Ok(Settings {
        permits: allow.permits(),
        links: git::code_links(&loaded.root, text.as_deref(), page.link_base.as_ref()),
        commit: text,
        is_proposal: git::is_proposal(),
        owner,
        checkout: Some(Box::new(GitCheckout::new(
            loaded.root.clone(),
            loaded.config.patterns(),
            loaded.config.rules.clone(),
        ))),
        ..settings
    })
}

/// The settings of a run that sends.
pub(super) async fn of_sending(
    context: &Context,
    connected: &Connected,
    sending: &SendingArgs,
) -> Result<Settings, CliError> {
    let mut settings = of_planning(context, connected, &sending.page, &sending.allow).await?;
    settings.canary = sending.canary;
    settings.terms.wait = sending.lock_wait;
    settings.allow_over_quota = sending.allow_over_quota;
    Ok(settings)
}
