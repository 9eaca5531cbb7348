//! `oppctl usage`: the calls and errors of an instance, those of all its API users, beside the quota of the configuration.

use crate::api::{Counted, Period};
use crate::render::{InstanceUsage, UsageDocument, usage_table};

use super::args::{Format, UsageArgs};
use super::connect::with_session;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::output::json;

pub(super) async fn run(context: &Context, args: &UsageArgs) -> Result<Exit, CliError> {
    let period = if args.week {
        Period::LastSevenDays
    } else {
        Period::Today
    };
    let usage = with_session(context, async |connected| {
        let client = &connected.session.client;
        Ok(InstanceUsage {
            calls: client.usage(Counted::Calls, period).await?,
            errors: client.usage(Counted::Errors, period).await?,
            daily_calls: connected.loaded.config.limits.daily_calls as usize,
        })
    })
    .await?;
    context.out.data(&match args.format {
        Format::Table => usage_table(&usage),
        Format::Json => json(&UsageDocument::of(&usage))?,
    })?;
    Ok(Exit::Done)
}
