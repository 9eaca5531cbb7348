//! Why a record of a write is not applied.

use crate::simulator::store::error::StoreError;
use crate::simulator::wire::codes::{Failure, Reason};

/// Why a record was not applied.
pub(in crate::simulator) enum Refusal {
    Skip(Reason),
    /// The whole call is refused for it.
    Call(Failure),
    Store(StoreError),
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self::Skip(reason)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
