//! `oppctl simulator serve`: the built-in Marketo for other clients, until a signal comes.

use std::fs;
use std::path::Path;

use crate::simulator::{self, Limits, Options, SimulatorError};

use super::args::Serve;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::signals::Signals;

pub(super) async fn run(context: &Context, args: &Serve) -> Result<Exit, CliError> {
    let options = Options {
        leads: args.leads.clone(),
        schema: args.schema.clone(),
        listen: args.listen,
        limits: if args.no_limits {
            Limits::none()
        } else {
            Limits::default()
        },
        latency: args.latency.unwrap_or_default(),
        ..Options::new(args.data.clone())
    };
    let signals = Signals::listen()?;
    let simulator = simulator::start(options).await?;
    if let Some(file) = &args.port_file {
        write_port(file, simulator.addr().port())?;
    }
    context.out.data(&format!("{}\n", simulator.url()))?;
    context.out.progress("client id and secret: simulator");
    signals.first().await;
    simulator.shutdown().await?;
    // To be interrupted is how a server ends.
    Ok(Exit::Done)
}

/// Writes the port so that whoever waits for the file never reads half of it.
fn write_port(file: &Path, port: u16) -> Result<(), CliError> {
    let temporary = file.with_extension("new");
    fs::write(&temporary, format!("{port}\n"))
        .and_then(|()| fs::rename(&temporary, file))
        .map_err(|source| {
            CliError::new(
                Exit::Failed,
                format!("cannot write the port to {}", file.display()),
            )
            .caused_by(&source)
        })
}

impl From<SimulatorError> for CliError {
    fn from(error: SimulatorError) -> Self {
        Self::new(Exit::Failed, "cannot run the simulator").caused_by(&error)
    }
}
