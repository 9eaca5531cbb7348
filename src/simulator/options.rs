//! What a simulator is started with.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::Clock;

/// How long a fresh token lives. Source: Adobe REST documentation, "Authentication".
const TOKEN_LIFE: Duration = Duration::from_secs(3600);

/// What a simulator is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// The directory of its store; made if it is missing.
    pub data: PathBuf,
    /// A YAML file of leads to begin with, read when the store is new.
    pub leads: Option<PathBuf>,
    /// A YAML or JSON file of custom fields.
    pub schema: Option<PathBuf>,
    /// Where to listen: a loopback address; port 0 takes any free one.
    pub listen: SocketAddr,
    /// The limits that it enforces.
    pub limits: Limits,
    /// How long each call takes at least.
    pub latency: Duration,
    /// The client id and secret that it accepts.
    pub credentials: Credentials,
    /// The time that it goes by.
    pub clock: Clock,
    /// How long a token lives.
    pub token_life: Duration,
}

impl Options {
    /// Marketo's own limits and token life, no latency, any free port of 127.0.0.1.
    #[must_use]
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            leads: None,
            schema: None,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            limits: Limits::default(),
            latency: Duration::ZERO,
            credentials: Credentials::default(),
            clock: Clock::system(),
            token_life: TOKEN_LIFE,
        }
    }
}

/// The limits of one instance; `None` is unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls within any 20 seconds.
    pub calls_per_window: Option<u32>,
    /// Calls running at once.
    pub concurrency: Option<u32>,
    /// Calls from midnight to midnight, US Central.
    pub daily: Option<u64>,
}

impl Limits {
    /// No limit at all.
    #[must_use]
    pub fn none() -> Self {
        Self {
            calls_per_window: None,
            concurrency: None,
            daily: None,
        }
    }
}

impl Default for Limits {
    /// Those of a usual subscription. Source: Adobe REST documentation, "REST API", section "API limits".
    fn default() -> Self {
        Self {
            calls_per_window: Some(100),
            concurrency: Some(10),
            daily: Some(50_000),
        }
    }
}

/// A client id and its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub client_id: String,
    pub client_secret: String,
}

impl Default for Credentials {
    /// `simulator` twice: good for nothing else, so it may stand in documentation.
    fn default() -> Self {
        Self {
            client_id: "simulator".to_owned(),
            client_secret: "simulator".to_owned(),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}
