//! `oppctl schema`: the JSON Schemas that editors complete and check files by.

use crate::config::{config_schema, policy_schema};
use crate::manifest::{manifest_schema, manifest_schema_with};
use crate::plan::file::plan_schema;
use crate::render::{drift_schema, event_schema, report_schema, status_schema, validation_schema};

use super::args::{SchemaArgs, SchemaFile};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::output::json;

pub(super) fn run(context: &Context, args: &SchemaArgs) -> Result<Exit, CliError> {
    if args.fields && args.file != SchemaFile::Manifest {
        return Err(CliError::new(
            Exit::Usage,
            "--fields goes with `manifest` only",
        ));
    }
    let schema = match args.file {
        SchemaFile::Manifest if args.fields => with_fields(context)?,
        SchemaFile::Manifest => manifest_schema(),
        SchemaFile::Config => config_schema(),
        SchemaFile::Policy => policy_schema(),
        SchemaFile::Plan => plan_schema(),
        SchemaFile::Report => report_schema(),
        SchemaFile::Event => event_schema(),
        SchemaFile::Validation => validation_schema(),
        SchemaFile::Drift => drift_schema(),
        SchemaFile::Status => status_schema(),
    };
    context.out.data(&json(&schema)?)?;
    Ok(Exit::Done)
}

/// The schema of manifests with the fields of the instance that the repository keeps.
fn with_fields(context: &Context) -> Result<schemars::Schema, CliError> {
    let loaded = context.load()?;
    let instance = loaded.instance(context.instance.as_deref())?;
    let Some((_, fields)) = loaded.kept_fields(&instance.name)? else {
        let path = loaded.instance_fields_path(&instance.name);
        let message = format!("there is no {}", path.display());
        return Err(CliError::new(Exit::Failed, message).hint("`oppctl describe --save` writes it"));
    };
    Ok(manifest_schema_with(&fields.schemas, &fields.display_names))
}
