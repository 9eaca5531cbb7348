//! The leads file: the initial leads of a new store, and the records to which they and opportunities refer.
//!
//! ```yaml
//! leads:
//!   - { id: 456783, email: ada@example.com, firstName: Ada, leadPartitionId: 2 }
//! partitions: [{ id: 2, name: Europe }]
//! companies: [acme-1, { externalCompanyId: globex, company: Globex Corporation }]
//! salesPersons: [sp-7]
//! ```
//!
//! A lead without an `id` gets the next free one. A partition that is not listed is an error, except
//! number 1, which always exists. A company is its key, or a mapping of fields. If the list is there, even empty, other records
//! can only refer to companies that exist; otherwise to any, until a call creates the first. The same goes for sales persons.
//! If one record is invalid, none is stored.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::sections::{duplicate, unknown};
use super::yaml::read;
use crate::simulator::error::SimulatorError;
use crate::simulator::instance::profile::{DEFAULT_PARTITION, ProfileSeed, partition_of};
use crate::simulator::instance::schema::InstanceSchemas;
use crate::simulator::objects::object_type::ObjectType;
use crate::simulator::objects::table::OBJECTS;
use crate::simulator::records::leads::insert;
use crate::simulator::records::listed;
use crate::simulator::records::refusal::RecordRefusal;
use crate::simulator::records::rules::Rules;
use crate::simulator::records::values::typed;
use crate::simulator::store::tables::StoreWriter;
use crate::simulator::wire::codes::{CallFailure, CodedReason};
use crate::simulator::wire::json::raw;
use crate::simulator::wire::request::JsonMembers;

#[derive(Default)]
struct LeadsFile {
    leads: Option<Vec<serde_yaml::Mapping>>,
    partitions: Option<Vec<Partition>>,
    /// The records of the other lists, by the names of the lists.
    listed: BTreeMap<&'static str, Vec<ListedRecord>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Partition {
    id: u64,
    name: String,
}

/// A record of a list: its key, or its fields.
enum ListedRecord {
    Key(String),
    Fields(serde_yaml::Mapping),
}

/// The fields that only Marketo writes, but that the file can set.
const GIVEN: &[&str] = &["id", "leadPartitionId"];

/// Stores the records of the file at `path`, and the properties of the instance.
pub(in crate::simulator) fn seed(
    path: &Path,
    rules: Rules<'_>,
    schemas: &InstanceSchemas,
    store: &mut StoreWriter<'_>,
) -> Result<(), SimulatorError> {
    let LeadsFile {
        leads,
        partitions,
        listed,
    } = read(path)?;
    let known = ProfileSeed {
        partitions: partitions
            .into_iter()
            .flatten()
            .map(|Partition { id, name }| (id, name))
            .collect(),
    };
    known.store(store)?;
    let file = SeedFile { path, rules };
    for object in OBJECTS {
        file.list(object, schemas, &listed, store)?;
    }
    for (lead, number) in leads.iter().flatten().zip(1..) {
        members(lead)
            .and_then(|lead| one(rules, &known, &lead, store))
            .map_err(|refusal| file.error("lead", number, refusal))?;
    }
    Ok(())
}

/// The file of a new store.
struct SeedFile<'f> {
    path: &'f Path,
    rules: Rules<'f>,
}

impl SeedFile<'_> {
    /// Creates the records of an object that the file lists.
    fn list(
        &self,
        object: &ObjectType,
        schemas: &InstanceSchemas,
        lists: &BTreeMap<&'static str, Vec<ListedRecord>>,
        store: &mut StoreWriter<'_>,
    ) -> Result<(), SimulatorError> {
        let Some(listed) = object.listed else {
            return Ok(());
        };
        let Some(records) = lists.get(listed.member) else {
            return Ok(());
        };
        listed::mark(listed, store)?;
        let rules = Rules {
            schema: schemas.of(object),
            ..self.rules
        };
        let mut bare = BTreeSet::new();
        for (record, number) in records.iter().zip(1..) {
            let created = match record {
                // A key that is listed twice is one record.
                ListedRecord::Key(key) if !bare.insert(key.trim().to_lowercase()) => Ok(()),
                ListedRecord::Key(key) => {
                    let fields = object.key.iter().map(|field| (*field).to_owned());
                    let record = fields.map(|field| (field, raw(key))).collect();
                    listed::create(rules, store, &record)
                }
                ListedRecord::Fields(fields) => {
                    members(fields).and_then(|record| listed::create(rules, store, &record))
                }
            };
            created.map_err(|refusal| self.error(listed.word, number, refusal))?;
        }
        Ok(())
    }

    fn error(&self, what: &'static str, number: usize, refusal: RecordRefusal) -> SimulatorError {
        let reason = match refusal {
            RecordRefusal::Store(error) => return error.into(),
            RecordRefusal::Skip(reason) | RecordRefusal::Call(CallFailure::Refused(reason)) => {
                reason
            }
            RecordRefusal::Call(_) => CodedReason::of("611"),
        };
        SimulatorError::Lead {
            path: self.path.to_owned(),
            what,
            number,
            problem: reason.message,
        }
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

/// A record in the form in which calls send it.
fn members(record: &serde_yaml::Mapping) -> Result<JsonMembers, RecordRefusal> {
    let mut members = JsonMembers::new();
    for (name, value) in record {
        let (Some(name), Ok(value)) = (name.as_str(), serde_json::to_value(value)) else {
            return Err(CodedReason::invalid("field names must be text").into());
        };
        members.insert(name.to_owned(), raw(value));
    }
    Ok(members)
}

impl<'de> Deserialize<'de> for LeadsFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(LeadsFileVisitor)
    }
}

struct LeadsFileVisitor;

impl<'de> Visitor<'de> for LeadsFileVisitor {
    type Value = LeadsFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping with lists")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LeadsFile, A::Error> {
        let lists = OBJECTS.into_iter().filter_map(|object| object.listed);
        let lists: Vec<&str> = lists.map(|listed| listed.member).collect();
        let mut file = LeadsFile::default();
        while let Some(name) = map.next_key::<String>()? {
            let repeated = if let Some(list) = lists.iter().find(|list| **list == name) {
                let records = map.next_value::<Option<_>>()?;
                records.is_some_and(|records| file.listed.insert(list, records).is_some())
            } else {
                match name.as_str() {
                    "leads" => file.leads.replace(map.next_value()?).is_some(),
                    "partitions" => file.partitions.replace(map.next_value()?).is_some(),
                    _ => {
                        let known = ["leads", "partitions"];
                        return Err(unknown(&name, &[&known[..], &lists].concat()));
                    }
                }
            };
            if repeated {
                return Err(duplicate(&name));
            }
        }
        Ok(file)
    }
}

impl<'de> Deserialize<'de> for ListedRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListedRecordVisitor)
    }
}

struct ListedRecordVisitor;

impl<'de> Visitor<'de> for ListedRecordVisitor {
    type Value = ListedRecord;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or a mapping")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<ListedRecord, E> {
        Ok(ListedRecord::Key(key.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ListedRecord, A::Error> {
        let fields = serde_yaml::Mapping::deserialize(MapAccessDeserializer::new(map))?;
        Ok(ListedRecord::Fields(fields))
    }
}
