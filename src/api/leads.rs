//! Leads by a searchable field: which ids stand behind the values that manifests name. Nothing else about leads is read.

use super::query::{Question, protocol};
use super::reply::{Members, Name, scalar};
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
        let names: &[&str] = if field == ID { &[ID] } else { &[ID, field] };
        let Some(question) = Question::by_field(Call::LEADS, field, values, names)? else {
            return Ok(Vec::new());
        };
        let rows = self.0.pages(Call::LEADS, PATH, &question).await?;
        rows.iter()
            .map(|row| {
                lead(row.get(), field).ok_or_else(|| {
                    protocol(Call::LEADS, "a row lacks its id or the field", row.get())
                })
            })
            .collect()
    }
}

fn lead(row: &str, field: &str) -> Option<Lead> {
    let Members(members) = serde_json::from_str(row).ok()?;
    let text = |wanted: &str| {
        let (_, raw) = members
            .iter()
            .find(|(Name(name), _)| name.eq_ignore_ascii_case(wanted))?;
        let (form, text) = scalar(raw);
        (form != Form::Null).then_some(text)
    };
    Some(Lead {
        id: text(ID)?.trim().parse().ok()?,
        value: text(field)?.into(),
    })
}
