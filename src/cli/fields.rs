//! `oppctl fields`: what the schema endpoints say of fields and describe does not.

use crate::manifest::closest;
use crate::model::kind::KINDS;
use crate::render::{FieldsByKind, FieldsDocument, fields_table};
use crate::run::Session;

use super::args::{FieldsArgs, Format};
use super::connect::with_session;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::output::json;

pub(super) async fn run(context: &Context, args: &FieldsArgs) -> Result<Exit, CliError> {
    let found = with_session(context, async |connected| {
        let session = &connected.session;
        match args.name.as_deref() {
            None => all(session).await,
            Some(name) => one(session, name).await,
        }
    })
    .await?;
    context.out.data(&match args.format {
        Format::Table => fields_table(&found),
        Format::Json => json(&FieldsDocument::of(&found))?,
    })?;
    Ok(Exit::Done)
}

async fn all(session: &Session) -> Result<FieldsByKind, CliError> {
    let mut found = FieldsByKind::new();
    for kind in KINDS {
        if let Some(fields) = session.client.fields(kind).await? {
            found.insert(kind, fields);
        }
    }
    Ok(found)
}

/// The field of this name in each kind that has one.
async fn one(session: &Session, name: &str) -> Result<FieldsByKind, CliError> {
    let mut found = FieldsByKind::new();
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
