//! Why a store cannot be used, and what to do about it.

use std::error::Error;
use std::fmt;

use super::cause::Cause;

/// Why a store failed. Locations never contain credentials, so they can be shown.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{location} needs object storage, which this build of oppctl does not have")]
    NoObjectStorage { location: String },
    #[error("cannot use {location}")]
    Setup {
        location: String,
        #[source]
        cause: Cause,
    },
    #[error(
        "{location} would be reached over plain http, which is accepted for loopback addresses only"
    )]
    PlainHttp {
        location: String,
        /// The environment variable with the address.
        variable: &'static str,
    },
    #[error("cannot {access} {location}")]
    Access {
        location: String,
        access: Access,
        failure: AccessFailure,
        #[source]
        cause: Cause,
    },
    #[error("{location} does not honour conditional writes: {failure}")]
    Unconditional {
        location: String,
        failure: ConditionFailure,
    },
    #[error("another run changed {location} after this run had read it")]
    Changed { location: String },
}

/// What was done to a file or an object when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Read,
    Create,
    Write,
    Delete,
}

/// Why a store denied an access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessFailure {
    /// The store is a directory of this machine. The cause says more.
    Directory,
    /// The bucket does not exist.
    Missing,
    /// Credentials are missing or wrong, or do not have the permission.
    Denied,
    /// Any other failure, such as one of the network or the server.
    Other,
}

/// How a store failed to honour conditional writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConditionFailure {
    #[error("it overwrote an object that it should have created only if it did not exist")]
    Overwrote,
    #[error("of several simultaneous creations of one object, {winners} succeeded instead of 1")]
    Winners { winners: usize },
    #[error("an object that it had just created was missing")]
    Lost,
}

impl StoreError {
    /// The error of a store that cannot be opened.
    pub(super) fn setup(location: &str, error: &(dyn Error + 'static)) -> Self {
        Self::Setup {
            location: location.to_owned(),
            cause: Cause::of(error),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoObjectStorage { .. } => {
                "build oppctl with the feature `remote-ledger`, or write a directory into oppctl.yaml"
            }
            Self::Setup { location, .. } if is_directory(location) => {
                "a directory is needed there: move away what is in its place, or write another directory into oppctl.yaml"
            }
            Self::Setup { .. } => {
                "check the credentials, endpoint and region in the environment; see docs/ledger.md"
            }
            Self::PlainHttp { variable, .. } => {
                return Some(format!("set {variable} to an https address"));
            }
            Self::Access {
                failure, access, ..
            } => access_hint(*failure, *access),
            Self::Unconditional { .. } => {
                "use another store or a newer version of its server: in this one, two runs at the same time could overwrite each other's ledger"
            }
            Self::Changed { .. } => "run the command again",
        };
        Some(hint.to_owned())
    }
}

/// Whether a location is a directory of this machine.
pub(super) fn is_directory(location: &str) -> bool {
    !location.contains("://")
}

fn access_hint(failure: AccessFailure, access: Access) -> &'static str {
    match (failure, access) {
        (AccessFailure::Directory, _) => {
            "make sure that your user can create, read and write the directory, or write another one into oppctl.yaml"
        }
        (AccessFailure::Missing, _) => {
            "create the bucket, or correct its name in oppctl.yaml and its endpoint and region in the environment"
        }
        (AccessFailure::Denied, Access::Read) => {
            "check the credentials in the environment: they need permission to list and read objects below this path"
        }
        (AccessFailure::Denied, Access::Create | Access::Write) => {
            "check the credentials in the environment: they need permission to write objects below this path"
        }
        (AccessFailure::Denied, Access::Delete) => {
            "check the credentials in the environment: they need permission to delete objects below this path, because oppctl removes old versions"
        }
        (AccessFailure::Other, _) => {
            "check the endpoint, region and proxy in the environment, then run the command again"
        }
    }
}

impl fmt::Display for Access {
    /// "write to", as in "cannot write to s3://acme-ops/oppctl".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Write => "write to",
            Self::Delete => "delete below",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn each_access_has_its_verb_and_each_failure_its_hint() {
        let denied = |access, failure| StoreError::Access {
            location: "s3://b/x".to_owned(),
            access,
            failure,
            cause: Cause::text(""),
        };
        let location = "s3://b/x".to_owned();
        let messages = [Access::Read, Access::Write, Access::Delete]
            .map(|access| denied(access, AccessFailure::Denied).to_string());
        assert_eq!(
            messages,
            [
                "cannot read s3://b/x",
                "cannot write to s3://b/x",
                "cannot delete below s3://b/x",
            ]
        );
        let errors = [
            denied(Access::Write, AccessFailure::Directory),
            denied(Access::Read, AccessFailure::Missing),
            denied(Access::Read, AccessFailure::Denied),
            denied(Access::Write, AccessFailure::Denied),
            denied(Access::Delete, AccessFailure::Denied),
            denied(Access::Read, AccessFailure::Other),
            StoreError::Changed { location },
        ];
        let hints: HashSet<_> = errors.iter().map(StoreError::hint).collect();
        assert_eq!(hints.len(), errors.len());
    }
}
