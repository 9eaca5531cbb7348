//! The switches and faults of the simulator.

use std::collections::BTreeMap;

use serde::Serialize;

use super::FORMAT;
use super::table::table;
use crate::simulator::{FaultType, Preset, Switch};

/// What `simulator answers --format json` prints.
#[derive(Serialize)]
pub struct SwitchesDocument {
    version: u32,
    format_version: &'static str,
    presets: Vec<PresetEntry>,
    switches: Vec<SwitchEntry>,
}

#[derive(Serialize)]
struct PresetEntry {
    name: &'static str,
    summary: &'static str,
}

#[derive(Serialize)]
struct SwitchEntry {
    name: &'static str,
    default: &'static str,
    /// The value in each preset.
    presets: BTreeMap<&'static str, &'static str>,
    values: &'static [&'static str],
    reason: &'static str,
}

/// What `simulator faults --format json` prints.
#[derive(Serialize)]
pub struct FaultsDocument {
    version: u32,
    format_version: &'static str,
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
    /// The document of these presets and switches.
    #[must_use]
    pub fn of(presets: &[Preset], switches: &[Switch]) -> Self {
        let entries = switches.iter().map(|switch| SwitchEntry {
            name: switch.name,
            default: switch.default(),
            presets: presets
                .iter()
                .map(|preset| (preset.name, preset.value(switch)))
                .collect(),
            values: switch.values,
            reason: switch.reason,
        });
        Self {
            version: 1,
            format_version: FORMAT,
            presets: presets
                .iter()
                .map(|preset| PresetEntry {
                    name: preset.name,
                    summary: preset.summary,
                })
                .collect(),
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
            format_version: FORMAT,
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

/// A row for each preset, and a row for each switch with its value in each preset.
#[must_use]
pub fn switches_table(presets: &[Preset], switches: &[Switch]) -> String {
    let all = table(
        &[Preset::MEMBER, "answers"],
        presets
            .iter()
            .map(|preset| vec![preset.name.to_owned(), preset.summary.to_owned()]),
    );
    let names = presets.iter().map(|preset| preset.name);
    let header: Vec<&str> = std::iter::once("switch")
        .chain(names)
        .chain(["values", "reason"])
        .collect();
    let rows = switches.iter().map(|switch| {
        let settings = presets.iter().map(|preset| preset.value(switch).to_owned());
        std::iter::once(switch.name.to_owned())
            .chain(settings)
            .chain([switch.values.join(" | "), switch.reason.to_owned()])
            .collect()
    });
    format!("{all}\n{}", table(&header, rows))
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
