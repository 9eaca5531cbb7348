//! The switches and faults of the simulator.

use serde::Serialize;

use super::table::table;
use crate::simulator::{FaultType, Switch};

/// What `simulator answers --format json` prints.
#[derive(Serialize)]
pub struct SwitchesDocument {
    version: u32,
    switches: Vec<SwitchEntry>,
}

#[derive(Serialize)]
struct SwitchEntry {
    name: &'static str,
    default: &'static str,
    values: &'static [&'static str],
    reason: &'static str,
}

/// What `simulator faults --format json` prints.
#[derive(Serialize)]
pub struct FaultsDocument {
    version: u32,
    faults: Vec<FaultEntry>,
}

#[derive(Serialize)]
struct FaultEntry {
    name: &'static str,
    effect: &'static str,
    members: Vec<FaultMemberEntry>,
}

#[derive(Serialize)]
struct FaultMemberEntry {
    name: &'static str,
    takes: &'static str,
}

impl SwitchesDocument {
    /// The document of these switches.
    #[must_use]
    pub fn of(switches: &[Switch]) -> Self {
        let entries = switches.iter().map(|switch| SwitchEntry {
            name: switch.name,
            default: switch.default(),
            values: switch.values,
            reason: switch.reason,
        });
        Self {
            version: 1,
            switches: entries.collect(),
        }
    }
}

impl FaultsDocument {
    /// The document of these faults.
    #[must_use]
    pub fn of(faults: &[FaultType]) -> Self {
        Self {
            version: 1,
            faults: faults.iter().map(FaultEntry::of).collect(),
        }
    }
}

impl FaultEntry {
    fn of(fault: &FaultType) -> Self {
        let members = fault.members.iter();
        let members = members.map(|(name, takes)| FaultMemberEntry { name, takes });
        Self {
            name: fault.name,
            effect: fault.effect,
            members: members.collect(),
        }
    }
}

/// A row for each switch.
#[must_use]
pub fn switches_table(switches: &[Switch]) -> String {
    table(
        &["switch", "default", "values", "reason"],
        switches.iter().map(|switch| {
            vec![
                switch.name.to_owned(),
                switch.default().to_owned(),
                switch.values.join(" | "),
                switch.reason.to_owned(),
            ]
        }),
    )
}

/// A row for each fault, then one for each of its members.
#[must_use]
pub fn faults_table(faults: &[FaultType]) -> String {
    table(&["fault", "what it does"], faults.iter().flat_map(rows))
}

fn rows(fault: &FaultType) -> Vec<Vec<String>> {
    let mut rows = vec![vec![fault.name.to_owned(), fault.effect.to_owned()]];
    let members = fault.members.iter();
    rows.extend(members.map(|(name, takes)| vec![format!("  {name}"), (*takes).to_owned()]));
    rows
}
