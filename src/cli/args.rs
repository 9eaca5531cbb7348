//! The arguments, as clap parses them. The doc comments are the help.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::model::ObjectKind;
use crate::model::kind::KINDS;

mod condition;
mod convert;
mod ledger;
mod manifests;
mod planning;
mod project;
mod publish;
mod records;
mod simulator;
mod snapshot;

pub(super) use condition::Condition;
pub(super) use convert::ConvertArgs;
pub(super) use ledger::{
    LedgerBackupArgs, LedgerCommand, LedgerForgetArgs, LedgerRebuildArgs, LedgerRenameArgs,
    LedgerRestoreArgs, LedgerShowArgs, LedgerUnlockArgs,
};
pub(super) use manifests::{FmtArgs, PullArgs};
pub(super) use planning::{
    AllowArgs, Annotations, ApplyArgs, PageArgs, PlanArgs, PlanFormat, Refresh, ReportFile,
    ReportFormat, SendingArgs, ShowArgs, UndoArgs,
};
pub(super) use project::{CiName, DoctorArgs, InitArgs, ManArgs};
pub(super) use publish::{GithubArgs, GitlabArgs, PublishArgs, PublishCommand};
pub(super) use records::{GetArgs, ImportArgs};
pub(super) use simulator::{ServeArgs, SimulatorCommand};
pub(super) use snapshot::SnapshotArgs;

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
    pub(super) global: GlobalArgs,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// The arguments that every command takes.
#[derive(Args, Debug)]
#[command(next_help_heading = "Global options")]
pub(super) struct GlobalArgs {
    /// Change to this directory first
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub(super) directory: Option<PathBuf>,
    /// Use this configuration instead of the nearest oppctl.yaml in this or a parent directory
    #[arg(long, value_name = "FILE", global = true)]
    pub(super) config: Option<PathBuf>,
    /// Use this instance of the configuration instead of its default
    #[arg(
        short,
        long,
        value_name = "NAME",
        env = "OPPCTL_INSTANCE",
        global = true
    )]
    pub(super) instance: Option<String>,
    /// Send at most COUNT calls to the instance: stop before a further one, and refuse a plan whose apply needs more [default:
    /// limits.maxCalls of the configuration]
    #[arg(long, value_name = "COUNT", value_parser = planning::calls, global = true)]
    pub(super) max_calls: Option<NonZeroU32>,
    /// Colour the output
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub(super) color: Color,
    /// Show more: the fields of new and deleted records, every change, every retry and wait
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
    /// Show less: counts instead of each change, and no progress
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
    /// Write the files of a new project
    Init(InitArgs),
    /// Check manifests without an instance and without credentials
    Validate(ValidateArgs),
    /// Write manifests in their canonical layout, comments included
    #[command(
        after_help = "Example, in CI: oppctl fmt --check\nExample, before a commit: oppctl fmt pipeline/emea.yaml"
    )]
    Fmt(FmtArgs),
    /// Show what an apply would change
    Plan(PlanArgs),
    /// Keep what a plan reads in an encrypted file, for `plan --against`
    Snapshot(SnapshotArgs),
    /// Show a saved plan
    Show(ShowArgs),
    /// Change the instance to match the manifests
    Apply(ApplyArgs),
    /// Publish what a command came to on GitHub or GitLab
    #[command(subcommand)]
    Publish(PublishCommand),
    /// Check configuration, credentials, permissions, quota and ledger; change nothing
    Doctor(DoctorArgs),
    /// Show which fields the instance has, with their types
    Describe(DescribeArgs),
    /// Show which fields are custom, hidden or sensitive
    Fields(FieldsArgs),
    /// Show records of the instance
    Get(GetArgs),
    /// Write manifests for existing records
    Import(Box<ImportArgs>),
    /// Write manifests for the rows of a spreadsheet, without an instance
    Convert(Box<ConvertArgs>),
    /// Take what Marketo has into the manifests
    Pull(PullArgs),
    /// Show the API calls and errors of the instance, from all integrations together
    Usage(UsageArgs),
    /// List earlier runs, or show what one of them did
    History(HistoryArgs),
    /// Show what is known about one record, and what the next apply would do
    Why(WhyArgs),
    /// Show whether everything is applied, and what waits for somebody
    Status(StatusArgs),
    /// Undo an earlier run, except for what others have changed since
    Undo(UndoArgs),
    /// Show and change which records this project owns
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Explain a code of a message, or list all codes
    Explain(ExplainArgs),
    /// Print a JSON Schema for editors
    Schema(SchemaArgs),
    /// Run the built-in Marketo simulator, or list its switches and faults
    #[command(subcommand)]
    Simulator(SimulatorCommand),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page, or write the pages of all commands
    Man(ManArgs),
}

#[derive(Args, Debug)]
pub(super) struct ValidateArgs {
    /// Check only these manifests or directories
    pub(super) paths: Vec<PathBuf>,
    /// Use this output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: ValidateFormat,
    /// Write the problems to a file, even if there are none: `json=FILE`, `codequality=FILE` or `sarif=FILE`; can be repeated
    #[arg(long = "write", value_name = "FORMAT=FILE", value_parser = planning::write)]
    pub(super) writes: Vec<ReportFile>,
    /// Also show problems at their lines, in the way of this CI system
    #[arg(long, value_name = "SYSTEM")]
    pub(super) annotations: Option<Annotations>,
}

/// The output formats of `validate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ValidateFormat {
    Text,
    /// See `oppctl schema validation`
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

#[derive(Args, Debug)]
pub(super) struct DescribeArgs {
    /// Show only this kind
    #[arg(value_parser = kind_parser())]
    pub(super) kind: Option<&'static ObjectKind>,
    /// Use this output format
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,
    /// Keep the fields of the instance in schemas/INSTANCE.fields.json: then `validate` and editors know them without the instance
    #[arg(long, conflicts_with_all = ["kind", "format"])]
    pub(super) save: bool,
}

#[derive(Args, Debug)]
pub(super) struct FieldsArgs {
    /// Show only the field with this API name
    pub(super) name: Option<String>,
    /// Use this output format
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,
}

#[derive(Args, Debug)]
pub(super) struct UsageArgs {
    /// Show the last seven days instead of today
    #[arg(long)]
    pub(super) week: bool,
    /// Use this output format
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,
}

#[derive(Args, Debug)]
pub(super) struct WhyArgs {
    /// The record: its key (with "/" between the parts), FILE:LINE of its entry, its id in Marketo, or the beginning of its name
    pub(super) record: String,
    /// Ask nothing of the instance: manifests, ledger and journals only
    #[arg(long)]
    pub(super) offline: bool,
}

#[derive(Args, Debug)]
pub(super) struct StatusArgs {
    /// Say what became of this plan file too; may be given several times
    #[arg(long = "plan", value_name = "FILE")]
    pub(super) plans: Vec<PathBuf>,
    /// Ask nothing of the instance: ledger, journals and plan files only
    #[arg(long, conflicts_with = "exit_code")]
    pub(super) offline: bool,
    /// Exit with 2 if changes are pending
    #[arg(long)]
    pub(super) exit_code: bool,
    /// Use this output format
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,
}

#[derive(Args, Debug)]
pub(super) struct HistoryArgs {
    /// Show the changes of this run: its name, the start of its name, or "last"
    pub(super) run: Option<String>,
    /// Use this output format
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "table",
        requires_if("html", "run")
    )]
    pub(super) format: HistoryFormat,
}

/// The output formats of `history`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum HistoryFormat {
    Table,
    Json,
    /// A page about RUN
    Html,
}

/// The output formats of commands that print records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Table,
    Json,
}

#[derive(Args, Debug)]
pub(super) struct ExplainArgs {
    /// A code that oppctl shows, a code of Marketo such as 1003, or an exit such as exit-4; all of them are listed without it
    pub(super) id: Option<String>,
}

#[derive(Args, Debug)]
pub(super) struct SchemaArgs {
    /// The file that the schema describes
    pub(super) file: SchemaFile,
    /// With `manifest`: only the fields of the instance, with their types, as `describe --save` has kept them
    #[arg(long)]
    pub(super) fields: bool,
}

/// The files that have a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaFile {
    Manifest,
    Config,
    /// What the configuration of a project may not decide
    Policy,
    Plan,
    /// The report of `--write json=FILE`, also printed by `history RUN --format json`
    Report,
    /// A line of the file of `--events`
    Event,
    /// What `validate --format json` prints
    Validation,
    /// What `plan --drift --format json` prints
    Drift,
    /// What `status --format json` prints
    Status,
}

#[derive(Args, Debug)]
pub(super) struct CompletionsArgs {
    /// The shell
    pub(super) shell: clap_complete::Shell,
}

#[derive(Args, Debug)]
pub(super) struct ListArgs {
    /// Use this output format
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(super) format: Format,
}

fn kind_parser() -> impl TypedValueParser<Value = &'static ObjectKind> {
    let names = PossibleValuesParser::new(KINDS.map(|kind| kind.name));
    names.try_map(|name| ObjectKind::named(&name).ok_or("not a kind"))
}

fn duration(text: &str) -> Result<std::time::Duration, String> {
    let signed: jiff::SignedDuration = text
        .parse()
        .map_err(|_| "expected a duration, for example 150ms, 20s or 5m".to_owned())?;
    signed
        .try_into()
        .map_err(|_| "a duration cannot be negative".to_owned())
}
