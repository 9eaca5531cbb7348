//! What can be done to a record.

/// What a call does with its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verb {
    /// Creates records that must not exist, by their keys.
    Create,
    /// Updates records that must exist, by their ids.
    Update,
    /// Deletes records by their ids.
    Delete,
}
