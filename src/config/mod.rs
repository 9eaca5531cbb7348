//! The configuration `oppctl.yaml`: which manifests there are, which instances, how to reach them, and what a run may do.
//!
//! [`Config::load`] finds the file, reads it with serde and checks what types cannot say; every
//! mistake has a place and a way out. Secrets are never in the file: a [`Credential`] says where one
//! is, and only [`Credential::read`] fetches it. Errors deliberately carry no excerpt of the file,
//! because a line of it may hold a secret that someone put there by mistake.
//!
//! Not here: the environment variables and flags that choose an instance (the command line resolves
//! them), and what is at the places that it names.

mod base_url;
mod check;
mod credentials;
mod error;
mod file;
mod load;
mod outline;
mod ownership;
mod schema;
mod translate;

pub use base_url::{BaseUrl, BaseUrlError};
pub use credentials::{Credential, CredentialError};
pub use error::{ConfigError, ConfigProblem};
pub use file::{Guards, Limits};
pub use load::{
    Config, FILE_NAME, Instance, Journal, Loaded, Marker, Ownership, Remote, Simulator, Target,
};
pub use schema::config_schema;

#[cfg(test)]
mod tests;
