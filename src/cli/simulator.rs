//! `oppctl simulator`: the built-in Marketo for other clients, until a signal comes, and lists of its switches and faults.

use std::path::Path;

use tokio::sync::mpsc::unbounded_channel;

use crate::manifest::read_regular;
use crate::render::{FaultsDocument, SwitchesDocument, escaped, faults_table, switches_table};
use crate::simulator::{self, Answers, CallLimits, FAULTS, Options, PRESETS, SimulatorError};

use super::args::{Format, ListArgs, ServeArgs};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::files::{WriteTarget, replace};
use super::output::json;
use super::signals::Signals;

pub(super) async fn serve(context: &Context, args: &ServeArgs) -> Result<Exit, CliError> {
    let signals = Signals::listen()?;
    let (sender, mut ignored) = unbounded_channel();
    let options = Options {
        ignored: Some(sender),
        ..options(args)?
    };
    let simulator = simulator::start(options).await?;
    if let Some(file) = &args.port_file {
        write_port(file, simulator.addr().port())?;
    }
    let urls = [Some(simulator.url()), simulator.control_url()];
    let lines = urls.into_iter().flatten().map(|url| format!("{url}\n"));
    context.out.data(&lines.collect::<String>())?;
    context.out.progress("client id and secret: simulator");
    let log = async {
        while let Some(member) = ignored.recv().await {
            context.out.progress(&escaped(&member.to_string()));
        }
    };
    tokio::select! {
        _ = signals.first() => {}
        // It has no end: the simulator holds the sender.
        () = log => {}
    }
    simulator.shutdown().await?;
    // A signal is how a server ends, so it is not an error.
    Ok(Exit::Done)
}

fn options(args: &ServeArgs) -> Result<Options, CliError> {
    let settings = args.answers.iter();
    let settings = settings.map(|(name, value)| (name.as_str(), value.as_str()));
    let answers = Answers::of(settings)
        .map_err(|error| CliError::from_error(Exit::Usage, &error).hint(error.hint()))?;
    Ok(Options {
        leads: args.leads.clone(),
        schema: args.schema.clone(),
        users: args.users.clone(),
        faults: args.faults.clone(),
        control: args.control,
        answers,
        crm: args.crm.parse().unwrap_or_default(),
        listen: args.listen,
        limits: if args.no_limits {
            CallLimits::none()
        } else {
            CallLimits::default()
        },
        latency: args.latency.unwrap_or_default(),
        ..Options::new(args.data.clone())
    })
}

/// Lists the presets and the switches.
pub(super) fn answers(context: &Context, args: &ListArgs) -> Result<Exit, CliError> {
    let switches = Answers::all();
    context.out.data(&match args.format {
        Format::Table => switches_table(PRESETS, switches),
        Format::Json => json(&SwitchesDocument::of(PRESETS, switches))?,
    })?;
    Ok(Exit::Done)
}

/// Lists the faults.
pub(super) fn faults(context: &Context, args: &ListArgs) -> Result<Exit, CliError> {
    context.out.data(&match args.format {
        Format::Table => faults_table(FAULTS),
        Format::Json => json(&FaultsDocument::of(FAULTS))?,
    })?;
    Ok(Exit::Done)
}

/// Writes the port so that a program that waits for the file never reads half of it.
fn write_port(file: &Path, port: u16) -> Result<(), CliError> {
    // An older port, or the empty file that `mktemp` makes.
    let is_port = |bytes: Vec<u8>| {
        let digits = bytes.trim_ascii();
        digits.len() <= 5 && digits.iter().all(u8::is_ascii_digit)
    };
    if WriteTarget::of(file) == WriteTarget::File && !read_regular(file, 16).is_ok_and(is_port) {
        let message = format!(
            "{} exists and holds no port; not overwriting it",
            file.display()
        );
        return Err(CliError::new(Exit::Failed, message).hint("name another file with --port-file"));
    }
    replace(file, format!("{port}\n"))
}

impl From<SimulatorError> for CliError {
    fn from(error: SimulatorError) -> Self {
        Self::new(Exit::from(&error), "cannot run the simulator")
            .caused_by(&error)
            .hints(error.hint())
    }
}
