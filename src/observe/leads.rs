//! Finding leads by a searchable field, in batches for each field, so that manifests need no ids; and reading that field by the id.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::future::try_join_all;

use crate::api::{ApiError, Client, Disposition, Lead, MAX_RECORDS, Notice};
use crate::model::{DeclaredPart, Desired};
use crate::plan::{Leads, Matches};

/// How often in a row a refused search is cut in two. Nine cuts isolate one value of 300. If all of them are refused, the field
/// cannot be searched, and a search for each single value would not tell more.
const MAX_CUTS: usize = 9;

/// Looks up every lead that these entries refer to. Forgotten entries count too, because a run must not touch their records.
///
/// # Errors
/// A query failed, and not because of its field or its values.
pub async fn leads(client: &Client, desired: &Desired) -> Result<Leads, ApiError> {
    let mut references = Vec::new();
    for part in desired.needed().flat_map(|declared| &declared.key) {
        match part {
            DeclaredPart::LeadBy(reference) => {
                references.push((&*reference.field, &*reference.value));
            }
            DeclaredPart::Text(_) | DeclaredPart::Lead(_) => {}
        }
    }
    find_leads(client, references).await
}

/// Looks up leads by pairs of a field and its value.
///
/// # Errors
/// A query failed, and not because of its field or its values.
pub async fn find_leads<'r>(
    client: &Client,
    references: impl IntoIterator<Item = (&'r str, &'r str)>,
) -> Result<Leads, ApiError> {
    let mut found = Leads::default();
    // Some values are the same to Marketo. Only the first of them is sent, exactly as written.
    let mut asked: BTreeMap<&str, BTreeMap<Box<str>, &str>> = BTreeMap::new();
    for (field, value) in references {
        if client.leaves_lead(field, value) {
            found.insert(field, value, Matches::Unread);
            continue;
        }
        let of_field = asked.entry(field).or_default();
        of_field.entry(Leads::folded(value)).or_insert(value);
    }
    let asked: Vec<(&str, Vec<&str>)> = asked
        .into_iter()
        .map(|(field, values)| (field, values.into_values().collect()))
        .collect();
    let mut searches = Vec::new();
    for (field, values) in &asked {
        for values in values.chunks(MAX_RECORDS) {
            searches.push(search(client, field, values));
        }
    }
    client.notify(&Notice::Reading {
        queries: searches.len(),
    });
    for (field, value, matches) in try_join_all(searches).await?.into_iter().flatten() {
        found.insert(field, value, matches);
    }
    Ok(found)
}

/// Those of these ids that no lead has.
///
/// # Errors
/// A query failed.
pub async fn missing_leads(
    client: &Client,
    mut ids: BTreeSet<i64>,
) -> Result<BTreeSet<i64>, ApiError> {
    let found = lead_values(client, &ids, "id").await?;
    ids.retain(|id| !found.contains_key(id));
    Ok(ids)
}

/// The values of a field of these leads, by the ids of the leads, without blanks around them. Leads without a value, and leads that
/// do not exist, are left out.
///
/// # Errors
/// A query failed.
pub async fn lead_values(
    client: &Client,
    ids: &BTreeSet<i64>,
    field: &str,
) -> Result<HashMap<i64, Box<str>>, ApiError> {
    let ids: Vec<i64> = ids.iter().copied().collect();
    let calls = ids
        .chunks(MAX_RECORDS)
        .map(|ids| client.leads_by_id(ids, field));
    let mut values = HashMap::new();
    for lead in try_join_all(calls).await?.into_iter().flatten() {
        values.insert(lead.id, lead.value.trim().into());
    }
    Ok(values)
}

/// Searches for some values. Marketo refuses a search with more than 1,000 matches (page "Leads"). So a refused search is cut in two,
/// until it is clear whether the field cannot be searched or one value has too many matches.
async fn search<'a>(
    client: &Client,
    field: &'a str,
    values: &'a [&'a str],
) -> Result<Vec<(&'a str, &'a str, Matches)>, ApiError> {
    let mut found = Vec::with_capacity(values.len());
    let mut open = vec![values];
    let mut cuts = 0;
    while let Some(values) = open.pop() {
        match client.leads(field, values).await {
            Ok(leads) => {
                cuts = 0;
                let mut ids = by_value(&leads);
                found.extend(values.iter().map(|value| {
                    let ids = ids.remove(&Leads::folded(value)).unwrap_or_default();
                    (field, *value, Matches::Ids(ids))
                }));
            }
            Err(ApiError::Refused { refusal, .. })
                if Disposition::of_code(&refusal.code) != Disposition::Fatal =>
            {
                if values.len() > 1 && cuts < MAX_CUTS {
                    cuts += 1;
                    let (front, back) = values.split_at(values.len() / 2);
                    open.extend([back, front]);
                    continue;
                }
                let refused = Matches::Refused(refusal.to_string());
                found.extend(values.iter().map(|value| (field, *value, refused.clone())));
            }
            Err(error) => return Err(error),
        }
    }
    client.notify(&Notice::Read { records: 0 });
    Ok(found)
}

/// The ids of leads by their values: in ascending order, each once.
fn by_value(leads: &[Lead]) -> HashMap<Box<str>, Vec<i64>> {
    let mut ids: HashMap<Box<str>, Vec<i64>> = HashMap::new();
    for lead in leads {
        let of_value = ids.entry(Leads::folded(&lead.value)).or_default();
        if let Err(place) = of_value.binary_search(&lead.id) {
            of_value.insert(place, lead.id);
        }
    }
    ids
}
