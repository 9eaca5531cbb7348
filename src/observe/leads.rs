//! Leads by a searchable field: one batched query for each field, so that manifests need no ids.

use std::collections::{BTreeMap, HashMap};

use crate::api::{ApiError, Client, Lead, MAX_RECORDS, Refusal};
use crate::model::{DeclaredPart, Desired, Ensure};
use crate::plan::{Leads, Matches};

/// Looks up every lead that these entries refer to.
///
/// # Errors
/// A query failed for another reason than the field or the values it asked for.
pub async fn leads(client: &Client, desired: &Desired) -> Result<Leads, ApiError> {
    let mut asked: BTreeMap<&str, BTreeMap<Box<str>, &str>> = BTreeMap::new();
    for declared in desired
        .needed()
        .filter(|declared| declared.ensure != Ensure::Forgotten)
    {
        for part in &declared.key {
            if let DeclaredPart::LeadBy(reference) = part {
                let values = asked.entry(&reference.field).or_default();
                values
                    .entry(Leads::folded(&reference.value))
                    .or_insert(reference.value.trim());
            }
        }
    }
    let mut found = Leads::default();
    for (field, values) in asked {
        let values: Vec<&str> = values.into_values().collect();
        for chunk in values.chunks(MAX_RECORDS) {
            search(client, field, chunk, &mut found).await?;
        }
    }
    Ok(found)
}

/// After so many single values were refused and none was answered, it is the field that cannot be searched.
const REFUSED_SINGLY: usize = 3;

/// Asks for some values. Marketo refuses a search with more than 1,000 matches (page "Leads"), so a refused one is
/// halved until it is clear whether the field cannot be searched or one value matches too many.
async fn search(
    client: &Client,
    field: &str,
    values: &[&str],
    found: &mut Leads,
) -> Result<(), ApiError> {
    let mut open = vec![values];
    let (mut answered, mut refused) = (false, 0);
    while let Some(values) = open.pop() {
        match client.leads(field, values).await {
            Ok(leads) => {
                answered = true;
                keep(field, values, &leads, found);
            }
            Err(ApiError::Refused { call: _, refusal }) => {
                if values.len() == 1 || (!answered && refused >= REFUSED_SINGLY) {
                    refused += values.len();
                    refuse(field, values, &refusal, found);
                } else {
                    let (front, back) = values.split_at(values.len() / 2);
                    open.extend([back, front]);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn keep(field: &str, values: &[&str], leads: &[Lead], found: &mut Leads) {
    let mut ids: HashMap<Box<str>, Vec<i64>> = HashMap::new();
    for Lead { id, value } in leads {
        ids.entry(Leads::folded(value)).or_default().push(*id);
    }
    for value in values {
        let mut ids = ids.remove(&Leads::folded(value)).unwrap_or_default();
        ids.sort_unstable();
        ids.dedup();
        found.insert(field, value, Matches::Ids(ids));
    }
}

fn refuse(field: &str, values: &[&str], refusal: &Refusal, found: &mut Leads) {
    for value in values {
        found.insert(field, value, Matches::Refused(refusal.to_string()));
    }
}
