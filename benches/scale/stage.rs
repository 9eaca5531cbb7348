//! The stages that are no command of oppctl: they run in this program, started again.

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::{env, fs, io};

use clap::ValueEnum;
use serde::Deserialize;

use super::ledger;

/// A stage that is measured in a process of its own.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Stage {
    /// The YAML crate alone, into structs that know no place.
    Yaml,
    /// The reading of manifests: typed, checked, every value with its place.
    Read,
    /// The ledger, from its store.
    LoadLedger,
    /// The ledger, read, changed and saved.
    ChangeLedger,
}

/// What the YAML crate reads: the least that a manifest can be.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "the fields are read for their cost")]
struct Manifest {
    version: u32,
    opportunities: Vec<Opportunity>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "the fields are read for their cost")]
struct Opportunity {
    external_opportunity_id: String,
    name: String,
    stage: String,
    amount: f64,
    close_date: String,
}

impl Stage {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Yaml => "the YAML crate alone",
            Self::Read => "manifest::read",
            Self::LoadLedger => "load",
            Self::ChangeLedger => "load, change 1 %, save",
        }
    }

    /// This program, to run the stage on a file, or a ledger's on a folder.
    pub(crate) fn command(self, file: &Path) -> io::Result<Command> {
        let value = self.to_possible_value().expect("no stage is skipped");
        let mut command = Command::new(env::current_exe()?);
        command.arg("--stage").arg(value.get_name());
        command.arg("--file").arg(file);
        Ok(command)
    }

    /// Runs the stage in this process.
    pub(crate) fn run(self, file: &Path) -> io::Result<()> {
        match self {
            Self::Yaml => {
                let text = fs::read_to_string(file)?;
                let manifest: Manifest = serde_yaml::from_str(&text).map_err(io::Error::other)?;
                black_box(manifest);
            }
            Self::Read => {
                let reading = oppctl::manifest::read([(file.to_owned(), fs::read(file)?)]);
                assert!(reading.diagnostics.is_empty(), "the manifest is valid");
                black_box(reading);
            }
            Self::LoadLedger => ledger::load(file)?,
            Self::ChangeLedger => ledger::change(file)?,
        }
        Ok(())
    }
}
