//! Which records a query asks for.

use crate::model::Key;

/// Which records a query asks for.
#[derive(Clone, Debug)]
pub enum Filter<'a> {
    /// The records with one of these values in a searchable field.
    Field { name: &'a str, values: Vec<String> },
    /// The records with these keys.
    Keys(&'a [&'a Key]),
}
