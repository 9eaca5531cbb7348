//! Mappings whose members are those of the table of objects, read with the errors that serde has for other mappings.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A mapping with a section for each of several objects.
pub(super) struct ListedSections<T> {
    names: Vec<&'static str>,
    section: PhantomData<T>,
}

impl<T> ListedSections<T> {
    /// Sections with these names.
    pub(super) fn new(names: impl IntoIterator<Item = &'static str>) -> Self {
        Self {
            names: names.into_iter().collect(),
            section: PhantomData,
        }
    }

    /// The sections by their names.
    pub(super) fn read<'de, D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<BTreeMap<String, T>, D::Error>
    where
        T: Deserialize<'de>,
    {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListedSections<T> {
    type Value = BTreeMap<String, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a mapping with the members {}", self.names.join(", "))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut sections = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            if !self.names.contains(&name.as_str()) {
                return Err(unknown(&name, &self.names));
            }
            if sections.contains_key(&name) {
                return Err(duplicate(&name));
            }
            sections.insert(name, map.next_value()?);
        }
        Ok(sections)
    }
}

/// A member that the mapping does not have.
pub(super) fn unknown<E: Error>(name: &str, known: &[&str]) -> E {
    let known = known.join("`, `");
    E::custom(format!("unknown field `{name}`, expected one of `{known}`"))
}

/// A member that the mapping has twice.
pub(super) fn duplicate<E: Error>(name: &str) -> E {
    E::custom(format!("duplicate field `{name}`"))
}
