//! The properties of the instance apart from its records: native CRM sync and partitions.

use std::collections::BTreeMap;

use crate::simulator::objects::crm::Crm;
use crate::simulator::store::error::StoreError;
use crate::simulator::store::record::StoredRecord;
use crate::simulator::store::record_store::RecordStore;
use crate::simulator::store::tables::StoreWriter;
use crate::simulator::wire::json::{raw, text};
use crate::simulator::wire::reply::ResultRow;

/// The properties of the instance apart from its records.
#[derive(Debug, Default)]
pub(in crate::simulator) struct InstanceProfile {
    pub crm: Crm,
    partitions: BTreeMap<u64, String>,
}

/// The partition that every instance has.
pub(in crate::simulator) const DEFAULT_PARTITION: u64 = 1;

/// The name under which the store keeps the partitions.
const PARTITIONS: &str = "partitions";

impl InstanceProfile {
    /// The properties that a store keeps.
    pub(in crate::simulator) fn load(crm: Crm, store: &RecordStore) -> Result<Self, StoreError> {
        let partitions = stored(store, PARTITIONS)?.unwrap_or_default();
        Ok(Self {
            crm,
            partitions: with_default(partitions),
        })
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
        store.set(PARTITIONS, raw(&self.partitions).get())
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
