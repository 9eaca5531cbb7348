//! `oppctl schema`: the JSON Schemas that editors complete and check files by.

use crate::config::{config_schema, policy_schema};
use crate::manifest::manifest_schema;
use crate::plan::file::plan_schema;
use crate::render::{drift_schema, event_schema, report_schema, validation_schema};

use super::args::{SchemaArgs, SchemaFile};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::output::json;

pub(super) fn run(context: &Context, args: &SchemaArgs) -> Result<Exit, CliError> {
    let schema = match args.file {
        SchemaFile::Manifest => manifest_schema(),
        SchemaFile::Config => config_schema(),
        SchemaFile::Policy => policy_schema(),
        SchemaFile::Plan => plan_schema(),
        SchemaFile::Report => report_schema(),
        SchemaFile::Event => event_schema(),
        SchemaFile::Validation => validation_schema(),
        SchemaFile::Drift => drift_schema(),
    };
    context.out.data(&json(&schema)?)?;
    Ok(Exit::Done)
}
