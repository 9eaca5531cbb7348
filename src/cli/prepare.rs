//! From manifests to a plan: the one way that `plan` and `apply` share.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::api::{ApiError, Calls};
use crate::apply::calls;
use crate::config::{Instance, Loaded};
use crate::model::{ObjectKind, Sources};
use crate::observe::{self, Described};
use crate::plan::{self, Guards, Ownership, Plan, Schemas, Wave};
use crate::render::{self, Head, escaped};

use super::args::Allow;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::input;
use super::session::Session;

/// A plan and everything that showing and applying it needs.
pub(super) struct Prepared {
    pub(super) plan: Plan,
    pub(super) waves: Vec<Wave>,
    pub(super) schemas: Schemas,
    pub(super) sources: Sources,
    read: Vec<(&'static ObjectKind, usize)>,
    calls: Calls,
}

/// Reads the manifests and the instance and plans; where people have to mend something first, says what and returns the exit.
pub(super) async fn prepare(
    context: &Context,
    loaded: &Loaded,
    session: &Session,
    paths: &[PathBuf],
) -> Result<Result<Prepared, Exit>, CliError> {
    let reading = input::read(&loaded.root, &loaded.config.manifests, paths)?;
    let sources = reading.sources;
    if let Some(exit) = input::refuse(context, &sources, &reading.diagnostics) {
        return Ok(Err(exit));
    }
    let client = &session.client;
    let Described { schemas, unmasked } = observe::schemas(client, &reading.desired).await?;
    for error in &unmasked {
        tell_unmasked(context, error);
    }
    let leads = observe::leads(client, &reading.desired).await?;
    let bound = plan::bind(&reading.desired, &schemas, &leads, Ownership::default());
    let questions = plan::questions(&bound);
    let mut observed = observe::records(client, &schemas, &questions).await?;
    let further = plan::further_questions(&bound, &observed);
    observed.extend(observe::records(client, &schemas, &further).await?);
    let kinds = questions.iter().chain(&further);
    let kinds: BTreeSet<&ObjectKind> = kinds.map(|question| question.kind).collect();
    let read = kinds
        .into_iter()
        .map(|kind| (kind, observed.count(kind)))
        .collect();
    let plan = plan::plan(&bound, &observed);
    if let Some(exit) = input::refuse(context, &sources, &plan.problems) {
        return Ok(Err(exit));
    }
    Ok(Ok(Prepared {
        waves: calls(&plan),
        plan,
        schemas,
        sources,
        read,
        calls: client.calls(),
    }))
}

impl Prepared {
    /// Prints the plan.
    pub(super) fn show(
        &self,
        context: &Context,
        loaded: &Loaded,
        session: &Session,
    ) -> Result<(), CliError> {
        let head = Head {
            instance: &session.name,
            place: &session.place,
            read: &self.read,
            calls: self.calls,
            write_calls: self.waves.iter().map(|wave| wave.batches.len()).sum(),
            daily_calls: loaded.config.limits.daily_calls as usize,
        };
        let mut text = String::new();
        render::plan(&self.plan, &self.sources, &head, context.detail, &mut text)
            .expect("writing to a string cannot fail");
        context.out.data(&text)
    }

    /// Refuses a plan that deletes more than the guards allow.
    pub(super) fn guard(&self, loaded: &Loaded, allow: &Allow) -> Result<(), CliError> {
        let guards = &loaded.config.guards;
        let guards = Guards {
            max_deletes: guards.max_deletes as usize,
            max_delete_percent: guards.max_delete_percent as usize,
        };
        let refusals = plan::guard(&self.plan, guards, allow.allow_deletes);
        if refusals.is_empty() {
            return Ok(());
        }
        let (messages, hints) = render::refusals(&refusals, &self.sources);
        let message = match &*messages {
            [message] => format!("{message}; nothing was sent"),
            messages => format!(
                "the plan is refused for {} reasons; nothing was sent:\n  - {}",
                messages.len(),
                messages.join("\n  - ")
            ),
        };
        let mut error = CliError::new(Exit::Guarded, message);
        error.hints = hints;
        Err(error)
    }
}

/// Says that values may be shown which the instance holds to be sensitive.
pub(super) fn tell_unmasked(context: &Context, error: &ApiError) {
    let error = error.to_string();
    context.out.message(&format!(
        "no value is masked, because it is not known which fields are sensitive: {}\n",
        escaped(&error)
    ));
}

/// The instance of a run and a connection to it.
pub(super) async fn connect(context: &Context) -> Result<(Loaded, Instance, Session), CliError> {
    let loaded = context.load()?;
    let instance = loaded.instance(context.instance.as_deref())?.clone();
    let session = Session::open(context, &loaded, &instance).await?;
    Ok((loaded, instance, session))
}
