//! The files of `--write`: what a command comes to on its way is kept until it has ended, well or not, and told then.
//!
//! A file that cannot be written does not keep the others from being written, nor does it hide how the command ended.

use std::cell::OnceCell;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::{Timestamp, Zoned};

use crate::apply::{Halt, Report, Settled};
use crate::journal::{Adopted, ChangeDetails, End, EndReason, RunHead};
use crate::ledger::Fingerprint;
use crate::model::{Diagnostic, Sources};
use crate::plan::file::{InstanceEntry, PlanFile, SavedPlan};
use crate::plan::{Change, Plan};
use crate::render::{self, Account, Complaint, Ending, Failure, Ran, Verdict};

use super::args::{Command, Write, WriteFormat};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::files::{Target, has_folder, replace};
use super::journaling::milliseconds;
use super::output::json;
use super::prepare::Prepared;
use super::saved::whole;

/// The reports of a command, and what there is to tell so far.
#[derive(Default)]
pub(super) struct Reports {
    command: &'static str,
    /// Whether it is to send something, so that its report is that of a run.
    sends: bool,
    writes: Vec<Write>,
    /// The plan file that the command reads or writes.
    plan_file: Option<PathBuf>,
    instance: OnceCell<InstanceEntry>,
    /// The connection may find out more than the configuration says.
    connected: OnceCell<InstanceEntry>,
    complaints: OnceCell<Vec<Complaint>>,
    planned: OnceCell<Planned>,
    saved: OnceCell<(SavedPlan, String)>,
    difference: OnceCell<String>,
    ran: OnceCell<Done>,
    /// What stands for the files of a plan that has none.
    no_sources: Sources,
}

/// A plan of this command.
struct Planned {
    prepared: Prepared,
    /// Its file without the changes; none where nobody asked for one.
    head: Option<PlanFile>,
    adopted: Vec<Adopted>,
}

/// A run of this command.
struct Done {
    head: RunHead,
    report: Report,
    asides: Vec<ChangeDetails>,
    end: End,
    /// What can be done about its end.
    hints: Vec<String>,
}

/// How often each change of a plan went out.
pub(super) struct Tries(Vec<usize>);

impl Tries {
    pub(super) fn of(plan: &Plan) -> Self {
        Self(vec![0; plan.changes.len()])
    }

    /// Takes note of these changes.
    pub(super) fn count(&mut self, settled: &[Settled]) {
        for Settled {
            change,
            outcome: _,
            tries,
        } in settled
        {
            self.0[*change] = *tries;
        }
    }
}

impl Reports {
    /// Those that a command is to write.
    pub(super) fn of(command: &Command) -> Self {
        let (command, sends, writes, plan_file) = match command {
            Command::Plan(args) => ("plan", false, &args.writes[..], args.out.as_ref()),
            Command::Show(args) => ("plan", false, &args.writes[..], Some(&args.file)),
            Command::Apply(args) => ("apply", true, &args.sending.writes[..], args.plan.as_ref()),
            Command::Undo(args) => {
                let out = args.out.as_ref();
                ("undo", out.is_none(), &args.sending.writes[..], out)
            }
            Command::Validate(_)
            | Command::Describe(_)
            | Command::Fields(_)
            | Command::Get(_)
            | Command::Import(_)
            | Command::Usage(_)
            | Command::History(_)
            | Command::Ledger(_)
            | Command::Schema(_)
            | Command::Simulator(_)
            | Command::Completions(_) => ("", false, &[][..], None),
        };
        Self {
            command,
            sends,
            writes: writes.to_vec(),
            plan_file: plan_file.cloned(),
            ..Self::default()
        }
    }

    /// Refuses files that are there and are no reports, or could not be there, before anything is done.
    pub(super) fn check(&self) -> Result<(), CliError> {
        for (index, write) in self.writes.iter().enumerate() {
            if self.writes[..index]
                .iter()
                .any(|other| other.path == write.path)
            {
                let message = format!("--write names {} twice", write.path.display());
                return Err(CliError::new(Exit::Usage, message));
            }
            if self.plan_file.as_ref() == Some(&write.path) {
                let path = write.path.display();
                let message =
                    format!("--write names {path}, which is the plan file of this command");
                return Err(CliError::new(Exit::Usage, message));
            }
            has_folder(&write.path)?;
            replaceable(&write.path)?;
        }
        Ok(())
    }

    /// Takes note of the instance, as far as it is known by now.
    pub(super) fn instance(&self, name: &str, place: &str, fingerprint: &Fingerprint) {
        let entry = InstanceEntry {
            name: name.to_owned(),
            place: place.to_owned(),
            fingerprint: fingerprint.to_string(),
        };
        // What is known first is of the configuration; of the same instance nothing else follows.
        if let Err(entry) = self.instance.set(entry) {
            drop(self.connected.set(entry));
        }
    }

    /// Takes note of what is wrong in the manifests.
    pub(super) fn problems(&self, sources: &Sources, problems: &[Diagnostic]) {
        if !self.writes.is_empty() {
            drop(self.complaints.set(render::complaints(sources, problems)));
        }
    }

    /// Keeps the plan of this command.
    pub(super) fn planned(
        &self,
        prepared: Prepared,
        head: impl FnOnce(&Prepared) -> Result<PlanFile, CliError>,
    ) -> Result<&Prepared, CliError> {
        let head = match &*self.writes {
            [] => None,
            _ => Some(head(&prepared)?),
        };
        let planned = self.planned.get_or_init(|| Planned {
            adopted: adopted(&prepared.plan),
            prepared,
            head,
        });
        Ok(&planned.prepared)
    }

    /// Keeps a plan that was read from this text.
    pub(super) fn saved(&self, saved: SavedPlan, text: String) -> &(SavedPlan, String) {
        self.saved.get_or_init(|| (saved, text))
    }

    /// Keeps how the plan differs from the reviewed one, or from what its canary came to.
    pub(super) fn difference(&self, text: String) {
        drop(self.difference.set(text));
    }

    /// Keeps what became of the plan.
    pub(super) fn ran(
        &self,
        head: RunHead,
        plan: &Plan,
        report: Report,
        tries: Tries,
        calls: usize,
        unsaved: Option<&str>,
    ) {
        let aside = |tries| ChangeDetails {
            tries,
            ..ChangeDetails::default()
        };
        let end = End {
            time: milliseconds(Timestamp::now()),
            calls,
            how: EndReason::of(report.halt.as_ref(), &plan.changes, false),
            unsaved: unsaved.map(Into::into),
        };
        let hints = match &report.halt {
            Some(Halt::Api(error)) => render::ways_out(error, &Zoned::now()),
            Some(Halt::Interrupted | Halt::LockLost(_) | Halt::Unrecorded(_) | Halt::Canary(_))
            | None => Vec::new(),
        };
        drop(self.ran.set(Done {
            hints,
            head,
            report,
            asides: tries.0.into_iter().map(aside).collect(),
            end,
        }));
    }

    /// Writes every file, and says of those that cannot be written why. Where everything else went well, that is how the command ends.
    pub(super) fn write(
        &self,
        context: &Context,
        ended: Result<Exit, CliError>,
    ) -> Result<Exit, CliError> {
        let mut failed = None;
        for Write { format, path } in &self.writes {
            let text = match format {
                WriteFormat::Json => self.json(&ended),
                WriteFormat::Markdown => Ok(render::markdown(&self.account(&ended))),
            };
            if let Err(error) = text.and_then(|text| replace(path, &text)) {
                failed = Some(context.out.error(&error));
            }
        }
        match ended {
            Ok(Exit::Done) => Ok(failed.unwrap_or(Exit::Done)),
            Ok(exit) => Ok(exit),
            Err(error) => Err(error),
        }
    }

    /// A plan is told in the form of saved plans; what was to be sent, and what came to no plan, as a report.
    fn json(&self, ended: &Result<Exit, CliError>) -> Result<String, CliError> {
        if let Some((_, text)) = self.saved.get() {
            return Ok(text.clone());
        }
        if !self.sends
            && let Some(planned) = self.planned.get()
            && let Some(head) = planned.head.clone()
        {
            return json(&whole(&planned.prepared, head));
        }
        json(&render::report_document(&self.account(ended)))
    }

    fn account<'a>(&'a self, ended: &'a Result<Exit, CliError>) -> Account<'a> {
        let planned = self.planned.get();
        let saved = self.saved.get();
        let plan = planned.and_then(|planned| planned.head.as_ref());
        let plan = plan.or(saved.map(|(saved, _)| &saved.file));
        let changes = planned.map(|planned| &planned.prepared.plan.changes);
        let changes = changes.or(saved.map(|(saved, _)| &saved.changes));
        let instance = self.connected.get().or(self.instance.get());
        Account {
            command: saved.map_or(self.command, |(saved, _)| command(&saved.file)),
            instance: instance.or(plan.map(|plan| &plan.instance)),
            plan,
            changes: changes.map_or(&[], |changes| changes),
            sources: planned.map_or(&self.no_sources, |planned| &planned.prepared.sources),
            adopted: planned.map_or(&[], |planned| &planned.adopted),
            run: self.ran.get().map(|done| Ran {
                head: &done.head,
                outcomes: &done.report.outcomes,
                asides: &done.asides,
                tried: done.report.tried,
                end: Some(&done.end),
                is_running: false,
            }),
            complaints: self.complaints.get().map_or(&[], |told| told),
            difference: self.difference.get().map(String::as_str),
            hints: self.ran.get().map_or(&[], |done| &done.hints),
            ending: Some(ending(ended)),
        }
    }
}

/// A plan as a page, for whom it is printed.
pub(super) fn page(
    head: &PlanFile,
    changes: &[Change],
    sources: &Sources,
    ended: &Result<Exit, CliError>,
) -> String {
    render::markdown(&Account {
        command: command(head),
        instance: Some(&head.instance),
        plan: Some(head),
        changes,
        sources,
        adopted: &[],
        run: None,
        complaints: &[],
        difference: None,
        hints: &[],
        ending: Some(ending(ended)),
    })
}

/// The command that a plan is of.
fn command(plan: &PlanFile) -> &'static str {
    match plan.undoes {
        None => "plan",
        Some(_) => "undo",
    }
}

fn ending(ended: &Result<Exit, CliError>) -> Ending<'_> {
    let (exit, failure) = match ended {
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

/// The records that become the project's own as they are.
fn adopted(plan: &Plan) -> Vec<Adopted> {
    let adopted = plan.ledger_changes.adopted().map(|kept| Adopted {
        kind: kept.kind,
        key: kept.entry.key.clone(),
        id: kept.entry.id.clone(),
        place: kept.entry.declared.clone(),
    });
    adopted.collect()
}

/// Refuses to write a report over anything but an older one.
fn replaceable(path: &Path) -> Result<(), CliError> {
    if Target::of(path) != Target::File {
        return Ok(());
    }
    let is_report = |text: Vec<u8>| {
        text.is_empty()
            || text.starts_with(b"<!-- oppctl:")
            || serde_json::from_slice::<serde_json::Value>(&text)
                .is_ok_and(|document| document.get("changes").is_some())
    };
    if fs::read(path).is_ok_and(is_report) {
        return Ok(());
    }
    Err(CliError::new(
        Exit::Failed,
        format!(
            "{} is there and is no report, so no report is written over it",
            path.display()
        ),
    )
    .hint("name another file with --write"))
}
