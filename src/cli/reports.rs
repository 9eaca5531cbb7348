//! The files of `--write`: how a command ended, well or not, in each of the formats.
//!
//! A file that cannot be written does not keep the others from being written, nor does it hide how the command ended.

use std::path::{Path, PathBuf};

use crate::manifest::read_regular;
use crate::plan::{self, file::SavedPlan};
use crate::render::{self, Account, Ending, Failure, Verdict};
use crate::run::{Ended, InstanceId};

use super::args::{ReportFile, ReportFormat};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::files::{WriteTarget, endless, has_folder, replace};
use super::output::json;
use super::plan_file;

/// The reports that a command writes when it has ended.
pub(super) struct Reports<'a> {
    command: &'static str,
    tells: Tells,
    writes: &'a [ReportFile],
}

/// What the JSON of a command tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tells {
    /// A plan, in the form of saved plans, if the command came to one.
    Plan,
    /// A run.
    Run,
}

/// What a command knows when it has ended.
#[derive(Default)]
pub(super) struct Finished {
    /// The instance, as far as it is known.
    pub(super) instance: Option<InstanceId>,
    pub(super) ended: Option<Ended>,
    /// A plan that was read, with the text that it was read from.
    pub(super) saved: Option<(SavedPlan, String)>,
}

impl<'a> Reports<'a> {
    /// Checks the files before the command does anything: each must be in an existing folder, must not exist unless it is a report,
    /// and must not be one of the `plan_files`.
    pub(super) fn new(
        command: &'static str,
        tells: Tells,
        writes: &'a [ReportFile],
        plan_files: impl IntoIterator<Item = &'a PathBuf> + Copy,
    ) -> Result<Self, CliError> {
        for (index, write) in writes.iter().enumerate() {
            let path = write.path.display();
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
        })
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
        for ReportFile { format, path } in self.writes {
            let text = match format {
                ReportFormat::Json => self.json(context, finished, &result),
                ReportFormat::Markdown => Ok(self.markdown(context, finished, &result)),
            };
            if let Err(error) = text.and_then(|text| replace(path, &text)) {
                failed = Some(context.error(error));
            }
        }
        match result {
            Ok(Exit::Done) => Ok(failed.unwrap_or(Exit::Done)),
            result => result,
        }
    }

    /// How the command ended, as a page.
    pub(super) fn markdown(
        &self,
        context: &Context,
        finished: &Finished,
        result: &Result<Exit, CliError>,
    ) -> String {
        render::markdown(&self.account(context, finished, result))
    }

    fn json(
        &self,
        context: &Context,
        finished: &Finished,
        result: &Result<Exit, CliError>,
    ) -> Result<String, CliError> {
        if let Some((_, text)) = &finished.saved {
            return Ok(text.clone());
        }
        let ended = finished.ended.as_ref();
        match ended.and_then(|ended| ended.planned.as_ref()) {
            Some(planned) if self.tells == Tells::Plan => plan_file::text(planned),
            Some(_) | None => json(&render::report_document(
                &self.account(context, finished, result),
            )),
        }
    }

    fn account<'e>(
        &self,
        context: &'e Context,
        finished: &'e Finished,
        result: &'e Result<Exit, CliError>,
    ) -> Account<'e> {
        let Finished {
            instance,
            ended,
            saved,
        } = finished;
        let (ending, invocation) = (ending(result), &context.invocation);
        match saved {
            Some((saved, _)) => Account::of_saved(saved, ending, invocation),
            None => {
                let (instance, ended) = (instance.as_ref(), ended.as_ref());
                Account::of_run(self.command, instance, ended, ending, invocation)
            }
        }
    }
}

fn ending(result: &Result<Exit, CliError>) -> Ending<'_> {
    let (exit, failure) = match result {
        Ok(exit) => (*exit, None),
        Err(CliError {
            exit,
            message,
            causes,
            hints,
        }) => {
            let failure = Failure {
                message,
                causes,
                hints,
            };
            (*exit, Some(failure))
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
    if read_regular(path, MOST).is_ok_and(|text| text.is_empty() || is_report(&text)) {
        return Ok(());
    }
    let message = format!("{} {what}", path.display());
    Err(CliError::new(Exit::Failed, message).hint("name another file with --write"))
}

/// More than any report has.
const MOST: u64 = 1 << 30;

/// What a page begins with.
const PAGE: &str = "<!-- oppctl:v1 instance=";

/// The members of a report that no other program gives a document of its own all at once.
const MEMBERS: [&str; 8] = [
    "version", "state", "oppctl", "planned", "applied", "refusals", "adopted", "changes",
];

/// Whether a text is what this program writes: a page, a plan or a report. Others have members such as `changes`, too.
fn is_report(text: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(text) else {
        return false;
    };
    if text.starts_with(PAGE) {
        return text
            .lines()
            .next()
            .is_some_and(|line| line.ends_with(" -->"));
    }
    let document = serde_json::from_str::<serde_json::Value>(text);
    let is_document = |document: serde_json::Value| {
        let has = |member: &&str| document.get(member).is_some();
        MEMBERS.iter().all(has) && document["version"].is_u64() && document["changes"].is_array()
    };
    document.is_ok_and(is_document) || plan::file::read(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_this_program_writes_is_a_report() {
        for text in [
            "{\"changes\": [\"my precious\"]}",
            "{\"version\": 1, \"changes\": [], \"state\": \"open\"}",
            "{\"format_version\": \"1.0\", \"changes\": []}",
            "<!-- oppctl: notes of mine -->",
            "<!-- oppctl:v1 instance=a digest=b\nmore",
            "[]",
            "null",
        ] {
            assert!(!is_report(text.as_bytes()), "{text}");
        }
        let page = "<!-- oppctl:v1 instance=a digest=b command=plan -->\n# Plan\n";
        assert!(is_report(page.as_bytes()));
    }
}
