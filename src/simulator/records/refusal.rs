//! Why a record of a write is not applied.

use crate::simulator::store::error::StoreError;
use crate::simulator::wire::codes::{CallFailure, CodedReason};

/// Why a record was not applied.
pub(in crate::simulator) enum RecordRefusal {
    Skip(CodedReason),
    /// The whole call is refused for it.
    Call(CallFailure),
    Store(StoreError),
}

impl From<CodedReason> for RecordRefusal {
    fn from(reason: CodedReason) -> Self {
        Self::Skip(reason)
    }
}

impl From<StoreError> for RecordRefusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
