//! One instance for the length of a command: its client, and for a simulated one the simulator in this process.

use std::sync::Arc;
use std::time::Duration;

use jiff::Zoned;

use crate::api::{ApiError, Client, Disposition, Listener, Notice, Settings, Why};
use crate::config::{Credential, CredentialError, Instance, Loaded, Target};
use crate::ledger::Fingerprint;
use crate::render::{Detail, escaped, ways_out};
use crate::simulator::{self, Credentials, RunningSimulator};

use super::context::Context;
use super::exit::{CliError, Exit};
use super::output::Output;

/// Waits shorter than this are not worth a line, and shorter than a second not even to the curious.
const WORTH_TELLING: Duration = Duration::from_secs(2);

/// A connection to an instance.
pub(super) struct Session {
    pub(super) client: Client,
    /// The instance's name in the configuration.
    pub(super) name: String,
    /// Where the instance is, as it is shown.
    pub(super) place: String,
    /// The instance's name in its ledger.
    pub(super) fingerprint: Fingerprint,
    simulator: Option<RunningSimulator>,
}

impl Session {
    /// Connects to an instance; nothing is sent to it yet.
    pub(super) async fn open(
        context: &Context,
        loaded: &Loaded,
        instance: &Instance,
    ) -> Result<Self, CliError> {
        let (base_url, place, fingerprint, id, secret, simulator) = match &instance.target {
            Target::Simulator(target) => {
                let options = simulator::Options {
                    leads: target.leads.clone(),
                    schema: target.schema.clone(),
                    users: target.users.clone(),
                    faults: target.faults.clone(),
                    crm: target.crm,
                    answers: target.answers.clone(),
                    ..simulator::Options::new(target.data.clone())
                };
                let simulator = simulator::start(options).await?;
                let Credentials {
                    client_id,
                    client_secret,
                } = Credentials::default();
                (
                    simulator.url(),
                    "simulator".to_owned(),
                    Fingerprint::simulator(simulator.id()),
                    client_id.into(),
                    client_secret.into(),
                    Some(simulator),
                )
            }
            Target::Remote(remote) => {
                let fetch = |name: &str, credential: &Credential| {
                    let error = |error| missing(&error, name, instance, loaded);
                    credential.read(&loaded.root).map_err(error)
                };
                let id = fetch("clientId", &remote.client_id)?;
                let secret = fetch("clientSecret", &remote.client_secret)?;
                let url = remote.base_url.as_str();
                let fingerprint = Fingerprint::remote(url);
                (
                    url.to_owned(),
                    url.to_owned(),
                    fingerprint,
                    id,
                    secret,
                    None,
                )
            }
        };
        let limits = &loaded.config.limits;
        let settings = Settings {
            calls_per_20s: limits.calls_per_20s as usize,
            concurrency: limits.concurrency as usize,
            listener: Some(listener(context)),
            ..Settings::new(base_url, id, secret)
        };
        Ok(Self {
            client: Client::new(settings)?,
            name: instance.name.clone(),
            place,
            fingerprint,
            simulator,
        })
    }

    /// Ends the session; a simulator writes its counters.
    pub(super) async fn close(self) -> Result<(), CliError> {
        match self.simulator {
            Some(simulator) => Ok(simulator.shutdown().await?),
            None => Ok(()),
        }
    }
}

/// Which instance a ledger or a journal is about. Only a simulator has to be asked; credentials are not needed.
pub(super) async fn fingerprint(
    context: &Context,
    loaded: &Loaded,
    instance: &Instance,
) -> Result<Fingerprint, CliError> {
    match &instance.target {
        Target::Remote(remote) => Ok(Fingerprint::remote(remote.base_url.as_str())),
        Target::Simulator(_) => {
            let session = Session::open(context, loaded, instance).await?;
            let fingerprint = session.fingerprint.clone();
            session.close().await?;
            Ok(fingerprint)
        }
    }
}

/// Tells of waits that a person would wonder about; with `--verbose` of everything.
fn listener(context: &Context) -> Listener {
    let out: Output = context.out;
    let verbose = context.detail == Detail::Full;
    let least = if context.detail == Detail::Full {
        Duration::from_secs(1)
    } else {
        WORTH_TELLING
    };
    Arc::new(move |notice: &Notice<'_>| match notice {
        Notice::Waiting { wait, .. } if *wait < least => {}
        Notice::Waiting {
            wait,
            why: Why::Pace,
        } => {
            let seconds = wait.as_secs_f32();
            out.progress(&format!(
                "waiting up to {seconds:.0} s: the limit of calls in 20 s is used up"
            ));
        }
        Notice::Waiting {
            wait,
            why: Why::Refused(_),
        } => {
            let seconds = wait.as_secs_f32();
            out.progress(&format!(
                "waiting {seconds:.0} s: the instance is busy with other callers"
            ));
        }
        // For a limit the wait is told when it begins.
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

impl From<ApiError> for CliError {
    fn from(error: ApiError) -> Self {
        let mut cli = Self::of(&error);
        cli.hints = ways_out(&error, &Zoned::now());
        match advice(cli.exit).filter(|_| cli.hints.is_empty()) {
            Some(advice) => cli.hint(advice),
            None => cli,
        }
    }
}

/// A credential that cannot be fetched, and the place in the configuration that says where it is.
fn missing(error: &CredentialError, name: &str, instance: &Instance, loaded: &Loaded) -> CliError {
    let file = loaded.path.file_name().unwrap_or_default();
    CliError::of(error).hint(format!(
        "{} names it in `instances.{}.credentials.{name}`",
        file.display(),
        instance.name
    ))
}

/// The way out of an error of the client that has none of its own.
fn advice(exit: Exit) -> Option<&'static str> {
    match exit {
        Exit::Denied => Some(
            "check the client id and secret of the LaunchPoint service: Admin > Integration > LaunchPoint",
        ),
        Exit::Unavailable => Some(
            "run this again later; if it stays so, check baseUrl, which Admin > Integration > Web Services shows as the endpoint",
        ),
        Exit::Failed => Some(
            "check that baseUrl is Marketo's REST endpoint: Admin > Integration > Web Services shows it",
        ),
        Exit::Done
        | Exit::Pending
        | Exit::Invalid
        | Exit::Partial
        | Exit::Guarded
        | Exit::Stale
        | Exit::Usage
        | Exit::Interrupted
        | Exit::Terminated => None,
    }
}
