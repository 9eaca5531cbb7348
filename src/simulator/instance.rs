//! What the instance is apart from its records: native CRM sync, partitions, and the ids of
//! companies and sales persons that opportunities may name.
//!
//! The ids have no endpoints here: the leads file lists them when the store is new. Where it lists
//! none of a sort, links of that sort are not checked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde_json::value::RawValue;

use super::kinds::Linked;
use super::reply::Row;
use super::store::{Store, StoreError};
use super::tables::Writer;
use super::value::{Record, fold, raw, text};

/// The native CRM sync of an instance. Source: Adobe REST documentation, "Opportunities": with it
/// opportunities are read-only, and the endpoints of roles are not exposed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Crm {
    #[default]
    None,
    /// Salesforce; for the API the same as `Dynamics`.
    Sfdc,
    Dynamics,
}

impl Crm {
    /// All of them, by the names that the command line and the configuration use.
    pub const ALL: [(&'static str, Self); 3] = [
        ("none", Self::None),
        ("sfdc", Self::Sfdc),
        ("dynamics", Self::Dynamics),
    ];

    /// Whether there is any.
    #[must_use]
    pub fn is_on(self) -> bool {
        match self {
            Self::None => false,
            Self::Sfdc | Self::Dynamics => true,
        }
    }
}

impl FromStr for Crm {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        let found = Self::ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, crm)| *crm).ok_or(())
    }
}

impl fmt::Display for Crm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = Self::ALL.iter().find(|(_, crm)| crm == self);
        f.write_str(found.map_or("", |(name, _)| name))
    }
}

/// The instance.
#[derive(Debug, Default)]
pub(super) struct Instance {
    pub crm: Crm,
    partitions: BTreeMap<u64, String>,
    companies: Option<BTreeSet<String>>,
    sales_persons: Option<BTreeSet<String>>,
}

/// The partition that every instance has.
pub(super) const DEFAULT_PARTITION: u64 = 1;

/// The names of values in the store.
const PARTITIONS: &str = "partitions";
const COMPANIES: &str = "companies";
const SALES_PERSONS: &str = "sales persons";

impl Instance {
    /// The instance of a store.
    pub(super) fn load(crm: Crm, store: &Store) -> Result<Self, StoreError> {
        let partitions = stored(store, PARTITIONS)?.unwrap_or_default();
        Ok(Self {
            crm,
            partitions: with_default(partitions),
            companies: stored(store, COMPANIES)?,
            sales_persons: stored(store, SALES_PERSONS)?,
        })
    }

    /// Whether an id may be named; ids compare without case and outer blanks.
    pub(super) fn knows(&self, linked: Linked, id: &str) -> bool {
        let known = match linked {
            Linked::Company => &self.companies,
            Linked::SalesPerson => &self.sales_persons,
        };
        known.as_ref().is_none_or(|known| known.contains(&fold(id)))
    }

    /// The number of a partition.
    pub(super) fn partition(&self, name: &str) -> Option<u64> {
        let named = |known: &str| known.eq_ignore_ascii_case(name.trim());
        let found = self.partitions.iter().find(|(_, known)| named(known));
        found.map(|(id, _)| *id)
    }

    /// The partitions that a user sees, as the endpoint lists them.
    pub(super) fn partitions(&self, sees: impl Fn(u64) -> bool) -> Vec<Row> {
        let seen = self.partitions.iter().filter(|(id, _)| sees(**id));
        seen.map(|(id, name)| {
            let mut row = Row::default();
            row.push("id", raw(id));
            row.push("name", raw(name));
            row.push("description", raw(""));
            row
        })
        .collect()
    }
}

/// What a leads file says beside the leads.
pub(super) struct Known {
    pub partitions: BTreeMap<u64, String>,
    pub companies: Option<BTreeSet<String>>,
    pub sales_persons: Option<BTreeSet<String>>,
}

impl Known {
    /// Whether leads may be of this partition.
    pub(super) fn has_partition(&self, id: u64) -> bool {
        id == DEFAULT_PARTITION || self.partitions.contains_key(&id)
    }

    /// Puts it into a new store.
    pub(super) fn store(&self, store: &mut Writer<'_>) -> Result<(), StoreError> {
        store.set(PARTITIONS, raw(&self.partitions).get())?;
        let ids = [
            (COMPANIES, &self.companies),
            (SALES_PERSONS, &self.sales_persons),
        ];
        for (name, ids) in ids {
            if let Some(ids) = ids {
                let folded: BTreeSet<String> = ids.iter().map(|id| fold(id)).collect();
                store.set(name, raw(folded).get())?;
            }
        }
        Ok(())
    }
}

/// The partition of a stored lead.
pub(super) fn partition_of(lead: &Record) -> u64 {
    let number = |value: &RawValue| text(value)?.parse().ok();
    let stored = lead.get("leadPartitionId").and_then(|value| number(value));
    stored.unwrap_or(DEFAULT_PARTITION)
}

fn with_default(mut partitions: BTreeMap<u64, String>) -> BTreeMap<u64, String> {
    partitions
        .entry(DEFAULT_PARTITION)
        .or_insert_with(|| "Default".to_owned());
    partitions
}

fn stored<T: serde::de::DeserializeOwned>(
    store: &Store,
    name: &'static str,
) -> Result<Option<T>, StoreError> {
    let text = store.meta(name)?;
    let read = text.map(|text| serde_json::from_str(&text));
    read.transpose().map_err(|_| StoreError::Meta(name))
}
