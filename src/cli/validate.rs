//! `oppctl validate`: what can be known about manifests without an instance.

use std::collections::BTreeMap;

use crate::manifest::{Reading, standard_values};
use crate::model::{FileId, ObjectKind};
use crate::render::{self, counted};

use super::args::ValidateArgs;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::input::{self, nothing_declared};

pub(super) fn run(context: &Context, args: &ValidateArgs) -> Result<Exit, CliError> {
    let loaded = context.load()?;
    let reading = input::read(&loaded.root, loaded.config.patterns(), &args.paths)?;
    let Reading {
        desired,
        sources,
        mut diagnostics,
        imprecise,
    } = reading;
    let is_selected = |file: FileId| {
        desired
            .narrowed
            .as_ref()
            .is_none_or(|narrowed| narrowed.files.contains(&file))
    };
    diagnostics.extend(standard_values(&desired.records));
    diagnostics.retain(|diagnostic| is_selected(diagnostic.at.file));
    diagnostics.sort_by_key(|diagnostic| (diagnostic.at.file, diagnostic.at.start));
    if let Some(exit) = input::refuse(context, &sources, &diagnostics) {
        return Ok(exit);
    }
    let mut counts: BTreeMap<&'static ObjectKind, usize> = BTreeMap::new();
    for declared in desired.selected() {
        *counts.entry(declared.kind).or_default() += 1;
    }
    for (name, at) in imprecise.iter().filter(|(_, at)| is_selected(at.file)) {
        let line = render::imprecise(name, *at, &sources);
        context.out.message(&format!("warning: {line}\n"));
    }
    for stray in desired.strays_beside() {
        context
            .out
            .message(&format!("warning: {}\n", render::stray(&stray.path)));
    }
    for pattern in &desired.idle_patterns {
        context
            .out
            .message(&format!("warning: {}\n", render::idle_pattern(pattern)));
    }
    let has_ledger = loaded.config.ownership.ledger.is_some();
    if counts.is_empty() && has_ledger && desired.is_emptied() {
        let files = counted(desired.selected_files(&sources), "file");
        let text = format!("Valid: no record is declared any more in {files}.\n");
        context.out.data(&text)?;
        return Ok(Exit::Done);
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
