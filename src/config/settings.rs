//! The configuration as the rest of the program uses it: checked, and with paths that no longer depend on the file's folder.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use rust_decimal::Decimal;

use super::credentials::Credential;
use crate::api::READ_LAG;
use crate::manifest::{InstanceRules, Patterns};
use crate::model::{BaseUrl, Severities};
use crate::plan::{DealFields, Marker};
use crate::simulator::{Answers, Crm};
use crate::store::Location;

/// A configuration without mistakes.
#[derive(Clone, Debug)]
pub struct Config {
    /// The patterns of the manifest files, relative to the configuration's folder: the common ones, and those of the instance that
    /// [`LoadedConfig::of`](super::LoadedConfig::of) has chosen.
    pub manifests: Vec<String>,
    /// The patterns of the manifests that other instances have.
    pub others: Vec<String>,
    /// What manifests mean for the instance that was chosen.
    pub rules: InstanceRules,
    /// The patterns of files that are no manifests, relative to the same folder.
    pub ignore: Vec<String>,
    /// The name of the project, which its ledgers bear.
    pub project: Option<Box<str>>,
    /// The instance to use when the user names none; it is one of `instances`.
    pub default_instance: Option<String>,
    /// By name.
    pub instances: BTreeMap<String, InstanceConfig>,
    pub ownership: OwnershipConfig,
    /// Fields that are sensitive beside those that an instance marks.
    pub sensitive: Vec<Box<str>>,
    pub journal: JournalConfig,
    pub guards: GuardsConfig,
    /// The levels of problems, findings and notes that are not the usual ones.
    pub severities: Severities,
    pub impact: ImpactConfig,
    /// Whether, without a ledger, an entry is left out whose lead is missing or doubled.
    pub skips_missing_references: bool,
    pub limits: ApiLimits,
}

impl Default for ApiLimits {
    // Page "Integration best practices": half of the limits of the instance, which all integrations share.
    // Page "REST API": 50,000 calls a day.
    fn default() -> Self {
        Self {
            calls_per_20s: 50,
            concurrency: 5,
            daily_calls: 50_000,
            max_calls: None,
            read_lag: READ_LAG,
        }
    }
}

impl Config {
    /// Which files are manifests.
    #[must_use]
    pub fn patterns(&self) -> Patterns<'_> {
        Patterns {
            manifests: &self.manifests,
            others: &self.others,
            ignored: &self.ignore,
        }
    }
}

/// The guards that the configuration writes; [`Policies::guards`](super::Policies::guards) has those of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GuardsConfig {
    pub max_deletes: Option<usize>,
    pub max_delete_percent: Option<usize>,
    pub max_creates: Option<usize>,
    pub max_updates: Option<usize>,
    pub max_update_percent: Option<usize>,
    pub max_amount_factor: Option<u32>,
    pub max_pipeline_change: Option<Decimal>,
}

impl GuardsConfig {
    /// Each limit with its name, as a number.
    pub(super) fn numbers(&self) -> [(&'static str, Option<Decimal>); 7] {
        let Self {
            max_deletes,
            max_delete_percent,
            max_creates,
            max_updates,
            max_update_percent,
            max_amount_factor,
            max_pipeline_change,
        } = *self;
        [
            ("maxDeletes", max_deletes.map(Decimal::from)),
            ("maxDeletePercent", max_delete_percent.map(Decimal::from)),
            ("maxCreates", max_creates.map(Decimal::from)),
            ("maxUpdates", max_updates.map(Decimal::from)),
            ("maxUpdatePercent", max_update_percent.map(Decimal::from)),
            ("maxAmountFactor", max_amount_factor.map(Decimal::from)),
            ("maxPipelineChange", max_pipeline_change),
        ]
    }
}

/// How plans tell what they do to the pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImpactConfig {
    pub fields: DealFields,
    /// The currency of the amounts, for people.
    pub currency: Option<Box<str>>,
    /// The stages in their order.
    pub stages: Vec<Box<str>>,
}

/// What oppctl may ask of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiLimits {
    /// Calls in any 20 seconds.
    pub calls_per_20s: u32,
    /// Calls at the same time.
    pub concurrency: u32,
    /// Calls per day that the subscription includes.
    pub daily_calls: u32,
    /// Calls of one run.
    pub max_calls: Option<u32>,
    /// How long after a write a read may still show what was there before.
    pub read_lag: Duration,
}

/// How oppctl knows which records this project manages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnershipConfig {
    /// Where the ledgers are, if the project has any.
    pub ledger: Option<Location>,
    pub marker: Option<Marker>,
    /// How long the lock on a ledger stays valid without a renewal.
    pub lease: Duration,
}

/// The journals that applies write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalConfig {
    /// Where the journals are.
    pub directory: Location,
    /// How long journals of finished runs are kept; without it none is removed.
    pub keep: Option<Duration>,
    /// Whether journals contain values of sensitive fields.
    pub sensitive: bool,
}

/// A Marketo instance.
#[derive(Clone, Debug)]
pub struct InstanceConfig {
    pub name: String,
    pub target: InstanceTarget,
    /// Whether an apply needs the instance's name as confirmation.
    pub confirm: bool,
    /// The patterns of the manifests that only this instance and those with the same ones have.
    pub manifests: Vec<String>,
    /// What manifests mean for this instance.
    pub rules: InstanceRules,
}

/// Where the calls to an instance go.
#[derive(Clone, Debug)]
pub enum InstanceTarget {
    Simulator(SimulatorConfig),
    Remote(RemoteConfig),
}

/// The built-in simulator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimulatorConfig {
    pub data: PathBuf,
    pub leads: Option<PathBuf>,
    pub schema: Option<PathBuf>,
    pub users: Option<PathBuf>,
    pub faults: Option<PathBuf>,
    pub crm: Crm,
    pub answers: Answers,
}

/// A Marketo instance at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteConfig {
    pub base_url: BaseUrl,
    pub client_id: Credential,
    pub client_secret: Credential,
}

impl InstanceConfig {
    /// Whether the instance is on this machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        match &self.target {
            InstanceTarget::Simulator(_) => true,
            InstanceTarget::Remote(remote) => remote.base_url.is_loopback(),
        }
    }
}
