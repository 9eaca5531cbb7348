//! From a goal to a plan: the only pipeline. A preview, an apply, an undo and the second look of a canary use it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use thiserror::Error;

use crate::api::{ApiError, Calls, Client};
use crate::apply::calls;
use crate::journal::Journals;
use crate::manifest::Reading;
use crate::model::{DataType, Desired, ObjectKind, Schema, Sources};
use crate::observe::{self, DescribedKinds};
use crate::plan::{
    self, Bound, Leads, Marker, Observed, OtherRuns, Ownership, Owning, Permits, Plan, PlanDigest,
    Question, Refusal, RunToUndo, Schemas, Wave,
};

use super::canary::Trial;
use super::error::{Problems, RunError};
use super::goal::Goal;
use super::ledger::Owned;
use super::ports::InstanceId;
use super::settings::Settings;
use super::undone::{Undone, UndoneRun};

/// A plan and everything that showing, reviewing and applying it needs. It is not changed any more.
#[must_use]
#[derive(Debug)]
pub struct Planned {
    pub plan: Plan,
    pub schemas: Schemas,
    /// The files that the changes come from.
    pub sources: Sources,
    pub digest: PlanDigest,
    /// Why an apply of the plan is refused; empty if it is not.
    pub refusals: Vec<Refusal>,
    pub instance: InstanceId,
    /// The commit of the manifests, where it is known.
    pub commit: Option<Box<str>>,
    /// The paths that the plan was narrowed to; empty for all manifests.
    pub paths: Vec<PathBuf>,
    /// The run that the plan takes back, if it is an undo.
    pub undoes: Option<UndoneRun>,
    pub permits: Permits,
    /// Whether an apply needs the instance's name.
    pub confirm: bool,
    /// How many records of each kind were read.
    pub read: Vec<(&'static ObjectKind, usize)>,
    /// The calls that planning took.
    pub calls: Calls,
    /// How many calls the instance allows in a day.
    pub daily_calls: usize,
    /// How many calls an apply makes, those of a canary and its second look among them.
    pub write_calls: usize,
    /// The calls of an apply that come after the canary's.
    pub(super) waves: Vec<Wave>,
}

impl Planned {
    /// Whether an apply would change neither the instance nor the ledger, and nothing refuses it.
    #[must_use]
    pub fn is_done(&self) -> bool {
        let Plan {
            refusals,
            ledger_changes,
            ..
        } = &self.plan;
        self.plan.is_empty() && ledger_changes.is_empty() && refusals.is_empty()
    }
}

/// Why the marker of the project cannot be used in an instance.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "the marker `{field}` is not a string field of {} that can be written in this instance",
    kind.plural
)]
pub struct MarkerError {
    pub field: String,
    pub kind: &'static ObjectKind,
}

/// What a plan is made with, beside its goal.
#[derive(Clone, Copy)]
pub(crate) struct Planning<'p> {
    pub(crate) client: &'p Client,
    pub(crate) instance: &'p InstanceId,
    pub(crate) settings: &'p Settings,
    pub(crate) ledger: Option<Owned<'p>>,
    pub(crate) journals: &'p dyn Journals,
}

/// What a plan was made from: a canary plans with it again.
#[derive(Debug)]
pub(super) struct Basis {
    aim: Aim,
    pub(super) questions: Vec<Question>,
    pub(super) observed: Observed,
}

/// A goal with what the instance and the journals say about it.
#[derive(Debug)]
enum Aim {
    Declared {
        desired: Desired,
        leads: Leads,
    },
    Undone {
        undone: Box<Undone>,
        others: OtherRuns,
    },
}

/// A goal with everything that has to be known before the records can be asked for.
struct Asked {
    aim: Aim,
    sources: Sources,
    schemas: Schemas,
    /// Why it is not known which fields are sensitive, for each kind where that is so.
    unmasked: Vec<ApiError>,
}

/// A goal whose records have their keys in the instance.
enum Draft<'d> {
    Declared(Bound<'d>),
    Undone {
        undoing: RunToUndo<'d>,
        schemas: &'d Schemas,
        ownership: Ownership<'d>,
    },
}

impl Planning<'_> {
    /// Reads what the goal needs from the instance and plans. With a canary in the settings, its part of the plan comes apart.
    pub(crate) async fn plan(self, goal: Goal) -> Result<(Planned, Option<Trial>), RunError> {
        let Asked {
            aim,
            sources,
            schemas,
            unmasked,
        } = self.ask(goal).await?;
        let marked = match &self.settings.marker {
            Some(marker) => marked_schemas(marker, &schemas)?,
            None => Vec::new(),
        };
        let draft = self.draft(&aim, &schemas, &sources);
        let mut questions = draft.questions();
        let mut observed = observe::records(self.client, &schemas, &questions).await?;
        let further = draft.further_questions(&observed);
        observed.extend(observe::records(self.client, &schemas, &further).await?);
        questions.extend(further);
        if aim.is_whole()
            && let Some(marker) = &self.settings.marker
        {
            for schema in marked {
                for key in observe::marked(self.client, schema, marker).await? {
                    observed.mark(schema.kind, key);
                }
            }
        }
        let plan = draft.plan(&observed);
        if !plan.problems.is_empty() {
            return Err(Problems::error(sources, plan.problems));
        }
        let deleted = observe::records_to_delete(self.client, &schemas, &plan).await?;
        let unmasked = unmasked.iter().map(ToString::to_string);
        let plan = plan::complete(plan, &schemas, &deleted, unmasked);
        let basis = Basis {
            aim,
            questions,
            observed,
        };
        Ok(self.planned(plan, schemas, sources, basis))
    }

    /// Plans again with what is known of the instance by now. Nothing is asked.
    pub(super) fn again(self, basis: &Basis, planned: &Planned) -> Plan {
        self.draft(&basis.aim, &planned.schemas, &planned.sources)
            .plan(&basis.observed)
    }

    /// Asks everything that has to be known before the records can be asked for.
    async fn ask(self, goal: Goal) -> Result<Asked, RunError> {
        match goal {
            Goal::Declared(reading) => {
                let Reading {
                    desired, sources, ..
                } = *reading;
                let entries = self.ledger.iter().flat_map(|owned| owned.ledger.iter());
                let owned: BTreeSet<_> = entries.map(|(kind, ..)| kind).collect();
                let DescribedKinds { schemas, unmasked } =
                    observe::schemas(self.client, &desired, owned).await?;
                let leads = observe::leads(self.client, &desired).await?;
                Ok(Asked {
                    aim: Aim::Declared { desired, leads },
                    sources,
                    schemas,
                    unmasked,
                })
            }
            Goal::Undone(undone) => {
                // With a ledger the lock is held by now, so that no other run adds to the journals.
                let others = undone.others(self.journals)?;
                let kinds = kinds(&undone.undoing(&others));
                let DescribedKinds { schemas, unmasked } =
                    observe::schemas(self.client, &Desired::default(), kinds).await?;
                Ok(Asked {
                    aim: Aim::Undone { undone, others },
                    // A journal says itself where its changes come from.
                    sources: Sources::default(),
                    schemas,
                    unmasked,
                })
            }
        }
    }

    /// Gives the records of a goal their keys in the instance.
    fn draft<'d>(self, aim: &'d Aim, schemas: &'d Schemas, sources: &'d Sources) -> Draft<'d>
    where
        Self: 'd,
    {
        let ownership = Ownership {
            ledger: self.ledger.map(|owned| Owning {
                ledger: owned.ledger,
                origin: owned.origin,
                sources,
            }),
            marker: self.settings.marker.as_ref(),
            permits: &self.settings.permits,
        };
        match aim {
            Aim::Declared { desired, leads } => {
                Draft::Declared(plan::bind(desired, schemas, leads, ownership))
            }
            Aim::Undone { undone, others } => Draft::Undone {
                undoing: undone.undoing(others),
                schemas,
                ownership,
            },
        }
    }

    /// The plan with everything that is said of it.
    fn planned(
        self,
        plan: Plan,
        schemas: Schemas,
        sources: Sources,
        basis: Basis,
    ) -> (Planned, Option<Trial>) {
        let Settings {
            guards,
            permits,
            canary,
            room,
            daily_calls,
            confirm,
            commit,
            salt,
            ..
        } = self.settings;
        let of_ledger = self.ledger.and_then(|owned| owned.salt);
        let salt = of_ledger.as_ref().map_or(&salt[..], |salt| &salt[..]);
        let (paths, undoes) = basis.aim.about();
        let read = basis.read();
        let trial = canary.and_then(|of_each| Trial::of(&plan, basis, of_each, *room));
        let (trial, waves) = match trial {
            Some((trial, rest)) => (Some(trial), rest),
            None => (None, calls(&plan, *room)),
        };
        let batches: usize = waves.iter().map(|wave| wave.batches.len()).sum();
        let planned = Planned {
            digest: plan::digest(&plan, self.instance.fingerprint.as_str(), salt),
            refusals: plan::guard(&plan, *guards, permits),
            instance: self.instance.clone(),
            commit: commit.clone(),
            paths,
            undoes,
            permits: permits.clone(),
            confirm: *confirm,
            read,
            calls: self.client.calls(),
            daily_calls: *daily_calls,
            write_calls: batches + trial.as_ref().map_or(0, Trial::calls),
            waves,
            plan,
            schemas,
            sources,
        };
        (planned, trial)
    }
}

impl Aim {
    /// Whether the run is about all manifests. One that is narrowed leaves records alone that no manifest declares.
    fn is_whole(&self) -> bool {
        match self {
            Self::Declared { desired, .. } => desired.narrowed.is_none(),
            Self::Undone { .. } => false,
        }
    }

    /// The paths that it is narrowed to, and the run that it takes back.
    fn about(&self) -> (Vec<PathBuf>, Option<UndoneRun>) {
        match self {
            Self::Declared { desired, .. } => {
                let narrowed = desired.narrowed.as_ref();
                let paths = narrowed.map(|narrowed| narrowed.paths.clone());
                (paths.unwrap_or_default(), None)
            }
            Self::Undone { undone, .. } => (Vec::new(), Some(undone.about())),
        }
    }
}

impl Basis {
    /// How many records of each kind were read.
    fn read(&self) -> Vec<(&'static ObjectKind, usize)> {
        let kinds: BTreeSet<_> = self
            .questions
            .iter()
            .map(|question| question.kind)
            .collect();
        let counts = kinds.into_iter();
        counts
            .map(|kind| (kind, self.observed.count(kind)))
            .collect()
    }
}

impl Draft<'_> {
    fn questions(&self) -> Vec<Question> {
        match self {
            Self::Declared(bound) => plan::questions(bound),
            Self::Undone {
                undoing,
                schemas,
                ownership,
            } => plan::undo_questions(undoing, schemas, ownership),
        }
    }

    /// What has to be asked because of the answers to [`questions`](Self::questions).
    fn further_questions(&self, observed: &Observed) -> Vec<Question> {
        match self {
            Self::Declared(bound) => plan::further_questions(bound, observed),
            Self::Undone { .. } => Vec::new(),
        }
    }

    fn plan(&self, observed: &Observed) -> Plan {
        match self {
            Self::Declared(bound) => plan::plan(bound, observed),
            Self::Undone {
                undoing,
                schemas,
                ownership,
            } => plan::undo(undoing, schemas, observed, ownership),
        }
    }
}

/// The kinds that have the marker, as the instance describes them.
///
/// # Errors
/// The marker is not a field of one of them that can be written.
pub fn marked_schemas<'s>(
    marker: &Marker,
    schemas: &'s Schemas,
) -> Result<Vec<&'s Schema>, MarkerError> {
    let mut marked = Vec::new();
    for schema in schemas.values() {
        if !schema.kind.extensible {
            continue;
        }
        let field = schema.field(&marker.field);
        if !field.is_some_and(|field| field.updateable && field.data_type == DataType::String) {
            return Err(MarkerError {
                field: marker.field.to_string(),
                kind: schema.kind,
            });
        }
        marked.push(schema);
    }
    Ok(marked)
}

/// The kinds of a run's records, and their parents.
fn kinds(undoing: &RunToUndo<'_>) -> BTreeSet<&'static ObjectKind> {
    let mut kinds = BTreeSet::new();
    for run_change in &undoing.changes {
        let kind = run_change.change.kind;
        kinds.insert(kind);
        kinds.extend(kind.parent.as_ref().map(|parent| parent.kind));
    }
    kinds
}
