//! Records as an instance returns them, with typed values.

use super::fields::Fields;
use super::key::Key;

/// A record that an instance returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The system's id, without blanks around it.
    pub id: Box<str>,
    pub key: Key,
    /// Only the requested fields; a missing one is null.
    pub fields: Fields,
}

/// Whether two texts are the id of one record: Marketo compares its ids without letter case.
#[must_use]
pub fn is_same_id(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}
