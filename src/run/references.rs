//! What a plan would refer to: whether it is there.

use std::collections::BTreeMap;

use crate::api::{ApiError, Client, Disposition};
use crate::model::{ObjectKind, Schema};
use crate::observe;
use crate::plan::{
    self, Leads, Matches, Missing, Observed, Permits, Plan, Question, ReferredQuestions, Schemas,
    UseQuestion, Uses,
};

use super::basis::ResolvedGoal;

/// Looks for what a plan would refer to and what was not read for it: leads by their ids, other records by their keys. What that has told, if
/// the plan has to be made anew. The records that are there are added to `observed`.
pub(super) async fn check(
    client: &Client,
    goal: &ResolvedGoal,
    plan: &Plan,
    observed: &mut Observed,
) -> Result<Option<(Leads, Missing)>, ApiError> {
    let ResolvedGoal::Declared { leads, .. } = goal else {
        return Ok(None);
    };
    let told = self::leads(client, plan, leads).await?;
    let missing = records(client, plan, observed).await?;
    if told.is_none() && missing.tells_nothing() {
        return Ok(None);
    }
    Ok(Some((told.unwrap_or_else(|| leads.clone()), missing)))
}

/// Looks for the leads that a plan would refer to by their ids. The leads with what that has told, if it has told something.
async fn leads(client: &Client, plan: &Plan, leads: &Leads) -> Result<Option<Leads>, ApiError> {
    let ids = plan::leads_to_check(plan, leads);
    if ids.is_empty() {
        return Ok(None);
    }
    let mut told = leads.clone();
    match observe::missing_leads(client, ids).await {
        Ok(missing) if missing.is_empty() => return Ok(None),
        Ok(missing) => told.miss(missing),
        Err(ApiError::NotAsked { .. }) => {
            told.unchecked = Some("the snapshot does not have all of them".into());
        }
        Err(error) if error.disposition() == Disposition::Denied => {
            told.unchecked = Some(error.to_string().into());
        }
        Err(error) => return Err(error),
    }
    Ok(Some(told))
}

/// Looks for the records that a plan would refer to in fields.
async fn records(
    client: &Client,
    plan: &Plan,
    observed: &mut Observed,
) -> Result<Missing, ApiError> {
    let ReferredQuestions {
        questions,
        unaskable,
    } = plan::referred_questions(plan, observed);
    let mut missing = Missing::default();
    missing.leave(&unaskable);
    for question in questions {
        let kind = question.kind;
        let question = [question];
        match read(client, &question).await {
            Ok(found) => {
                let [Question { keys, .. }] = &question;
                missing.add(kind, keys, &found);
                observed.extend(found);
            }
            Err(error) if observe::is_withheld(&error) => {
                missing.unread.push((kind, error.to_string().into()));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(missing)
}

/// Who names the records that a plan deletes, where that is not allowed anyway.
pub(super) async fn uses(
    client: &Client,
    schemas: &Schemas,
    plan: &Plan,
    permits: &Permits,
) -> Result<Uses, ApiError> {
    let mut uses = Uses::default();
    for question in plan::use_questions(plan, permits) {
        let UseQuestion {
            kind,
            keys,
            by,
            lead_field,
        } = question;
        let values: Vec<String> = keys.iter().map(ToString::to_string).collect();
        for (by, field) in by {
            let documented = Schema::documented(by);
            let schema = schemas.get(by).unwrap_or(&documented);
            match observe::matching(client, schema, field, &values, &[field.into()]).await {
                Ok(records) => uses.add(kind, (by, field), &records),
                Err(error) => uses.is_unknown(kind, by.nouns, &silence(error)?),
            }
        }
        if let Some(field) = lead_field {
            let asked = values.iter().map(|value| (field, &**value));
            let found = match observe::find_leads(client, asked).await {
                Ok(found) => found,
                Err(error) => {
                    uses.is_unknown(kind, "leads", &silence(error)?);
                    continue;
                }
            };
            for key in &keys {
                match found.matches(field, &key.to_string()) {
                    Some(Matches::Ids(ids)) => {
                        ids.iter().for_each(|id| uses.add_lead(kind, key, *id));
                    }
                    Some(Matches::Refused(why)) => {
                        uses.is_unknown(kind, "leads", why);
                        break;
                    }
                    Some(Matches::Unread) | None => {}
                }
            }
        }
    }
    Ok(uses)
}

/// Why an instance does not tell; an error that says nothing of the question goes on.
fn silence(error: ApiError) -> Result<String, ApiError> {
    let is_silent = observe::is_withheld(&error)
        || matches!(error, ApiError::Refused { .. } | ApiError::NotAsked { .. });
    is_silent.then(|| error.to_string()).ok_or(error)
}

/// Reads keys alone, which needs no describe call.
async fn read(client: &Client, questions: &[Question]) -> Result<Observed, ApiError> {
    let kinds = questions.iter().map(|question| question.kind);
    let schemas: Schemas = kinds
        .map(|kind: &'static ObjectKind| (kind, Schema::documented(kind)))
        .collect::<BTreeMap<_, _>>();
    observe::records(client, &schemas, questions).await
}
