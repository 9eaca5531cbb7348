//! `oppctl validate`: what can be known about manifests without an instance.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::manifest::{self, Reading, standard_values};
use crate::model::{Desired, FileId, ObjectKind, Sources, Span};
use crate::render::{self, Complaint, complaints, counted};

use super::annotations::Shown;
use super::args::{ValidateArgs, ValidateFormat};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::input::{self, nothing_declared};
use super::reports::{Finished, Reports, Tells, sarif};

pub(super) fn run(context: &Context, args: &ValidateArgs) -> Result<Exit, CliError> {
    let annotations = Shown::of(args.annotations, args.format == ValidateFormat::Text);
    let reports = Reports::new(
        "validate",
        Tells::Problems,
        &args.writes,
        annotations,
        &None,
    )?;
    let mut finished = Finished::default();
    let result = carry_out(context, args, &mut finished);
    let result = result.map_err(|error| error.completed(&context.invocation));
    let account = reports.account(context, &finished, &result);
    match args.format {
        // Anything else is said on standard error.
        ValidateFormat::Text if matches!(result, Ok(Exit::Done)) => {
            let verdict = finished.verdict.as_deref().unwrap_or_default();
            context.out.data(&format!("Valid: {verdict}.\n"))?;
        }
        ValidateFormat::Text => {}
        ValidateFormat::Json => context
            .out
            .data(&reports.json(context, &finished, &result)?)?,
        ValidateFormat::Sarif => context.out.data(&sarif(context, &account)?)?,
    }
    reports.write(context, &finished, result)
}

fn carry_out(
    context: &Context,
    args: &ValidateArgs,
    finished: &mut Finished,
) -> Result<Exit, CliError> {
    let loaded = context.load()?;
    let reading = input::read(&loaded.root, loaded.config.patterns(), &args.paths)?;
    let Reading {
        desired,
        sources,
        mut diagnostics,
        mut imprecise,
    } = reading;
    let is_selected = |file: FileId| {
        desired
            .narrowed
            .as_ref()
            .is_none_or(|narrowed| narrowed.files.contains(&file))
    };
    manifest::add(&mut diagnostics, standard_values(&desired.records));
    diagnostics.retain(|diagnostic| is_selected(diagnostic.at.file));
    finished.complaints = complaints(&sources, &diagnostics, &context.invocation);
    if let Some(exit) = input::refuse(context, &sources, &diagnostics) {
        finished.verdict = Some(render::tally(&diagnostics));
        return Ok(exit);
    }
    let mut counts: BTreeMap<&'static ObjectKind, usize> = BTreeMap::new();
    for declared in desired.selected() {
        *counts.entry(declared.kind).or_default() += 1;
    }
    let config = loaded.path.file_name().unwrap_or_default();
    imprecise.retain(|(_, at)| is_selected(at.file));
    for (line, warning) in warnings(&desired, &imprecise, &sources, &config.to_string_lossy()) {
        context.out.message(&format!("warning: {line}\n"));
        finished.complaints.push(warning);
    }
    let has_ledger = loaded.config.ownership.ledger.is_some();
    if counts.is_empty() && has_ledger && desired.is_emptied() {
        let files = counted(desired.selected_files(&sources), "file");
        finished.verdict = Some(format!("no record is declared any more in {files}"));
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
    finished.verdict = Some(format!("{} in {files}", counts.join(", ")));
    Ok(Exit::Done)
}

/// What is not wrong but worth a look: in a line, and as reports tell it.
fn warnings(
    desired: &Desired,
    imprecise: &[(Arc<str>, Span)],
    sources: &Sources,
    config: &str,
) -> Vec<(String, Complaint)> {
    let numbers = imprecise.iter().map(|(name, at)| {
        let line = render::imprecise(name, *at, sources);
        (line, Complaint::imprecise(name, *at, sources))
    });
    let strays = desired.strays_beside();
    let strays = strays.map(|stray| (render::stray(&stray.path), Complaint::stray(&stray.path)));
    let idle = desired.idle_patterns.iter().map(|pattern| {
        let line = render::idle_pattern(pattern);
        (line, Complaint::idle_pattern(pattern, config.to_owned()))
    });
    numbers.chain(strays).chain(idle).collect()
}
