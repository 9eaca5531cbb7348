//! A file that has a section for each of several objects.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The names that sections may have. A file has each at most once.
pub(super) struct ListedSections<T> {
    names: Vec<&'static str>,
    section: PhantomData<T>,
}

impl<T> ListedSections<T> {
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
                let known = self.names.join("`, `");
                return Err(A::Error::custom(format!(
                    "unknown field `{name}`, expected one of `{known}`"
                )));
            }
            if sections.contains_key(&name) {
                return Err(A::Error::custom(format!("duplicate field `{name}`")));
            }
            sections.insert(name, map.next_value()?);
        }
        Ok(sections)
    }
}
