//! The instance apart from its records: schemas, partitions, users, tokens and limits.

pub(super) mod meter;
pub(super) mod profile;
pub(super) mod schema;
pub(super) mod tokens;
pub(super) mod users;
