//! The arguments of `plan`, `show`, `apply` and `undo`.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::duration;
use crate::config::severity_words;
use crate::git::{LinkBase, revision_name};
use crate::model::KeyPattern;
use crate::model::kind::KINDS;
use crate::plan::{Permits, digest_word};
use crate::render::{MarkdownLimit, with_undeclared_flag};

#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct PlanArgs {
    /// Plan only these manifests or directories
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// Plan only the records with this key, or that this pattern of keys matches, an opportunity with its roles; can be repeated
    #[arg(long, value_name = "KEY|GLOB", value_parser = key_pattern)]
    pub(in crate::cli) only: Vec<KeyPattern>,
    /// Plan only the records whose declaration changed since the merge base with this git revision, for pull requests: their references,
    /// complete lists and removals come with them. The other records are not looked at
    #[arg(long, value_name = "REV", value_parser = revision_name, conflicts_with_all = ["paths", "only", "drift"])]
    pub(in crate::cli) changed_since: Option<String>,
    /// Compare with this: what Marketo has, or what the ledger says was last applied. With `ledger` nothing is read, no credentials of
    /// Marketo are needed, and no apply accepts the plan
    #[arg(long, value_name = "SOURCE", default_value = "instance", conflicts_with_all = ["drift", "digest"])]
    pub(in crate::cli) refresh: Refresh,
    /// Compare with what Marketo had when this snapshot was made: no credentials of Marketo are needed, and no apply accepts the plan
    #[arg(long, value_name = "FILE", conflicts_with_all = ["refresh", "drift", "all_instances"])]
    pub(in crate::cli) against: Option<PathBuf>,
    /// Decrypt the snapshot with the key of age in this file [default: the key in the variable `OPPCTL_SNAPSHOT_IDENTITY`]
    #[arg(long, value_name = "FILE", requires = "against")]
    pub(in crate::cli) identity: Option<PathBuf>,
    /// Exit with 2 if changes are pending
    #[arg(long)]
    pub(in crate::cli) exit_code: bool,
    /// Save the plan to this file, for `apply --plan` and `show`
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: Option<PathBuf>,
    /// Print only the digest of the plan
    #[arg(long, conflicts_with_all = ["drift", "format"])]
    pub(in crate::cli) digest: bool,
    /// Use this output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(in crate::cli) format: PlanFormat,
    /// Show only what others changed in Marketo since the last apply, and exit with 2 if they changed anything
    #[arg(long, conflicts_with = "out")]
    pub(in crate::cli) drift: bool,
    /// Also write the result to a file, even if the command fails: `json=FILE`, `markdown=FILE`, `html=FILE`, `codequality=FILE` or `sarif=FILE`; can be repeated
    #[arg(long = "write", value_name = "FORMAT=FILE", value_parser = write)]
    pub(in crate::cli) writes: Vec<ReportFile>,
    /// Plan for every instance of the configuration, and sum up. Files of `--write` and `--out` have {instance} in their names
    #[arg(long, conflicts_with_all = ["instance", "digest", "format", "annotations"])]
    pub(in crate::cli) all_instances: bool,
    /// Also show refusals, problems and what to look at first at their lines, in the way of this CI system
    #[arg(long, value_name = "SYSTEM", conflicts_with = "drift")]
    pub(in crate::cli) annotations: Option<Annotations>,
    #[command(flatten)]
    pub(in crate::cli) page: PageArgs,
    #[command(flatten)]
    pub(in crate::cli) allow: AllowArgs,
}

/// What a plan compares the manifests with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Refresh {
    /// What Marketo has now
    Instance,
    /// What the ledger says was last applied
    Ledger,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct ApplyArgs {
    /// Apply only these manifests or directories
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// Apply only the records with this key, or that this pattern of keys matches, an opportunity with its roles; can be repeated
    #[arg(long, value_name = "KEY|GLOB", value_parser = key_pattern)]
    pub(in crate::cli) only: Vec<KeyPattern>,
    /// Apply this saved plan, as far as it is not there already; may be given several times
    #[arg(long = "plan", value_name = "FILE", conflicts_with_all = ["paths", "only", "adopt_foreign", "with_undeclared", "allow_unread", "allow_used"])]
    pub(in crate::cli) plans: Vec<PathBuf>,
    /// Apply even if this checkout is behind what was applied last, and so takes back what came since
    #[arg(long)]
    pub(in crate::cli) allow_behind: bool,
    /// Also show refusals, problems and rejected records at their lines, in the way of this CI system
    #[arg(long, value_name = "SYSTEM")]
    pub(in crate::cli) annotations: Option<Annotations>,
    #[command(flatten)]
    pub(in crate::cli) sending: SendingArgs,
}

/// The arguments of every command that changes an instance.
#[derive(Args, Debug)]
pub(in crate::cli) struct SendingArgs {
    /// Proceed only if the plan has this digest
    #[arg(long, value_name = "DIGEST", value_parser = digest_word)]
    pub(in crate::cli) expect: Option<String>,
    /// Do not ask for confirmation
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,
    /// Confirm the instance by its name; required if its configuration says `confirm: true`
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) confirm: Option<String>,
    /// Send the first COUNT changes of each kind and action, read them back, and send the rest only if Marketo stored them as planned
    #[arg(long, value_name = "COUNT", value_parser = count)]
    pub(in crate::cli) canary: Option<NonZeroUsize>,
    /// Wait this long for the lock if another run holds it, for example 5m
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "0s")]
    pub(in crate::cli) lock_wait: Duration,
    /// Send even if the day has fewer calls left than are needed: the run stops when they are used up, and the next one sends the rest
    #[arg(long)]
    pub(in crate::cli) allow_over_quota: bool,
    /// Write a report to a file, even if the command fails: `json=FILE`, `markdown=FILE`, `html=FILE`, `codequality=FILE` or `sarif=FILE`; can be repeated
    #[arg(long = "write", value_name = "FORMAT=FILE", value_parser = write)]
    pub(in crate::cli) writes: Vec<ReportFile>,
    /// Write what happens to this file as it happens, one JSON document a line; see `oppctl schema event`
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) events: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) page: PageArgs,
    #[command(flatten)]
    pub(in crate::cli) allow: AllowArgs,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct UndoArgs {
    /// The run to undo: its name, the start of its name, or "last"
    pub(in crate::cli) run: String,
    /// Also restore this field where it was changed since; can be repeated
    #[arg(long = "force-field", value_name = "NAME")]
    pub(in crate::cli) forced: Vec<String>,
    /// Save the plan to this file, for `apply --plan` and `show`, and send nothing
    #[arg(long, value_name = "FILE", conflicts_with_all = ["yes", "confirm", "expect", "lock_wait", "allow_over_quota", "canary", "events"])]
    pub(in crate::cli) out: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) sending: SendingArgs,
}

/// Where pages are shown.
#[derive(Args, Clone, Debug, Default)]
pub(in crate::cli) struct PageArgs {
    /// Keep Markdown within the limit of this place: github, github-summary, gitlab, bitbucket, azure, or a number of bytes
    #[arg(long, value_name = "LIMIT", default_value = "github")]
    pub(in crate::cli) markdown_limit: MarkdownLimit,
    /// Link records to their lines below this address [default: that of GitHub or GitLab, in their CI]. It gets the commit, the path and
    /// `#L` with the line, or has {commit}, {path} and {line} where they belong
    #[arg(long, value_name = "URL")]
    pub(in crate::cli) link_base: Option<LinkBase>,
}

/// The output formats of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum PlanFormat {
    Text,
    /// The format of saved plans; see `oppctl schema plan`
    Json,
    /// A comment for a pull request
    Markdown,
    /// A page with all changes, to search and filter
    Html,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct ShowArgs {
    /// A plan file of `plan --out` or `undo --out`
    pub(in crate::cli) file: PathBuf,
    /// Keep Markdown within the limit of this place: github, github-summary, gitlab, bitbucket, azure, or a number of bytes
    #[arg(long, value_name = "LIMIT", default_value = "github")]
    pub(in crate::cli) markdown_limit: MarkdownLimit,
    /// Use this output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(in crate::cli) format: PlanFormat,
    /// Also write the result to a file, even if the command fails: `json=FILE`, `markdown=FILE`, `html=FILE`, `codequality=FILE` or `sarif=FILE`; can be repeated
    #[arg(long = "write", value_name = "FORMAT=FILE", value_parser = write)]
    pub(in crate::cli) writes: Vec<ReportFile>,
}

/// A report file of `--write`, with its format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct ReportFile {
    pub(in crate::cli) format: ReportFormat,
    pub(in crate::cli) path: PathBuf,
}

/// The formats of report files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum ReportFormat {
    Json,
    Markdown,
    Html,
    /// A Code Quality report of GitLab.
    CodeQuality,
    Sarif,
}

/// The CI systems that show annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Annotations {
    /// Print workflow commands
    Github,
    /// Write the Code Quality report gl-code-quality-report.json
    Gitlab,
    /// What the environment says: `GITHUB_ACTIONS=true` or `GITLAB_CI`; elsewhere nothing
    Auto,
}

/// The flags that lift a guard.
#[derive(Args, Clone, Debug, Default)]
pub(in crate::cli) struct AllowArgs {
    /// Allow up to COUNT deletions, regardless of the guards in the configuration
    #[arg(long, value_name = "COUNT", value_parser = number)]
    pub(in crate::cli) allow_deletes: Option<usize>,
    /// Adopt records with the marker of this other owner
    #[arg(long, value_name = "OWNER")]
    pub(in crate::cli) adopt_foreign: Option<String>,
    /// Allow deleting an opportunity together with its undeclared roles
    #[arg(long = with_undeclared_flag())]
    pub(in crate::cli) with_undeclared: bool,
    /// Allow deleting records that this file declares, although no pattern of `manifests` matches it; can be repeated
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) allow_unread: Vec<String>,
    /// Allow deleting this record although leads or other records name it, for example `company=ACME`; can be repeated
    #[arg(long = "allow-used", value_name = "KIND=KEY", value_parser = used)]
    pub(in crate::cli) allow_used: Vec<String>,
    /// Allow up to COUNT findings of this code, although `severity` in the configuration takes them for errors; can be repeated
    #[arg(long = "allow-finding", value_name = "CODE=COUNT", value_parser = finding)]
    pub(in crate::cli) allow_findings: Vec<(String, usize)>,
}

impl AllowArgs {
    /// Converts the flags to the permits of a plan.
    pub(in crate::cli) fn permits(&self) -> Permits {
        Permits {
            adopt_foreign: self.adopt_foreign.clone(),
            with_undeclared: self.with_undeclared,
            allow_unread: self.allow_unread.clone(),
            allow_used: self.allow_used.clone(),
            allow_deletes: self.allow_deletes,
            allow_findings: self.allow_findings.iter().cloned().collect(),
        }
    }
}

/// `json=FILE`, or another format.
pub(super) fn write(text: &str) -> Result<ReportFile, String> {
    let (format, path) = text
        .split_once('=')
        .filter(|(_, path)| !path.is_empty())
        .ok_or("write it as FORMAT=FILE, for example markdown=plan.md")?;
    let format = match format {
        "json" => ReportFormat::Json,
        "markdown" => ReportFormat::Markdown,
        "html" => ReportFormat::Html,
        "codequality" => ReportFormat::CodeQuality,
        "sarif" => ReportFormat::Sarif,
        _ => {
            return Err("the formats are json, markdown, html, codequality and sarif".to_owned());
        }
    };
    Ok(ReportFile {
        format,
        path: path.into(),
    })
}

fn key_pattern(text: &str) -> Result<KeyPattern, String> {
    KeyPattern::parse(text).map_err(|error| error.to_string())
}

fn number(text: &str) -> Result<usize, &'static str> {
    text.parse()
        .map_err(|_| "expected a whole number, 0 or more")
}

/// `CODE=COUNT`, of something that the configuration may take for an error.
fn finding(text: &str) -> Result<(String, usize), String> {
    let (word, count) = text
        .split_once('=')
        .ok_or("write it as CODE=COUNT, for example stage-unknown=3")?;
    if !severity_words().contains(&word) {
        return Err("there is no such code; `oppctl explain` lists them".to_owned());
    }
    Ok((word.to_owned(), number(count)?))
}

/// `KIND=KEY`, of a record.
fn used(text: &str) -> Result<String, String> {
    let kinds = KINDS.map(|kind| kind.name);
    match text.split_once('=') {
        Some((kind, key)) if kinds.contains(&kind) && !key.is_empty() => Ok(text.to_owned()),
        Some(_) | None => Err(format!(
            "write it as KIND=KEY, with one of the kinds {}",
            kinds.join(", ")
        )),
    }
}

/// A number of changes.
fn count(text: &str) -> Result<NonZeroUsize, String> {
    let count = text.parse();
    count.map_err(|_| "expected a whole number, at least 1".to_owned())
}

/// A number of calls.
pub(super) fn calls(text: &str) -> Result<NonZeroU32, String> {
    let calls = text.parse();
    calls.map_err(|_| "expected a whole number, at least 1".to_owned())
}
