//! `oppctl plan --all-instances`: one plan after the other, each with its own reports and limits, and their verdicts together.

use std::path::{Path, PathBuf};

use crate::config::LoadedConfig;
use crate::render::{escaped, instance_verdicts};

use super::args::{PlanArgs, ReportFile};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::output::text;
use super::plan::{self, PlanEnd};

/// What stands for the name of the instance in the names of files.
const INSTANCE: &str = "{instance}";

pub(super) async fn run(context: &Context, args: &PlanArgs) -> Result<Exit, CliError> {
    let LoadedConfig { config, path, .. } = context.load()?;
    let names: Vec<&str> = config.instances.keys().map(String::as_str).collect();
    if names.is_empty() {
        let message = format!("{} has no instance", path.display());
        return Err(CliError::new(Exit::Invalid, message));
    }
    // Nothing is asked before all files are known to be good.
    let args = names.iter().map(|name| of_instance(args, name));
    let args: Vec<PlanArgs> = args.collect::<Result<_, _>>()?;
    let mut verdicts = Vec::new();
    let mut worst = Exit::Done;
    for (index, (name, args)) in names.iter().zip(&args).enumerate() {
        if index > 0 {
            context.out.text("\n")?;
        }
        if args.drift {
            context.out.text(&format!("{}\n", escaped(name)))?;
        }
        let context = context.for_instance(name);
        let PlanEnd { verdict, result } = plan::one(&context, args).await?;
        let exit = result.unwrap_or_else(|error| {
            let message = format!("{}: {}", escaped(name), error.message);
            context.error(CliError { message, ..error })
        });
        verdicts.push(((*name).to_owned(), verdict));
        worst = worse(worst, exit);
        if matches!(exit, Exit::Interrupted | Exit::Terminated) {
            break;
        }
    }
    let table = text(|out| instance_verdicts(&verdicts, out));
    context.out.text(&table)?;
    Ok(worst)
}

/// The arguments for one instance: its name stands in the names of its files.
fn of_instance(args: &PlanArgs, name: &str) -> Result<PlanArgs, CliError> {
    let is_part = |char: char| char.is_alphanumeric() || "-_.".contains(char);
    let file = |path: &Path| -> Result<PathBuf, CliError> {
        let path = path.to_string_lossy();
        if !path.contains(INSTANCE) {
            return Err(CliError::new(
                Exit::Usage,
                format!("{path} would be written for every instance"),
            )
            .hint("write {instance} into its name, for example plan-{instance}.json"));
        }
        if !name.chars().all(is_part) {
            let message =
                format!("the name of the instance {name} cannot be part of a file's name");
            return Err(
                CliError::new(Exit::Usage, message).hint("plan this instance alone: `oppctl plan`")
            );
        }
        Ok(path.replace(INSTANCE, name).into())
    };
    let write = |write: &ReportFile| {
        Ok(ReportFile {
            format: write.format,
            path: file(&write.path)?,
        })
    };
    Ok(PlanArgs {
        out: args.out.as_deref().map(file).transpose()?,
        writes: args
            .writes
            .iter()
            .map(write)
            .collect::<Result<_, CliError>>()?,
        ..args.clone()
    })
}

/// The exit of both: the worse one, where pending changes are better than any failure.
fn worse(one: Exit, other: Exit) -> Exit {
    let is_failure = |exit: Exit| !matches!(exit, Exit::Done | Exit::Pending);
    let rank = |exit: Exit| (is_failure(exit), exit.code());
    if rank(other) > rank(one) { other } else { one }
}
