//! `oppctl plan`: everything that an apply would do, short of doing it.

use super::args::Plan;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::prepare::{connect, prepare};
use super::signals::Signals;

pub(super) async fn run(context: &Context, args: &Plan) -> Result<Exit, CliError> {
    let signals = Signals::listen()?;
    let (loaded, _, session) = connect(context).await?;
    let prepared = match signals
        .unless(prepare(context, &loaded, &session, &args.paths))
        .await?
    {
        Ok(prepared) => prepared,
        Err(exit) => return Ok(exit),
    };
    prepared.show(context, &loaded, &session)?;
    session.close().await?;
    prepared.guard(&loaded, &args.allow)?;
    Ok(if args.exit_code && !prepared.plan.is_empty() {
        Exit::Pending
    } else {
        Exit::Done
    })
}
