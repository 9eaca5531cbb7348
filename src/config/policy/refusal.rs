//! What a policy refuses, and the way out.

use std::fmt;
use std::path::PathBuf;

use rust_decimal::Decimal;

/// A policy does not allow something; the text names the file and what it does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the policy {} refuses this: {what}", policy.display())]
pub struct PolicyRefusal {
    /// The file of the policy.
    pub policy: PathBuf,
    pub what: RefusedByPolicy,
}

/// What a policy does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefusedByPolicy {
    #[error("the host of instance {instance} is {host}")]
    Host {
        instance: String,
        host: String,
        allowed: Vec<String>,
    },
    #[error("`instances.{instance}.credentials.{member}` runs a command")]
    CredentialCommand {
        instance: String,
        member: &'static str,
    },
    #[error("the ledger is {ledger}")]
    Ledger {
        ledger: String,
        allowed: Vec<String>,
    },
    #[error("the journal is {journal}")]
    Journal {
        journal: String,
        allowed: Vec<String>,
    },
    #[error("the project has no ledger")]
    NoLedger { allowed: Vec<String> },
    #[error("guards.{member} is {configured}, and the policy allows at most {most}")]
    Guard {
        member: &'static str,
        configured: Decimal,
        most: Decimal,
    },
    #[error("{permit} allows {allowed} deletions, and the policy at most {most}")]
    Permit {
        permit: Permit,
        allowed: usize,
        most: usize,
    },
    #[error("it is not known which fields are sensitive, so values would not be masked: {why}")]
    Unmasked { why: String },
    #[error("--with-sensitive imports the values of sensitive fields")]
    SensitiveImport,
}

/// Who allows deletions beyond the guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    Flag,
    PlanFile,
}

impl PolicyRefusal {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match &self.what {
            RefusedByPolicy::Host { allowed, .. } if allowed.is_empty() => {
                "use the built-in simulator: this policy allows no other instance".to_owned()
            }
            RefusedByPolicy::Host { allowed, .. } => {
                format!("use an allowed host: {}", allowed.join(", "))
            }
            RefusedByPolicy::CredentialCommand { .. } => {
                "read the credential with `{ env: NAME }` or `{ file: PATH }`".to_owned()
            }
            RefusedByPolicy::Ledger { allowed, .. } if allowed.is_empty() => {
                "remove `ownership.ledger`: this policy allows no ledger".to_owned()
            }
            RefusedByPolicy::Ledger { allowed, .. } => {
                format!("use a ledger at or below {}", allowed.join(", "))
            }
            RefusedByPolicy::Journal { allowed, .. } if allowed.is_empty() => {
                "keep the journal in the project's folder: remove `journal.directory`".to_owned()
            }
            RefusedByPolicy::Journal { allowed, .. } => format!(
                "keep the journal in the project's folder, or at or below {}",
                allowed.join(", ")
            ),
            RefusedByPolicy::NoLedger { allowed } => format!(
                "write `ownership: {{ ledger: LOCATION }}` with a location at or below {}",
                allowed.join(", ")
            ),
            RefusedByPolicy::Guard { member, most, .. } => {
                let unit = if *member == "maxPipelineChange" {
                    "%"
                } else {
                    ""
                };
                format!("write at most `guards: {{ {member}: {most}{unit} }}`")
            }
            RefusedByPolicy::Permit {
                permit: Permit::Flag,
                most,
                ..
            } => format!("delete at most {most} records in one run"),
            RefusedByPolicy::Permit {
                permit: Permit::PlanFile,
                most,
                ..
            } => format!("make and review a new plan that deletes at most {most} records"),
            RefusedByPolicy::Unmasked { .. } => {
                "give the API user the schema permissions; `oppctl fields` then lists all fields"
                    .to_owned()
            }
            RefusedByPolicy::SensitiveImport => {
                "import without --with-sensitive: sensitive fields are left out".to_owned()
            }
        }
    }
}

impl fmt::Display for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flag => "--allow-deletes",
            Self::PlanFile => "the plan file",
        })
    }
}
