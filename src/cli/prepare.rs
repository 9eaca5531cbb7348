//! From manifests to a plan: the one way that `plan` and `apply` share.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::api::{ApiError, Calls};
use crate::apply::calls;
use crate::config::{InstanceConfig, InstanceTarget, LoadedConfig};
use crate::ledger::Fingerprint;
use crate::model::{DataType, Desired, ObjectKind, Schema, Sources};
use crate::observe::{self, DescribedKinds};
use crate::plan::{
    self, Guards, Leads, Marker, Note, Observed, Ownership, Owning, Permits, Plan, PlanDigest,
    Question, Schemas, Wave,
};
use crate::render::{self, Head, escaped};

use super::args::Allow;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::input;
use super::owning::RunLedger;
use super::session::Session;

/// A plan and everything that showing and applying it needs.
pub(super) struct Prepared {
    pub(super) plan: Plan,
    pub(super) waves: Vec<Wave>,
    pub(super) schemas: Schemas,
    pub(super) sources: Sources,
    /// What was read for it.
    from: String,
    pub(super) calls: Calls,
    pub(super) digest: PlanDigest,
    /// For those who plan again; it takes as much memory as the plan.
    pub(super) basis: Option<Basis>,
    /// How many calls a canary takes, which goes before `waves`.
    pub(super) canary_calls: usize,
}

/// What a plan was made from.
pub(super) struct Basis {
    /// What the manifests declare, unless the plan is an undo.
    pub(super) declared: Option<(Desired, Leads)>,
    pub(super) questions: Vec<Question>,
    pub(super) observed: Observed,
}

/// Reads the manifests and the instance and plans; where people have to mend something first, says what and returns the exit.
pub(super) async fn prepare(
    context: &Context,
    loaded: &LoadedConfig,
    session: &Session,
    ledger: Option<&RunLedger>,
    paths: &[PathBuf],
    allow: &Allow,
) -> Result<Result<Prepared, Exit>, CliError> {
    let reading = input::read(&loaded.root, &loaded.config.manifests, paths)?;
    let sources = reading.sources;
    if let Some(exit) = input::refuse(context, &sources, &reading.diagnostics) {
        return Ok(Err(exit));
    }
    let client = &session.client;
    let owned: BTreeSet<&'static ObjectKind> = ledger
        .iter()
        .flat_map(|ledger| ledger.ledger.iter())
        .map(|(kind, ..)| kind)
        .collect();
    let DescribedKinds { schemas, unmasked } =
        observe::schemas(client, &reading.desired, owned).await?;
    let leads = observe::leads(client, &reading.desired).await?;
    let marker = marker(loaded);
    let marker = marker.as_ref();
    let marked = marker.map(|marker| marked(marker, &schemas)).transpose()?;
    let ownership = ownership(ledger, &sources, marker, allow);
    let bound = plan::bind(&reading.desired, &schemas, &leads, ownership);
    let mut questions = plan::questions(&bound);
    let mut observed = observe::records(client, &schemas, &questions).await?;
    let further = plan::further_questions(&bound, &observed);
    observed.extend(observe::records(client, &schemas, &further).await?);
    // A run that is narrowed has no business with records that nobody declares.
    if let Some((marker, marked)) = marker.zip(marked)
        && reading.desired.narrowed.is_none()
    {
        for schema in marked {
            for key in observe::marked(client, schema, marker).await? {
                observed.mark(schema.kind, key);
            }
        }
    }
    questions.extend(further);
    let kinds = questions.iter().map(|question| question.kind);
    let kinds: BTreeSet<&ObjectKind> = kinds.collect();
    let read = kinds.into_iter().map(|kind| (kind, observed.count(kind)));
    let read: Vec<_> = read.collect();
    let mut plan = plan::plan(&bound, &observed);
    plan.notes.extend(unmasked.iter().map(unmasked_note));
    if let Some(exit) = input::refuse(context, &sources, &plan.problems) {
        return Ok(Err(exit));
    }
    let pictures = observe::records_to_delete(client, &schemas, &plan).await?;
    plan::picture(&mut plan, &schemas, &pictures);
    let salt = salt(loaded, ledger)?;
    let mut prepared = Prepared::of(plan, schemas, sources, &read, session, &salt);
    prepared.basis = Some(Basis {
        declared: Some((reading.desired, leads)),
        questions,
        observed,
    });
    Ok(Ok(prepared))
}

/// Whose the records are, and what a person has allowed.
pub(super) fn ownership<'o>(
    ledger: Option<&'o RunLedger>,
    sources: &'o Sources,
    marker: Option<&'o Marker>,
    allow: &'o Allow,
) -> Ownership<'o> {
    Ownership {
        ledger: ledger.map(|ledger| Owning {
            ledger: &ledger.ledger,
            origin: &ledger.origin,
            sources,
        }),
        marker,
        permits: Permits {
            adopt_foreign: allow.adopt_foreign.as_deref(),
            with_undeclared: allow.with_undeclared_roles,
        },
    }
}

impl Prepared {
    /// A plan for which so many records of each kind were read.
    pub(super) fn of(
        plan: Plan,
        schemas: Schemas,
        sources: Sources,
        read: &[(&'static ObjectKind, usize)],
        session: &Session,
        salt: &[u8],
    ) -> Self {
        let calls_so_far = session.client.calls();
        Self {
            from: render::read_from(read, calls_so_far.query),
            waves: calls(&plan),
            digest: plan::digest(&plan, session.fingerprint.as_str(), salt),
            plan,
            schemas,
            sources,
            calls: calls_so_far,
            basis: None,
            canary_calls: 0,
        }
    }

    /// Prints the plan.
    pub(super) fn show(
        &self,
        context: &Context,
        loaded: &LoadedConfig,
        session: &Session,
    ) -> Result<(), CliError> {
        let head = Head {
            instance: &session.name,
            place: &session.place,
            from: &self.from,
            planned: self.calls.counted(),
            calls: Some(self.calls),
            write_calls: self.write_calls(),
            daily_calls: loaded.config.limits.daily_calls as usize,
        };
        let mut text = String::new();
        render::plan(&self.plan, &self.sources, &head, context.detail, &mut text)
            .expect("writing to a string cannot fail");
        context.out.data(&text)
    }

    /// How many calls an apply would make.
    pub(super) fn write_calls(&self) -> usize {
        let waves = self.waves.iter().map(|wave| wave.batches.len());
        waves.sum::<usize>() + self.canary_calls
    }

    /// Whether an apply would change neither the instance nor the ledger.
    pub(super) fn is_done(&self) -> bool {
        let Plan {
            refusals, keeping, ..
        } = &self.plan;
        self.plan.is_empty() && keeping.is_empty() && refusals.is_empty()
    }

    /// Refuses a plan that deletes more than the guards allow.
    pub(super) fn guard(&self, loaded: &LoadedConfig, allow: &Allow) -> Result<(), CliError> {
        let refusals = plan::guard(&self.plan, guards(loaded), allow.allow_deletes);
        if refusals.is_empty() {
            return Ok(());
        }
        let (messages, hints) = render::refusals(&refusals, &self.sources);
        let (message, causes) = match <[String; 1]>::try_from(messages) {
            Ok([message]) => (format!("{message}; nothing was sent"), Vec::new()),
            Err(messages) => {
                let count = messages.len();
                let message = format!("the plan is refused for {count} reasons; nothing was sent");
                (message, messages)
            }
        };
        Err(CliError {
            exit: Exit::Guarded,
            message,
            causes,
            hints,
        })
    }
}

/// What the digests of this project's plans are salted with: the salt of its ledger, or where there is none yet its configuration.
/// Either is known to those who make and apply plans, and to nobody who sees a digest only.
pub(super) fn salt(loaded: &LoadedConfig, ledger: Option<&RunLedger>) -> Result<Vec<u8>, CliError> {
    if let Some(salt) = ledger.and_then(RunLedger::salt) {
        return Ok(salt.to_vec());
    }
    std::fs::read(&loaded.path).map_err(|source| {
        let file = loaded.path.display();
        CliError::new(Exit::Failed, format!("cannot read {file}")).caused_by(&source)
    })
}

/// The guards of the configuration.
pub(super) fn guards(loaded: &LoadedConfig) -> Guards {
    let guards = &loaded.config.guards;
    Guards {
        max_deletes: guards.max_deletes as usize,
        max_delete_percent: guards.max_delete_percent as usize,
    }
}

/// The marker of the project, if it has one.
pub(super) fn marker(loaded: &LoadedConfig) -> Option<Marker> {
    let marker = loaded.config.ownership.marker.as_ref()?;
    Some(Marker {
        field: marker.field.as_str().into(),
        value: marker.value.as_str().into(),
    })
}

/// The kinds that bear the marker, as the instance describes them.
pub(super) fn marked<'s>(
    marker: &Marker,
    schemas: &'s Schemas,
) -> Result<Vec<&'s Schema>, CliError> {
    let kinds = schemas.values().filter(|schema| schema.kind.extensible);
    let kinds: Vec<&Schema> = kinds.collect();
    for schema in &kinds {
        let field = schema.field(&marker.field);
        if !field.is_some_and(|field| field.updateable && field.data_type == DataType::String) {
            return Err(CliError::new(
                Exit::Invalid,
                format!(
                    "the marker `{}` is no string field of the {} that can be written in this instance",
                    marker.field, schema.kind.plural
                ),
            )
            .hint("`oppctl describe` lists the fields; an administrator of Marketo adds a custom one"));
        }
    }
    Ok(kinds)
}

/// That values may be shown which the instance holds to be sensitive: whoever reads the plan, wherever that is, has to know.
pub(super) fn unmasked_note(error: &ApiError) -> Note {
    let why = error.to_string().into();
    Note::Unmasked { why }
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
pub(super) async fn connect(
    context: &Context,
) -> Result<(LoadedConfig, InstanceConfig, Session), CliError> {
    let loaded = context.load()?;
    let instance = loaded.instance(context.instance.as_deref())?.clone();
    if let InstanceTarget::Remote(remote) = &instance.target {
        let url = remote.base_url.as_str();
        let fingerprint = Fingerprint::remote(url);
        context.reports.instance(&instance.name, url, &fingerprint);
    }
    let session = Session::open(context, &loaded, &instance).await?;
    let reports = &context.reports;
    reports.instance(&session.name, &session.place, &session.fingerprint);
    Ok((loaded, instance, session))
}
