//! `oppctl get`: records of the instance by key, with all their fields.

use std::sync::Arc;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::api::{Filter, MAX_RECORDS, encode};
use crate::model::{Fields, Key, KeyValue, ObjectKind, Record, Schema, Value};
use crate::observe;
use crate::render::{MASK, escaped};
use crate::run::Session;

use super::args::{Format, GetArgs};
use super::connect::{tell_unmasked, with_session};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::keys::{Asked, Place, failed};
use super::output::json;
use super::resolve::{Resolved, no_lead, resolve};

pub(super) async fn run(context: &Context, args: &GetArgs) -> Result<Exit, CliError> {
    let kind = ObjectKind::named(&args.kind)
        .ok_or_else(|| CliError::new(Exit::Usage, format!("{} is not a kind", args.kind)))?;
    let Answer {
        instance,
        schema,
        found,
        missing,
    } = with_session(context, async |connected| {
        answer(context, &connected.session, kind, &args.keys).await
    })
    .await?;
    let text = match args.format {
        Format::Table => found
            .iter()
            .map(|record| as_text(kind, record))
            .collect::<Vec<_>>()
            .join("\n"),
        Format::Json => as_json(kind, &schema, &found)?,
    };
    context.out.data(&text)?;
    for what in &missing {
        context
            .out
            .message(&format!("not found in {instance}: {}\n", escaped(what)));
    }
    Ok(if missing.is_empty() {
        Exit::Done
    } else {
        Exit::Failed
    })
}

/// What an instance answers.
struct Answer {
    /// The instance's name.
    instance: String,
    schema: Schema,
    found: Vec<Record>,
    /// What was asked for and is not there, in words.
    missing: Vec<String>,
}

async fn answer(
    context: &Context,
    session: &Session,
    kind: &'static ObjectKind,
    keys: &[String],
) -> Result<Answer, CliError> {
    let (schema, unmasked) = observe::schema(&session.client, kind).await?;
    if let Some(error) = &unmasked {
        tell_unmasked(context, error);
    }
    let mut found = Vec::new();
    let mut missing = Vec::new();
    for chunk in keys.chunks(MAX_RECORDS) {
        let (keys, parents) = parse(kind, chunk, session).await?;
        let records = read(session, &schema, &keys, &parents).await?;
        let is_missing = |key: &&Key| {
            !records
                .iter()
                .any(|record| record.key.folded() == key.folded())
        };
        missing.extend(
            keys.iter()
                .filter(is_missing)
                .map(|key| format!("{} {key}", kind.name)),
        );
        let childless = |parent: &&String| {
            let of_parent = |record: &Record| {
                record
                    .key
                    .parts()
                    .first()
                    .is_some_and(|part| same(part, parent))
            };
            !records.iter().any(of_parent)
        };
        missing.extend(
            parents
                .iter()
                .filter(childless)
                .map(|parent| format!("any {} of {parent}", kind.name)),
        );
        found.extend(records.into_iter().map(|record| masked(record, &schema)));
    }
    Ok(Answer {
        instance: session.instance.name.clone(),
        schema,
        found,
        missing,
    })
}

async fn read(
    session: &Session,
    schema: &Schema,
    keys: &[Key],
    parents: &[String],
) -> Result<Vec<Record>, CliError> {
    let fields: Vec<Arc<str>> = schema
        .fields()
        .iter()
        .map(|field| Arc::clone(&field.name))
        .collect();
    let mut records = Vec::new();
    if !keys.is_empty() {
        records.extend(
            session
                .client
                .query(
                    schema,
                    &Filter::Keys(&keys.iter().collect::<Vec<_>>()),
                    &fields,
                )
                .await?,
        );
    }
    if let Some(parent) = schema.kind.parent.as_ref().filter(|_| !parents.is_empty()) {
        records.extend(
            session
                .client
                .query(
                    schema,
                    &Filter::Field {
                        name: parent.field,
                        values: parents.to_vec(),
                    },
                    &fields,
                )
                .await?,
        );
    }
    Ok(records)
}

/// Whole keys, and parents alone.
async fn parse(
    kind: &'static ObjectKind,
    texts: &[String],
    session: &Session,
) -> Result<(Vec<Key>, Vec<String>), CliError> {
    let asked = texts
        .iter()
        .map(|text| Asked::of_text(kind, text, Place::Argument));
    let asked: Vec<Asked> = asked.collect::<Result<_, _>>()?;
    let (mut keys, mut parents) = (Vec::new(), Vec::new());
    for resolved in resolve(kind, &asked, session).await? {
        match resolved {
            Resolved::Key(key) => keys.push(key),
            Resolved::Parent(key) => parents.push(key.to_string()),
            Resolved::NoLead { email, found } => {
                let told = no_lead(&session.instance.name, &email, &found);
                return Err(failed(Exit::Failed, told));
            }
        }
    }
    Ok((keys, parents))
}

fn same(part: &KeyValue, parent: &str) -> bool {
    part.to_string().to_lowercase() == parent.to_lowercase()
}

/// The record without the values that are to be shown to nobody. Its key is none of them: it is what people ask by.
fn masked(record: Record, schema: &Schema) -> Record {
    let Record { id, key, fields } = record;
    let shown = |(name, value): (&Arc<str>, &Value)| {
        let is_masked = schema.is_sensitive(name) && !schema.kind.is_key(name);
        let value = if is_masked {
            Value::Text(MASK.into())
        } else {
            value.clone()
        };
        (Arc::clone(name), value)
    };
    Record {
        id,
        key,
        fields: fields.iter().map(shown).collect::<Fields>(),
    }
}

fn as_text(kind: &ObjectKind, record: &Record) -> String {
    let width = record
        .fields
        .iter()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or(0);
    let rows = record.fields.iter().map(|(name, value)| {
        format!(
            "  {:width$}  {}\n",
            escaped(name),
            escaped(&value.to_string())
        )
    });
    format!(
        "{} {}\n{}",
        kind.name,
        escaped(&record.key.to_string()),
        rows.collect::<String>()
    )
}

/// What `--format json` prints: version 1. Values keep their own digits.
#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    kind: &'a str,
    /// The fields whose values are masked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sensitive: Vec<&'a str>,
    records: Vec<Box<RawValue>>,
}

fn as_json(kind: &ObjectKind, schema: &Schema, records: &[Record]) -> Result<String, CliError> {
    let members = |record: &Record| {
        let fields = record.fields.iter().filter(|(name, _)| !kind.is_key(name));
        encode::create(
            kind,
            &record.key,
            fields.map(|(name, value)| (&**name, value)),
        )
        .json()
        .to_owned()
    };
    let records: Result<Vec<_>, _> = records
        .iter()
        .map(|record| RawValue::from_string(members(record)))
        .collect();
    let records = records.map_err(|source| {
        CliError::new(Exit::Failed, "cannot write a record as JSON").caused_by(&source)
    })?;
    let sensitive = schema.fields().iter().filter(|field| field.sensitive);
    json(&Document {
        version: 1,
        kind: kind.name,
        sensitive: sensitive.map(|field| &*field.name).collect(),
        records,
    })
}
