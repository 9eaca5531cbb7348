//! The member `ownership`: where the ledger is, what marks a record, how long a lock lasts.
//!
//! Whether the ledger can be reached and the instance has the field is not looked at here: both need a run.

use std::path::Path;
use std::time::Duration;

use super::check::{Finding, finding};
use super::file::{MarkerFile, OwnershipFile};
use super::{ConfigProblem, Ownership};
use crate::ledger::Location;
use crate::model::ObjectKind;
use crate::model::kind::KINDS;
use crate::plan::Marker;

/// Long enough for an outage of a minute to end no run, short enough to wait for after a crash.
pub const LEASE: Duration = Duration::from_secs(60);
const SHORTEST_LEASE: Duration = Duration::from_secs(1);
const LONGEST_LEASE: Duration = Duration::from_secs(60 * 60);

/// Checks the member. A relative directory becomes one below `root`.
pub(super) fn checked(file: OwnershipFile, root: &Path) -> Result<Ownership, Finding> {
    let OwnershipFile {
        ledger,
        marker,
        lease,
    } = file;
    let at = |member, problem| finding(problem, &["ownership", member]);
    if lease.is_some() && ledger.is_none() {
        return Err(at("lease", ConfigProblem::LeaseAlone));
    }
    let ledger = ledger.map(|text| Location::parse(&text, root));
    let lease = lease.map(|text| duration(&text).ok_or(at("lease", ConfigProblem::BadLease)));
    Ok(Ownership {
        ledger: ledger
            .transpose()
            .map_err(|error| at("ledger", ConfigProblem::Ledger(error)))?,
        marker: marker.map(self::marker).transpose()?,
        lease: lease.transpose()?.unwrap_or(LEASE),
    })
}

fn marker(file: MarkerFile) -> Result<Marker, Finding> {
    let MarkerFile { field, value } = file;
    let at = |member, problem| finding(problem, &["ownership", "marker", member]);
    let is_name = field.starts_with(|first: char| first.is_ascii_alphabetic())
        && field.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_name {
        return Err(at("field", ConfigProblem::BadFieldName));
    }
    if KINDS.into_iter().any(|kind| is_standard(kind, &field)) {
        let problem = ConfigProblem::StandardField { name: field };
        return Err(at("field", problem));
    }
    if value.is_empty() || value.trim() != value {
        return Err(at("value", ConfigProblem::BadMarker));
    }
    Ok(Marker {
        field: field.into(),
        value: value.into(),
    })
}

/// Whether every instance has the field: what the documentation describes of the kinds that can have others too.
fn is_standard(kind: &ObjectKind, field: &str) -> bool {
    kind.extensible && kind.documented.iter().any(|known| known.name == field)
}

/// A whole number of seconds, minutes or hours.
fn duration(text: &str) -> Option<Duration> {
    let unit = match text.chars().next_back()? {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return None,
    };
    let number = &text[..text.len() - 1];
    if !number.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let number: u64 = number.parse().ok()?;
    let duration = Duration::from_secs(number.checked_mul(unit)?);
    (SHORTEST_LEASE..=LONGEST_LEASE)
        .contains(&duration)
        .then_some(duration)
}
