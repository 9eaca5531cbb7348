//! Saved plans: written by `plan --out`, read by `apply --plan` and `show`.

use std::io;
use std::path::Path;

use crate::manifest::read_regular;
use crate::plan::file::{SavedPlan, is_plan, read};
use crate::render::plan_file;
use crate::run::Planned;

use super::exit::{CliError, Exit};
use super::files::{has_folder, replace};
use super::output::json;

/// Saves a plan.
pub(super) fn save(path: &Path, planned: &Planned) -> Result<(), CliError> {
    replaceable(path)?;
    replace(path, &text(planned)?)
}

/// The text of a plan file.
pub(super) fn text(planned: &Planned) -> Result<String, CliError> {
    Ok(planned.sealed(json(&plan_file(planned))?))
}

/// Reads a plan file, and gives its text too.
pub(super) fn load(path: &Path) -> Result<(SavedPlan, String), CliError> {
    let text = saved_text(path).map_err(|source| {
        CliError::new(Exit::Failed, format!("cannot read {}", path.display()))
            .caused_by(&source)
            .hint("a plan is saved by `oppctl plan --out FILE`")
    })?;
    let saved = read(&text).map_err(|error| {
        CliError::new(
            Exit::Invalid,
            format!("{} is not a usable plan file", path.display()),
        )
        .caused_by(&error)
        .hint("make one by `oppctl plan --out FILE`, with this version of oppctl")
    })?;
    Ok((saved, text))
}

/// Refuses to write a plan over anything but an older plan, or into a folder that does not exist.
pub(super) fn replaceable(path: &Path) -> Result<(), CliError> {
    has_folder(path)?;
    let is_plan = |text: String| is_plan(&text);
    if path.exists() && !saved_text(path).is_ok_and(is_plan) {
        return Err(CliError::new(
            Exit::Failed,
            format!(
                "{} exists and is not a plan file; not overwriting it",
                path.display()
            ),
        )
        .hint("name another file with --out"));
    }
    Ok(())
}

/// More than any plan has.
const MOST: u64 = 1 << 30;

fn saved_text(path: &Path) -> io::Result<String> {
    let bytes = read_regular(path, MOST)?;
    String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}
