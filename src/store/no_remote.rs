//! Stands in for `remote` in builds without object storage.

use super::backend::Backend;
use super::error::StoreError;
use super::location::Bucket;

/// Fails, because this build has no object storage.
pub(super) fn open(bucket: &Bucket) -> Result<Backend, StoreError> {
    Err(StoreError::NoObjectStorage {
        location: bucket.to_string(),
    })
}
