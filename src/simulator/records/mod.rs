//! The operations on records: query, sync and delete, and the rules that they follow.

pub(super) mod accept;
pub(super) mod delete;
pub(super) mod envelope;
pub(super) mod forms;
pub(super) mod ids;
pub(super) mod inherited;
pub(super) mod leads;
pub(super) mod listed;
pub(super) mod paging;
pub(super) mod query;
pub(super) mod references;
pub(super) mod refusal;
pub(super) mod rules;
pub(super) mod sync;
pub(super) mod values;
pub(super) mod write;
