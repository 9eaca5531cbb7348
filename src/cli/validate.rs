//! `oppctl validate`: what can be known about manifests without an instance.

use std::collections::BTreeMap;

use crate::model::ObjectKind;
use crate::render::counted;

use super::args::Validate;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::input;

pub(super) fn run(context: &Context, args: &Validate) -> Result<Exit, CliError> {
    let loaded = context.load()?;
    let reading = input::read(&loaded.root, &loaded.config.manifests, &args.paths)?;
    if let Some(exit) = input::refuse(context, &reading.sources, &reading.diagnostics) {
        return Ok(exit);
    }
    let mut counts: BTreeMap<&'static ObjectKind, usize> = BTreeMap::new();
    for declared in &reading.desired.records {
        *counts.entry(declared.kind).or_default() += 1;
    }
    let counts: Vec<String> = counts
        .into_iter()
        .map(|(kind, count)| kind.counted(count))
        .collect();
    let files = counted(reading.sources.iter().count(), "file");
    context
        .out
        .data(&format!("Valid: {} in {files}.\n", counts.join(", ")))?;
    Ok(Exit::Done)
}
