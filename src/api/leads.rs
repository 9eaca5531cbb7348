//! Leads by a searchable field, and a field of leads by their ids: what ties manifests to one instance. Nothing else about leads is read.

use super::query::{PagedQuery, malformed, protocol};
use super::reply::{Name, RowMembers, scalar};
use super::{ApiError, Call, Client};
use crate::model::Form;

// Page "Leads": Get Leads by Filter Type.
const PATH: &str = "/rest/v1/leads.json?_method=GET";
const ID: &str = "id";

/// A lead that has one of the values asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// Its id in this instance.
    pub id: i64,
    /// Its value of the field, as the instance writes it: letter case and blanks may differ from what was asked.
    pub value: Box<str>,
}

impl Client {
    /// The leads that have one of these values in a searchable field. A value may have none or several.
    ///
    /// # Panics
    /// There are more than [`super::MAX_RECORDS`] values.
    ///
    /// # Errors
    /// The call failed (an unsearchable field is [`ApiError::Refused`]), or a row lacks its id or the field.
    pub async fn leads(&self, field: &str, values: &[&str]) -> Result<Vec<Lead>, ApiError> {
        let rows = self.lead_rows(field, values, field).await?;
        let leads = rows.into_iter().map(|(id, value)| {
            let value = value.ok_or_else(|| {
                protocol(Call::LEADS, "a row lacks the field", &format!("lead {id}"))
            })?;
            Ok(Lead { id, value })
        });
        leads.collect()
    }

    /// A field of the leads with these ids. Leads that are not there, or have no value, are left out.
    ///
    /// # Panics
    /// There are more than [`super::MAX_RECORDS`] ids.
    ///
    /// # Errors
    /// The call failed, or a row lacks its id.
    pub async fn leads_by_id(&self, ids: &[i64], field: &str) -> Result<Vec<Lead>, ApiError> {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let rows = self.lead_rows(ID, &ids, field).await?;
        let leads = rows.into_iter().filter_map(|(id, value)| {
            let value = value.filter(|value| !value.is_empty())?;
            Some(Lead { id, value })
        });
        Ok(leads.collect())
    }

    /// The ids and the `wanted` field of the leads with one of these values in the `searched` field.
    async fn lead_rows(
        &self,
        searched: &str,
        values: &[impl AsRef<str>],
        wanted: &str,
    ) -> Result<Vec<(i64, Option<Box<str>>)>, ApiError> {
        let names: &[&str] = if wanted == ID { &[ID] } else { &[ID, wanted] };
        let Some(question) = PagedQuery::by_field(Call::LEADS, searched, values, names)? else {
            return Ok(Vec::new());
        };
        let rows = self.0.pages(Call::LEADS, PATH, &question).await?;
        let rows = rows.iter().map(|row| {
            let lead = id_and(row.get(), wanted);
            lead.ok_or_else(|| malformed(Call::LEADS, "a row lacks its id", row))
        });
        rows.collect()
    }
}

fn id_and(row: &str, field: &str) -> Option<(i64, Option<Box<str>>)> {
    let RowMembers(members) = serde_json::from_str(row).ok()?;
    let text = |wanted: &str| {
        let (_, raw) = members
            .iter()
            .find(|(Name(name), _)| name.eq_ignore_ascii_case(wanted))?;
        let (form, text) = scalar(raw);
        (form != Form::Null).then_some(text)
    };
    Some((text(ID)?.trim().parse().ok()?, text(field).map(Into::into)))
}
