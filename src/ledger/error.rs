//! Why a ledger cannot be read or written, and where to look.

use std::error::Error;

use super::Fingerprint;
use super::format::Damage;

/// Why the ledger's store failed. Locations are shown without credentials: they never have any.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error("this build of oppctl has no object storage, which {location} needs")]
    NoObjectStorage { location: String },
    #[error("cannot use {location}")]
    Setup {
        location: String,
        #[source]
        cause: Cause,
    },
    #[error("{location} would be reached over plain http, which is for loopback addresses only")]
    PlainHttp {
        location: String,
        /// The environment variable that says so.
        variable: &'static str,
    },
    #[error("cannot {} {location}", doing.word())]
    Access {
        location: String,
        doing: Doing,
        failure: AccessFailure,
        #[source]
        cause: Cause,
    },
    #[error("{location} does not keep to conditions: {lapse}")]
    Unconditional { location: String, lapse: Lapse },
    #[error("{object}, line {line}: {damage}")]
    Damaged {
        object: String,
        line: u64,
        damage: Damage,
    },
    #[error("{object} has version {found} of its format, and this oppctl knows {known}")]
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
    #[error("another run has written the ledger in {location} since it was read")]
    Changed { location: String },
}

/// What was being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    Read,
    Write,
    Delete,
}

/// Of what sort a failed access is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessFailure {
    /// It is a directory of this machine, and the system says why.
    Directory,
    /// There is no such bucket.
    Missing,
    /// Credentials are missing, wrong, or allow too little.
    Denied,
    /// Everything else: the network, the server.
    Other,
}

/// What a store did that it must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Lapse {
    #[error("it overwrote an object that was to be created only if it is absent")]
    Overwrote,
    #[error("of several that created one object at once it told {winners} that they had")]
    Winners { winners: usize },
    #[error("an object that it had just taken was not there")]
    Forgot,
}

/// What the store says, in one line.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Cause(String);

impl LedgerError {
    /// Where to look.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoObjectStorage { .. } => {
                "build it with the feature `remote-ledger`, or keep the ledger in a directory"
            }
            Self::Setup { .. } => {
                "credentials, endpoint and region come from the environment: see docs/ledger.md"
            }
            Self::PlainHttp { variable, .. } => {
                return Some(format!("give {variable} an https address"));
            }
            Self::Access { failure, doing, .. } => access_hint(*failure, *doing),
            Self::Unconditional { .. } => {
                "two runs at once could overwrite each other's ledger there: choose another store, or a newer version of its server"
            }
            Self::Damaged { .. } => {
                "restore the object from the store's own versions, or delete it: the version before it is then the last one"
            }
            Self::Newer { .. } => "a newer oppctl has written it: update this one",
            Self::Foreign { .. } => {
                "it was copied from another instance's folder: put it back, and delete it here"
            }
            Self::Changed { .. } => "run the command again",
        };
        Some(hint.to_owned())
    }
}

fn access_hint(failure: AccessFailure, doing: Doing) -> &'static str {
    match (failure, doing) {
        (AccessFailure::Directory, _) => {
            "the directory that `ownership.ledger` names has to be there or be made, to be read and to be written by whoever runs this"
        }
        (AccessFailure::Missing, _) => {
            "make the bucket first; its name is that in `ownership.ledger`, its server and region are those in the environment"
        }
        (AccessFailure::Denied, Doing::Read) => {
            "check the credentials in the environment; they have to allow to list and to read below this path"
        }
        (AccessFailure::Denied, Doing::Write) => {
            "check the credentials in the environment; they have to allow to write below this path"
        }
        (AccessFailure::Denied, Doing::Delete) => {
            "check the credentials in the environment; they have to allow to delete below this path, as old versions are removed"
        }
        (AccessFailure::Other, _) => {
            "check the endpoint, the region and the proxy in the environment, then run the command again"
        }
    }
}

impl Doing {
    fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write to",
            Self::Delete => "delete below",
        }
    }
}

/// The most characters of a store's own message.
const MOST_TEXT: usize = 300;

impl Cause {
    /// The innermost cause: the outer ones repeat it, with the address of the call.
    pub(super) fn of(error: &(dyn Error + 'static)) -> Self {
        let mut innermost = error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        Self::text(&innermost.to_string())
    }

    /// One line of a text: the code and message of the XML that stores answer with, or all of it.
    pub(super) fn text(text: &str) -> Self {
        let told = match (element(text, "Code"), element(text, "Message")) {
            (Some(code), Some(message)) => format!("{code}: {message}"),
            (Some(only), None) | (None, Some(only)) => only.to_owned(),
            (None, None) => text.to_owned(),
        };
        let line = told.split_whitespace().collect::<Vec<_>>().join(" ");
        Self(line.chars().take(MOST_TEXT).collect())
    }
}

fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (content, _) = rest.split_once(&format!("</{name}>"))?;
    Some(content)
}

/// Where clients look for credentials if the environment has none: the metadata services of the clouds' own machines.
const METADATA: [&str; 3] = [
    "169.254.169.254",
    "169.254.170.2",
    "metadata.google.internal",
];

/// The error of a call to a store.
pub(super) fn access(location: &str, doing: Doing, error: &object_store::Error) -> LedgerError {
    use object_store::Error as Store;
    let location = location.to_owned();
    let whole = error.to_string();
    if METADATA.iter().any(|service| whole.contains(service)) {
        return LedgerError::Access {
            location,
            doing,
            failure: AccessFailure::Denied,
            cause: Cause::text(
                "there are no credentials in the environment, and no metadata service gives some",
            ),
        };
    }
    // Listings fail with the status in their text alone: its type is not public.
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
        location,
        doing,
        failure,
        cause: Cause::of(error),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use pretty_assertions::assert_eq;

    use super::*;

    /// What is made of the text of a failed call.
    fn told(text: &str) -> (AccessFailure, String) {
        let error = object_store::Error::Generic {
            store: "S3",
            source: text.into(),
        };
        let error = access("s3://b/x", Doing::Read, &error);
        let LedgerError::Access { failure, cause, .. } = error else {
            panic!("{error:?}");
        };
        (failure, cause.to_string())
    }

    #[test]
    fn what_was_being_done_is_told_and_each_failure_has_its_hint() {
        let access = |doing, failure| LedgerError::Access {
            location: "s3://b/x".to_owned(),
            doing,
            failure,
            cause: Cause::text(""),
        };
        let (object, location) = ("s3://b/x/1".to_owned(), "s3://b/x".to_owned());
        let told = [Doing::Read, Doing::Write, Doing::Delete]
            .map(|doing| access(doing, AccessFailure::Denied).to_string());
        assert_eq!(
            told,
            [
                "cannot read s3://b/x",
                "cannot write to s3://b/x",
                "cannot delete below s3://b/x",
            ]
        );
        let errors = [
            access(Doing::Write, AccessFailure::Directory),
            access(Doing::Read, AccessFailure::Missing),
            access(Doing::Read, AccessFailure::Denied),
            access(Doing::Write, AccessFailure::Denied),
            access(Doing::Delete, AccessFailure::Denied),
            access(Doing::Read, AccessFailure::Other),
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
    fn failed_calls_are_told_in_a_line() {
        let xml = |status: &str, code: &str| {
            told(&format!(
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
            told("Connection refused (os error 111)"),
            line(AccessFailure::Other, "Connection refused (os error 111)")
        );
        assert_eq!(
            told("Error performing PUT http://169.254.169.254/latest/api/token in 1s").0,
            AccessFailure::Denied
        );
        assert_eq!(told(&"x".repeat(10_000)).1.len(), MOST_TEXT);
    }
}
