//! `oppctl undo`: an earlier run taken back, by its journal. Everything after the plan is what an apply does.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::path::Path;

use crate::config::LoadedConfig;
use crate::journal::{self, Folder, RunId};
use crate::model::{Desired, ObjectKind, Sources};
use crate::observe::{self, DescribedKinds};
use crate::plan::file::UndoEntry;
use crate::plan::{self, Others, Undoing};
use crate::render::escaped;

use super::apply::{answerable, confirmed};
use super::args::{Allow, Undo};
use super::context::Context;
use super::driving::{Task, drive};
use super::exit::{CliError, Exit};
use super::goal::Goal;
use super::journaling::folder;
use super::owning::RunLedger;
use super::prepare::{Basis, Prepared, connect, marked, marker, ownership, salt, unmasked_note};
use super::saved::{self, Reviewed};
use super::session::Session;
use super::signals::Signals;

pub(super) async fn run(context: &Context, args: &Undo) -> Result<Exit, CliError> {
    let Undo {
        run,
        forced,
        out,
        sending,
    } = args;
    let hint = "look at `oppctl history RUN`, then pass --yes; or save the plan by --out FILE";
    match out {
        Some(path) => saved::replaceable(path)?,
        None => answerable(sending, "undo", hint)?,
    }
    let reviewed = Reviewed::of(None, sending.expect.as_deref())?;
    let signals = Signals::listen()?;
    let (loaded, instance, session) = connect(context).await?;
    let goal = || {
        let undone = Undone::find(&loaded, &session, run, forced)?;
        Ok::<_, CliError>(Goal::Undone(Box::new(undone)))
    };
    if let Some(path) = out {
        let goal = goal()?;
        let saving = save(context, &loaded, &session, &goal, &sending.allow, path);
        let exit = signals.unless(saving).await?;
        session.close().await?;
        return Ok(exit);
    }
    confirmed(&instance, sending)?;
    let task = Task {
        goal: goal()?,
        sending,
        allow: sending.allow.clone(),
        reviewed,
    };
    drive(context, task, &signals, &loaded, session).await
}

/// Makes the plan and saves it.
async fn save(
    context: &Context,
    loaded: &LoadedConfig,
    session: &Session,
    goal: &Goal,
    allow: &Allow,
    path: &Path,
) -> Result<Exit, CliError> {
    let ledger = RunLedger::open(loaded, session.fingerprint.clone()).await?;
    let planning = goal.prepare(context, loaded, session, ledger.as_ref(), allow);
    let prepared = match planning.await? {
        Ok(prepared) => prepared,
        Err(exit) => return Ok(exit),
    };
    let head = |prepared: &_| saved::head(prepared, loaded, session, goal, allow);
    let prepared = context.reports.planned(prepared, head)?;
    saved::save(path, &saved::whole(prepared, head(prepared)?))?;
    prepared.show(context, loaded, session)?;
    goal.remind(context);
    prepared.guard(loaded, allow)?;
    Ok(Exit::Done)
}

/// A run that is to be undone.
pub(super) struct Undone {
    run: journal::Run,
    /// The fields that go back whoever has changed them since.
    forced: Vec<String>,
    /// What other runs did, as it was known when the plan was made.
    others: OnceCell<Others>,
}

impl Undone {
    /// Reads the run that is meant.
    pub(super) fn find(
        loaded: &LoadedConfig,
        session: &Session,
        wanted: &str,
        forced: &[String],
    ) -> Result<Self, CliError> {
        let folder = folder(loaded, session.fingerprint.as_str());
        let run = find(&folder, wanted)?;
        known(&run.undoing(forced, &Others::default()))?;
        let undone = Self {
            run,
            forced: forced.to_vec(),
            others: OnceCell::new(),
        };
        Ok(undone)
    }

    /// The name of the run.
    pub(super) fn id(&self) -> &RunId {
        &self.run.head.id
    }

    /// What a plan file says of it.
    pub(super) fn entry(&self) -> UndoEntry {
        UndoEntry {
            run: self.id().to_string(),
            forced: self.forced.clone(),
        }
    }

    /// What there is to undo.
    pub(super) fn undoing(&self) -> Undoing<'_> {
        let others = self.others.get();
        let others = others.expect("a plan is made before anybody asks");
        self.run.undoing(&self.forced, others)
    }

    /// Says what an undo does not do.
    pub(super) fn remind(&self, context: &Context) {
        // The manifests of the run that was undone ask for what comes back.
        if self.run.head.undoes.is_some() {
            return;
        }
        let commit = match &self.run.head.commit {
            Some(commit) => format!("the commit {}", escaped(commit)),
            None => "what was changed in them".to_owned(),
        };
        context.out.message(&format!(
            "The manifests still ask for what this takes back, and the next apply would do it again: revert {commit} as well.\n"
        ));
    }

    /// Reads the records of the run and plans.
    pub(super) async fn prepare(
        &self,
        loaded: &LoadedConfig,
        session: &Session,
        ledger: Option<&RunLedger>,
        allow: &Allow,
    ) -> Result<Result<Prepared, Exit>, CliError> {
        let client = &session.client;
        // Not before: with a ledger the lock is held by now, so that no other run is about to add to it.
        let folder = folder(loaded, session.fingerprint.as_str());
        let others = others(&folder, &self.run)?;
        drop(self.others.set(others));
        let undoing = &self.undoing();
        let kinds = kinds(undoing);
        let DescribedKinds { schemas, unmasked } =
            observe::schemas(client, &Desired::default(), kinds).await?;
        let marker = marker(loaded);
        let marker = marker.as_ref();
        marker.map(|marker| marked(marker, &schemas)).transpose()?;
        // A journal says itself where its changes come from.
        let sources = Sources::default();
        let ownership = ownership(ledger, &sources, marker, allow);
        let questions = plan::undo_questions(undoing, &schemas, &ownership);
        let observed = observe::records(client, &schemas, &questions).await?;
        let read = questions.iter().map(|question| question.kind);
        let read: Vec<_> = read.map(|kind| (kind, observed.count(kind))).collect();
        let mut plan = plan::undo(undoing, &schemas, &observed, &ownership);
        plan.notes.extend(unmasked.iter().map(unmasked_note));
        let pictures = observe::records_to_delete(client, &schemas, &plan).await?;
        plan::picture(&mut plan, &schemas, &pictures);
        let salt = salt(loaded, ledger)?;
        let mut prepared = Prepared::of(plan, schemas, sources, &read, session, &salt);
        prepared.basis = Some(Basis {
            declared: None,
            questions,
            observed,
        });
        Ok(Ok(prepared))
    }
}

/// The kinds of a run's records, and those that these hang on.
fn kinds(undoing: &Undoing<'_>) -> BTreeSet<&'static ObjectKind> {
    let of_changes = undoing.made.iter().map(|made| made.change.kind);
    let mut kinds = BTreeSet::new();
    for kind in of_changes {
        kinds.insert(kind);
        kinds.extend(kind.parent.as_ref().map(|parent| parent.kind));
    }
    kinds
}

/// Reads the run that is meant.
fn find(folder: &Folder, wanted: &str) -> Result<journal::Run, CliError> {
    let id = folder.find(wanted)?;
    ended(folder, &id)?;
    folder.read(&id)?.ok_or_else(|| {
        CliError::new(
            Exit::Failed,
            format!("the run {id} died before it had begun: there is nothing to undo"),
        )
    })
}

/// Refuses to go on beside a run.
fn ended(folder: &Folder, id: &RunId) -> Result<(), CliError> {
    if folder.is_running(id)? {
        return Err(
            CliError::new(Exit::Unavailable, format!("the run {id} is still going on"))
                .hint("undo when it has ended; an interrupt ends it after the calls in flight"),
        );
    }
    Ok(())
}

/// What other runs are known to have done; of a run of which everything is known itself, nobody has to ask.
fn others(folder: &Folder, run: &journal::Run) -> Result<Others, CliError> {
    let mut others = Others::default();
    if run.has_unknown() {
        for id in folder.runs()?.iter().filter(|id| **id != run.head.id) {
            ended(folder, id)?;
            let other = folder.read(id).map_err(|error| {
                CliError::from(error).hint(format!(
                    "it may tell what of {} is the doing of another run",
                    run.head.id
                ))
            })?;
            other.iter().for_each(|other| other.tell(&mut others));
        }
    }
    Ok(others)
}

/// Refuses to force what the run has not changed: it would be a slip.
fn known(undoing: &Undoing<'_>) -> Result<(), CliError> {
    let changed = |name: &String| {
        let mut changes = undoing.made.iter().map(|made| made.change);
        changes.any(|change| change.fields().iter().any(|field| *field.name == **name))
    };
    match undoing.forced.iter().find(|name| !changed(name)) {
        None => Ok(()),
        Some(name) => Err(CliError::new(
            Exit::Usage,
            format!("--force-field names {name}, which the run has not changed"),
        )),
    }
}
