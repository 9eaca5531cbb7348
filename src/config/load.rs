//! Finding and reading `oppctl.yaml`, and choosing one of its instances.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::check;
use super::error::{ConfigError, ConfigProblem};
use super::file::{ConfigFile, FILE_NAME};
use super::outline::{Mistake, Outline};
use super::settings::{Config, InstanceConfig};
use super::translate;
use crate::manifest::{conflict, folder_of, read_regular};
use crate::model::Position;

/// The version of the configuration language that this program reads.
const VERSION: u64 = 1;

/// More than any configuration has.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// A configuration and its file.
#[derive(Clone, Debug)]
pub struct LoadedConfig {
    pub config: Config,
    /// The folder of the file; the file's paths are relative to it.
    pub root: PathBuf,
    /// The path of the file.
    pub path: PathBuf,
}

/// The one member that every version of the file has.
#[derive(Deserialize)]
#[serde(expecting = "a mapping with `version`, `manifests` and `instances`")]
struct VersionMember {
    version: serde_yaml::Value,
}

impl LoadedConfig {
    /// Loads the file `explicit`, relative to `dir`, or else the nearest `oppctl.yaml` in `dir` or a parent directory.
    ///
    /// # Errors
    /// There is no such file, or it has a mistake. The error names the first mistake.
    pub fn load(dir: &Path, explicit: Option<&Path>) -> Result<Self, ConfigError> {
        let path = match explicit {
            Some(file) => dir.join(file),
            None => nearest(dir)?,
        };
        let root = folder_of(&path).to_owned();
        let bytes = read_regular(&path, MOST_BYTES).map_err(|source| ConfigError::Unreadable {
            path: path.clone(),
            source,
        })?;
        match read(bytes, &root) {
            Ok(config) => Ok(Self { config, root, path }),
            Err(Mistake { problem, at }) => Err(ConfigError::Invalid {
                path,
                at,
                problem: Box::new(problem),
            }),
        }
    }

    /// The instance `name`; without a name the default one, or the only one.
    ///
    /// # Errors
    /// There is no instance of that name, or no name and no default among several.
    pub fn instance(&self, name: Option<&str>) -> Result<&InstanceConfig, ConfigError> {
        let instances = &self.config.instances;
        let path = self.path.clone();
        let Some(name) = name.or(self.config.default_instance.as_deref()) else {
            let mut all = instances.values();
            return match (all.next(), all.next()) {
                (Some(only), None) => Ok(only),
                (None, _) => Err(ConfigError::NoInstances { path }),
                (Some(_), Some(_)) => Err(ConfigError::NoInstanceChosen {
                    path,
                    known: instances.keys().cloned().collect(),
                }),
            };
        };
        instances
            .get(name)
            .ok_or_else(|| ConfigError::UnknownInstance {
                path,
                name: name.to_owned(),
                known: instances.keys().cloned().collect(),
            })
    }
}

fn nearest(dir: &Path) -> Result<PathBuf, ConfigError> {
    let file = std::path::absolute(dir).ok().and_then(|absolute| {
        absolute
            .ancestors()
            .map(|folder| folder.join(FILE_NAME))
            .find(|file| file.is_file())
    });
    file.ok_or_else(|| ConfigError::NotFound {
        dir: dir.to_owned(),
    })
}

fn read(bytes: Vec<u8>, root: &Path) -> Result<Config, Mistake> {
    let text = String::from_utf8(bytes).map_err(|_| Mistake {
        problem: ConfigProblem::NotUtf8,
        at: None,
    })?;
    // Some editors put a byte order mark at the start of a file.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if let Some(offset) = conflict(text) {
        let line = text[..offset].lines().count() + 1;
        return Err(Mistake {
            problem: ConfigProblem::MergeConflict,
            at: Some(Position { line, column: 1 }),
        });
    }
    let outline = Outline::read(text)?;
    check_version(text, &outline)?;
    let file: ConfigFile =
        serde_yaml::from_str(text).map_err(|error| translate::mistake(&error))?;
    check::config(file, root).map_err(|finding| Mistake {
        problem: finding.problem,
        at: outline.place(&finding.path),
    })
}

/// Checks the version before anything else: a later version may have keys that are unknown here, and they are not mistakes.
fn check_version(text: &str, outline: &Outline) -> Result<(), Mistake> {
    let Some(VersionMember { version }) =
        serde_yaml::from_str(text).map_err(|error| translate::mistake(&error))?
    else {
        return Err(Mistake {
            problem: ConfigProblem::Empty,
            at: None,
        });
    };
    if version.as_u64() == Some(VERSION) {
        return Ok(());
    }
    let found = match version {
        serde_yaml::Value::Number(number) => number.to_string(),
        serde_yaml::Value::String(text) => format!("\"{text}\""),
        serde_yaml::Value::Null
        | serde_yaml::Value::Bool(_)
        | serde_yaml::Value::Sequence(_)
        | serde_yaml::Value::Mapping(_)
        | serde_yaml::Value::Tagged(_) => "that is not a number".to_owned(),
    };
    Err(Mistake {
        problem: ConfigProblem::UnsupportedVersion { found },
        at: outline.place(&["version".to_owned()]),
    })
}
