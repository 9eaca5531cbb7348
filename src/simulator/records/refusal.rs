//! Why a record of a write is not applied.

use crate::simulator::store::error::StoreError;
use crate::simulator::wire::codes::{CallFailure, CodedReason};

/// Why a record was not applied.
pub(in crate::simulator) enum RecordRefusal {
    /// The record is skipped with this reason.
    Skip(CodedReason),
    /// The whole call is refused because of this record.
    Call(CallFailure),
    /// The store failed, and with it the call.
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
