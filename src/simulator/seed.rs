//! The leads file: what a new store begins with.
//!
//! ```yaml
//! leads:
//!   - { id: 456783, email: ada@example.com, firstName: Ada }
//! ```
//!
//! Without an `id` a lead gets the next free one. A file with one bad lead seeds none.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::codes::Reason;
use super::leads::insert;
use super::request::Members;
use super::schema::Schema;
use super::server::SimulatorError;
use super::sync::{Refusal, typed};
use super::tables::Writer;
use super::value::{Record, raw};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LeadsFile {
    leads: Vec<serde_yaml::Mapping>,
}

/// Fields of Marketo's own that a seed may bring.
const GIVEN: &[&str] = &["id", "leadPartitionId"];

/// Stores the leads of the file at `path`.
pub(super) fn seed(
    path: &Path,
    schema: &Schema,
    store: &mut Writer<'_>,
    now: Timestamp,
) -> Result<(), SimulatorError> {
    let LeadsFile { leads } = read(path)?;
    for (index, lead) in leads.iter().enumerate() {
        let stored = members(lead).and_then(|lead| one(&lead, schema, store, now));
        if let Err(refusal) = stored {
            return Err(match refusal {
                Refusal::Store(error) => error.into(),
                Refusal::Skip(reason) => SimulatorError::Lead {
                    path: path.to_owned(),
                    number: index + 1,
                    problem: reason.message,
                },
            });
        }
    }
    Ok(())
}

/// Reads a YAML or JSON file.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, SimulatorError> {
    let text = fs::read_to_string(path).map_err(|source| SimulatorError::File {
        path: path.to_owned(),
        source,
    })?;
    serde_yaml::from_str(&text).map_err(|source| SimulatorError::Yaml {
        path: path.to_owned(),
        source,
    })
}

fn one(
    lead: &Members,
    schema: &Schema,
    store: &mut Writer<'_>,
    now: Timestamp,
) -> Result<Record, Refusal> {
    insert(store, typed(schema, lead)?, now, GIVEN)
}

/// A lead as a call would send it.
fn members(lead: &serde_yaml::Mapping) -> Result<Members, Refusal> {
    let member = |(name, value): (&serde_yaml::Value, &serde_yaml::Value)| {
        let name = name.as_str()?.to_owned();
        let value = serde_json::to_value(value).ok()?;
        Some((name, raw(value)))
    };
    let members: Option<Members> = lead.iter().map(member).collect();
    members.ok_or_else(|| Reason::invalid("field names have to be text").into())
}
