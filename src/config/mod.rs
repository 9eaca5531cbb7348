//! The configuration `oppctl.yaml`: which manifests there are, which instances, how to reach them, and what a run may do. And the
//! [policy](Policies) that limits it.
//!
//! [`LoadedConfig::load`] finds the file, reads it with serde and checks what types cannot express. Every mistake has a place
//! and a way out. Secrets are never in the file: a [`Credential`] says where one is, and only [`Credential::read`] fetches it.
//! Errors deliberately contain no excerpt of the file, because a line of it may contain a secret by mistake.
//!
//! Not here: the environment variables and flags that choose an instance (`cli` resolves them), and the files, ledgers and
//! instances that the configuration names.

mod all_manifests;
mod answers;
mod check;
mod credentials;
mod duration;
mod error;
mod error_words;
mod file;
mod finding;
mod impact;
mod instance_fields;
mod limits;
mod load;
mod outline;
mod ownership;
mod policy;
mod schema;
mod settings;
mod severity;
mod severity_rules;
mod text;
mod translate;

pub use all_manifests::AllManifests;
pub use credentials::{Credential, CredentialError};
pub use error::{ConfigError, ConfigProblem};
pub use file::FILE_NAME;
pub use instance_fields::{InstanceFields, InstanceFieldsError, is_known_sensitive};
pub use load::LoadedConfig;
pub use ownership::LEASE;
pub use policy::{Permit, Policies, PolicyRefusal, RefusedByPolicy, SYSTEM_POLICY};
pub use schema::{config_schema, policy_schema};
pub use settings::{
    ApiLimits, Config, GuardsConfig, ImpactConfig, InstanceConfig, InstanceTarget, JournalConfig,
    OwnershipConfig, RemoteConfig, SimulatorConfig,
};

pub use severity_rules::{SeverityRule, severity_rule, severity_words};

#[cfg(test)]
mod tests;
