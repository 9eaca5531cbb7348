//! `oppctl fields`: what the schema endpoints say of fields and describe does not.

use crate::manifest::closest;
use crate::model::ObjectKind;
use crate::model::kind::KINDS;
use crate::observe::{self, KindAnswers};
use crate::render::{FieldsByKind, FieldsDocument, fields_table};
use crate::run::Session;

use super::args::{FieldsArgs, Format};
use super::connect::with_session;
use super::context::Context;
use super::describe::{Withheld, tell_withheld};
use super::exit::{CliError, Exit};
use super::output::json;

pub(super) async fn run(context: &Context, args: &FieldsArgs) -> Result<Exit, CliError> {
    let found = with_session(context, async |connected| {
        let session = &connected.session;
        let (found, withheld) = match args.name.as_deref() {
            None => all(session).await?,
            Some(name) => one(session, name).await?,
        };
        tell_withheld(context, &withheld);
        Ok(found)
    })
    .await?;
    context.out.data(&match args.format {
        Format::Table => fields_table(&found),
        Format::Json => json(&FieldsDocument::of(&found))?,
    })?;
    Ok(Exit::Done)
}

/// The kinds whose fields have an endpoint of their own.
fn listed() -> impl Iterator<Item = &'static ObjectKind> {
    let kinds = KINDS.into_iter();
    kinds.filter(|kind| kind.field_schema.is_some())
}

async fn all(session: &Session) -> Result<(FieldsByKind, Withheld), CliError> {
    let client = &session.client;
    let ask = async |kind| client.fields(kind).await;
    let KindAnswers { known, withheld } = observe::of_each_kind(listed(), ask).await?;
    let known = known.into_iter();
    let found = known.filter_map(|(kind, fields)| Some((kind, fields?)));
    Ok((found.collect(), withheld))
}

/// The field of this name in each kind that has one.
async fn one(session: &Session, name: &str) -> Result<(FieldsByKind, Withheld), CliError> {
    let client = &session.client;
    let ask = async |kind| client.field(kind, name).await;
    let KindAnswers { known, withheld } = observe::of_each_kind(listed(), ask).await?;
    let known = known.into_iter();
    let found = known.filter_map(|(kind, field)| Some((kind, vec![field?])));
    let found: FieldsByKind = found.collect();
    if !found.is_empty() {
        return Ok((found, withheld));
    }
    let (known, _) = all(session).await?;
    let names = known.values().flatten().map(|field| &*field.name);
    let message = format!("{} has no field `{name}`", session.instance.name);
    Err(
        CliError::new(Exit::Failed, message).hint(match closest(name, names) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "`oppctl fields` without a name lists all".to_owned(),
        }),
    )
}
