//! `oppctl describe`: the fields of the kinds as the instance describes them.

use std::path::Path;
use std::{env, fs};

use crate::api::ApiError;
use crate::config::InstanceFields;
use crate::model::ObjectKind;
use crate::model::kind::KINDS;
use crate::observe;
use crate::render::{DescribeDocument, counted, describe_table, escaped};

use super::args::{DescribeArgs, Format};
use super::connect::{print_unmasked, with_session};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::files::replace;
use super::output::json;

pub(super) async fn run(context: &Context, args: &DescribeArgs) -> Result<Exit, CliError> {
    if args.save {
        return save(context).await;
    }
    let kinds = KINDS.into_iter();
    let kinds = kinds.filter(|kind| args.kind.is_none_or(|only| only == *kind));
    let described = with_session(context, async |connected| {
        let client = &connected.session.client;
        let ask = async |kind| observe::describe(client, kind).await;
        Ok(observe::of_each_kind(kinds, ask).await?)
    })
    .await?;
    tell_withheld(context, &described.withheld);
    let described: Vec<_> = { described.known.into_iter() }.map(|(_, it)| it).collect();
    context.out.data(&match args.format {
        Format::Table => describe_table(&described),
        Format::Json => json(&DescribeDocument::of(&described))?,
    })?;
    Ok(Exit::Done)
}

/// Keeps what the instance says of its fields in the repository.
async fn save(context: &Context) -> Result<Exit, CliError> {
    let (path, text, counts) = with_session(context, async |connected| {
        let mut fields = InstanceFields::default();
        let mut counts = Vec::new();
        let client = &connected.session.client;
        let ask = async |kind| observe::describe(client, kind).await;
        let described = observe::of_each_kind(KINDS, ask).await?;
        tell_withheld(context, &described.withheld);
        for (kind, described) in described.known {
            let names = described.notes.iter().filter_map(|(name, note)| {
                Some((name.to_string(), note.display_name.as_deref()?.to_owned()))
            });
            fields.display_names.insert(kind, names.collect());
            let (schema, unmasked) = connected.described(kind).await?;
            if let Some(why) = unmasked {
                print_unmasked(context, &connected.loaded.policies, &why)?;
            }
            let number = counted(schema.fields().len(), "field");
            counts.push(format!("{number} of {}", kind.nouns));
            fields.schemas.insert(kind, schema);
        }
        let path = connected
            .loaded
            .instance_fields_path(&connected.instance.name);
        Ok((path, fields.text(), counts))
    })
    .await?;
    let folder = path.parent().unwrap_or(&path);
    fs::create_dir_all(folder).map_err(|source| {
        CliError::new(Exit::Failed, format!("cannot create {}", folder.display()))
            .caused_by(&source)
    })?;
    let is_same = fs::read_to_string(&path).is_ok_and(|old| old == text);
    if !is_same {
        replace(&path, &text)?;
    }
    let what = if is_same {
        "is as it was"
    } else {
        "was written"
    };
    context.out.text(&format!(
        "{} {what}: {}. Commit it: `oppctl validate` then checks these fields without the instance.\nFor editors: `oppctl schema manifest --fields > schemas/manifest.v1.json`\n",
        shown(&path),
        counts.join(", ")
    ))?;
    Ok(Exit::Done)
}

/// The kinds that an instance withholds, and what it says.
pub(super) type Withheld = Vec<(&'static ObjectKind, ApiError)>;

/// Says which kinds are left out.
pub(super) fn tell_withheld(context: &Context, withheld: &Withheld) {
    for (kind, error) in withheld {
        let why = escaped(&error.to_string()).into_owned();
        let nouns = kind.nouns;
        context
            .out
            .progress(&format!("{nouns} are left out: {why}"));
    }
}

/// The path as seen from here.
fn shown(path: &Path) -> String {
    let here = env::current_dir().unwrap_or_default();
    path.strip_prefix(&here)
        .unwrap_or(path)
        .display()
        .to_string()
}
