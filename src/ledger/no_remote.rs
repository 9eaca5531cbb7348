//! In the place of `remote` in builds without object storage.

use super::backend::Opened;
use super::error::LedgerError;
use super::location::Bucket;

/// Tells that this build cannot.
pub(super) fn open(bucket: &Bucket) -> Result<Opened, LedgerError> {
    Err(LedgerError::NoObjectStorage {
        location: bucket.to_string(),
    })
}
