//! The files of `--write`: how a command ended, well or not, in each of the formats.
//!
//! A file that cannot be written does not keep the others from being written, nor does it hide how the command ended.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crate::manifest::read_regular;
use crate::plan::Plan;
use crate::plan::file::SavedPlan;
use crate::render::{self, Account, Complaint, Ending, Failure, MarkdownLimit, Marks, Verdict};
use crate::run::{Ended, InstanceId, Planned};

use super::annotations::{Shown, home};
use super::args::{ReportFile, ReportFormat};
use super::context::Context;
use super::events::Events;
use super::exit::{CliError, Exit};
use super::files::{WriteTarget, endless, has_folder, replace};
use super::output::json;
use super::plan_file;

/// The reports that a command writes when it has ended.
pub(super) struct Reports<'a> {
    command: &'static str,
    tells: Tells,
    writes: Cow<'a, [ReportFile]>,
    annotations: Shown,
    limit: MarkdownLimit,
}

/// What the JSON of a command tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tells {
    /// A plan, in the form of saved plans, if the command came to one.
    Plan,
    /// What others changed since the last apply: as JSON, Markdown and HTML only.
    Drift,
    /// A run.
    Run,
    /// Problems of manifests: as JSON and as annotations only.
    Problems,
}

/// What a command knows when it has ended.
#[derive(Default)]
pub(super) struct Finished {
    /// The instance, as far as it is known.
    pub(super) instance: Option<InstanceId>,
    pub(super) ended: Option<Ended>,
    /// What is wrong in manifests that were only read.
    pub(super) complaints: Vec<Complaint>,
    /// What reading them came to.
    pub(super) verdict: Option<String>,
    /// A plan that was read, with the text that it was read from.
    pub(super) saved: Option<(SavedPlan, String)>,
}

impl Finished {
    fn planned(&self) -> Option<&Planned> {
        self.ended.as_ref()?.planned.as_ref()
    }
}

impl<'a> Reports<'a> {
    /// Checks the files before the command does anything: each must be in an existing folder, must not exist unless it is a report,
    /// and must not be one of the `plan_files`.
    pub(super) fn new(
        command: &'static str,
        tells: Tells,
        writes: &'a [ReportFile],
        annotations: Shown,
        plan_files: impl IntoIterator<Item = &'a PathBuf> + Copy,
    ) -> Result<Self, CliError> {
        let mut writes = Cow::Borrowed(writes);
        if let Some(file) = annotations.file()
            && !writes.contains(&file)
        {
            writes.to_mut().push(file);
        }
        for (index, write) in writes.iter().enumerate() {
            let path = write.path.display();
            if let Some(message) = tells.refuses(write.format) {
                return Err(CliError::new(Exit::Usage, message));
            }
            let mut others = writes[..index].iter();
            if others.any(|other| other.path == write.path) {
                let message = format!("--write names {path} twice");
                return Err(CliError::new(Exit::Usage, message));
            }
            if plan_files.into_iter().any(|file| *file == write.path) {
                let message =
                    format!("--write names {path}, which is the plan file of this command");
                return Err(CliError::new(Exit::Usage, message));
            }
            has_folder(&write.path)?;
            replaceable(&write.path)?;
        }
        Ok(Self {
            command,
            tells,
            writes,
            annotations,
            limit: MarkdownLimit::default(),
        })
    }

    /// The same, with Markdown of another length.
    pub(super) fn within(self, limit: MarkdownLimit) -> Self {
        Self { limit, ..self }
    }

    /// Writes the last event and then the reports. A missing event counts like a report that cannot be written.
    pub(super) fn end(
        &self,
        context: &Context,
        finished: &Finished,
        events: Events,
        result: Result<Exit, CliError>,
    ) -> Result<Exit, CliError> {
        let missing = events.end(|| self.account(context, finished, &result));
        match (self.write(context, finished, result), missing) {
            (result, Ok(())) => result,
            (Ok(Exit::Done), Err(error)) => Err(error),
            (result, Err(error)) => {
                context.error(error);
                result
            }
        }
    }

    /// Writes every file and prints why one cannot be written. If the command itself succeeded, it then ends with the exit of that
    /// failure.
    pub(super) fn write(
        &self,
        context: &Context,
        finished: &Finished,
        result: Result<Exit, CliError>,
    ) -> Result<Exit, CliError> {
        let result = result.map_err(|error| error.completed(&context.invocation));
        let mut failed = None;
        for ReportFile { format, path } in &*self.writes {
            let account = || self.account(context, finished, &result);
            let text = match format {
                ReportFormat::Json => self.json(context, finished, &result),
                ReportFormat::Markdown => Ok(self.markdown(context, finished, &result)),
                ReportFormat::Html => Ok(self.html(context, finished, &result)),
                ReportFormat::CodeQuality => code_quality(context, &account()),
                ReportFormat::Sarif => sarif(context, &account()),
            };
            if let Err(error) = text.and_then(|text| replace(path, &text)) {
                failed = Some(context.error(error));
            }
        }
        // An account of many changes takes its time.
        if self.annotations != Shown::Nowhere {
            let account = self.account(context, finished, &result);
            let exit = exit_of(&result).word();
            let verdict = verdict(&account, finished);
            for told in [
                self.annotations.print(context, &account),
                self.annotations.output(&account, &verdict, exit),
            ] {
                if let Err(error) = told {
                    failed = Some(context.error(error));
                }
            }
        }
        match result {
            Ok(Exit::Done) => Ok(failed.unwrap_or(Exit::Done)),
            result => result,
        }
    }

    /// What the command came to, in one sentence.
    pub(super) fn verdict(
        &self,
        context: &Context,
        finished: &Finished,
        result: &Result<Exit, CliError>,
    ) -> String {
        match self.drift(finished, result) {
            Some(plan) => render::drift_verdict(plan.drift.len()),
            None => verdict(&self.account(context, finished, result), finished),
        }
    }

    /// How the command ended, as Markdown.
    pub(super) fn markdown(
        &self,
        context: &Context,
        finished: &Finished,
        result: &Result<Exit, CliError>,
    ) -> String {
        let account = self.account(context, finished, result);
        match self.drift(finished, result) {
            Some(plan) => render::markdown_of_drift(account, plan, self.limit),
            None => render::markdown(&account, self.limit),
        }
    }

    /// The plan by which a drift was found.
    fn drift<'f>(
        &self,
        finished: &'f Finished,
        result: &Result<Exit, CliError>,
    ) -> Option<&'f Plan> {
        let is_drift = self.tells == Tells::Drift && result.is_ok();
        let planned = finished.planned().filter(|_| is_drift)?;
        Some(&planned.plan)
    }

    /// How the command ended, as HTML.
    pub(super) fn html(
        &self,
        context: &Context,
        finished: &Finished,
        result: &Result<Exit, CliError>,
    ) -> String {
        let account = self.account(context, finished, result);
        match self.drift(finished, result) {
            Some(plan) => render::html_of_drift(account, plan),
            None => render::html(&account),
        }
    }

    /// How the command ended, as JSON.
    pub(super) fn json(
        &self,
        context: &Context,
        finished: &Finished,
        result: &Result<Exit, CliError>,
    ) -> Result<String, CliError> {
        if let Some((_, text)) = &finished.saved {
            return Ok(text.clone());
        }
        let account = &self.account(context, finished, result);
        match (self.tells, finished.planned()) {
            (Tells::Plan, Some(planned)) => plan_file::text(planned),
            (Tells::Plan, None) | (Tells::Run, _) => json(&render::report_document(account)),
            (Tells::Problems, _) => {
                let verdict = verdict(account, finished);
                json(&render::validation_document(account, &verdict))
            }
            (Tells::Drift, _) => {
                let plan = self.drift(finished, result);
                json(&render::drift_document(account, plan))
            }
        }
    }

    /// How the command ended.
    pub(super) fn account<'e>(
        &self,
        context: &'e Context,
        finished: &'e Finished,
        result: &'e Result<Exit, CliError>,
    ) -> Account<'e> {
        let Finished {
            instance,
            ended,
            complaints,
            verdict: _,
            saved,
        } = finished;
        let (ending, invocation) = (ending(result), &context.invocation);
        match saved {
            Some((saved, _)) => Account::of_saved(saved, ending, invocation),
            None => {
                let (instance, ended) = (instance.as_ref(), ended.as_ref());
                let mut account =
                    Account::of_run(self.command, instance, ended, ending, invocation);
                account.complaints.extend(complaints.iter().cloned());
                account
            }
        }
    }
}

impl Tells {
    /// Why a report of this cannot have this format, if that is so.
    fn refuses(self, format: ReportFormat) -> Option<&'static str> {
        match (self, format) {
            (Self::Drift, ReportFormat::Html | ReportFormat::Json | ReportFormat::Markdown)
            | (
                Self::Problems,
                ReportFormat::Json | ReportFormat::CodeQuality | ReportFormat::Sarif,
            )
            | (Self::Plan | Self::Run, _) => None,
            (Self::Drift, _) => {
                Some("with --drift, --write takes json=FILE, markdown=FILE and html=FILE only")
            }
            (Self::Problems, _) => {
                Some("--write of validate takes json=FILE, codequality=FILE and sarif=FILE only")
            }
        }
    }
}

/// The annotations of a command as GitLab takes them.
fn code_quality(context: &Context, account: &Account<'_>) -> Result<String, CliError> {
    let (folder, config) = home(context);
    let marks = Marks::of(account, &folder);
    json(&render::code_quality(&marks, &config))
}

/// The same as SARIF.
pub(super) fn sarif(context: &Context, account: &Account<'_>) -> Result<String, CliError> {
    let (folder, config) = home(context);
    let marks = Marks::of(account, &folder);
    json(&render::sarif(&marks, &config))
}

/// What a command came to, in one sentence.
fn verdict(account: &Account<'_>, finished: &Finished) -> String {
    let verdict = finished.verdict.clone();
    verdict.unwrap_or_else(|| render::verdict(account))
}

fn exit_of(result: &Result<Exit, CliError>) -> Exit {
    match result {
        Ok(exit) | Err(CliError { exit, .. }) => *exit,
    }
}

fn ending(result: &Result<Exit, CliError>) -> Ending<'_> {
    let exit = exit_of(result);
    let failure = match result {
        Ok(_) => None,
        Err(CliError {
            exit: _,
            message,
            causes,
            hints,
            short: _,
        }) => {
            let failure = Failure {
                message,
                causes,
                hints,
            };
            Some(failure)
        }
    };
    Ending {
        exit: exit.code(),
        verdict: match exit {
            Exit::Done | Exit::Pending => Verdict::Well,
            Exit::Partial => Verdict::Partial,
            Exit::Guarded => Verdict::Refused,
            Exit::Stale => Verdict::Stale,
            Exit::Failed
            | Exit::Invalid
            | Exit::Unavailable
            | Exit::Denied
            | Exit::Usage
            | Exit::Interrupted
            | Exit::Terminated => Verdict::Failed,
        },
        failure,
    }
}

/// Refuses to write a report over anything but an older one.
fn replaceable(path: &Path) -> Result<(), CliError> {
    let what = match WriteTarget::of(path) {
        WriteTarget::Nothing | WriteTarget::Stream => return Ok(()),
        WriteTarget::Endless => return Err(endless(path)),
        WriteTarget::Directory => "is a directory",
        WriteTarget::File => "exists and is not a report; not overwriting it",
    };
    if read_regular(path, MOST).is_ok_and(|text| text.is_empty() || render::is_report(&text)) {
        return Ok(());
    }
    let message = format!("{} {what}", path.display());
    Err(CliError::new(Exit::Failed, message).hint("name another file with --write"))
}

/// More than any report has.
const MOST: u64 = 1 << 30;
