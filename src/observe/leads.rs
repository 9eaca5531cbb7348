//! Leads by a searchable field: one batched query for each field, so that manifests need no ids.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::{ApiError, Client, MAX_RECORDS};
use crate::model::{DeclaredPart, Desired, Ensure};
use crate::plan::{Leads, Matches};

/// Looks up every lead that these entries refer to.
///
/// # Errors
/// A query failed for another reason than the field or the values it asked for.
pub async fn leads(client: &Client, desired: &Desired) -> Result<Leads, ApiError> {
    let mut asked: BTreeMap<&str, BTreeSet<Box<str>>> = BTreeMap::new();
    for declared in desired
        .records
        .iter()
        .filter(|declared| declared.ensure != Ensure::Forgotten)
    {
        for part in &declared.key {
            if let DeclaredPart::LeadBy(reference) = part {
                asked
                    .entry(&reference.field)
                    .or_default()
                    .insert(Leads::folded(&reference.value));
            }
        }
    }
    let mut found = Leads::default();
    for (field, values) in asked {
        let values: Vec<&str> = values.iter().map(|value| &**value).collect();
        for chunk in values.chunks(MAX_RECORDS) {
            search(client, field, chunk, &mut found).await?;
        }
    }
    Ok(found)
}

/// Asks for some values. Marketo refuses a search with more than 1,000 matches (page "Leads"), so a refused
/// one is halved until it is clear whether the field cannot be searched or one value matches too many.
async fn search(
    client: &Client,
    field: &str,
    values: &[&str],
    found: &mut Leads,
) -> Result<(), ApiError> {
    let mut open = vec![values];
    while let Some(values) = open.pop() {
        match client.leads(field, values).await {
            Ok(leads) => {
                let mut ids: BTreeMap<Box<str>, Vec<i64>> = BTreeMap::new();
                for lead in leads {
                    ids.entry(Leads::folded(&lead.value))
                        .or_default()
                        .push(lead.id);
                }
                for value in values {
                    let mut ids = ids.remove(*value).unwrap_or_default();
                    ids.sort_unstable();
                    ids.dedup();
                    found.insert(field, value, Matches::Ids(ids));
                }
            }
            Err(ApiError::Refused { call: _, refusal }) => match values {
                [value] => found.insert(field, value, Matches::Refused(refusal.to_string())),
                _ => {
                    let (front, back) = values.split_at(values.len() / 2);
                    open.extend([back, front]);
                }
            },
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
