//! The leads file: what a new store begins with.
//!
//! ```yaml
//! leads:
//!   - { id: 456783, email: ada@example.com, firstName: Ada, leadPartitionId: 2 }
//! partitions: [{ id: 2, name: Europe }]
//! companies: [acme-1]
//! salesPersons: [sp-7]
//! ```
//!
//! Without an `id` a lead gets the next free one; a partition that is not listed is an error, but
//! for number 1, which always is. Where `companies` or `salesPersons` is written, even empty, an
//! opportunity may name no other; where it is not, any. A file with one bad lead seeds none.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use super::yaml::read;
use crate::simulator::error::SimulatorError;
use crate::simulator::instance::profile::{DEFAULT_PARTITION, ProfileSeed, partition_of};
use crate::simulator::records::leads::insert;
use crate::simulator::records::refusal::RecordRefusal;
use crate::simulator::records::rules::Rules;
use crate::simulator::records::values::typed;
use crate::simulator::store::tables::StoreWriter;
use crate::simulator::wire::codes::{CallFailure, CodedReason};
use crate::simulator::wire::json::raw;
use crate::simulator::wire::request::JsonMembers;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct LeadsFile {
    #[serde(default)]
    leads: Vec<serde_yaml::Mapping>,
    #[serde(default)]
    partitions: Vec<Partition>,
    companies: Option<BTreeSet<String>>,
    sales_persons: Option<BTreeSet<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Partition {
    id: u64,
    name: String,
}

/// Fields of Marketo's own that a seed may bring.
const GIVEN: &[&str] = &["id", "leadPartitionId"];

/// Stores the leads of the file at `path`, and what it says of the instance.
pub(in crate::simulator) fn seed(
    path: &Path,
    rules: Rules<'_>,
    store: &mut StoreWriter<'_>,
) -> Result<(), SimulatorError> {
    let LeadsFile {
        leads,
        partitions,
        companies,
        sales_persons,
    } = read(path)?;
    let partitions = partitions
        .into_iter()
        .map(|Partition { id, name }| (id, name));
    let known = ProfileSeed {
        partitions: partitions.collect(),
        companies,
        sales_persons,
    };
    known.store(store)?;
    for (index, lead) in leads.iter().enumerate() {
        let stored = members(lead).and_then(|lead| one(rules, &known, &lead, store));
        let wrong = |reason: CodedReason| SimulatorError::Lead {
            path: path.to_owned(),
            number: index + 1,
            problem: reason.message,
        };
        stored.map_err(|refusal| match refusal {
            RecordRefusal::Store(error) => error.into(),
            RecordRefusal::Skip(reason) | RecordRefusal::Call(CallFailure::Refused(reason)) => {
                wrong(reason)
            }
            RecordRefusal::Call(_) => wrong(CodedReason::of("611")),
        })?;
    }
    Ok(())
}

fn one(
    rules: Rules<'_>,
    known: &ProfileSeed,
    lead: &JsonMembers,
    store: &mut StoreWriter<'_>,
) -> Result<(), RecordRefusal> {
    let lead = insert(rules, store, typed(rules, lead)?, DEFAULT_PARTITION, GIVEN)?;
    let partition = partition_of(&lead);
    if known.has_partition(partition) {
        return Ok(());
    }
    Err(CodedReason::invalid(format!("there is no partition {partition}")).into())
}

/// A lead as a call would send it.
fn members(lead: &serde_yaml::Mapping) -> Result<JsonMembers, RecordRefusal> {
    let member = |(name, value): (&serde_yaml::Value, &serde_yaml::Value)| {
        let name = name.as_str()?.to_owned();
        let value = serde_json::to_value(value).ok()?;
        Some((name, raw(value)))
    };
    let members: Option<JsonMembers> = lead.iter().map(member).collect();
    members.ok_or_else(|| CodedReason::invalid("field names have to be text").into())
}
