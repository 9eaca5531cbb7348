//! The properties of the instance apart from its records: native CRM sync, partitions, and the ids
//! of sales persons to which records can refer.
//!
//! The simulator has no endpoints for these ids: the leads file lists them when the store is new.
//! If it does not list sales persons, links to them are not checked.

use std::collections::{BTreeMap, BTreeSet};

use crate::simulator::objects::crm::Crm;
use crate::simulator::objects::object_type::LinkTarget;
use crate::simulator::store::error::StoreError;
use crate::simulator::store::record::{StoredRecord, fold};
use crate::simulator::store::record_store::RecordStore;
use crate::simulator::store::tables::StoreWriter;
use crate::simulator::wire::json::{raw, text};
use crate::simulator::wire::reply::ResultRow;

/// The properties of the instance apart from its records.
#[derive(Debug, Default)]
pub(in crate::simulator) struct InstanceProfile {
    pub crm: Crm,
    partitions: BTreeMap<u64, String>,
    sales_persons: Option<BTreeSet<String>>,
}

/// The partition that every instance has.
pub(in crate::simulator) const DEFAULT_PARTITION: u64 = 1;

/// The names under which the store keeps the properties.
const PARTITIONS: &str = "partitions";
const SALES_PERSONS: &str = "sales persons";

impl InstanceProfile {
    /// The properties that a store keeps.
    pub(in crate::simulator) fn load(crm: Crm, store: &RecordStore) -> Result<Self, StoreError> {
        let partitions = stored(store, PARTITIONS)?.unwrap_or_default();
        Ok(Self {
            crm,
            partitions: with_default(partitions),
            sales_persons: stored(store, SALES_PERSONS)?,
        })
    }

    /// Whether a link to an id is allowed. Letter case and outer blanks of ids do not matter.
    pub(in crate::simulator) fn knows(&self, linked: LinkTarget, id: &str) -> bool {
        let known = match linked {
            LinkTarget::SalesPerson => &self.sales_persons,
        };
        known.as_ref().is_none_or(|known| known.contains(&fold(id)))
    }

    /// The id of a partition.
    pub(in crate::simulator) fn partition(&self, name: &str) -> Option<u64> {
        let mut partitions = self.partitions.iter();
        let found = partitions.find(|(_, known)| known.eq_ignore_ascii_case(name.trim()))?;
        Some(*found.0)
    }

    /// The rows of the partitions that a user sees.
    pub(in crate::simulator) fn partitions(&self, sees: impl Fn(u64) -> bool) -> Vec<ResultRow> {
        let seen = self.partitions.iter().filter(|(id, _)| sees(**id));
        seen.map(|(id, name)| {
            let mut row = ResultRow::default();
            row.push("id", raw(id));
            row.push("name", raw(name));
            row.push("description", raw(""));
            row
        })
        .collect()
    }
}

/// The properties of the instance that a leads file sets.
pub(in crate::simulator) struct ProfileSeed {
    pub partitions: BTreeMap<u64, String>,
    pub sales_persons: Option<BTreeSet<String>>,
}

impl ProfileSeed {
    /// Whether the instance has this partition.
    pub(in crate::simulator) fn has_partition(&self, id: u64) -> bool {
        id == DEFAULT_PARTITION || self.partitions.contains_key(&id)
    }

    /// Writes the properties to a new store.
    pub(in crate::simulator) fn store(
        &self,
        store: &mut StoreWriter<'_>,
    ) -> Result<(), StoreError> {
        store.set(PARTITIONS, raw(&self.partitions).get())?;
        if let Some(ids) = &self.sales_persons {
            let folded: BTreeSet<String> = ids.iter().map(|id| fold(id)).collect();
            store.set(SALES_PERSONS, raw(folded).get())?;
        }
        Ok(())
    }
}

/// The partition of a stored lead.
pub(in crate::simulator) fn partition_of(lead: &StoredRecord) -> u64 {
    let id = lead.get("leadPartitionId").and_then(|value| text(value));
    id.and_then(|id| id.parse().ok())
        .unwrap_or(DEFAULT_PARTITION)
}

fn with_default(mut partitions: BTreeMap<u64, String>) -> BTreeMap<u64, String> {
    partitions
        .entry(DEFAULT_PARTITION)
        .or_insert_with(|| "Default".to_owned());
    partitions
}

fn stored<T: serde::de::DeserializeOwned>(
    store: &RecordStore,
    name: &'static str,
) -> Result<Option<T>, StoreError> {
    let text = store.meta(name)?;
    let read = text.map(|text| serde_json::from_str(&text));
    read.transpose().map_err(|_| StoreError::Meta(name))
}
