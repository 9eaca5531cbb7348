//! The options of a simulator.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use crate::simulator::answers::Answers;
use crate::simulator::clock::SimulatedClock;
use crate::simulator::objects::crm::Crm;
use crate::simulator::wire::call_log::CallOperation;
use crate::simulator::wire::ignored::IgnoredMember;
use crate::simulator::wire::routes::Endpoint;

/// The lifetime of a new token. Source: Adobe REST documentation, "Authentication".
const TOKEN_LIFE: Duration = Duration::from_secs(3600);

/// The options of a simulator.
#[derive(Clone, Debug)]
pub struct Options {
    /// The directory of the store; created if it does not exist.
    pub data: PathBuf,
    /// A YAML file of initial leads; read only when the store is new.
    pub leads: Option<PathBuf>,
    /// A YAML or JSON file of custom fields.
    pub schema: Option<PathBuf>,
    /// The loopback address to listen on; port 0 means any free port.
    pub listen: SocketAddr,
    /// A YAML or JSON file of further API users.
    pub users: Option<PathBuf>,
    /// A YAML or JSON file with a fault script.
    pub faults: Option<PathBuf>,
    /// Whether faults can be added over HTTP while the simulator runs.
    pub control: bool,
    /// The settings of all switches.
    pub answers: Answers,
    /// The native CRM sync of the instance.
    pub crm: Crm,
    /// The limits that the simulator enforces.
    pub limits: CallLimits,
    /// The least time that a call takes.
    pub latency: Duration,
    /// The most time that a call may take.
    pub time_outs: TimeOuts,
    /// The client id and secret of the user with all permissions.
    pub credentials: Credentials,
    /// The clock of the simulator.
    pub clock: SimulatedClock,
    /// The lifetime of a token.
    pub token_life: Duration,
    /// Gets each member of a call that the simulator ignores, at its first occurrence.
    pub ignored: Option<UnboundedSender<IgnoredMember>>,
}

impl Options {
    /// Marketo's limits and lifetime of tokens, no latency, any free port of 127.0.0.1.
    #[must_use]
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            leads: None,
            schema: None,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            users: None,
            faults: None,
            control: false,
            answers: Answers::default(),
            crm: Crm::None,
            limits: CallLimits::default(),
            time_outs: TimeOuts::default(),
            latency: Duration::ZERO,
            credentials: Credentials::default(),
            clock: SimulatedClock::system(),
            token_life: TOKEN_LIFE,
            ignored: None,
        }
    }
}

/// The limits of one instance; `None` is unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallLimits {
    /// Calls within any 20 seconds.
    pub calls_per_window: Option<u32>,
    /// Calls that run at the same time.
    pub concurrency: Option<u32>,
    /// Calls from midnight to midnight, US Central.
    pub daily: Option<u64>,
}

impl CallLimits {
    /// No limits.
    #[must_use]
    pub fn none() -> Self {
        Self {
            calls_per_window: None,
            concurrency: None,
            daily: None,
        }
    }
}

impl Default for CallLimits {
    /// The limits of a default subscription. Source: Adobe REST documentation, "REST API", section "API limits".
    fn default() -> Self {
        Self {
            calls_per_window: Some(100),
            concurrency: Some(10),
            daily: Some(50_000),
        }
    }
}

/// How long a call may take before its answer is 604.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeOuts {
    /// Describe and query of all objects but leads, and every call without a time-out of its own.
    pub read: Duration,
    /// Sync and delete of all objects but leads.
    pub write: Duration,
    /// Queries of leads.
    pub lead_read: Duration,
    /// Sync of leads.
    pub lead_write: Duration,
}

impl TimeOuts {
    /// The time-out of a call.
    pub(super) fn of(&self, endpoint: &Endpoint, operation: CallOperation) -> Duration {
        let writes = matches!(operation, CallOperation::Sync | CallOperation::Delete);
        match (endpoint.is_of_leads(), writes) {
            (false, false) => self.read,
            (false, true) => self.write,
            (true, false) => self.lead_read,
            (true, true) => self.lead_write,
        }
    }
}

impl Default for TimeOuts {
    /// Source: Adobe REST documentation, "Opportunities", "Opportunity Roles", "Companies" and "Leads".
    fn default() -> Self {
        Self {
            read: Duration::from_secs(30),
            write: Duration::from_secs(60),
            lead_read: Duration::from_secs(60),
            lead_write: Duration::from_secs(90),
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
    /// `simulator` for both. They are useless elsewhere, so the documentation can show them.
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
