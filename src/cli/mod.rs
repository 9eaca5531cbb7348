//! The command line: arguments become settings, settings become one run, a run ends in an exit code.
//!
//! The only place that prints, parses arguments and listens to signals. One file per command.

mod above;
mod annotations;
mod apply;
mod args;
mod completions;
mod conditions;
mod connect;
mod consent;
mod context;
mod convert;
mod describe;
mod doctor;
mod errors;
mod events;
mod exit;
mod exits;
mod explain;
mod fields;
mod files;
mod fmt;
mod get;
mod goal;
mod history;
mod import;
mod init;
mod input;
mod keys;
mod ledger;
mod ledger_change;
mod ledger_copy;
mod looking;
mod man;
mod output;
mod panics;
mod plan;
mod plan_all;
mod plan_file;
mod progress;
mod publish;
mod pull;
mod renames;
mod reports;
mod schema;
mod settings;
mod show;
mod signals;
mod simulator;
mod snapshot;
mod status;
mod terminal;
mod undo;
mod usage;
mod validate;
mod why;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Cli, Command, SimulatorCommand};
use context::Context;
use exit::{CliError, Exit};

/// Runs the command that the arguments of this process name.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return exit::usage(error).into(),
    };
    let context = Context::new(&cli.global);
    panics::say_where(context.out);
    let entered = context.enter(&cli.global);
    let ended = entered.and_then(|()| panics::caught(|| run(&context, cli.command)));
    let exit = ended.unwrap_or_else(|error| context.error(error));
    exit.into()
}

fn run(context: &Context, command: Command) -> Result<Exit, CliError> {
    match command {
        Command::Init(args) => init::run(context, &args),
        Command::Validate(args) => validate::run(context, &args),
        Command::Fmt(args) => wait(fmt::run(context, &args)),
        Command::Convert(args) => convert::run(context, &args),
        Command::Show(args) => wait(show::run(context, &args)),
        Command::Explain(args) => explain::run(context, &args),
        Command::Schema(args) => schema::run(context, &args),
        Command::Completions(args) => completions::run(context, &args),
        Command::Man(args) => man::run(context, &args),
        Command::Plan(args) if args.all_instances => wait(plan_all::run(context, &args)),
        Command::Plan(args) => wait(plan::run(context, &args)),
        Command::Snapshot(args) => wait(snapshot::run(context, &args)),
        Command::Apply(args) => wait(apply::run(context, &args)),
        Command::Publish(command) => wait(publish::run(context, &command)),
        Command::Doctor(args) => wait(doctor::run(context, &args)),
        Command::Describe(args) => wait(describe::run(context, &args)),
        Command::Fields(args) => wait(fields::run(context, &args)),
        Command::Usage(args) => wait(usage::run(context, &args)),
        Command::Get(args) => wait(get::run(context, &args)),
        Command::Why(args) => wait(why::run(context, &args)),
        Command::Status(args) => wait(status::run(context, &args)),
        Command::History(args) => wait(history::run(context, &args)),
        Command::Undo(args) => wait(undo::run(context, &args)),
        Command::Ledger(command) => wait(ledger::run(context, &command)),
        Command::Pull(args) => wait(pull::run(context, &args)),
        Command::Import(args) => wait(import::run(context, &args)),
        Command::Simulator(SimulatorCommand::Serve(args)) => wait(simulator::serve(context, &args)),
        Command::Simulator(SimulatorCommand::Answers(args)) => simulator::answers(context, &args),
        Command::Simulator(SimulatorCommand::Faults(args)) => simulator::faults(context, &args),
    }
}

fn wait(run: impl Future<Output = Result<Exit, CliError>>) -> Result<Exit, CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|source| {
        CliError::new(Exit::Failed, "cannot start the asynchronous runtime").caused_by(&source)
    })?;
    let ended = runtime.block_on(run);
    // A thread that waits for an answer on standard input must not keep the process.
    runtime.shutdown_background();
    ended
}
