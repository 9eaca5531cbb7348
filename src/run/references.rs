//! The leads that a plan would refer to: whether they are there.

use crate::api::{ApiError, Client, Disposition};
use crate::observe;
use crate::plan::{self, Leads, Plan};

use super::basis::ResolvedGoal;

/// Looks for the leads that a plan would refer to by their ids. The leads with what that has told, if the plan has to be made anew.
pub(super) async fn check(
    client: &Client,
    goal: &ResolvedGoal,
    plan: &Plan,
) -> Result<Option<Leads>, ApiError> {
    let ResolvedGoal::Declared { leads, .. } = goal else {
        return Ok(None);
    };
    let ids = plan::leads_to_check(plan, leads);
    if ids.is_empty() {
        return Ok(None);
    }
    let mut leads = leads.clone();
    match observe::missing_leads(client, ids).await {
        Ok(missing) if missing.is_empty() => return Ok(None),
        Ok(missing) => leads.miss(missing),
        Err(error) if error.disposition() == Disposition::Denied => {
            leads.unchecked = Some(error.to_string().into());
        }
        Err(error) => return Err(error),
    }
    Ok(Some(leads))
}
