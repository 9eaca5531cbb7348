//! The instance of a command: chosen by the configuration, connected to, and closed however the command ends.

use std::sync::Arc;
use std::time::Duration;

use crate::api::{Disposition, Notice, NoticeListener, Source, Why};
use crate::apply::caught;
use crate::config::{InstanceConfig, InstanceTarget, LoadedConfig, Policies};
use crate::journal::Folder;
use crate::ledger::{Fingerprint, Store};
use crate::model::{ObjectKind, Schema};
use crate::observe::{self, Unmasked};
use crate::render::{self, Detail, escaped};
use crate::run::{InstanceId, SensitiveFieldError, Session, SessionError};

use super::context::Context;
use super::exit::CliError;
use super::output::Output;
use super::progress;

/// Shorter waits are not printed. With `--verbose` the limit is a second.
const SHORTEST_PRINTED_WAIT: Duration = Duration::from_secs(2);

/// The instance of a command, and a connection to it.
pub(super) struct Connected {
    pub(super) loaded: LoadedConfig,
    pub(super) instance: InstanceConfig,
    pub(super) session: Session,
}

/// Calls `doing` with the instance of the command, and closes the connection even if that fails. Sets `known` as soon as the instance
/// is known, for the reports of a failure.
pub(super) async fn with_instance<T>(
    context: &Context,
    known: &mut Option<InstanceId>,
    doing: impl AsyncFnOnce(&Connected) -> Result<T, CliError>,
) -> Result<T, CliError> {
    with_source(context, known, Source::Instance, doing).await
}

/// The same with the answers from this source.
pub(super) async fn with_source<T>(
    context: &Context,
    known: &mut Option<InstanceId>,
    source: Source,
    doing: impl AsyncFnOnce(&Connected) -> Result<T, CliError>,
) -> Result<T, CliError> {
    let loaded = context.load()?;
    let instance = loaded.instance(context.instance.as_deref())?.clone();
    let loaded = loaded.of(&instance);
    if let InstanceTarget::Remote(remote) = &instance.target {
        let url = remote.base_url.as_str();
        *known = Some(InstanceId {
            name: instance.name.clone(),
            place: url.to_owned(),
            fingerprint: Fingerprint::remote(url),
        });
    }
    let opened = match source {
        Source::Instance | Source::Keeping(_) => {
            progress::reading(context.out, loaded.config.limits.calls_per_20s);
            let listener = Some(listener(context));
            Session::answered_by(source, &loaded, &instance, listener).await
        }
        Source::Kept(_) | Source::Nothing => {
            Session::answered_by(source, &loaded, &instance, None).await
        }
    };
    let session = opened.map_err(|error| not_connected(error, &instance, &loaded))?;
    *known = Some(session.instance.clone());
    let connected = Connected {
        loaded,
        instance,
        session,
    };
    let done = caught(doing(&connected)).await;
    progress::end();
    let done = done.unwrap_or_else(|panicked| Err(CliError::of_panic(&panicked)));
    let closed = connected.session.close().await;
    let done = done?;
    closed?;
    Ok(done)
}

/// The same for a command that writes no reports.
pub(super) async fn with_session<T>(
    context: &Context,
    doing: impl AsyncFnOnce(&Connected) -> Result<T, CliError>,
) -> Result<T, CliError> {
    with_instance(context, &mut None, doing).await
}

impl Connected {
    /// The fields of a kind, as the instance and the configuration describe them, and why it is not known of some whether they are
    /// sensitive.
    pub(super) async fn described(
        &self,
        kind: &'static ObjectKind,
    ) -> Result<(Schema, Option<Unmasked>), CliError> {
        let (client, sensitive) = (&self.session.client, &self.loaded.config.sensitive);
        let (schema, unmasked) = observe::schema(client, sensitive, kind).await?;
        match SensitiveFieldError::find(client, sensitive, &[&schema]).await? {
            Some(error) => Err(error.into()),
            None => Ok((schema, unmasked)),
        }
    }
}

/// The store of an instance's ledger, if the configuration has one.
pub(super) fn store(
    loaded: &LoadedConfig,
    fingerprint: &Fingerprint,
) -> Result<Option<Store>, CliError> {
    let location = loaded.ledger()?;
    let store = location.map(|location| Store::open(location, fingerprint.clone()));
    Ok(store.transpose()?)
}

/// The journals of an instance.
pub(super) fn journals(
    loaded: &LoadedConfig,
    fingerprint: &Fingerprint,
) -> Result<Folder, CliError> {
    Ok(Folder::open(loaded.journal()?, fingerprint)?)
}

/// Says that the values of sensitive fields may be shown, because it is not known which fields are sensitive. Fails if a policy does
/// not allow it.
pub(super) fn print_unmasked(
    context: &Context,
    policies: &Policies,
    why: &Unmasked,
) -> Result<(), CliError> {
    policies.check_unmasked(&why.to_string())?;
    let line = render::unmasked(&why.to_string());
    context.out.message(&format!("{line}\n"));
    Ok(())
}

pub(super) fn not_connected(
    error: SessionError,
    instance: &InstanceConfig,
    loaded: &LoadedConfig,
) -> CliError {
    match error {
        SessionError::Policy(refusal) => refusal.into(),
        SessionError::Simulator(error) => error.into(),
        SessionError::Client(error) => error.into(),
        SessionError::Credential { member, source } => {
            let file = loaded.path.file_name().unwrap_or_default();
            CliError::of(&source).hint(format!(
                "{} names it in `instances.{}.credentials.{member}`",
                file.display(),
                instance.name
            ))
        }
    }
}

/// Prints the waits that a person would wonder about; with `--verbose`, all of them and every retry.
fn listener(context: &Context) -> NoticeListener {
    let out: Output = context.out;
    let verbose = context.detail == Detail::Full;
    let least = if verbose {
        Duration::from_secs(1)
    } else {
        SHORTEST_PRINTED_WAIT
    };
    Arc::new(move |notice: &Notice<'_>| match notice {
        Notice::Reading { queries } => progress::update_reading(|facts| facts.total += queries),
        Notice::Read { records } => progress::update_reading(|facts| {
            facts.done += 1;
            facts.records += records;
        }),
        Notice::Waiting { wait, why } => {
            let said = match why {
                Why::Pace => "limit of calls per 20 s",
                Why::Refused(_) => "the instance is busy with other callers",
                Why::ReadLag => "the instance may not show yet what was written",
            };
            if !progress::waits(said, *wait) && *wait >= least {
                out.progress(&format!("pausing {:.0} s ({said})", wait.as_secs_f32()));
            }
        }
        // The wait for a limit was shown when it began.
        Notice::Retrying { error, .. }
            if !verbose && matches!(error.disposition(), Disposition::SlowDown(_)) => {}
        Notice::Retrying { error, wait } if verbose || *wait >= least => {
            let seconds = wait.as_secs_f32();
            out.progress(&format!(
                "trying again in {seconds:.1} s: {}",
                escaped(&error.to_string())
            ));
        }
        Notice::Retrying { .. } => {}
        Notice::Warning { call, message } => out.progress(&format!(
            "warning from Marketo ({call}): {}",
            escaped(message)
        )),
    })
}
