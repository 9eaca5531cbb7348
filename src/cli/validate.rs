//! `oppctl validate`: what can be known about manifests without an instance.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use crate::config::{InstanceFields, LoadedConfig, is_known_sensitive};
use crate::manifest::{self, Reading, described_values, standard_values};
use crate::model::kind::KINDS;
use crate::model::{Desired, ObjectKind, Sources};
use crate::render::{self, Severity, Surroundings, complaints, counted};

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
    let asked = context.instance.as_deref();
    if asked.is_none() && loaded.differs_by_instance() {
        return of_each_instance(context, &loaded, args, finished);
    }
    let told = &mut Told::default();
    match loaded.instance(asked).cloned() {
        Ok(instance) => {
            let kept = loaded.kept_fields(&instance.name)?;
            check(context, &loaded.of(&instance), kept, args, finished, told)
        }
        Err(error) if asked.is_some() => Err(error.into()),
        // It is not known which instance is meant.
        Err(_) => check(context, &loaded, None, args, finished, told),
    }
}

/// The manifests of every instance: what is wrong for several of them is told once.
fn of_each_instance(
    context: &Context,
    loaded: &LoadedConfig,
    args: &ValidateArgs,
    finished: &mut Finished,
) -> Result<Exit, CliError> {
    let mut exit = Exit::Done;
    let mut told = Told::default();
    let mut verdicts = Vec::new();
    for (name, instance) in &loaded.config.instances {
        let of_instance = loaded.clone().of(instance);
        let kept = loaded.kept_fields(name)?;
        let checked = check(context, &of_instance, kept, args, finished, &mut told);
        let checked = checked.map_err(|error| error.hint(format!("this is so for `{name}`")))?;
        if checked != Exit::Done {
            exit = checked;
        }
        let verdict = finished.verdict.take().unwrap_or_default();
        verdicts.push(format!("{name}: {verdict}"));
    }
    finished.verdict = Some(verdicts.join("; "));
    Ok(exit)
}

/// What was told already of the manifests of another instance.
#[derive(Default)]
struct Told {
    problems: HashSet<(PathBuf, u32, &'static str)>,
    lines: HashSet<String>,
}

/// Checks the manifests of the instance that is chosen, or the common ones.
fn check(
    context: &Context,
    loaded: &LoadedConfig,
    kept: Option<(Box<str>, InstanceFields)>,
    args: &ValidateArgs,
    finished: &mut Finished,
    told: &mut Told,
) -> Result<Exit, CliError> {
    let mut reading = input::read(loaded, &args.paths)?;
    let severities = &loaded.config.severities;
    reading.lower(severities);
    let Reading {
        desired,
        mut sources,
        mut diagnostics,
        imprecise,
    } = reading;
    let found = match &kept {
        Some((_, fields)) => described_values(&desired.records, &fields.schemas),
        None => standard_values(&desired.records),
    };
    manifest::add(&mut diagnostics, found);
    diagnostics.retain(|diagnostic| desired.acts_on(diagnostic.at));
    if !diagnostics.is_empty() {
        let verdict = render::tally(&diagnostics);
        diagnostics.retain(|it| {
            let path = sources.path(it.at).to_owned();
            told.problems.insert((path, it.at.start, it.problem.code()))
        });
        let fields = kept.as_ref().map(|(_, fields)| fields);
        let is_sensitive = |kind: &ObjectKind, name: &str| {
            is_known_sensitive(&loaded.config.sensitive, fields, kind, name)
        };
        sources.cover(desired.values_of(is_sensitive));
        sources.cover_behind(|name| KINDS.into_iter().any(|kind| is_sensitive(kind, name)));
        let invocation = &context.invocation;
        let complaints = complaints(&sources, Severity::Error, &diagnostics, invocation);
        finished.complaints.extend(complaints);
        finished.verdict = Some(verdict);
        input::refuse(context, &sources, &diagnostics);
        return Ok(Exit::Invalid);
    }
    let config = loaded.path.file_name().unwrap_or_default();
    let surroundings = Surroundings {
        desired: &desired,
        imprecise: &imprecise,
        sources: &sources,
        config: &config.to_string_lossy(),
    };
    let mut raised = 0;
    for (line, seen) in surroundings.seen(severities) {
        raised += usize::from(seen.severity == Severity::Error);
        let level = match seen.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        let line = format!("{level}: {line}\n");
        if told.lines.insert(line.clone()) {
            context.out.message(&line);
            finished.complaints.push(seen);
        }
    }
    if raised > 0 {
        let problems = counted(raised, "problem");
        finished.verdict = Some(format!("{problems} by `severity` in the configuration"));
        return Ok(Exit::Invalid);
    }
    let has_ledger = loaded.config.ownership.ledger.is_some();
    finished.verdict = Some(valid(&desired, &sources, has_ledger, kept)?);
    Ok(Exit::Done)
}

/// What there is, in words.
fn valid(
    desired: &Desired,
    sources: &Sources,
    has_ledger: bool,
    kept: Option<(Box<str>, InstanceFields)>,
) -> Result<String, CliError> {
    let mut counts: BTreeMap<&'static ObjectKind, usize> = BTreeMap::new();
    for declared in desired.selected() {
        *counts.entry(declared.kind).or_default() += 1;
    }
    let files = counted(desired.selected_files(sources), "file");
    if counts.is_empty() && has_ledger && desired.is_emptied() {
        return Ok(format!("no record is declared any more in {files}"));
    }
    if counts.is_empty() {
        return Err(nothing_declared(desired.selected_files(sources)));
    }
    let counts = counts.into_iter().map(|(kind, count)| kind.counted(count));
    let counts: Vec<String> = counts.collect();
    let by = kept.map_or_else(String::new, |(file, _)| {
        format!(", fields checked by {file}")
    });
    Ok(format!("{} in {files}{by}", counts.join(", ")))
}
