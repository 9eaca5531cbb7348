//! The durable store: records by key and id, their indexes, and the counted calls.

pub(super) mod error;
pub(super) mod lookup;
pub(super) mod record;
pub(super) mod record_store;
pub(super) mod tables;
pub(super) mod usage;
