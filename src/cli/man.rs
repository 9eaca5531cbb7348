//! `oppctl man`: manual pages, made of the same descriptions as the help.

use std::fs;
use std::io;
use std::path::Path;

use clap::CommandFactory as _;
use clap_mangen::{Man, generate_to};

use super::args::{Cli, ManArgs};
use super::context::Context;
use super::exit::{CliError, Exit};

pub(super) fn run(context: &Context, args: &ManArgs) -> Result<Exit, CliError> {
    let command = Cli::command();
    match &args.out {
        None => {
            let mut page = Vec::new();
            let rendered = Man::new(command).render(&mut page);
            rendered.expect("writing to memory cannot fail");
            context.out.data(&String::from_utf8_lossy(&page))?;
        }
        Some(folder) => {
            let written = fs::create_dir_all(folder).and_then(|()| generate_to(command, folder));
            written.map_err(|source| unwritable(folder, &source))?;
        }
    }
    Ok(Exit::Done)
}

fn unwritable(folder: &Path, source: &io::Error) -> CliError {
    let message = format!("cannot write manual pages to {}", folder.display());
    CliError::new(Exit::Failed, message).caused_by(source)
}
