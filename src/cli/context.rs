//! What every command starts from: the streams, the level of detail, the configuration.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use crate::config::{ConfigError, LoadedConfig};
use crate::model::{Invocation, Position};
use crate::render::Detail;

use super::args::GlobalArgs;
use super::exit::{CliError, Exit};
use super::output::Output;
use super::progress;

/// The settings of a run, and where it tells what it does.
pub(super) struct Context {
    pub(super) out: Output,
    pub(super) detail: Detail,
    /// The instance that was asked for on the command line or in the environment.
    pub(super) instance: Option<String>,
    /// What the commands in messages need.
    pub(super) invocation: Invocation,
    config: Option<PathBuf>,
    /// How many calls the run may make, whatever the configuration says.
    max_calls: Option<NonZeroU32>,
}

impl Context {
    pub(super) fn new(global: &GlobalArgs) -> Self {
        let detail = match (global.verbose, global.quiet) {
            (true, _) => Detail::Full,
            (_, true) => Detail::Summary,
            _ => Detail::Normal,
        };
        let instance = global.instance.clone().filter(|name| !name.is_empty());
        let (directory, config) = (global.directory.as_deref(), global.config.as_deref());
        Self {
            out: Output::new(global.color, global.quiet),
            detail,
            invocation: Invocation::new(directory, config, instance.as_deref()),
            instance,
            config: global.config.clone(),
            max_calls: global.max_calls,
        }
    }

    /// The same for another instance.
    pub(super) fn for_instance(&self, name: &str) -> Self {
        Self {
            out: self.out,
            detail: self.detail,
            instance: Some(name.to_owned()),
            invocation: self.invocation.clone().of(name),
            config: self.config.clone(),
            max_calls: self.max_calls,
        }
    }

    /// Changes to the directory of `-C`.
    pub(super) fn enter(&self, global: &GlobalArgs) -> Result<(), CliError> {
        let Some(directory) = &global.directory else {
            return Ok(());
        };
        std::env::set_current_dir(directory).map_err(|source| {
            CliError::new(
                Exit::Failed,
                format!("cannot change to {}", directory.display()),
            )
            .caused_by(&source)
        })
    }

    /// Prints why the run could not complete, and returns its exit.
    pub(super) fn error(&self, error: CliError) -> Exit {
        progress::end();
        self.out.error(&error.completed(&self.invocation))
    }

    /// Reads the configuration of this run.
    pub(super) fn load(&self) -> Result<LoadedConfig, CliError> {
        let here = std::env::current_dir().map_err(|source| {
            CliError::new(Exit::Failed, "cannot tell the working directory").caused_by(&source)
        })?;
        let mut loaded = LoadedConfig::load(&here, self.config.as_deref())
            .map_err(|error| invalid(&error, &here))?;
        let limits = &mut loaded.config.limits;
        limits.max_calls = self.max_calls.map(NonZeroU32::get).or(limits.max_calls);
        Ok(loaded)
    }
}

/// A mistake in the configuration, with its file and place. The line itself is not shown: it may hold a secret that is there by
/// mistake.
fn invalid(error: &ConfigError, here: &Path) -> CliError {
    let mut cli = CliError::of(error);
    let is_named = matches!(
        error,
        ConfigError::Unreadable { .. }
            | ConfigError::PolicyUnreadable { .. }
            | ConfigError::PolicyWritable { .. }
    );
    if let Some(path) = error.path().filter(|_| !is_named) {
        let path = path.strip_prefix(here).unwrap_or(path).display();
        cli.message = match error.location() {
            Some(Position { line, column }) => format!("{path}:{line}:{column}: {}", cli.message),
            None => format!("{path}: {}", cli.message),
        };
    }
    match error.hint() {
        Some(hint) => cli.hint(hint),
        None => cli,
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        // Without a working directory the path is shown as a whole.
        let here = std::env::current_dir().unwrap_or_default();
        invalid(&error, &here)
    }
}
