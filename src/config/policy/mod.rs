//! The policy: what a branch may not decide. It lies outside of the repository, at [`SYSTEM_POLICY`] and where `OPPCTL_POLICY` says.
//!
//! [`LoadedConfig::load`](super::LoadedConfig::load) reads it together with `oppctl.yaml`. It is obeyed where a session is opened, a
//! ledger is named, and the settings of a run are made; a number of deletions is checked once more for each plan.
//!
//! It does not protect against somebody who can set the variables of the process or change the program.

mod check;
mod file;
mod host;
mod read;
mod refusal;
mod rules;
#[cfg(test)]
mod tests;

pub(super) use file::PolicyFile;
pub use read::SYSTEM_POLICY;
pub use refusal::{Permit, PolicyRefusal, RefusedByPolicy};
pub use rules::Policies;
