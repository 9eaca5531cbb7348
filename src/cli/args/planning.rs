//! The arguments of what plans and of what sends: `plan`, `show`, `apply` and `undo`.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::duration;
use crate::plan::Permits;
use crate::render::with_undeclared_flag;

#[derive(Args, Debug)]
pub(in crate::cli) struct Plan {
    /// Plan only for these manifests, or those below these directories
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// Exit with 2 if changes are pending
    #[arg(long)]
    pub(in crate::cli) exit_code: bool,
    /// Save the plan in this file, for `apply --plan` and `show`
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: Option<PathBuf>,
    /// Print the digest of the plan and nothing else
    #[arg(long, conflicts_with_all = ["drift", "format"])]
    pub(in crate::cli) digest: bool,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(in crate::cli) format: PlanFormat,
    /// Show what was changed in Marketo since the last apply instead, and exit with 2 if anything was
    #[arg(long, conflicts_with_all = ["out", "format", "writes"])]
    pub(in crate::cli) drift: bool,
    /// Write it into a file too, whether the command succeeds or not: `json=FILE` or `markdown=FILE`; can be repeated
    #[arg(long = "write", value_name = "FORMAT=FILE", value_parser = write)]
    pub(in crate::cli) writes: Vec<Write>,
    #[command(flatten)]
    pub(in crate::cli) allow: Allow,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Apply {
    /// Apply only these manifests, or those below these directories
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// Apply this saved plan or nothing
    #[arg(long, value_name = "FILE", conflicts_with_all = ["paths", "adopt_foreign", "with_undeclared"])]
    pub(in crate::cli) plan: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) sending: Sending,
}

/// What every command takes that sends.
#[derive(Args, Debug)]
pub(in crate::cli) struct Sending {
    /// Go by the plan with this digest or do nothing
    #[arg(long, value_name = "DIGEST", value_parser = digest)]
    pub(in crate::cli) expect: Option<String>,
    /// Do not ask
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,
    /// Name the instance, where its configuration says `confirm: true`
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) confirm: Option<String>,
    /// Send the first COUNT changes of each kind and action, read them back, and send the rest only if they are as planned
    #[arg(long, value_name = "COUNT", value_parser = count)]
    pub(in crate::cli) canary: Option<NonZeroUsize>,
    /// Wait this long for another apply to end, for example 5m
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "0s")]
    pub(in crate::cli) lock_wait: Duration,
    /// Write a report into a file, whether the command succeeds or not: `json=FILE` or `markdown=FILE`; can be repeated
    #[arg(long = "write", value_name = "FORMAT=FILE", value_parser = write)]
    pub(in crate::cli) writes: Vec<Write>,
    #[command(flatten)]
    pub(in crate::cli) allow: Allow,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Undo {
    /// The run to undo: its name, the beginning of it, or "last"
    pub(in crate::cli) run: String,
    /// Take this field back even where it was changed since
    #[arg(long = "force-field", value_name = "NAME")]
    pub(in crate::cli) forced: Vec<String>,
    /// Save the plan in this file, for `apply --plan` and `show`, and send nothing
    #[arg(long, value_name = "FILE", conflicts_with_all = ["yes", "confirm", "expect", "lock_wait", "canary"])]
    pub(in crate::cli) out: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) sending: Sending,
}

/// How a plan is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum PlanFormat {
    Text,
    /// The form of saved plans: see `oppctl schema plan`
    Json,
    /// A comment for a pull request
    Markdown,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Show {
    /// A file that `plan --out` has written
    pub(in crate::cli) file: PathBuf,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(in crate::cli) format: PlanFormat,
    /// Write it into a file too, whether the command succeeds or not: `json=FILE` or `markdown=FILE`; can be repeated
    #[arg(long = "write", value_name = "FORMAT=FILE", value_parser = write)]
    pub(in crate::cli) writes: Vec<Write>,
}

/// A file that tells of a command, in a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Write {
    pub(in crate::cli) format: WriteFormat,
    pub(in crate::cli) path: PathBuf,
}

/// The formats of such files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum WriteFormat {
    Json,
    Markdown,
}

/// What lifts a guard.
#[derive(Args, Debug)]
pub(in crate::cli) struct Allow {
    /// Allow up to this many deletions, whatever the guards of the configuration say
    #[arg(long, value_name = "COUNT")]
    pub(in crate::cli) allow_deletes: Option<usize>,
    /// Adopt records that bear this marker of another owner
    #[arg(long, value_name = "OWNER")]
    pub(in crate::cli) adopt_foreign: Option<String>,
    /// Delete roles that nobody declares together with their opportunity
    #[arg(long = with_undeclared_flag())]
    pub(in crate::cli) with_undeclared: bool,
}

impl Allow {
    /// What it permits.
    pub(in crate::cli) fn permits(&self) -> Permits {
        Permits {
            adopt_foreign: self.adopt_foreign.clone(),
            with_undeclared: self.with_undeclared,
            allow_deletes: self.allow_deletes,
        }
    }
}

/// `json=FILE` or `markdown=FILE`.
fn write(text: &str) -> Result<Write, String> {
    let (format, path) = text
        .split_once('=')
        .filter(|(_, path)| !path.is_empty())
        .ok_or("write it as FORMAT=FILE, for example markdown=plan.md")?;
    let format = match format {
        "json" => WriteFormat::Json,
        "markdown" => WriteFormat::Markdown,
        _ => return Err("the formats are json and markdown".to_owned()),
    };
    Ok(Write {
        format,
        path: path.into(),
    })
}

/// A number of changes.
fn count(text: &str) -> Result<NonZeroUsize, String> {
    let count = text.parse();
    count.map_err(|_| "a count is a whole number, and at least 1".to_owned())
}

/// The digest of a plan.
fn digest(text: &str) -> Result<String, String> {
    if text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("not a digest: it has 32 digits, and `oppctl plan --digest` prints it".to_owned())
    }
}
