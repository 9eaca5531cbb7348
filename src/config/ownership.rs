//! The member `ownership`: where the ledger is, what marks a record, how long a lock stays valid.
//!
//! Only a run can tell whether the ledger is reachable and whether the instance has the marker's field.

use std::path::Path;
use std::time::Duration;

use super::duration;
use super::error::ConfigProblem;
use super::file::{MarkerFile, OwnershipFile};
use super::finding::Finding;
use super::settings::OwnershipConfig;
use crate::model::ObjectKind;
use crate::model::kind::KINDS;
use crate::plan::Marker;
use crate::store::{Location, LocationError};

/// Long enough to survive an outage of a minute, short enough to wait for after a crash.
pub const LEASE: Duration = Duration::from_secs(60);
const SHORTEST_LEASE: Duration = Duration::from_secs(1);
const LONGEST_LEASE: Duration = Duration::from_secs(60 * 60);

/// In characters.
const LONGEST_PROJECT: usize = 100;

/// Checks the member. `root` is the folder to which its paths are relative.
pub(super) fn check(file: OwnershipFile, root: &Path) -> Result<OwnershipConfig, Finding> {
    let OwnershipFile {
        ledger,
        marker,
        lease,
    } = file;
    if lease.is_some() && ledger.is_none() {
        return Err(at_lease(ConfigProblem::LeaseAlone));
    }
    let ledger = match ledger {
        Some(text) => Some(Location::parse(&text, root).map_err(at_ledger)?),
        None => None,
    };
    let marker = marker.map(self::marker).transpose()?;
    let lease = match lease {
        Some(text) => duration::parse(&text)
            .filter(|lease| (SHORTEST_LEASE..=LONGEST_LEASE).contains(lease))
            .ok_or_else(|| at_lease(ConfigProblem::BadLease))?,
        None => LEASE,
    };
    Ok(OwnershipConfig {
        ledger,
        marker,
        lease,
    })
}

/// Checks the name of the project.
pub(super) fn project(name: String) -> Result<Box<str>, Finding> {
    let is_name = !name.is_empty()
        && name.trim() == name
        && name.chars().count() <= LONGEST_PROJECT
        && !name.contains(char::is_control);
    if is_name {
        Ok(name.into())
    } else {
        Err(Finding::new(ConfigProblem::BadProject, &["project"]))
    }
}

fn at_ledger(error: LocationError) -> Finding {
    let member = "ledger";
    Finding::new(
        ConfigProblem::Location { member, error },
        &["ownership", member],
    )
}

fn at_lease(problem: ConfigProblem) -> Finding {
    Finding::new(problem, &["ownership", "lease"])
}

fn marker(file: MarkerFile) -> Result<Marker, Finding> {
    let MarkerFile { field, value } = file;
    let is_name = field.starts_with(|first: char| first.is_ascii_alphabetic())
        && field.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_name {
        return Err(at_marker("field", ConfigProblem::BadFieldName));
    }
    if KINDS.into_iter().any(|kind| is_standard(kind, &field)) {
        let problem = ConfigProblem::StandardField { name: field };
        return Err(at_marker("field", problem));
    }
    if value.is_empty() || value.trim() != value {
        return Err(at_marker("value", ConfigProblem::BadMarker));
    }
    Ok(Marker {
        field: field.into(),
        value: value.into(),
    })
}

fn at_marker(member: &str, problem: ConfigProblem) -> Finding {
    Finding::new(problem, &["ownership", "marker", member])
}

/// Whether the field is a standard field of a kind that can carry a marker.
fn is_standard(kind: &ObjectKind, field: &str) -> bool {
    kind.extensible && kind.documented.iter().any(|known| known.name == field)
}
