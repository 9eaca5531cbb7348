//! `oppctl get`: records of the instance by key, with all their fields.

use std::collections::HashSet;
use std::sync::Arc;

use crate::api::{ApiError, Filter, MAX_RECORDS, respelled};
use crate::keys::{KeyPlace, ResolvedKey, WrittenKey, resolve};
use crate::model::{FoldedKey, Key, ObjectKind, Record, Schema};
use crate::observe;
use crate::plan::parent_of;
use crate::render::{
    RecordsDocument, childless, escaped, first_lines, masked_record, not_found, record_text,
};
use crate::run::Session;

use super::args::{Format, GetArgs};
use super::conditions::matching;
use super::connect::{Connected, print_unmasked, with_session};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::keys::ambiguous;
use super::output::json;

pub(super) async fn run(context: &Context, args: &GetArgs) -> Result<Exit, CliError> {
    let kind = args.kind;
    let Answer {
        schema,
        found,
        missing,
    } = with_session(context, async |connected| {
        answer(context, connected, args).await
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
    context.out.message(&first_lines(&missing));
    Ok(if missing.is_empty() {
        Exit::Done
    } else {
        Exit::Failed
    })
}

/// What an instance answers.
struct Answer {
    schema: Schema,
    found: Vec<Record>,
    /// A line for each key without a record.
    missing: Vec<String>,
}

async fn answer(
    context: &Context,
    connected: &Connected,
    args: &GetArgs,
) -> Result<Answer, CliError> {
    let Connected {
        loaded, session, ..
    } = connected;
    let GetArgs {
        kind,
        keys,
        conditions,
        format: _,
    } = args;
    let kind = *kind;
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
                    let Some(refused) = observe::leave_out(&error, &mut fields) else {
                        return Err(error.into());
                    };
                    context.out.message(&observe::left_out(&escaped(&refused)));
                }
            }
        };
        missing.extend(not_there(&session.instance.name, kind, &asked, &records));
        let shown = records.into_iter();
        found.extend(shown.map(|record| masked_record(record, &schema)));
    }
    if !conditions.is_empty() {
        let matching = matching(session, &schema, conditions, &fields).await?;
        for refused in &matching.refused {
            context.out.message(&observe::left_out(&escaped(refused)));
        }
        missing.extend(matching.missing);
        let known: HashSet<Box<str>> = found.iter().map(|record| record.id.clone()).collect();
        let new = matching.records.into_iter();
        let new = new.filter(|record| !known.contains(&record.id));
        found.extend(new.map(|record| masked_record(record, &schema)));
    }
    Ok(Answer {
        schema,
        found,
        missing,
    })
}

/// A line for each key, and for each parent, without a record.
fn not_there(
    instance: &str,
    kind: &'static ObjectKind,
    asked: &ResolvedKeys,
    records: &[Record],
) -> Vec<String> {
    let keys = records.iter().map(|record| record.key.folded());
    let parents = records
        .iter()
        .filter_map(|record| parent_of(kind, &record.key));
    let found: HashSet<FoldedKey> = keys.chain(parents.map(|(_, key)| key.folded())).collect();
    let open = |key: &&Key| !found.contains(&key.folded());
    let keys = asked.keys.iter().filter(open).map(|key| {
        let mut records = records.iter();
        let answered = records.find(|record| respelled(&[key], &record.key).is_some());
        not_found(instance, kind, key, answered)
    });
    let parents = asked.parents.iter().filter(open);
    keys.chain(parents.map(|key| childless(instance, kind, key)))
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
    if let Some(parent) = schema.kind.parent()
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
