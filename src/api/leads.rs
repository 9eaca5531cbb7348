//! Leads by a searchable field, and a field of leads by their ids. Manifests need both to name leads independently of an
//! instance. Nothing else about leads is read.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::answered::LeadValue;
use super::call::Call;
use super::client::Client;
use super::error::ApiError;
use super::paging::{MAX_PAGES, PagedQuery, PagedRequest};
use super::reply::{Name, RowMembers, scalar};
use crate::model::Form;

// Page "Leads": Get Leads by Filter Type.
const PATH: &str = "/rest/v1/leads.json?_method=GET";
const ID: &str = "id";

/// A lead that has one of the values asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// The id of the lead in this instance.
    pub id: i64,
    /// The lead's value of the field as the instance writes it. Letter case and blanks may differ from the value asked for.
    pub value: Box<str>,
}

/// The id of a lead and its value of the field asked for, if it has one.
type LeadRow = (i64, Option<Box<str>>);

impl Client {
    /// The leads that have one of these values in a searchable field. A value may match no lead, or several.
    ///
    /// # Panics
    /// There are more than [`super::MAX_RECORDS`] values.
    ///
    /// # Errors
    /// The call failed ([`ApiError::Refused`] for a field that cannot be searched), or a row has no id or not the field.
    pub async fn leads(&self, field: &str, values: &[&str]) -> Result<Vec<Lead>, ApiError> {
        if let Some(answers) = self.0.source.kept() {
            return Ok(answers
                .found_leads(field, values)?
                .into_iter()
                .map(Lead::of)
                .collect());
        }
        let found = self.ask_leads(field, values).await;
        self.0.source.keep(|answers| {
            let leads = found
                .as_deref()
                .map(|leads| leads.iter().map(Lead::value_of).collect::<Vec<_>>());
            answers.keep_leads(field, values, leads.as_deref().map_err(|error| *error));
        });
        found
    }

    /// Whether it is not known which leads have this value: the answers are kept ones, and it is not among them.
    #[must_use]
    pub fn leaves_lead(&self, field: &str, value: &str) -> bool {
        let answers = self.0.source.kept();
        answers.is_some_and(|answers| answers.leaves_lead(field, value))
    }

    async fn ask_leads(&self, field: &str, values: &[&str]) -> Result<Vec<Lead>, ApiError> {
        let mut leads = Vec::new();
        for (id, value) in self.lead_rows(field, values, field).await? {
            let Some(value) = value else {
                let detail = format!("lead {id}");
                let problem = "a row does not have the field";
                return Err(ApiError::protocol(Call::LEADS, problem, &detail));
            };
            leads.push(Lead { id, value });
        }
        Ok(leads)
    }

    /// A field of the leads with these ids. The result leaves out leads that do not exist or have no value.
    ///
    /// # Panics
    /// There are more than [`super::MAX_RECORDS`] ids.
    ///
    /// # Errors
    /// The call failed, or a row has no id.
    pub async fn leads_by_id(&self, ids: &[i64], field: &str) -> Result<Vec<Lead>, ApiError> {
        if let Some(answers) = self.0.source.kept() {
            let found = answers.found_lead_values(ids, field)?;
            return Ok(found.into_iter().map(Lead::of).collect());
        }
        let values: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let rows = self.lead_rows(ID, &values, field).await?;
        let leads: Vec<Lead> = rows.into_iter().filter_map(lead_with_value).collect();
        self.0.source.keep(|answers| {
            let values: Vec<_> = leads.iter().map(Lead::value_of).collect();
            answers.keep_lead_values(field, ids, &values);
        });
        Ok(leads)
    }

    /// The ids of the leads with one of these values in the field `searched`, and their values of the field `wanted`.
    async fn lead_rows(
        &self,
        searched: &str,
        values: &[impl AsRef<str>],
        wanted: &str,
    ) -> Result<Vec<LeadRow>, ApiError> {
        let names: &[&str] = if wanted == ID { &[ID] } else { &[ID, wanted] };
        let Some(query) = PagedQuery::by_field(Call::LEADS, searched, values, names)? else {
            return Ok(Vec::new());
        };
        let request = PagedRequest {
            call: Call::LEADS,
            path: PATH,
            query: &query,
            max_pages: MAX_PAGES,
        };
        let rows = request.all_rows(&self.0).await?;
        rows.iter()
            .map(|row| {
                lead_row(row, wanted)
                    .ok_or_else(|| ApiError::malformed(Call::LEADS, "a row has no id", row))
            })
            .collect()
    }
}

impl Lead {
    fn of((id, value): LeadValue) -> Self {
        Self { id, value }
    }

    fn value_of(&self) -> LeadValue {
        (self.id, self.value.clone())
    }
}

fn lead_with_value((id, value): LeadRow) -> Option<Lead> {
    let value = value.filter(|text| !text.is_empty())?;
    Some(Lead { id, value })
}

fn lead_row(row: &RawValue, field: &str) -> Option<LeadRow> {
    let members: RowMembers<'_> = serde_json::from_str(row.get()).ok()?;
    let id = text(&members, ID)?.trim().parse().ok()?;
    Some((id, text(&members, field).map(Into::into)))
}

/// The text of a member, or `None` if the row does not have it or it is null.
fn text<'r>(RowMembers(members): &'r RowMembers<'_>, wanted: &str) -> Option<Cow<'r, str>> {
    let (_, raw) = members
        .iter()
        .find(|(Name(name), _)| name.eq_ignore_ascii_case(wanted))?;
    match scalar(raw) {
        (Form::Null, _) => None,
        (Form::Boolean | Form::Number | Form::Text, text) => Some(text),
    }
}
