//! `--where FIELD=VALUE`: records by a field that the instance can search.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::api::ApiError;
use crate::manifest::closest;
use crate::model::{Record, Schema};
use crate::observe;
use crate::render::escaped;
use crate::run::Session;

use super::args::Condition;
use super::exit::{CliError, Exit};

/// The records that match one of the conditions.
#[derive(Default)]
pub(super) struct Matching {
    pub(super) records: Vec<Record>,
    /// Those of `fields` that queries refuse.
    pub(super) refused: Vec<Arc<str>>,
    /// A line for each condition that no record matches.
    pub(super) missing: Vec<String>,
}

/// Reads the records that match, with these fields. Values of one field go out together.
pub(super) async fn matching(
    session: &Session,
    schema: &Schema,
    conditions: &[Condition],
    fields: &[Arc<str>],
) -> Result<Matching, CliError> {
    let mut by_field: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for Condition { field, value } in conditions {
        check(schema, field)?;
        let values = by_field.entry(field).or_default();
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
    let mut found = Matching::default();
    let mut fields = fields.to_vec();
    for (name, values) in by_field {
        let records = loop {
            match observe::matching(&session.client, schema, name, &values, &fields).await {
                Ok(records) => break records,
                Err(error) => match observe::leave_out(&error, &mut fields) {
                    Some(refused) if *refused != *name => found.refused.push(refused),
                    // Where the refusal names the field that is searched, it is that which cannot be.
                    Some(_) | None => return Err(unsearchable(schema, name, error)),
                },
            }
        };
        if records.is_empty() {
            let (kind, values) = (schema.kind, values.join(" or "));
            found.missing.push(format!(
                "not found in {}: any {} whose {name} is {}",
                session.instance.name,
                kind.name,
                escaped(&values)
            ));
        }
        found.records.extend(records);
    }
    found.records.sort_by(|one, other| one.key.cmp(&other.key));
    found.records.dedup_by(|one, other| one.id == other.id);
    Ok(found)
}

/// Why no records were found by a field.
fn unsearchable(schema: &Schema, name: &str, error: ApiError) -> CliError {
    let is_named =
        matches!(&error, ApiError::Refused { refusal, .. } if refusal.message.contains(name));
    let error = CliError::from(error);
    if !is_named {
        return error;
    }
    let kind = schema.kind;
    CliError {
        hints: vec![format!(
            "the instance cannot search {} by this field; `oppctl describe {}` lists the searchable ones",
            kind.nouns, kind.name
        )],
        ..error
    }
}

/// Refuses a field that the instance does not have.
fn check(schema: &Schema, name: &str) -> Result<(), CliError> {
    let kind = schema.kind;
    let is_known = name == kind.id_field
        || kind.is_key(name)
        || schema.fields().iter().any(|field| &*field.name == name);
    if is_known {
        return Ok(());
    }
    let names = schema.fields().iter().map(|field| &*field.name);
    let hint = match closest(name, names.chain([kind.id_field])) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("`oppctl describe {}` lists all", kind.name),
    };
    let message = format!("{} have no field `{}`", kind.nouns, escaped(name));
    Err(CliError::new(Exit::Usage, message).hint(hint))
}
