//! Describe: the fields of a kind in this instance, with what people want to know about them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::query::{malformed, protocol};
use super::reply::Loose;
use super::transport::{Body, Request};
use super::{ApiError, Call, Client, Operation};
use crate::model::{DataType, Field, ObjectKind, Schema};

/// A kind as the instance describes it.
#[derive(Clone, Debug)]
pub struct Description {
    pub schema: Schema,
    /// The API's name of the object.
    pub name: Box<str>,
    pub display_name: Option<Box<str>>,
    /// The field with the system's own id.
    pub id_field: Option<Box<str>>,
    /// The fields that together are the key.
    pub dedupe_fields: Vec<Box<str>>,
    /// The combinations of fields by which records can be found.
    pub searchable: Vec<Vec<Box<str>>>,
    /// By the name of the field: what the schema does not say.
    pub notes: BTreeMap<Arc<str>, FieldNote>,
}

/// What a description says of a field for people only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldNote {
    pub display_name: Option<Box<str>>,
    /// Whether a native CRM sync owns the field; few instances say so.
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
    /// What the instance says of a kind.
    ///
    /// # Errors
    /// The call failed, or its reply describes no fields.
    pub async fn describe(&self, kind: &'static ObjectKind) -> Result<Description, ApiError> {
        let call = Call::new(Operation::Describe, kind);
        let path = format!("/rest/v1/{}/describe.json", kind.path);
        let request = Request {
            call,
            path: &path,
            body: Body::None,
        };
        let reply = self.0.execute(&request).await?;
        let Some(row) = reply.rows.first() else {
            return Err(protocol(call, "the reply describes nothing", "no result"));
        };
        let described: DescribeRow = serde_json::from_str(row.get())
            .map_err(|_| malformed(call, "the description has another form", row))?;
        match described.fields {
            // Without fields every field of every manifest would be unknown.
            Some(ref fields) if !fields.is_empty() => Ok(described.description(kind)),
            Some(_) | None => Err(malformed(call, "the description has no fields", row)),
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
            let Some(name) = text(name).map(Arc::<str>::from) else {
                continue;
            };
            schema.push(Field {
                name: Arc::clone(&name),
                data_type: DataType::named(&text(data_type).unwrap_or_default()),
                length: text(length).and_then(|length| length.parse().ok()),
                // Only a clear no keeps a field from being written; Marketo has the last word.
                updateable: updateable.unwrap_or(true),
                sensitive: false,
            });
            notes.entry(name).or_insert(FieldNote {
                display_name: text(display_name),
                crm_managed,
            });
        }
        let searchable = searchable_fields.into_iter().flatten();
        Description {
            schema: Schema::new(kind, schema),
            name: text(name).unwrap_or_else(|| kind.name.into()),
            display_name: text(display_name),
            id_field: text(id_field),
            dedupe_fields: texts(dedupe_fields.unwrap_or_default()),
            searchable: searchable.map(texts).collect(),
            notes,
        }
    }
}

fn text(text: Option<Loose>) -> Option<Box<str>> {
    text.map(|Loose(text)| text).filter(|text| !text.is_empty())
}

fn texts(texts: Vec<Loose>) -> Vec<Box<str>> {
    texts.into_iter().map(|Loose(text)| text).collect()
}
