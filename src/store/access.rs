//! From a failed call to a store to its error.

use std::io;

use super::cause::Cause;
use super::error::{Access, AccessFailure, StoreError, is_directory};

/// The metadata services of cloud machines. Clients ask them for credentials if the environment has none.
const METADATA: [&str; 3] = [
    "169.254.169.254",
    "169.254.170.2",
    "metadata.google.internal",
];

/// The error of a call to a store.
pub(crate) fn access_error(
    location: &str,
    access: Access,
    error: &object_store::Error,
) -> StoreError {
    use object_store::Error as Store;
    let whole = error.to_string();
    if METADATA.iter().any(|service| whole.contains(service)) {
        return StoreError::Access {
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
    let failure = if is_directory(location) {
        AccessFailure::Directory
    } else if is_missing {
        AccessFailure::Missing
    } else if is_denied {
        AccessFailure::Denied
    } else {
        AccessFailure::Other
    };
    StoreError::Access {
        location: location.to_owned(),
        access,
        failure,
        cause: Cause::of(error),
    }
}

/// The error of a file or folder of a store that is a directory.
pub(super) fn file_error(location: &str, access: Access, error: io::Error) -> StoreError {
    let error = object_store::Error::Generic {
        store: "file",
        source: error.into(),
    };
    access_error(location, access, &error)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::store::cause::MAX_TEXT;

    /// The failure and message for a failed call with this text.
    fn message_of(text: &str) -> (AccessFailure, String) {
        let error = object_store::Error::Generic {
            store: "S3",
            source: text.into(),
        };
        let error = access_error("s3://b/x", Access::Read, &error);
        let StoreError::Access { failure, cause, .. } = error else {
            panic!("{error:?}");
        };
        (failure, cause.to_string())
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
