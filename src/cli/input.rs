//! The manifests of a run: found by the configuration's patterns, narrowed by the paths of the command line, read.

use std::path::{Path, PathBuf};

use crate::manifest::{self, Reading, SourceError, files};
use crate::model::{Diagnostic, Sources};
use crate::render;

use super::context::Context;
use super::exit::{CliError, Exit};

/// Reads the manifests of these patterns below `root`.
pub(super) fn read(
    root: &Path,
    patterns: &[String],
    paths: &[PathBuf],
) -> Result<Reading, CliError> {
    let files = files::list(root, patterns, paths)?;
    let read = files::load(root, &files).collect::<Result<Vec<_>, _>>()?;
    let reading = manifest::read(read);
    if reading.desired.records.is_empty() && reading.diagnostics.is_empty() {
        // Read as "nothing shall exist", a file emptied by mistake would be dangerous.
        return Err(
            CliError::new(Exit::Invalid, "the manifests declare no records")
                .hint("declare at least one, or narrow the run to other files"),
        );
    }
    Ok(reading)
}

/// Prints the problems, if there are any; nothing goes on with some.
pub(super) fn refuse(
    context: &Context,
    sources: &Sources,
    diagnostics: &[Diagnostic],
) -> Option<Exit> {
    if diagnostics.is_empty() {
        return None;
    }
    let mut text = Vec::new();
    render::diagnostics(sources, diagnostics, &mut text, true)
        .expect("writing to memory cannot fail");
    context.out.message(&format!(
        "{}\n{}\n",
        String::from_utf8_lossy(&text),
        render::tally(diagnostics)
    ));
    Some(Exit::Invalid)
}

impl From<SourceError> for CliError {
    fn from(error: SourceError) -> Self {
        let exit = match error {
            SourceError::NoPattern
            | SourceError::NoMatch { .. }
            | SourceError::BadPattern { .. }
            | SourceError::BaseNotUtf8 { .. }
            | SourceError::Outside { .. } => Exit::Invalid,
            SourceError::Unreadable { .. } => Exit::Failed,
        };
        Self::from_error(exit, &error)
    }
}
