//! The schema file: custom fields of opportunities and leads, in YAML or JSON.
//!
//! ```yaml
//! opportunity:
//!   fields:
//!     - { name: region, displayName: Region, dataType: string, length: 40 }
//!     - { name: margin, dataType: currency, isSensitive: true, isHidden: false }
//! ```
//!
//! Roles have no section: Marketo's role object cannot be extended.

use std::borrow::Cow;
use std::path::Path;

use serde::Deserialize;

use super::kinds::{Field, LEAD, OPPORTUNITY, Object};
use super::schema::Schemas;
use super::seed::read;
use super::server::SimulatorError;
use super::value::DataType;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct SchemaFile {
    opportunity: Section,
    lead: Section,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Section {
    fields: Vec<Custom>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Custom {
    name: String,
    display_name: Option<String>,
    description: Option<String>,
    data_type: DataType,
    length: Option<u32>,
    #[serde(default = "yes")]
    updateable: bool,
    #[serde(default)]
    is_hidden: bool,
    #[serde(default)]
    is_sensitive: bool,
    #[serde(default = "yes")]
    is_html_encoding_in_email: bool,
    #[serde(default)]
    is_api_created: bool,
}

fn yes() -> bool {
    true
}

/// Adds the fields of the file at `path`.
pub(super) fn extend(schemas: &mut Schemas, path: &Path) -> Result<(), SimulatorError> {
    let SchemaFile { opportunity, lead } = read(path)?;
    add(schemas, &OPPORTUNITY, opportunity, path)?;
    add(schemas, &LEAD, lead, path)
}

fn add(
    schemas: &mut Schemas,
    object: &Object,
    section: Section,
    path: &Path,
) -> Result<(), SimulatorError> {
    for custom in section.fields {
        let name = custom.name.clone();
        let wrong = |problem| SimulatorError::Schema {
            path: path.to_owned(),
            object: object.name,
            field: name.clone(),
            problem,
        };
        if !is_api_name(&custom.name) {
            return Err(wrong("its name is not letters, digits and underscores"));
        }
        if !schemas.add(object, custom.into_field()) {
            return Err(wrong("there is a field of that name already"));
        }
    }
    Ok(())
}

fn is_api_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

impl Custom {
    fn into_field(self) -> Field {
        let Self {
            name,
            display_name,
            description,
            data_type,
            length,
            updateable,
            is_hidden,
            is_sensitive,
            is_html_encoding_in_email,
            is_api_created,
        } = self;
        Field {
            display: Cow::Owned(display_name.unwrap_or_else(|| name.clone())),
            name: Cow::Owned(name),
            schema_display: None,
            description,
            data_type,
            length: length.or_else(|| default_length(data_type)),
            updateable,
            system: false,
            described: true,
            custom: true,
            hidden: is_hidden,
            sensitive: is_sensitive,
            html_encoding: is_html_encoding_in_email,
            api_created: is_api_created,
        }
    }
}

/// The length that describe shows for a field declared without one.
fn default_length(data_type: DataType) -> Option<u32> {
    (data_type == DataType::String).then_some(255)
}
