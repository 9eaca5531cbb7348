//! `oppctl get`: records of the instance by key, with all their fields.

use std::collections::HashSet;
use std::sync::Arc;

use crate::api::{ApiError, Filter, MAX_RECORDS, respelled};
use crate::keys::{KeyPlace, ResolvedKey, WrittenKey, resolve};
use crate::model::{FoldedKey, Key, ObjectKind, Record, Schema};
use crate::observe;
use crate::plan::parent_of;
use crate::render::{
    RecordsDocument, escaped, first_lines, key_with_exact, masked_record, record_text,
};
use crate::run::Session;

use super::args::{Format, GetArgs};
use super::connect::{Connected, print_unmasked, with_session};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::keys::ambiguous;
use super::output::json;

pub(super) async fn run(context: &Context, args: &GetArgs) -> Result<Exit, CliError> {
    let kind = args.kind;
    let Answer {
        instance,
        schema,
        found,
        missing,
    } = with_session(context, async |connected| {
        answer(context, connected, kind, &args.keys).await
    })
    .await?;
    context.out.data(&match args.format {
        Format::Table => {
            let texts = found.iter().map(|record| record_text(kind, record));
            texts.collect::<Vec<_>>().join("\n")
        }
        Format::Json => {
            let document = RecordsDocument::of(&schema, &found);
            json(&document.map_err(|source| {
                CliError::new(Exit::Failed, "cannot write a record as JSON").caused_by(&source)
            })?)?
        }
    })?;
    let lines = missing.iter().map(|what| {
        let what = escaped(what);
        format!("not found in {instance}: {what}")
    });
    let lines: Vec<String> = lines.collect();
    context.out.message(&first_lines(&lines));
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
    /// The keys without a record, in words.
    missing: Vec<String>,
}

async fn answer(
    context: &Context,
    connected: &Connected,
    kind: &'static ObjectKind,
    keys: &[String],
) -> Result<Answer, CliError> {
    let Connected {
        loaded, session, ..
    } = connected;
    let written = keys
        .iter()
        .map(|text| WrittenKey::of_text(kind, text, KeyPlace::Argument));
    let written: Vec<WrittenKey> = written.collect::<Result<_, _>>()?;
    let (schema, unmasked) = connected.described(kind).await?;
    if let Some(error) = &unmasked {
        print_unmasked(context, &loaded.policies, error)?;
    }
    let all = schema.fields().iter();
    let mut fields: Vec<Arc<str>> = all.map(|field| Arc::clone(&field.name)).collect();
    let mut found = Vec::new();
    let mut missing = Vec::new();
    for chunk in written.chunks(MAX_RECORDS) {
        let asked = resolved(&schema, chunk, session).await?;
        let records = loop {
            match read(session, &schema, &fields, &asked).await {
                Ok(records) => break records,
                Err(error) => {
                    let Some(refused) = observe::refused_field(&error, &fields) else {
                        return Err(error.into());
                    };
                    fields.retain(|field| *field != refused);
                    context.out.message(&observe::left_out(&escaped(&refused)));
                }
            }
        };
        missing.extend(missing_keys(kind, &asked.keys, &records));
        missing.extend(childless(kind, &asked.parents, &records));
        let shown = records.into_iter();
        found.extend(shown.map(|record| masked_record(record, &schema)));
    }
    Ok(Answer {
        instance: session.instance.name.clone(),
        schema,
        found,
        missing,
    })
}

/// The keys without a record, in words.
fn missing_keys(kind: &ObjectKind, keys: &[Key], records: &[Record]) -> Vec<String> {
    let found: HashSet<FoldedKey> = records.iter().map(|record| record.key.folded()).collect();
    let missing = keys.iter().filter(|key| !found.contains(&key.folded()));
    missing
        .map(|key| {
            let mut others = records.iter();
            let other = others.find(|record| respelled(&[key], &record.key).is_some());
            let other = other.map_or_else(String::new, |record| {
                format!(
                    " (it answers {}, which it takes for the same key)",
                    record.key
                )
            });
            format!("{} {}{other}", kind.name, key_with_exact(kind, key))
        })
        .collect()
}

/// The parents without a record, in words.
fn childless(kind: &'static ObjectKind, parents: &[Key], records: &[Record]) -> Vec<String> {
    let of_records = records
        .iter()
        .filter_map(|record| parent_of(kind, &record.key));
    let found: HashSet<FoldedKey> = of_records.map(|(_, key)| key.folded()).collect();
    let missing = parents.iter().filter(|key| !found.contains(&key.folded()));
    missing
        .map(|key| format!("any {} of {key}", kind.name))
        .collect()
}

async fn read(
    session: &Session,
    schema: &Schema,
    fields: &[Arc<str>],
    asked: &ResolvedKeys,
) -> Result<Vec<Record>, ApiError> {
    let ResolvedKeys { keys, parents } = asked;
    let mut records = Vec::new();
    if !keys.is_empty() {
        records.extend(
            session
                .client
                .query(
                    schema,
                    &Filter::Keys(&keys.iter().collect::<Vec<_>>()),
                    fields,
                )
                .await?,
        );
    }
    if let Some(parent) = &schema.kind.parent
        && !parents.is_empty()
    {
        records.extend(
            session
                .client
                .query(
                    schema,
                    &Filter::Field {
                        name: parent.field,
                        values: parents.iter().map(ToString::to_string).collect(),
                    },
                    fields,
                )
                .await?,
        );
    }
    Ok(records)
}

/// What keys ask for.
#[derive(Default)]
struct ResolvedKeys {
    keys: Vec<Key>,
    /// The parents all of whose children are asked for.
    parents: Vec<Key>,
}

async fn resolved(
    schema: &Schema,
    written: &[WrittenKey],
    session: &Session,
) -> Result<ResolvedKeys, CliError> {
    let mut asked = ResolvedKeys::default();
    let resolved = resolve(schema, written, &session.client).await?;
    for resolved in resolved {
        match resolved {
            ResolvedKey::Whole(key) => asked.keys.push(key),
            ResolvedKey::Parent(key) => asked.parents.push(key),
            ResolvedKey::NoLead(no_lead) => {
                let message = no_lead.message(&session.instance.name);
                return Err(CliError::new(Exit::Failed, message).hints(no_lead.hint()));
            }
            ResolvedKey::Ambiguous(text, keys) => return Err(ambiguous(&text, &keys)),
        }
    }
    Ok(asked)
}
