//! The goal of a run: what manifests declare, what a saved plan was made for, or a run to undo.

use std::path::PathBuf;

use crate::git;
use crate::manifest::Reading;
use crate::model::KeyPattern;
use crate::plan::file::{PlanFile, UndoEntry};
use crate::run::{Goal, UndoRequest};

use super::connect::{Connected, journals};
use super::exit::{CliError, Exit};
use super::input;

/// What the manifests at or below these paths declare, as far as one of these patterns matches; all of it without either.
pub(super) fn declared(
    connected: &Connected,
    paths: &[PathBuf],
    only: &[KeyPattern],
) -> Result<Goal, CliError> {
    let loaded = &connected.loaded;
    let mut reading = input::read(loaded, paths)?;
    reading.lower(&loaded.config.severities);
    if !only.is_empty() {
        let Reading {
            desired, sources, ..
        } = &mut reading;
        desired.narrow_to(only.to_vec(), sources);
    }
    Ok(reading.into())
}

/// What all manifests declare, narrowed to the records whose declaration changed since the merge base with a revision.
pub(super) async fn changed_since(connected: &Connected, revision: &str) -> Result<Goal, CliError> {
    let loaded = &connected.loaded;
    let mut reading = input::read(loaded, &[])?;
    reading.lower(&loaded.config.severities);
    // Manifests with problems are refused, whatever changed.
    if reading.diagnostics.is_empty() {
        git::narrow_to_changed(loaded, revision, &mut reading).await?;
    }
    Ok(reading.into())
}

/// The goal of a saved plan.
pub(super) fn of_file(connected: &Connected, file: &PlanFile) -> Result<Goal, CliError> {
    match &file.undoes {
        None => {
            let paths = file.paths.iter();
            let paths: Vec<PathBuf> = paths.map(|path| connected.loaded.root.join(path)).collect();
            let only = file.only.iter().map(|text| KeyPattern::parse(text));
            let only = only.collect::<Result<Vec<_>, _>>();
            let only = only.map_err(|error| CliError::new(Exit::Invalid, error.to_string()))?;
            declared(connected, &paths, &only)
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
    let journals = journals(&connected.loaded, &connected.session.instance.fingerprint)?;
    let id = journals.find(wanted)?;
    Ok(UndoRequest::find(&journals, &id, forced.to_vec())?.into())
}
