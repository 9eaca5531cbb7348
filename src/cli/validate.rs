//! `oppctl validate`: what can be known about manifests without an instance.

use std::collections::BTreeMap;

use crate::manifest::Reading;
use crate::model::{FileId, ObjectKind};
use crate::render::counted;

use super::args::ValidateArgs;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::input::{self, nothing_declared};

pub(super) fn run(context: &Context, args: &ValidateArgs) -> Result<Exit, CliError> {
    let loaded = context.load()?;
    let reading = input::read(&loaded.root, &loaded.config.manifests, &args.paths)?;
    let Reading {
        desired,
        sources,
        mut diagnostics,
    } = reading;
    let is_selected = |file: FileId| {
        desired
            .narrowed
            .as_ref()
            .is_none_or(|narrowed| narrowed.files.contains(&file))
    };
    diagnostics.retain(|diagnostic| is_selected(diagnostic.at.file));
    if let Some(exit) = input::refuse(context, &sources, &diagnostics) {
        return Ok(exit);
    }
    let mut counts: BTreeMap<&'static ObjectKind, usize> = BTreeMap::new();
    for declared in desired.selected() {
        *counts.entry(declared.kind).or_default() += 1;
    }
    if counts.is_empty() {
        return Err(nothing_declared(desired.selected_files(&sources)));
    }
    let counts: Vec<String> = counts
        .into_iter()
        .map(|(kind, count)| kind.counted(count))
        .collect();
    let files = counted(desired.selected_files(&sources), "file");
    context
        .out
        .data(&format!("Valid: {} in {files}.\n", counts.join(", ")))?;
    Ok(Exit::Done)
}
