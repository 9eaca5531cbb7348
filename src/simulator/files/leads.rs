//! The leads file: the initial leads of a new store.
//!
//! ```yaml
//! leads:
//!   - { id: 456783, email: ada@example.com, firstName: Ada, leadPartitionId: 2 }
//! partitions: [{ id: 2, name: Europe }]
//! companies: [acme-1]
//! salesPersons: [sp-7]
//! ```
//!
//! A lead without an `id` gets the next free one. A partition that is not listed is an error, except
//! number 1, which always exists. If `companies` or `salesPersons` is present, even empty,
//! opportunities can only refer to the listed ids, otherwise to any. If one lead is invalid, none is
//! stored.

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

/// The fields that only Marketo writes, but that the file can set.
const GIVEN: &[&str] = &["id", "leadPartitionId"];

/// Stores the leads of the file at `path`, and the properties of the instance.
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
    let known = ProfileSeed {
        partitions: partitions
            .into_iter()
            .map(|Partition { id, name }| (id, name))
            .collect(),
        companies,
        sales_persons,
    };
    known.store(store)?;
    for (lead, number) in leads.iter().zip(1..) {
        members(lead)
            .and_then(|lead| one(rules, &known, &lead, store))
            .map_err(|refusal| lead_error(path, number, refusal))?;
    }
    Ok(())
}

fn lead_error(path: &Path, number: usize, refusal: RecordRefusal) -> SimulatorError {
    let reason = match refusal {
        RecordRefusal::Store(error) => return error.into(),
        RecordRefusal::Skip(reason) | RecordRefusal::Call(CallFailure::Refused(reason)) => reason,
        RecordRefusal::Call(_) => CodedReason::of("611"),
    };
    SimulatorError::Lead {
        path: path.to_owned(),
        number,
        problem: reason.message,
    }
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

/// A lead in the form in which calls send it.
fn members(lead: &serde_yaml::Mapping) -> Result<JsonMembers, RecordRefusal> {
    let mut members = JsonMembers::new();
    for (name, value) in lead {
        let (Some(name), Ok(value)) = (name.as_str(), serde_json::to_value(value)) else {
            return Err(CodedReason::invalid("field names must be text").into());
        };
        members.insert(name.to_owned(), raw(value));
    }
    Ok(members)
}
