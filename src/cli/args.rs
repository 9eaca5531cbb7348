//! The arguments, as clap parses them. The doc comments are the help.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::model::kind::KINDS;
use crate::render::with_children_flag;

mod planning;
mod simulator;

pub(super) use planning::{
    Allow, Apply, Plan, PlanFormat, Sending, Show, Undo, Write, WriteFormat,
};
pub(super) use simulator::{Serve, SimulatorCommand};

/// Opportunities as code for Adobe Marketo Engage
#[derive(Debug, Parser)]
#[command(
    name = "oppctl",
    version,
    max_term_width = 100,
    propagate_version = true
)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// What every command takes.
#[derive(Args, Debug)]
#[command(next_help_heading = "Global options")]
pub(super) struct Global {
    /// Change to this directory first
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub(super) directory: Option<PathBuf>,
    /// Use this configuration instead of the next oppctl.yaml upwards
    #[arg(long, value_name = "FILE", global = true)]
    pub(super) config: Option<PathBuf>,
    /// Work on this instance of the configuration
    #[arg(
        short,
        long,
        value_name = "NAME",
        env = "OPPCTL_INSTANCE",
        global = true
    )]
    pub(super) instance: Option<String>,
    /// Colour the output
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub(super) color: Color,
    /// Show more: the fields of new records, every retry, every wait
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
    /// Show less: no single changes, no progress
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check manifests without an instance and without credentials
    Validate(Validate),
    /// Show what an apply would change
    Plan(Plan),
    /// Show a saved plan
    Show(Show),
    /// Change the instance so that it holds what the manifests declare
    Apply(Apply),
    /// Show the fields of the objects as the instance describes them
    Describe(Describe),
    /// Show what the instance knows of fields beyond describe: sensitive, hidden, custom
    Fields(Fields),
    /// Show records of the instance
    Get(Get),
    /// Write manifests for records that the instance holds
    Import(Box<Import>),
    /// Show how many calls and errors the instance has had, by everybody together
    Usage(Usage),
    /// Show what applies did in the instance, by their journals
    History(History),
    /// Take an apply back, as far as nobody has changed anything since
    Undo(Undo),
    /// The records that this project owns in an instance
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Print a JSON Schema for editors
    Schema(Schema),
    /// The built-in Marketo
    #[command(subcommand)]
    Simulator(SimulatorCommand),
    /// Print a completion script for a shell
    Completions(Completions),
}

#[derive(Args, Debug)]
pub(super) struct Validate {
    /// Check only these manifests, or those below these directories
    pub(super) paths: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct Describe {
    /// Only this kind
    #[arg(value_parser = kind_parser())]
    pub(super) kind: Option<String>,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,
}

#[derive(Args, Debug)]
pub(super) struct Fields {
    /// Only the field with this API name
    pub(super) name: Option<String>,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,
}

#[derive(Args, Debug)]
pub(super) struct Get {
    /// What to show
    #[arg(value_parser = kind_parser())]
    pub(super) kind: String,
    /// Keys; several parts are joined by "/", a lead is named by id or e-mail; the first part of several alone shows all that begin with it
    #[arg(required = true, value_name = "KEY")]
    pub(super) keys: Vec<String>,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,
}

#[derive(Args, Debug)]
pub(super) struct Import {
    /// What to import
    #[arg(value_parser = kind_parser())]
    pub(super) kind: String,
    /// Keys, written as `get` takes them
    #[arg(required_unless_present_any = ["from", "marked"], value_name = "KEY")]
    pub(super) keys: Vec<String>,
    /// Take keys from this file too: one a line, or a CSV table with a column for each part of the key; "-" is standard input
    #[arg(long, value_name = "FILE")]
    pub(super) from: Vec<PathBuf>,
    /// Import every record that bears the marker of this project, too
    #[arg(long)]
    pub(super) marked: bool,
    /// Import everything that hangs on these records too
    #[arg(long = with_children_flag())]
    pub(super) with_children: bool,
    /// Write into this folder, or into this one file if it ends with .yaml or .yml [default: the folder of the first of `manifests`]
    #[arg(long, value_name = "PATH")]
    pub(super) out: Option<PathBuf>,
    /// Write at most so many records into a file, those nested in them not counted
    #[arg(long, value_name = "COUNT", default_value = "100")]
    pub(super) per_file: NonZeroUsize,
    /// Write records with the same value of this field into a file of their own, named after it
    #[arg(long, value_name = "FIELD")]
    pub(super) group_by: Option<String>,
    /// Name leads by this searchable field where it finds exactly the one lead, and else by their ids; `id` reads no leads
    #[arg(long, value_name = "FIELD", default_value = "email")]
    pub(super) lead_by: String,
    /// Write the values of sensitive fields too, and do not ask which these are
    #[arg(long)]
    pub(super) with_sensitive: bool,
}

#[derive(Args, Debug)]
pub(super) struct Usage {
    /// Show the last seven days instead of today
    #[arg(long)]
    pub(super) week: bool,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,
}

#[derive(Args, Debug)]
pub(super) struct History {
    /// Show this run with its changes: its name, the beginning of it, or "last"
    pub(super) run: Option<String>,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,
}

/// How records are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Table,
    Json,
}

#[derive(Debug, Subcommand)]
pub(super) enum LedgerCommand {
    /// List the records that this project owns
    List(Listing),
    /// Show what the ledger has of a record
    Show(Owned),
    /// Let go of records without deleting them; what is declared is adopted again by the next apply
    Forget(Forget),
    /// End the lock of a run that is dead
    Unlock(Unlock),
}

#[derive(Args, Debug)]
pub(super) struct Owned {
    /// What it is
    #[arg(value_parser = kind_parser())]
    pub(super) kind: String,
    /// Its key; several parts are joined by "/"
    #[arg(value_name = "KEY")]
    pub(super) key: String,
}

#[derive(Args, Debug)]
pub(super) struct Forget {
    /// What they are
    #[arg(value_parser = kind_parser())]
    pub(super) kind: String,
    /// Their keys; several parts are joined by "/"
    #[arg(required = true, value_name = "KEY")]
    pub(super) keys: Vec<String>,
    /// Wait this long for another run to end, for example 5m
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "0s")]
    pub(super) lock_wait: std::time::Duration,
}

#[derive(Args, Debug)]
pub(super) struct Unlock {
    /// The run that holds the lock, as a refused apply names it
    #[arg(long, value_name = "ID")]
    pub(super) owner: String,
}

#[derive(Args, Debug)]
pub(super) struct Schema {
    /// Which file the schema is for
    pub(super) file: SchemaFile,
}

/// The files that a schema exists for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaFile {
    Manifest,
    Config,
    Plan,
    /// What apply and undo write by `--write json=FILE`, and `history RUN` prints
    Report,
}

#[derive(Args, Debug)]
pub(super) struct Completions {
    /// The shell
    pub(super) shell: clap_complete::Shell,
}

#[derive(Args, Debug)]
pub(super) struct Listing {
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,
}

fn kind_parser() -> PossibleValuesParser {
    PossibleValuesParser::new(KINDS.map(|kind| kind.name))
}

fn duration(text: &str) -> Result<std::time::Duration, String> {
    let signed: jiff::SignedDuration = text
        .parse()
        .map_err(|_| "not a duration such as 150ms or 2s".to_owned())?;
    signed
        .try_into()
        .map_err(|_| "a duration cannot be negative".to_owned())
}
