//! The schema endpoints. They know more about the fields of a kind than describe: above all, which fields are sensitive.
//!
//! They are read-only, and not all kinds have them. Source: page "Opportunities", "Get Fields" and "Get Field by Name".

use std::fmt::Write as _;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::call::{Call, Operation};
use super::client::Client;
use super::error::ApiError;
use super::paging::{MAX_PAGES, PagedQuery, PagedRequest};
use super::reply::{Loose, filled};
use super::transport::{Body, Request};
use crate::model::kind::FieldSchema;
use crate::model::{DataType, ObjectKind};

/// A field as the schema endpoints describe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldInfo {
    pub name: Arc<str>,
    pub display_name: Option<Box<str>>,
    pub description: Option<Box<str>>,
    pub data_type: DataType,
    /// The maximum length in characters, for text.
    pub length: Option<u32>,
    /// Whether Marketo's own screens hide the field.
    pub hidden: bool,
    /// Whether e-mails encode its values as HTML.
    pub html_encoded: bool,
    /// Whether the instance marks the field as sensitive: its values must not be shown.
    pub sensitive: bool,
    pub custom: bool,
    /// Whether the field was created through the API, not by a person or a CRM sync.
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

/// Codes with which instances may answer if the field does not exist. The documentation does not name the code.
const NO_SUCH_FIELD: [&str; 3] = ["610", "702", "1006"];

impl Client {
    /// All fields of a kind, or `None` for a kind without this endpoint.
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
        if let Some(answers) = self.0.source.kept() {
            return Ok(Some(
                answers.listed(kind)?.iter().map(FieldInfo::of).collect(),
            ));
        }
        let listed = self.ask_fields(kind, endpoint).await;
        self.0.source.keep(|answers| {
            let names = listed.as_ref().map(|fields| {
                let fields = fields.iter();
                fields
                    .map(|it| (Arc::clone(&it.name), it.sensitive))
                    .collect()
            });
            answers.keep_listed(kind, names);
        });
        listed.map(Some)
    }

    async fn ask_fields(
        &self,
        kind: &'static ObjectKind,
        endpoint: &FieldSchema,
    ) -> Result<Vec<FieldInfo>, ApiError> {
        let call = Call::new(Operation::Fields, kind);
        let path = format!("/rest/v1/{}.json", endpoint.path);
        let request = PagedRequest {
            call,
            path: &path,
            query: &PagedQuery::All,
            max_pages: MAX_PAGES,
        };
        let rows = request.all_rows(&self.0).await?;
        rows.iter().map(|row| info(call, row)).collect()
    }

    /// One field, or `None` if there is no field with this name or no such endpoint for the kind.
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
    serde_json::from_str(row.get())
        .ok()
        .and_then(FieldInfoRow::info)
        .ok_or_else(|| {
            ApiError::malformed(
                call,
                "a row does not have the name of a field and `isSensitive`",
                row,
            )
        })
}

impl FieldInfo {
    /// What is kept of a field: its name, and whether it is sensitive.
    fn of((name, sensitive): &(Arc<str>, bool)) -> Self {
        Self {
            name: Arc::clone(name),
            display_name: None,
            description: None,
            data_type: DataType::String,
            length: None,
            hidden: false,
            html_encoded: false,
            sensitive: *sensitive,
            custom: false,
            api_created: false,
        }
    }
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
            name: filled(name)?.into(),
            display_name: filled(display_name),
            description: filled(description),
            data_type: DataType::named(&filled(data_type).unwrap_or_default()),
            length: filled(length).and_then(|length| length.parse().ok()),
            hidden: yes(is_hidden),
            html_encoded: yes(is_html_encoding_in_email),
            // Required: without `isSensitive` it is not known whether the values may be shown.
            sensitive: yes(Some(is_sensitive?)),
            custom: yes(is_custom),
            api_created: yes(is_api_created),
        })
    }
}

/// Whether a member is true, as a boolean, a number or text.
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
            write!(segment, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
    segment
}
