//! A connection to an instance: the client, and for a simulated instance the simulator in this process.

use std::time::Duration;

use secrecy::SecretString;
use thiserror::Error;

use crate::api::{ApiError, Client, ClientSettings, NoticeListener, Retry, Source};
use crate::config::{
    Credential, CredentialError, InstanceConfig, InstanceTarget, LoadedConfig, PolicyRefusal,
    SimulatorConfig,
};
use crate::ledger::Fingerprint;
use crate::simulator::{self, Credentials, Options, RunningSimulator, SimulatorError};

use super::instance::InstanceId;

/// A connection to an instance.
pub struct Session {
    pub client: Client,
    pub instance: InstanceId,
    simulator: Option<RunningSimulator>,
}

/// Why there is no connection, or why it did not end well.
#[derive(Debug, Error)]
pub enum SessionError {
    /// A credential of a remote instance; `member` is its name in the configuration.
    #[error("cannot use the credential `{member}`")]
    Credential {
        member: &'static str,
        source: CredentialError,
    },
    #[error(transparent)]
    Policy(#[from] PolicyRefusal),
    #[error(transparent)]
    Simulator(#[from] SimulatorError),
    #[error(transparent)]
    Client(#[from] ApiError),
}

/// Where the built-in simulator is, for people.
const SIMULATOR: &str = "simulator";

/// The address of a client that sends nothing.
const NOWHERE: &str = "http://127.0.0.1:9";

impl Session {
    /// Connects to an instance. Credentials are fetched, and a simulator starts; nothing is sent yet.
    ///
    /// # Errors
    /// A policy does not allow the instance, a credential cannot be fetched, the simulator cannot start, or the client's settings are wrong.
    pub async fn open(
        loaded: &LoadedConfig,
        instance: &InstanceConfig,
        listener: Option<NoticeListener>,
    ) -> Result<Self, SessionError> {
        Self::answered_by(Source::Instance, loaded, instance, listener).await
    }

    /// The same with the answers from this source. One that is not the instance needs no credentials.
    ///
    /// # Errors
    /// As above.
    pub async fn answered_by(
        source: Source,
        loaded: &LoadedConfig,
        instance: &InstanceConfig,
        listener: Option<NoticeListener>,
    ) -> Result<Self, SessionError> {
        match source {
            Source::Instance | Source::Keeping(_) => {
                let client = (source, Retry::default(), listener);
                Self::with(loaded, instance, client).await
            }
            Source::Kept(_) | Source::Nothing => {
                Self::without_instance(loaded, instance, source).await
            }
        }
    }

    /// The same, and no call is repeated.
    ///
    /// # Errors
    /// As above.
    pub async fn once(
        loaded: &LoadedConfig,
        instance: &InstanceConfig,
    ) -> Result<Self, SessionError> {
        Self::with(loaded, instance, (Source::Instance, Retry::ONCE, None)).await
    }

    /// The instance without a connection.
    async fn without_instance(
        loaded: &LoadedConfig,
        instance: &InstanceConfig,
        source: Source,
    ) -> Result<Self, SessionError> {
        loaded.policies.check_instance(instance)?;
        let (url, place) = match &instance.target {
            InstanceTarget::Simulator(_) => (NOWHERE.to_owned(), SIMULATOR.to_owned()),
            InstanceTarget::Remote(remote) => {
                let url = remote.base_url.as_str();
                (url.to_owned(), url.to_owned())
            }
        };
        let settings = ClientSettings {
            source,
            // Nobody writes, so nothing that is read can lag behind.
            read_lag: Duration::ZERO,
            ..ClientSettings::new(url, String::new().into(), String::new().into())
        };
        Ok(Self {
            client: Client::new(settings)?,
            instance: InstanceId {
                name: instance.name.clone(),
                place,
                fingerprint: fingerprint(loaded, instance).await?,
            },
            simulator: None,
        })
    }

    async fn with(
        loaded: &LoadedConfig,
        instance: &InstanceConfig,
        (source, retry, listener): (Source, Retry, Option<NoticeListener>),
    ) -> Result<Self, SessionError> {
        loaded.policies.check_instance(instance)?;
        let limits = loaded.config.limits;
        let (settings, place, fingerprint, simulator) = match &instance.target {
            InstanceTarget::Simulator(target) => {
                let simulator = simulator::start(options(target)).await?;
                let Credentials {
                    client_id,
                    client_secret,
                } = Credentials::default();
                let settings =
                    ClientSettings::new(simulator.url(), client_id.into(), client_secret.into());
                let fingerprint = Fingerprint::simulator(simulator.id());
                let place = SIMULATOR.to_owned();
                (settings, place, fingerprint, Some(simulator))
            }
            InstanceTarget::Remote(remote) => {
                let url = remote.base_url.as_str();
                let id = secret("clientId", &remote.client_id, loaded)?;
                let secret = secret("clientSecret", &remote.client_secret, loaded)?;
                let settings = ClientSettings::new(url.to_owned(), id, secret);
                (settings, url.to_owned(), Fingerprint::remote(url), None)
            }
        };
        let settings = ClientSettings {
            calls_per_20s: limits.calls_per_20s as usize,
            concurrency: limits.concurrency as usize,
            max_calls: limits.max_calls.map(u64::from),
            // What the simulator has written it shows at once.
            read_lag: if simulator.is_some() {
                Duration::ZERO
            } else {
                limits.read_lag
            },
            retry,
            source,
            listener,
            ..settings
        };
        Ok(Self {
            client: Client::new(settings)?,
            instance: InstanceId {
                name: instance.name.clone(),
                place,
                fingerprint,
            },
            simulator,
        })
    }

    /// Ends the session; a simulator writes its counters.
    ///
    /// # Errors
    /// The simulator cannot write them.
    pub async fn close(self) -> Result<(), SimulatorError> {
        match self.simulator {
            Some(simulator) => simulator.shutdown().await,
            None => Ok(()),
        }
    }
}

/// Which instance a ledger or a journal is about. Only a simulator has to be asked; credentials are not needed.
///
/// # Errors
/// The simulator cannot start or end.
pub async fn fingerprint(
    loaded: &LoadedConfig,
    instance: &InstanceConfig,
) -> Result<Fingerprint, SessionError> {
    match &instance.target {
        InstanceTarget::Remote(remote) => Ok(Fingerprint::remote(remote.base_url.as_str())),
        InstanceTarget::Simulator(_) => {
            let client = (Source::Instance, Retry::default(), None);
            let session = Session::with(loaded, instance, client).await?;
            let fingerprint = session.instance.fingerprint.clone();
            session.close().await?;
            Ok(fingerprint)
        }
    }
}

/// The same, and nothing for a simulator that was never started: neither a ledger nor a journal can be about it.
///
/// # Errors
/// As above.
pub async fn existing_fingerprint(
    loaded: &LoadedConfig,
    instance: &InstanceConfig,
) -> Result<Option<Fingerprint>, SessionError> {
    match &instance.target {
        InstanceTarget::Simulator(target) if !target.data.exists() => Ok(None),
        InstanceTarget::Simulator(_) | InstanceTarget::Remote(_) => {
            fingerprint(loaded, instance).await.map(Some)
        }
    }
}

fn options(target: &SimulatorConfig) -> Options {
    Options {
        leads: target.leads.clone(),
        schema: target.schema.clone(),
        users: target.users.clone(),
        faults: target.faults.clone(),
        crm: target.crm,
        answers: target.answers.clone(),
        ..Options::new(target.data.clone())
    }
}

fn secret(
    member: &'static str,
    credential: &Credential,
    loaded: &LoadedConfig,
) -> Result<SecretString, SessionError> {
    credential
        .read(&loaded.root)
        .map_err(|source| SessionError::Credential { member, source })
}
