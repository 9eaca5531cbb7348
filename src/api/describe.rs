//! Describe: the fields of a kind in this instance.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::call::{Call, Operation};
use super::client::Client;
use super::error::ApiError;
use super::reply::{Loose, filled};
use super::transport::{Body, Request};
use crate::model::{DataType, Field, ObjectKind, Schema};

/// A kind as the instance describes it.
#[derive(Clone, Debug)]
pub struct Description {
    pub schema: Schema,
    /// The name of the object in the API.
    pub name: Box<str>,
    pub display_name: Option<Box<str>>,
    /// The field with Marketo's own id.
    pub id_field: Option<Box<str>>,
    /// The fields that form the key.
    pub dedupe_fields: Vec<Box<str>>,
    /// The combinations of fields by which records can be found.
    pub searchable: Vec<Vec<Box<str>>>,
    /// More about the fields, by their names.
    pub notes: BTreeMap<Arc<str>, FieldNote>,
}

/// What people want to know about a field, and the program does not need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldNote {
    pub display_name: Option<Box<str>>,
    /// Whether a native CRM sync owns the field. Few instances say so.
    pub crm_managed: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribeRow {
    name: Option<Loose>,
    display_name: Option<Loose>,
    id_field: Option<Loose>,
    dedupe_fields: Option<Vec<Loose>>,
    searchable_fields: Option<Vec<Vec<Loose>>>,
    fields: Option<Vec<DescribeFieldRow>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribeFieldRow {
    name: Option<Loose>,
    display_name: Option<Loose>,
    data_type: Option<Loose>,
    length: Option<Loose>,
    updateable: Option<bool>,
    crm_managed: Option<bool>,
}

impl Client {
    /// The description of a kind.
    ///
    /// # Errors
    /// The call failed, or its reply describes no fields.
    pub async fn describe(&self, kind: &'static ObjectKind) -> Result<Description, ApiError> {
        if let Some(answers) = self.0.source.kept() {
            return Ok(Description::of(answers.described(kind)?.clone()));
        }
        let described = self.ask_description(kind).await;
        let schema = described.as_ref().map(|described| described.schema.clone());
        self.0
            .source
            .keep(|answers| answers.keep_described(kind, schema));
        described
    }

    async fn ask_description(&self, kind: &'static ObjectKind) -> Result<Description, ApiError> {
        let call = Call::new(Operation::Describe, kind);
        let path = format!("/rest/v1/{}/describe.json", kind.path);
        let request = Request {
            call,
            path: &path,
            body: Body::None,
        };
        let reply = self.0.execute(&request).await?;
        let Some(row) = reply.rows.first() else {
            let problem = "the reply describes no object";
            return Err(ApiError::protocol(call, problem, "no result"));
        };
        let Ok(described) = serde_json::from_str::<DescribeRow>(row.get()) else {
            let problem = "the description has an unexpected form";
            return Err(ApiError::malformed(call, problem, row));
        };
        // Without fields, every field of every manifest would be unknown.
        if described.fields.as_ref().is_none_or(Vec::is_empty) {
            let problem = "the description has no fields";
            return Err(ApiError::malformed(call, problem, row));
        }
        Ok(described.description(kind))
    }
}

impl Description {
    /// What is kept of a description: its fields.
    fn of(schema: Schema) -> Self {
        Self {
            name: schema.kind.name.into(),
            schema,
            display_name: None,
            id_field: None,
            dedupe_fields: Vec::new(),
            searchable: Vec::new(),
            notes: BTreeMap::new(),
        }
    }
}

impl DescribeRow {
    fn description(self, kind: &'static ObjectKind) -> Description {
        let Self {
            name,
            display_name,
            id_field,
            dedupe_fields,
            searchable_fields,
            fields,
        } = self;
        let mut notes = BTreeMap::new();
        let mut schema = Vec::new();
        for field in fields.into_iter().flatten() {
            let DescribeFieldRow {
                name,
                display_name,
                data_type,
                length,
                updateable,
                crm_managed,
            } = field;
            let Some(name) = filled(name).map(Arc::<str>::from) else {
                continue;
            };
            schema.push(Field {
                name: Arc::clone(&name),
                data_type: DataType::named(&filled(data_type).unwrap_or_default()),
                length: filled(length).and_then(|length| length.parse().ok()),
                // Only a clear `false` makes a field read-only; Marketo decides about the others.
                updateable: updateable.unwrap_or(true),
                sensitive: false,
            });
            notes.entry(name).or_insert(FieldNote {
                display_name: filled(display_name),
                crm_managed,
            });
        }
        Description {
            schema: Schema::new(kind, schema),
            name: filled(name).unwrap_or_else(|| kind.name.into()),
            display_name: filled(display_name),
            id_field: filled(id_field),
            dedupe_fields: texts(dedupe_fields.unwrap_or_default()),
            searchable: searchable_fields.into_iter().flatten().map(texts).collect(),
            notes,
        }
    }
}

fn texts(texts: Vec<Loose>) -> Vec<Box<str>> {
    texts.into_iter().map(|Loose(text)| text).collect()
}
