//! What a plan was made from. A canary plans with it again.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::model::{Declared, Desired, Diagnostic, Ensure, ObjectKind, Sources, Span};
use crate::observe::Unmasked;
use crate::plan::{
    DealMove, DealMoves, DealView, DigestKind, Leads, Missing, Observed, OtherRuns, Plan,
    PlanBasis, Question, Schemas,
};

use super::error::{Problems, RunError};
use super::undo::{UndoRequest, UndoneRun};

/// What a plan was made from.
#[derive(Debug)]
pub(super) struct Basis {
    pub(super) goal: ResolvedGoal,
    pub(super) questions: Vec<Question>,
    pub(super) observed: Observed,
}

/// A goal with what the instance and the journals say about it.
#[derive(Debug)]
pub(super) enum ResolvedGoal {
    Declared {
        desired: Desired,
        leads: Leads,
        missing: Box<Missing>,
    },
    Undone {
        undone: Box<UndoRequest>,
        others: OtherRuns,
    },
}

/// A goal with everything that has to be known before the records can be asked for.
pub(super) struct PreparedGoal {
    pub(super) goal: ResolvedGoal,
    pub(super) sources: Sources,
    pub(super) schemas: Schemas,
    /// Why it is not known which fields are sensitive, for each kind where that is so.
    pub(super) unmasked: Vec<Unmasked>,
}

impl ResolvedGoal {
    /// The places of values that no excerpt around these problems shows: those that the instance or the configuration calls sensitive, and
    /// those of which it is not known, but for what a problem is about.
    pub(super) fn hidden_values(
        &self,
        schemas: &Schemas,
        unmasked: &[Unmasked],
        problems: &[Diagnostic],
    ) -> Vec<Span> {
        let Self::Declared { desired, .. } = self else {
            return Vec::new();
        };
        let is_sensitive = |kind: &ObjectKind, name: &str| {
            let schema = schemas.get(kind);
            schema.is_some_and(|schema| schema.is_sensitive(name))
        };
        let is_unknown =
            |kind: &ObjectKind, name: &str| unmasked.iter().any(|it| it.is_about(kind, name));
        let is_meant = |value: &Span| problems.iter().any(|problem| problem.at.overlaps(*value));
        let unknown = desired.values_of(is_unknown).filter(|at| !is_meant(at));
        desired.values_of(is_sensitive).chain(unknown).collect()
    }

    /// What a person has to correct first.
    pub(super) fn problems(
        &self,
        plan: Plan,
        schemas: &Schemas,
        unmasked: &[Unmasked],
        sources: Sources,
    ) -> RunError {
        let hidden = self.hidden_values(schemas, unmasked, &plan.problems);
        Problems::error(sources, plan.problems, hidden)
    }

    /// The same, with more that is known of what entries name.
    pub(super) fn with(self, leads: Leads, missing: Missing) -> Self {
        match self {
            Self::Declared { desired, .. } => Self::Declared {
                desired,
                leads,
                missing: Box::new(missing),
            },
            Self::Undone { .. } => self,
        }
    }

    /// Whether the run covers all manifests. A narrowed run does not look for orphans.
    pub(super) fn is_whole(&self) -> bool {
        match self {
            Self::Declared { desired, .. } => desired.narrowed.is_none(),
            Self::Undone { .. } => false,
        }
    }

    /// What the digest of its plan is of.
    pub(super) fn digest_kind(&self, basis: &PlanBasis) -> DigestKind {
        match basis {
            PlanBasis::Instance => {}
            PlanBasis::Ledger => return DigestKind::Ledger,
            PlanBasis::Snapshot { .. } => return DigestKind::Snapshot,
        }
        match self {
            Self::Declared { desired, .. } if desired.is_of_changes() => DigestKind::Changed,
            Self::Declared { .. } | Self::Undone { .. } => DigestKind::Whole,
        }
    }

    /// The paths and the patterns of keys that it is narrowed to, and the run that it takes back.
    pub(super) fn about(&self) -> (Vec<PathBuf>, Vec<Box<str>>, Option<UndoneRun>) {
        match self {
            Self::Declared { desired, .. } => {
                let narrowed = desired.narrowed.as_ref();
                let paths = narrowed.map(|narrowed| narrowed.paths.clone());
                let patterns = desired.patterns().iter();
                let patterns = patterns.map(|pattern| pattern.text().into());
                (paths.unwrap_or_default(), patterns.collect(), None)
            }
            Self::Undone { undone, .. } => (Vec::new(), Vec::new(), Some(undone.about())),
        }
    }
}

impl Basis {
    /// What a plan does to the deals: those that it changes and those that the manifests declare.
    pub(super) fn deals<'b>(
        &'b self,
        plan: &'b Plan,
        view: &'b DealView,
    ) -> impl Iterator<Item = DealMove> {
        let declared = match &self.goal {
            ResolvedGoal::Declared { desired, .. } => Some(desired.selected()),
            ResolvedGoal::Undone { .. } => None,
        };
        let declared = declared.into_iter().flatten().filter(|declared| {
            Some(declared.kind) == view.kind() && declared.ensure == Ensure::Present
        });
        let moves = DealMoves {
            plan,
            observed: &self.observed,
            view,
        };
        moves.of(declared.filter_map(Declared::full_key))
    }

    /// How many records of each kind were read.
    pub(super) fn read(&self) -> Vec<(&'static ObjectKind, usize)> {
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
