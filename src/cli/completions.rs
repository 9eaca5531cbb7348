//! `oppctl completions`: a script that teaches a shell the commands and flags.

use clap::CommandFactory as _;

use super::args::{Cli, CompletionsArgs};
use super::context::Context;
use super::exit::{CliError, Exit};

pub(super) fn run(context: &Context, args: &CompletionsArgs) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "oppctl", &mut script);
    context.out.data(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
