//! The fields of the kinds as the instance describes them.

use serde::Serialize;

use super::FORMAT;
use super::table::table;
use crate::api::Description;
use crate::render::escape::escaped;

/// What `describe --format json` prints.
#[derive(Serialize)]
pub struct DescribeDocument<'a> {
    version: u32,
    format_version: &'static str,
    kinds: Vec<DescribedKindEntry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DescribedKindEntry<'a> {
    kind: &'a str,
    name: &'a str,
    display_name: Option<&'a str>,
    id_field: Option<&'a str>,
    dedupe_fields: &'a [Box<str>],
    searchable_fields: &'a [Vec<Box<str>>],
    fields: Vec<DescribedFieldEntry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DescribedFieldEntry<'a> {
    name: &'a str,
    display_name: Option<&'a str>,
    data_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<u32>,
    updateable: bool,
}

impl<'a> DescribeDocument<'a> {
    /// The document of these descriptions.
    #[must_use]
    pub fn of(described: &'a [Description]) -> Self {
        Self {
            version: 1,
            format_version: FORMAT,
            kinds: described.iter().map(DescribedKindEntry::of).collect(),
        }
    }
}

impl<'a> DescribedKindEntry<'a> {
    fn of(description: &'a Description) -> Self {
        let Description {
            schema,
            name,
            display_name,
            id_field,
            dedupe_fields,
            searchable,
            notes,
        } = description;
        let fields = schema.fields().iter().map(|field| DescribedFieldEntry {
            name: &field.name,
            display_name: notes
                .get(&field.name)
                .and_then(|note| note.display_name.as_deref()),
            data_type: field.data_type.name(),
            length: field.length,
            updateable: field.updateable,
        });
        Self {
            kind: schema.kind.name,
            name,
            display_name: display_name.as_deref(),
            id_field: id_field.as_deref(),
            dedupe_fields,
            searchable_fields: searchable,
            fields: fields.collect(),
        }
    }
}

/// A table for each kind: its key, its searchable fields, and a row for each field.
#[must_use]
pub fn describe_table(described: &[Description]) -> String {
    let tables: Vec<String> = described.iter().map(kind_table).collect();
    tables.join("\n")
}

fn kind_table(description: &Description) -> String {
    let Description {
        schema,
        name: _,
        display_name: _,
        id_field: _,
        dedupe_fields,
        searchable,
        notes,
    } = description;
    let rows = schema.fields().iter().map(|field| {
        vec![
            field.name.to_string(),
            field.data_type.to_string(),
            field
                .length
                .map(|length| length.to_string())
                .unwrap_or_default(),
            if field.updateable { "yes" } else { "no" }.to_owned(),
            notes
                .get(&field.name)
                .and_then(|note| note.display_name.as_deref())
                .unwrap_or_default()
                .to_owned(),
        ]
    });
    let searchable: Vec<String> = searchable.iter().map(|fields| fields.join(" + ")).collect();
    format!(
        "{}\n  key         {}\n  searchable  {}\n\n{}",
        schema.kind.name,
        escaped(&dedupe_fields.join(" + ")),
        escaped(&searchable.join(", ")),
        table(
            &["field", "type", "length", "updateable", "display name"],
            rows
        )
    )
}
