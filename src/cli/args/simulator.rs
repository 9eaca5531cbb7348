//! The arguments of `oppctl simulator`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{ArgAction, Args, Subcommand};

use super::{ListArgs, duration};
use crate::simulator::{Answers, Crm};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum SimulatorCommand {
    /// Serve the built-in Marketo on a loopback port until interrupted
    Serve(Box<ServeArgs>),
    /// List the cases that Marketo's documentation leaves open, each a switch for `serve --answer` and `oppctl.yaml`, and their presets
    Answers(ListArgs),
    /// List the faults that a fault script can use
    Faults(ListArgs),
}

#[derive(Args, Debug)]
pub(in crate::cli) struct ServeArgs {
    /// Store the records in this directory
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) data: PathBuf,
    /// Listen on this loopback address; port 0 selects a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(in crate::cli) listen: SocketAddr,
    /// Write the port to this file once the server listens
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) port_file: Option<PathBuf>,
    /// Create the leads of this file on first use
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) leads: Option<PathBuf>,
    /// Add the custom fields of this file
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) schema: Option<PathBuf>,
    /// Accept the API users of this file, with their permissions
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) users: Option<PathBuf>,
    /// Inject the faults of this script
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) faults: Option<PathBuf>,
    /// Accept further faults over HTTP; the second line of output is the URL for them
    #[arg(long)]
    pub(in crate::cli) control: bool,
    /// Set how to answer a case that the documentation leaves open, or all with preset=NAME; `simulator answers` lists them; can be repeated
    #[arg(long = "answer", value_name = "NAME=VALUE", value_parser = answer)]
    pub(in crate::cli) answers: Vec<(String, String)>,
    /// Simulate an instance with this native CRM sync
    #[arg(long, value_name = "CRM", default_value = "none", value_parser = crm_parser())]
    pub(in crate::cli) crm: String,
    /// Delay each answer by this much, for example 150ms
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(in crate::cli) latency: Option<std::time::Duration>,
    /// Do not enforce the limits on rate, concurrency and calls a day
    #[arg(long, action = ArgAction::SetTrue)]
    pub(in crate::cli) no_limits: bool,
}

fn crm_parser() -> PossibleValuesParser {
    PossibleValuesParser::new(Crm::ALL.map(|(name, _)| name))
}

/// A switch and its value, if both exist.
fn answer(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| "not of the form NAME=VALUE".to_owned())?;
    Answers::of([(name, value)]).map_err(|error| format!("{error}: {}", error.hint()))?;
    Ok((name.to_owned(), value.to_owned()))
}
