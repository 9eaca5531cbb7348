//! Why a ledger cannot be read or written, and what to do about it.

use std::error::Error;
use std::fmt;
use std::io;

use crate::model::shell_word;

use super::damage::{Flaw, LedgerDamage};
use super::fingerprint::Fingerprint;
use super::format::VERSION;

/// Why the store of a ledger failed. Locations never contain credentials, so they can be shown.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
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
    #[error("{object}, line {line}: {damage}")]
    Damaged {
        object: String,
        line: u64,
        damage: LedgerDamage,
    },
    #[error("{object} has format version {found}; this oppctl reads versions up to {known}")]
    Newer {
        object: String,
        found: u64,
        known: u64,
    },
    #[error("{object} belongs to the instance {found}, not to {expected}")]
    Foreign {
        object: String,
        found: String,
        expected: Fingerprint,
    },
    #[error(
        "{location} is the ledger of the project {found}, and this project {}",
        match expected {
            Some(name) => format!("is {name}"),
            None => "has no name".to_owned(),
        }
    )]
    OtherProject {
        location: String,
        found: String,
        /// The name of this project, if it has one.
        expected: Option<String>,
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

/// The message of the store, in one line.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Cause(String);

impl LedgerError {
    /// The error of a store that cannot be opened.
    pub(super) fn setup(location: &str, error: &(dyn Error + 'static)) -> Self {
        Self::Setup {
            location: location.to_owned(),
            cause: Cause::of(error),
        }
    }

    /// The error of an object whose text is not the expected ledger or lock.
    pub(super) fn flawed(flaw: Flaw, object: String, expected: &Fingerprint) -> Self {
        match flaw {
            Flaw::Damaged { line, damage } => Self::Damaged {
                object,
                line,
                damage,
            },
            Flaw::Newer { found } => Self::Newer {
                object,
                found,
                known: VERSION,
            },
            Flaw::Foreign { found } => Self::Foreign {
                object,
                found,
                expected: expected.clone(),
            },
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoObjectStorage { .. } => {
                "build oppctl with the feature `remote-ledger`, or keep the ledger in a directory"
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
            Self::Damaged { .. } => {
                "restore the object from the store's own versions. If that is not possible, delete the object: the version before it is then used"
            }
            Self::Newer { .. } => "update oppctl: a newer version wrote this object",
            Self::Foreign { .. } => {
                "move the object back into the folder of its own instance: it was copied or moved from there"
            }
            Self::OtherProject {
                found,
                expected: None,
                ..
            } => {
                return Some(format!(
                    "if this is that project, write `project: {found}` into the configuration; else give it a ledger of its own"
                ));
            }
            Self::OtherProject {
                found,
                expected: Some(_),
                ..
            } => {
                let from = shell_word(found);
                return Some(format!(
                    "give each project a ledger of its own: `ownership.ledger`. If the project was renamed: `oppctl ledger rename-project --from {from}`"
                ));
            }
            Self::Changed { .. } => "run the command again",
        };
        Some(hint.to_owned())
    }
}

fn access_hint(failure: AccessFailure, access: Access) -> &'static str {
    match (failure, access) {
        (AccessFailure::Directory, _) => {
            "make sure that your user can create, read and write the directory in `ownership.ledger`"
        }
        (AccessFailure::Missing, _) => {
            "create the bucket, or correct its name in `ownership.ledger` and its endpoint and region in the environment"
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

/// The most characters of a store's own message.
const MAX_TEXT: usize = 300;

impl Cause {
    /// The innermost cause: the outer ones repeat it and add the address of the call.
    pub(super) fn of(error: &(dyn Error + 'static)) -> Self {
        let mut innermost = error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        Self::text(&innermost.to_string())
    }

    /// A text as one line. Of XML, which stores send as an answer, only its code and message.
    pub(super) fn text(text: &str) -> Self {
        let message = match (element(text, "Code"), element(text, "Message")) {
            (Some(code), Some(message)) => format!("{code}: {message}"),
            (Some(only), None) | (None, Some(only)) => only.to_owned(),
            (None, None) => text.to_owned(),
        };
        let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
        Self(line.chars().take(MAX_TEXT).collect())
    }
}

fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (content, _) = rest.split_once(&format!("</{name}>"))?;
    Some(content)
}

/// The metadata services of cloud machines. Clients ask them for credentials if the environment has none.
const METADATA: [&str; 3] = [
    "169.254.169.254",
    "169.254.170.2",
    "metadata.google.internal",
];

/// The error of a call to a store.
pub(super) fn access_error(
    location: &str,
    access: Access,
    error: &object_store::Error,
) -> LedgerError {
    use object_store::Error as Store;
    let whole = error.to_string();
    if METADATA.iter().any(|service| whole.contains(service)) {
        return LedgerError::Access {
            location: location.to_owned(),
            access,
            failure: AccessFailure::Denied,
            cause: Cause::text(
                "no credentials in the environment, and no metadata service that offers some",
            ),
        };
    }
    // A failed listing has its status only in its text, because the type of its cause is not public.
    let status = whole
        .split_once("status code: ")
        .and_then(|(_, rest)| rest.get(..3));
    let is_missing = matches!(error, Store::NotFound { .. }) || status == Some("404");
    let is_denied = matches!(
        error,
        Store::PermissionDenied { .. } | Store::Unauthenticated { .. }
    ) || matches!(status, Some("401" | "403"));
    let failure = if !location.contains("://") {
        AccessFailure::Directory
    } else if is_missing {
        AccessFailure::Missing
    } else if is_denied {
        AccessFailure::Denied
    } else {
        AccessFailure::Other
    };
    LedgerError::Access {
        location: location.to_owned(),
        access,
        failure,
        cause: Cause::of(error),
    }
}

/// The error of a file or folder of a store that is a directory.
pub(super) fn file_error(location: &str, access: Access, error: io::Error) -> LedgerError {
    let error = object_store::Error::Generic {
        store: "file",
        source: error.into(),
    };
    access_error(location, access, &error)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use pretty_assertions::assert_eq;

    use super::*;

    /// The failure and message for a failed call with this text.
    fn message_of(text: &str) -> (AccessFailure, String) {
        let error = object_store::Error::Generic {
            store: "S3",
            source: text.into(),
        };
        let error = access_error("s3://b/x", Access::Read, &error);
        let LedgerError::Access { failure, cause, .. } = error else {
            panic!("{error:?}");
        };
        (failure, cause.to_string())
    }

    #[test]
    fn each_access_has_its_verb_and_each_failure_its_hint() {
        let denied = |access, failure| LedgerError::Access {
            location: "s3://b/x".to_owned(),
            access,
            failure,
            cause: Cause::text(""),
        };
        let (object, location) = ("s3://b/x/1".to_owned(), "s3://b/x".to_owned());
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
            LedgerError::Changed { location },
            LedgerError::Newer {
                object,
                found: 2,
                known: 1,
            },
        ];
        let hints: HashSet<_> = errors.iter().map(LedgerError::hint).collect();
        assert_eq!(hints.len(), errors.len());
    }

    // The texts are those of the client with answers of SeaweedFS, S3 and Azurite.
    #[test]
    fn the_message_of_a_failed_call_is_one_line() {
        let xml = |status: &str, code: &str| {
            message_of(&format!(
                "Server returned non-2xx status code: {status}: <?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>It\n is so</Message><StringToSign>long</StringToSign></Error>"
            ))
        };
        let line = |failure, text: &str| (failure, text.to_owned());
        assert_eq!(
            xml("404 Not Found", "NoSuchBucket"),
            line(AccessFailure::Missing, "NoSuchBucket: It is so")
        );
        assert_eq!(
            xml("403 Forbidden", "AccessDenied"),
            line(AccessFailure::Denied, "AccessDenied: It is so")
        );
        assert_eq!(
            xml("503 Slow Down", "SlowDown"),
            line(AccessFailure::Other, "SlowDown: It is so")
        );
        assert_eq!(
            message_of("Connection refused (os error 111)"),
            line(AccessFailure::Other, "Connection refused (os error 111)")
        );
        assert_eq!(
            message_of("Error performing PUT http://169.254.169.254/latest/api/token in 1s").0,
            AccessFailure::Denied
        );
        assert_eq!(message_of(&"x".repeat(10_000)).1.len(), MAX_TEXT);
    }
}
