//! Records as an instance returns them, with typed values.

use std::sync::Arc;

use super::key::Key;
use super::value::Value;

/// A record that an instance returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The system's id, without blanks around it.
    pub id: Box<str>,
    pub key: Key,
    /// Only the requested fields; a missing one is null.
    pub fields: Fields,
}

/// Values by field name, in the order of the names. Null and missing are the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(Arc<str>, Value)>);

/// Whether two texts are the id of one record: Marketo compares its ids without letter case.
#[must_use]
pub fn is_same_id(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

impl Fields {
    /// The value of a field; null if there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &Value {
        self.0
            .binary_search_by(|(other, _)| (**other).cmp(name))
            .map_or(&Value::Null, |index| &self.0[index].1)
    }

    /// Names and values in the order of the names, nulls left out.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Value)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// How many fields have a value.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no field has a value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Arc<str>, Value)> for Fields {
    /// Collects fields whose names are distinct.
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Value)>>(fields: I) -> Self {
        let fields = fields.into_iter();
        let mut kept = Vec::with_capacity(fields.size_hint().0);
        kept.extend(fields.filter(|(_, value)| *value != Value::Null));
        kept.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        kept.shrink_to_fit();
        Self(kept)
    }
}
