//! `oppctl describe`: the fields of the kinds as the instance describes them.

use serde::Serialize;

use crate::api::Description;
use crate::model::ObjectKind;
use crate::model::kind::KINDS;
use crate::observe;
use crate::render::escaped;

use super::args::{DescribeArgs, Format};
use super::connect::with_session;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::output::json;
use super::table::table;

pub(super) async fn run(context: &Context, args: &DescribeArgs) -> Result<Exit, CliError> {
    let described = with_session(context, async |connected| {
        let named = args.kind.as_deref().and_then(ObjectKind::named);
        let mut described = Vec::new();
        for kind in KINDS {
            if named.is_none_or(|named| named == kind) {
                described.push(observe::describe(&connected.session.client, kind).await?);
            }
        }
        Ok(described)
    })
    .await?;
    let text = match args.format {
        Format::Table => described
            .iter()
            .map(as_table)
            .collect::<Vec<_>>()
            .join("\n"),
        Format::Json => as_json(&described)?,
    };
    context.out.data(&text)?;
    Ok(Exit::Done)
}

fn as_table(description: &Description) -> String {
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

/// What `--format json` prints: version 1.
#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    kinds: Vec<Kind<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kind<'a> {
    kind: &'a str,
    name: &'a str,
    display_name: Option<&'a str>,
    id_field: Option<&'a str>,
    dedupe_fields: &'a [Box<str>],
    searchable_fields: &'a [Vec<Box<str>>],
    fields: Vec<Field<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Field<'a> {
    name: &'a str,
    display_name: Option<&'a str>,
    data_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<u32>,
    updateable: bool,
}

fn as_json(described: &[Description]) -> Result<String, CliError> {
    let kinds = described.iter().map(|description| {
        let Description {
            schema,
            name,
            display_name,
            id_field,
            dedupe_fields,
            searchable,
            notes,
        } = description;
        let fields = schema.fields().iter().map(|field| Field {
            name: &field.name,
            display_name: notes
                .get(&field.name)
                .and_then(|note| note.display_name.as_deref()),
            data_type: field.data_type.name(),
            length: field.length,
            updateable: field.updateable,
        });
        Kind {
            kind: schema.kind.name,
            name,
            display_name: display_name.as_deref(),
            id_field: id_field.as_deref(),
            dedupe_fields,
            searchable_fields: searchable,
            fields: fields.collect(),
        }
    });
    json(&Document {
        version: 1,
        kinds: kinds.collect(),
    })
}
