//! `oppctl simulator`: the built-in Marketo for other clients, until a signal comes, and lists of its
//! switches and faults.

use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::simulator::{self, Answers, CallLimits, FAULTS, Options, SimulatorError};

use super::args::{Format, ListArgs, ServeArgs};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::output::json;
use super::signals::Signals;
use super::table::table;

pub(super) async fn serve(context: &Context, args: &ServeArgs) -> Result<Exit, CliError> {
    let signals = Signals::listen()?;
    let simulator = simulator::start(options(args)?).await?;
    if let Some(file) = &args.port_file {
        write_port(file, simulator.addr().port())?;
    }
    let urls = [Some(simulator.url()), simulator.control_url()];
    let lines = urls.into_iter().flatten().map(|url| format!("{url}\n"));
    context.out.data(&lines.collect::<String>())?;
    context.out.progress("client id and secret: simulator");
    signals.first().await;
    simulator.shutdown().await?;
    // To be interrupted is how a server ends.
    Ok(Exit::Done)
}

fn options(args: &ServeArgs) -> Result<Options, CliError> {
    let mut answers = Answers::default();
    for (name, value) in &args.answers {
        answers
            .set(name, value)
            .map_err(|error| CliError::from_error(Exit::Usage, &error).hint(error.hint()))?;
    }
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

/// The switches: one line for each, or as JSON, version 1.
pub(super) fn answers(context: &Context, args: &ListArgs) -> Result<Exit, CliError> {
    let switches = Answers::all();
    let text = match args.format {
        Format::Table => table(
            &["switch", "default", "values", "reason"],
            switches.iter().map(|switch| {
                vec![
                    switch.name.to_owned(),
                    switch.default().to_owned(),
                    switch.values.join(" | "),
                    switch.reason.to_owned(),
                ]
            }),
        ),
        Format::Json => {
            let entries = switches.iter().map(|switch| SwitchEntry {
                name: switch.name,
                default: switch.default(),
                values: switch.values,
                reason: switch.reason,
            });
            json(&SwitchDocument {
                version: 1,
                switches: entries.collect(),
            })?
        }
    };
    context.out.data(&text)?;
    Ok(Exit::Done)
}

/// The faults: one line for each, or as JSON, version 1.
pub(super) fn faults(context: &Context, args: &ListArgs) -> Result<Exit, CliError> {
    let text = match args.format {
        Format::Table => table(
            &["fault", "what it does"],
            FAULTS.iter().flat_map(|fault| {
                let members = fault.members.iter();
                let members =
                    members.map(|(name, takes)| [format!("  {name}"), (*takes).to_owned()]);
                std::iter::once([fault.name.to_owned(), fault.effect.to_owned()])
                    .chain(members)
                    .map(Vec::from)
            }),
        ),
        Format::Json => {
            let entries = FAULTS.iter().map(|fault| {
                let members = fault.members.iter();
                FaultEntry {
                    name: fault.name,
                    effect: fault.effect,
                    members: members
                        .map(|(name, takes)| MemberEntry { name, takes })
                        .collect(),
                }
            });
            json(&FaultDocument {
                version: 1,
                faults: entries.collect(),
            })?
        }
    };
    context.out.data(&text)?;
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct SwitchDocument {
    version: u32,
    switches: Vec<SwitchEntry>,
}

#[derive(Serialize)]
struct SwitchEntry {
    name: &'static str,
    default: &'static str,
    values: &'static [&'static str],
    reason: &'static str,
}

#[derive(Serialize)]
struct FaultDocument {
    version: u32,
    faults: Vec<FaultEntry>,
}

#[derive(Serialize)]
struct FaultEntry {
    name: &'static str,
    effect: &'static str,
    members: Vec<MemberEntry>,
}

#[derive(Serialize)]
struct MemberEntry {
    name: &'static str,
    takes: &'static str,
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
        Self::new(Exit::from(&error), "cannot run the simulator").caused_by(&error)
    }
}
