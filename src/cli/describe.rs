//! `oppctl describe`: the fields of the kinds as the instance describes them.

use crate::model::kind::KINDS;
use crate::observe;
use crate::render::{DescribeDocument, describe_table};

use super::args::{DescribeArgs, Format};
use super::connect::with_session;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::output::json;

pub(super) async fn run(context: &Context, args: &DescribeArgs) -> Result<Exit, CliError> {
    let described = with_session(context, async |connected| {
        let mut described = Vec::new();
        for kind in KINDS {
            if args.kind.is_none_or(|only| only == kind) {
                described.push(observe::describe(&connected.session.client, kind).await?);
            }
        }
        Ok(described)
    })
    .await?;
    context.out.data(&match args.format {
        Format::Table => describe_table(&described),
        Format::Json => json(&DescribeDocument::of(&described))?,
    })?;
    Ok(Exit::Done)
}
