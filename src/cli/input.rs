//! The manifests of a run: found by the configuration's patterns, narrowed by the paths of the command line, read.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use crate::config::LoadedConfig;
use crate::manifest::files::{self, Found};
use crate::manifest::{self, Patterns, Reading, SourceError};
use crate::model::{Diagnostic, Narrowed, Sources, StrayPlace};
use crate::render;

use super::context::Context;
use super::exit::{CliError, Exit};
use super::output::width;
use super::progress;

/// The most kinds of problems that are shown at once: who has so many mends them in bulk.
const MOST_SHOWN: usize = 200;

/// Reads all manifests of the instance that is chosen, or the common ones. Paths only select which of them are acted on: records in other files
/// still count as declared.
pub(super) fn read(loaded: &LoadedConfig, paths: &[PathBuf]) -> Result<Reading, CliError> {
    let (root, patterns) = (loaded.root.as_path(), loaded.config.patterns());
    let Found {
        manifests: files,
        beside,
        elsewhere,
        of_others,
        idle,
    } = files::find(root, patterns)?;
    let narrowed: Option<BTreeSet<PathBuf>> = match paths {
        [] => None,
        paths => Some(files::at_or_below(&files, patterns, paths)?),
    };
    let read = files::load(root, &files).collect::<Result<Vec<_>, _>>()?;
    let mut reading = manifest::read_with(read, &loaded.config.rules);
    reading.sources.read_again(root, manifest::text_again);
    let strays = |files, place| {
        let files = files::load_unmatched(root, files);
        let rules = &loaded.config.rules;
        files.filter_map(move |(path, bytes)| manifest::stray(path, bytes, place, rules))
    };
    reading.desired.strays = strays(&beside, StrayPlace::Beside)
        .chain(strays(&elsewhere, StrayPlace::Elsewhere))
        .chain(strays(&of_others, StrayPlace::OtherInstance))
        .collect();
    reading.desired.idle_patterns = idle;
    if let Some(selected) = &narrowed {
        let ids = reading.sources.iter().map(|(id, _)| id).zip(&files);
        let ids = ids.filter(|(_, file)| selected.contains(*file));
        reading.desired.narrowed = Some(Narrowed {
            files: ids.map(|(id, _)| id).collect(),
            paths: files::shown(root, paths)?,
            only: None,
        });
    }
    Ok(reading)
}

/// A slip that empties the files must not look like a project without changes.
pub(super) fn nothing_declared(files: usize) -> CliError {
    let files = render::counted(files, "file");
    CliError::new(Exit::Invalid, format!("no record is declared in {files}"))
        .hint("declare at least one. `ensure: absent` deletes a record. If the last one was removed on purpose: write `opportunities: []`, which with a ledger deletes the records that it owns")
}

/// The existing manifests (possibly none), each with the path to show. For `import`, which adds to them.
pub(super) fn existing(
    root: &Path,
    patterns: Patterns<'_>,
) -> Result<Vec<(PathBuf, Vec<u8>)>, CliError> {
    let files = files::present(root, patterns)?.manifests;
    let read: Result<Vec<_>, _> = files::load(root, &files).collect();
    Ok(read?)
}

/// Prints the problems and returns the exit of the command, if there are any.
pub(super) fn refuse(
    context: &Context,
    sources: &Sources,
    diagnostics: &[Diagnostic],
) -> Option<Exit> {
    let first = diagnostics.first()?;
    let mut text = Vec::new();
    let invocation = &context.invocation;
    let rest = render::grouped_diagnostics(sources, diagnostics, MOST_SHOWN, invocation, &mut text)
        .expect("writing to memory cannot fail");
    let rest = match rest {
        0 => String::new(),
        rest => format!("; the last {rest} are not shown"),
    };
    let mut text = String::from_utf8_lossy(&text).into_owned();
    if io::stderr().is_terminal() {
        text = width().fitted_around_excerpts(&text);
    }
    progress::end();
    context.out.message(&format!(
        "{text}\n{}{rest}\nexplain: oppctl explain {}\n",
        render::tally(diagnostics),
        first.problem.code()
    ));
    Some(Exit::Invalid)
}

impl From<SourceError> for CliError {
    fn from(error: SourceError) -> Self {
        let hint = match &error {
            SourceError::BadPattern { source, .. } => Some(source.hint().to_owned()),
            SourceError::NoMatch { .. } => {
                Some("create a manifest there, or correct `manifests` in oppctl.yaml, for example `pipeline/**/*.{yaml,yml}`".to_owned())
            }
            SourceError::LeadsOutside { .. } => Some(
                "put the file itself there, or write the link under `ignore` in oppctl.yaml; only .yaml and .yml files of the project are read".to_owned(),
            ),
            SourceError::LinkedFolder { .. } => Some(
                "write a pattern for the folder that it leads to, and the link under `ignore` in oppctl.yaml".to_owned(),
            ),
            SourceError::NoPattern
            | SourceError::Unreadable { .. }
            | SourceError::Outside { .. } => None,
        };
        Self::of(&error).hints(hint)
    }
}
