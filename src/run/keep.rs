//! Reading for a snapshot, and planning from one.
//!
//! A snapshot is made by planning: the client keeps what it is answered. It is asked for more than a plan of this checkout needs, so that
//! most of what a later change of the manifests concerns is known: all fields of the records, the children of all parents, and the
//! descriptions of all kinds.

use jiff::Timestamp;

use crate::api::ApiError;
use crate::model::Schema;
use crate::model::kind::KINDS;
use crate::observe;
use crate::plan::{self, Note, Observed, Plan, PlanBasis, Question, Schemas};

use super::bound_goal::BoundGoal;
use super::planning::{Planning, Purpose};

impl Planning<'_> {
    /// Asks for the fields of the kinds that this checkout has no record of. What the instance withholds is kept as such.
    pub(super) async fn describe_others(self, schemas: &Schemas) -> Result<(), ApiError> {
        if self.purpose != Purpose::Keep {
            return Ok(());
        }
        let sensitive = &self.settings.sensitive_fields;
        for kind in KINDS {
            let asked = if schemas.contains_key(kind) {
                self.client.fields(kind).await.map(drop)
            } else {
                let described = observe::schema(self.client, sensitive, kind).await;
                described.map(drop)
            };
            match asked {
                Err(error) if !observe::is_withheld(&error) && error.refusal().is_none() => {
                    return Err(error);
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// Reads the records. For a snapshot that is more than the questions, without the fields that the instance describes and refuses.
    pub(super) async fn read(
        self,
        schemas: &Schemas,
        questions: &mut Vec<Question>,
    ) -> Result<Observed, ApiError> {
        if self.purpose == Purpose::Keep {
            plan::widen(questions, schemas);
        }
        loop {
            let error = match observe::records(self.client, schemas, questions).await {
                Ok(observed) => return Ok(observed),
                Err(error) => error,
            };
            let kind = error.call().and_then(|call| call.kind);
            let refused = questions
                .iter_mut()
                .find(|question| Some(question.kind) == kind);
            let is_left_out = refused
                .filter(|_| self.purpose == Purpose::Keep)
                .and_then(|question| observe::leave_out(&error, &mut question.fields));
            if is_left_out.is_none() {
                return Err(error);
            }
        }
    }

    /// Remembers which records have the project's marker. A snapshot that was not asked for that tells of no orphan.
    pub(super) async fn mark(
        self,
        schemas: Vec<&Schema>,
        observed: &mut Observed,
    ) -> Result<(), ApiError> {
        let Some(marker) = &self.settings.marker else {
            return Ok(());
        };
        for schema in schemas {
            let keys = match observe::marked(self.client, schema, marker).await {
                Err(ApiError::NotAsked { .. }) => continue,
                keys => keys?,
            };
            for key in keys {
                observed.mark(schema.kind, key);
            }
        }
        Ok(())
    }

    /// Leaves what an apply has written since a snapshot was made: it is not as the snapshot has it.
    pub(super) fn leave_applied(self, draft: &BoundGoal<'_>, observed: &mut Observed) {
        let Some(since) = self.as_of() else {
            return;
        };
        for (kind, key) in draft.applied_since(since) {
            observed.leave(kind, &key, plan::WhyUnknown::AppliedSince);
        }
    }

    /// The plan with what it was compared with.
    pub(super) fn based(self, mut plan: Plan) -> Plan {
        plan.basis = self.settings.basis.clone();
        plan.notes
            .extend(self.as_of().map(|time| Note::AsOf { time }));
        plan
    }

    /// When the snapshot was made, if the plan is made from one.
    fn as_of(self) -> Option<Timestamp> {
        match self.settings.basis {
            PlanBasis::Snapshot { time } => Some(time),
            PlanBasis::Instance | PlanBasis::Ledger => None,
        }
    }
}
