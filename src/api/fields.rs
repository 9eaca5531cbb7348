//! The schema endpoints: what an instance knows of a kind's fields beyond describe, above all which are sensitive.
//!
//! Marketo lets only read here, for kinds that have the endpoint: page "Opportunities", "Get Fields" and "Get Field by Name".

use std::fmt::Write as _;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::query::{PagedQuery, malformed};
use super::reply::Loose;
use super::transport::{Body, Request};
use super::{ApiError, Call, Client, Operation};
use crate::model::{DataType, ObjectKind};

/// A field as the schema endpoints show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldInfo {
    pub name: Arc<str>,
    pub display_name: Option<Box<str>>,
    pub description: Option<Box<str>>,
    pub data_type: DataType,
    /// In characters, for text.
    pub length: Option<u32>,
    /// Marketo's own screens do not show it.
    pub hidden: bool,
    /// Its values are encoded where e-mails use them.
    pub html_encoded: bool,
    /// Its values are to be shown to nobody.
    pub sensitive: bool,
    pub custom: bool,
    /// Made through the API, and not by a person or a CRM sync.
    pub api_created: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FieldInfoRow {
    name: Option<Loose>,
    display_name: Option<Loose>,
    description: Option<Loose>,
    data_type: Option<Loose>,
    length: Option<Loose>,
    is_hidden: Option<Loose>,
    is_html_encoding_in_email: Option<Loose>,
    is_sensitive: Option<Loose>,
    is_custom: Option<Loose>,
    is_api_created: Option<Loose>,
}

/// Codes by which instances say that there is no such field: the documentation names none.
const NO_SUCH_FIELD: [&str; 3] = ["610", "702", "1006"];

impl Client {
    /// What the instance knows of all fields of a kind, over all pages; nothing for a kind without this endpoint.
    ///
    /// # Errors
    /// The call failed, or its reply is not a complete list of fields.
    pub async fn fields(
        &self,
        kind: &'static ObjectKind,
    ) -> Result<Option<Vec<FieldInfo>>, ApiError> {
        let Some(endpoint) = &kind.field_schema else {
            return Ok(None);
        };
        let call = Call::new(Operation::Fields, kind);
        let path = format!("/rest/v1/{}.json", endpoint.path);
        let rows = self.0.pages(call, &path, &PagedQuery::All).await?;
        let fields: Result<Vec<_>, _> = rows.iter().map(|row| info(call, row)).collect();
        fields.map(Some)
    }

    /// What the instance knows of one field; nothing if there is none of that name.
    ///
    /// # Errors
    /// The call failed for another reason.
    pub async fn field(
        &self,
        kind: &'static ObjectKind,
        name: &str,
    ) -> Result<Option<FieldInfo>, ApiError> {
        let Some(endpoint) = &kind.field_schema else {
            return Ok(None);
        };
        let call = Call::new(Operation::Fields, kind);
        let path = format!("/rest/v1/{}/{}.json", endpoint.path, segment(name));
        let request = Request {
            call,
            path: &path,
            body: Body::None,
        };
        match self.0.execute(&request).await {
            Ok(reply) => reply.rows.first().map(|row| info(call, row)).transpose(),
            Err(ApiError::Refused { refusal, .. }) if NO_SUCH_FIELD.contains(&&*refusal.code) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

fn info(call: Call, row: &RawValue) -> Result<FieldInfo, ApiError> {
    let read: Result<FieldInfoRow, _> = serde_json::from_str(row.get());
    let wrong = || malformed(call, "a row is not a field with a name", row);
    read.ok().and_then(FieldInfoRow::info).ok_or_else(wrong)
}

impl FieldInfoRow {
    fn info(self) -> Option<FieldInfo> {
        let Self {
            name,
            display_name,
            description,
            data_type,
            length,
            is_hidden,
            is_html_encoding_in_email,
            is_sensitive,
            is_custom,
            is_api_created,
        } = self;
        Some(FieldInfo {
            name: text(name)?.into(),
            display_name: text(display_name),
            description: text(description),
            data_type: DataType::named(&text(data_type).unwrap_or_default()),
            length: text(length).and_then(|length| length.parse().ok()),
            hidden: yes(is_hidden),
            html_encoded: yes(is_html_encoding_in_email),
            sensitive: yes(is_sensitive),
            custom: yes(is_custom),
            api_created: yes(is_api_created),
        })
    }
}

fn text(text: Option<Loose>) -> Option<Box<str>> {
    text.map(|Loose(text)| text).filter(|text| !text.is_empty())
}

/// Whether a member says yes, as a boolean, a number or text.
fn yes(flag: Option<Loose>) -> bool {
    flag.is_some_and(|Loose(flag)| flag.eq_ignore_ascii_case("true") || &*flag == "1")
}

/// A name as one segment of a path.
fn segment(name: &str) -> String {
    let mut segment = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            segment.push(char::from(byte));
        } else {
            write!(segment, "%{byte:02X}").expect("strings take all text");
        }
    }
    segment
}
