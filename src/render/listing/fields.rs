//! What the schema endpoints say of fields and describe does not.

use std::collections::BTreeMap;

use serde::Serialize;

use super::FORMAT;
use super::table::table;
use crate::api::FieldInfo;
use crate::model::ObjectKind;
use crate::render::escape::escaped;

/// Fields by kind.
pub type FieldsByKind = BTreeMap<&'static ObjectKind, Vec<FieldInfo>>;

const HEADING: [&str; 9] = [
    "field",
    "type",
    "length",
    "custom",
    "hidden",
    "sensitive",
    "API-created",
    "display name",
    "description",
];

/// What `fields --format json` prints.
#[derive(Serialize)]
pub struct FieldsDocument<'a> {
    version: u32,
    format_version: &'static str,
    kinds: Vec<KindFieldsEntry<'a>>,
}

#[derive(Serialize)]
struct KindFieldsEntry<'a> {
    kind: &'a str,
    fields: Vec<FieldInfoEntry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FieldInfoEntry<'a> {
    name: &'a str,
    display_name: Option<&'a str>,
    description: Option<&'a str>,
    data_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<u32>,
    is_custom: bool,
    is_hidden: bool,
    is_sensitive: bool,
    is_api_created: bool,
    is_html_encoding_in_email: bool,
}

impl<'a> FieldsDocument<'a> {
    /// The document of these fields.
    #[must_use]
    pub fn of(found: &'a FieldsByKind) -> Self {
        let kinds = found.iter().map(|(kind, fields)| KindFieldsEntry {
            kind: kind.name,
            fields: fields.iter().map(FieldInfoEntry::of).collect(),
        });
        Self {
            version: 1,
            format_version: FORMAT,
            kinds: kinds.collect(),
        }
    }
}

impl<'a> FieldInfoEntry<'a> {
    fn of(field: &'a FieldInfo) -> Self {
        let FieldInfo {
            name,
            display_name,
            description,
            data_type,
            length,
            hidden,
            html_encoded,
            sensitive,
            custom,
            api_created,
        } = field;
        Self {
            name,
            display_name: display_name.as_deref(),
            description: description.as_deref(),
            data_type: data_type.name(),
            length: *length,
            is_custom: *custom,
            is_hidden: *hidden,
            is_sensitive: *sensitive,
            is_api_created: *api_created,
            is_html_encoding_in_email: *html_encoded,
        }
    }
}

/// A table for each kind, with a row for each field.
#[must_use]
pub fn fields_table(found: &FieldsByKind) -> String {
    let tables = found.iter().map(|(kind, fields)| {
        let rows = fields.iter().map(row);
        format!("{}\n\n{}", escaped(kind.name), table(&HEADING, rows))
    });
    tables.collect::<Vec<_>>().join("\n")
}

fn row(field: &FieldInfo) -> Vec<String> {
    let FieldInfo {
        name,
        display_name,
        description,
        data_type,
        length,
        hidden,
        html_encoded: _,
        sensitive,
        custom,
        api_created,
    } = field;
    vec![
        name.to_string(),
        data_type.to_string(),
        length.map(|length| length.to_string()).unwrap_or_default(),
        yes_no(*custom),
        yes_no(*hidden),
        yes_no(*sensitive),
        yes_no(*api_created),
        display_name.as_deref().unwrap_or_default().to_owned(),
        description.as_deref().unwrap_or_default().to_owned(),
    ]
}

fn yes_no(flag: bool) -> String {
    if flag { "yes" } else { "no" }.to_owned()
}
