//! The schema file: custom fields of objects, and changed properties of standard
//! fields, in YAML or JSON.
//!
//! ```yaml
//! opportunity:
//!   fields:
//!     - { name: region, displayName: Region, dataType: string, length: 40 }
//!     - { name: margin, dataType: currency, isSensitive: true, isHidden: false }
//!     - { name: amount, isSensitive: true }
//! ```
//!
//! An entry without a `dataType` changes properties of the standard field with that name.
//!
//! There is a section for each object that can have custom fields. Roles cannot.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Deserializer};

use super::sections::ListedSections;
use super::yaml::read;
use crate::simulator::error::SimulatorError;
use crate::simulator::instance::schema::InstanceSchemas;
use crate::simulator::objects::field::{FieldType, ObjectField};
use crate::simulator::objects::object_type::ObjectType;
use crate::simulator::objects::table::OBJECTS;

/// The sections by the names of their objects.
struct SchemaFileContent(BTreeMap<String, Section>);

impl<'de> Deserialize<'de> for SchemaFileContent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = extensible().map(|object| object.name);
        ListedSections::new(names).read(deserializer).map(Self)
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Section {
    fields: Vec<SchemaFileEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SchemaFileEntry {
    name: String,
    display_name: Option<String>,
    description: Option<String>,
    data_type: Option<FieldType>,
    length: Option<u32>,
    updateable: Option<bool>,
    is_hidden: Option<bool>,
    is_sensitive: Option<bool>,
    is_html_encoding_in_email: Option<bool>,
    is_api_created: Option<bool>,
}

/// Applies the file at `path` to the schemas.
pub(in crate::simulator) fn extend(
    schemas: &mut InstanceSchemas,
    path: &Path,
) -> Result<(), SimulatorError> {
    let SchemaFileContent(mut sections) = read(path)?;
    for object in extensible() {
        for entry in sections.remove(object.name).unwrap_or_default().fields {
            let field = entry.name.clone();
            add(schemas, object, entry).map_err(|problem| SimulatorError::Schema {
                path: path.to_owned(),
                object: object.name,
                field,
                problem,
            })?;
        }
    }
    Ok(())
}

/// The objects that can have custom fields.
fn extensible() -> impl Iterator<Item = &'static ObjectType> {
    OBJECTS.into_iter().filter(|object| object.extensible)
}

/// Adds a custom field, or changes a standard one.
fn add(
    schemas: &mut InstanceSchemas,
    object: &ObjectType,
    entry: SchemaFileEntry,
) -> Result<(), &'static str> {
    let known = schemas.field_mut(object, &entry.name);
    let mut custom = match (entry.data_type, known) {
        (Some(_), Some(_)) => return Err("a field with this name already exists"),
        (None, None) => return Err("not a standard field, so it needs a dataType"),
        (None, Some(_)) if entry.updateable.is_some() => {
            return Err("updateable cannot be changed for a standard field");
        }
        (None, Some(standard)) => {
            entry.apply_to(standard);
            return Ok(());
        }
        (Some(_), None) if !is_api_name(&entry.name) => {
            return Err(
                "its name must begin with a letter and have only letters, digits and underscores",
            );
        }
        (Some(data_type), None) => ObjectField::custom_of(entry.name.clone(), data_type),
    };
    entry.apply_to(&mut custom);
    schemas.add(object, custom);
    Ok(())
}

fn is_api_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

impl SchemaFileEntry {
    /// Sets the properties of a field that the entry has.
    fn apply_to(self, field: &mut ObjectField) {
        let Self {
            name: _,
            display_name,
            description,
            data_type: _,
            length,
            updateable,
            is_hidden,
            is_sensitive,
            is_html_encoding_in_email,
            is_api_created,
        } = self;
        if let Some(display) = display_name {
            field.display = Cow::Owned(display);
            field.schema_display = None;
        }
        field.description = description.or(field.description.take());
        field.length = length.or(field.length);
        field.updateable = updateable.unwrap_or(field.updateable);
        field.hidden = is_hidden.unwrap_or(field.hidden);
        field.sensitive = is_sensitive.unwrap_or(field.sensitive);
        field.html_encoding = is_html_encoding_in_email.unwrap_or(field.html_encoding);
        field.api_created = is_api_created.unwrap_or(field.api_created);
    }
}
