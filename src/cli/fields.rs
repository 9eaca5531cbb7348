//! `oppctl fields`: what the schema endpoints say of fields, which describe does not.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::api::FieldInfo;
use crate::manifest::closest;
use crate::model::ObjectKind;
use crate::model::kind::KINDS;
use crate::render::escaped;
use crate::run::Session;

use super::args::{FieldsArgs, Format};
use super::connect::with_session;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::output::json;
use super::table::table;

/// The fields that were asked for, by kind.
type Found = BTreeMap<&'static ObjectKind, Vec<FieldInfo>>;

pub(super) async fn run(context: &Context, args: &FieldsArgs) -> Result<Exit, CliError> {
    let found = with_session(context, async |connected| {
        let session = &connected.session;
        match args.name.as_deref() {
            None => all(session).await,
            Some(name) => one(session, name).await,
        }
    })
    .await?;
    let text = match args.format {
        Format::Table => found
            .iter()
            .map(|(kind, fields)| as_table(kind, fields))
            .collect::<Vec<_>>()
            .join("\n"),
        Format::Json => as_json(&found)?,
    };
    context.out.data(&text)?;
    Ok(Exit::Done)
}

async fn all(session: &Session) -> Result<Found, CliError> {
    let mut found = Found::new();
    for kind in KINDS {
        if let Some(fields) = session.client.fields(kind).await? {
            found.insert(kind, fields);
        }
    }
    Ok(found)
}

/// The field of that name in each kind that has one; else what was probably meant.
async fn one(session: &Session, name: &str) -> Result<Found, CliError> {
    let mut found = Found::new();
    for kind in KINDS {
        if let Some(field) = session.client.field(kind, name).await? {
            found.insert(kind, vec![field]);
        }
    }
    if !found.is_empty() {
        return Ok(found);
    }
    let known = all(session).await?;
    let names = known.values().flatten().map(|field| &*field.name);
    let message = format!("{} has no field `{name}`", session.instance.name);
    Err(
        CliError::new(Exit::Failed, message).hint(match closest(name, names) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "`oppctl fields` without a name lists all".to_owned(),
        }),
    )
}

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

fn as_table(kind: &ObjectKind, fields: &[FieldInfo]) -> String {
    let word = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
    let rows = fields.iter().map(|field| {
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
            word(*custom),
            word(*hidden),
            word(*sensitive),
            word(*api_created),
            display_name.as_deref().unwrap_or_default().to_owned(),
            description.as_deref().unwrap_or_default().to_owned(),
        ]
    });
    format!("{}\n\n{}", escaped(kind.name), table(&HEADING, rows))
}

/// What `--format json` prints: version 1.
#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    kinds: Vec<Kind<'a>>,
}

#[derive(Serialize)]
struct Kind<'a> {
    kind: &'a str,
    fields: Vec<Field<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Field<'a> {
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

impl<'a> From<&'a FieldInfo> for Field<'a> {
    fn from(field: &'a FieldInfo) -> Self {
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

fn as_json(found: &Found) -> Result<String, CliError> {
    let kinds = found.iter().map(|(kind, fields)| Kind {
        kind: kind.name,
        fields: fields.iter().map(Field::from).collect(),
    });
    json(&Document {
        version: 1,
        kinds: kinds.collect(),
    })
}
