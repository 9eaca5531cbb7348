//! The goal of a run: what manifests declare, what a saved plan was made for, or a run to undo.

use std::path::PathBuf;

use crate::plan::file::{PlanFile, UndoEntry};
use crate::run::{Goal, UndoRequest};

use super::connect::{Connected, journals};
use super::exit::CliError;
use super::input;

/// What the manifests at or below these paths declare; all of them without a path.
pub(super) fn declared(connected: &Connected, paths: &[PathBuf]) -> Result<Goal, CliError> {
    let loaded = &connected.loaded;
    let mut reading = input::read(loaded, paths)?;
    reading.lower(&loaded.config.severities);
    Ok(reading.into())
}

/// The goal of a saved plan.
pub(super) fn of_file(connected: &Connected, file: &PlanFile) -> Result<Goal, CliError> {
    match &file.undoes {
        None => {
            let paths = file.paths.iter();
            let paths: Vec<PathBuf> = paths.map(|path| connected.loaded.root.join(path)).collect();
            declared(connected, &paths)
        }
        Some(UndoEntry { run, forced }) => undone(connected, run, forced),
    }
}

/// What the instance had before a run; `wanted` is its name, the beginning of its name, or `last`.
pub(super) fn undone(
    connected: &Connected,
    wanted: &str,
    forced: &[String],
) -> Result<Goal, CliError> {
    let journals = journals(&connected.loaded, &connected.session.instance.fingerprint);
    let id = journals.find(wanted)?;
    Ok(UndoRequest::find(&journals, &id, forced.to_vec())?.into())
}
